package sqlitestore

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/cointill/cointill/payments"
)

// Primary result codes (sqlite.org/rescode.html).
const (
	codeBusy   = 5
	codeLocked = 6
)

// conflict wraps what another attempt may cure in payments.ErrConflict: a busy or
// locked database and a lost connection. Other errors are returned as they are.
func conflict(err error) error {
	if err == nil || errors.Is(err, payments.ErrConflict) || !busy(err) {
		return err
	}
	return fmt.Errorf("%w: %w", payments.ErrConflict, err)
}

// busy recognises a busy database without importing a driver. Drivers that say
// the result code by a method are asked for it. Others (mattn/go-sqlite3 has it
// in a field, ncruces in a type of its own) are recognised by the text SQLite
// itself gives the two codes, which has not changed since version 3.0. Taking
// another error for busy costs a bounded number of retries and nothing else.
func busy(err error) bool {
	if errors.Is(err, driver.ErrBadConn) {
		return true
	}
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		primary := coded.Code() & 0xff
		return primary == codeBusy || primary == codeLocked
	}
	text := err.Error()
	return strings.Contains(text, "database is locked") || strings.Contains(text, "database table is locked")
}
