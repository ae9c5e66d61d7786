package sqlitestore_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/sqlitestore"
)

type coded int

func (c coded) Error() string { return fmt.Sprintf("code %d", int(c)) }
func (c coded) Code() int     { return int(c) }

func TestConflict_errorsAnotherAttemptMayCure(t *testing.T) {
	for name, tt := range map[string]struct {
		err   error
		retry bool
	}{
		"busy":                       {coded(5), true},
		"busy snapshot":              {coded(5 | 2<<8), true},
		"locked":                     {fmt.Errorf("insert: %w", coded(6)), true},
		"constraint":                 {coded(19), false},
		"disk full":                  {coded(13), false},
		"lost connection":            {driver.ErrBadConn, true},
		"driver without a code":      {errors.New("database is locked"), true},
		"driver without a code, bug": {errors.New("no such table: x"), false},
	} {
		t.Run(name, func(t *testing.T) {
			got := sqlitestore.Conflict(tt.err)
			require.Equal(t, tt.retry, errors.Is(got, payments.ErrConflict))
			require.ErrorIs(t, got, tt.err, "the cause stays visible")
		})
	}
}

func TestOlderThan_versionsBeforeTheRepairedRelease(t *testing.T) {
	for version, older := range map[string]bool{
		"3.51.2": true, "3.9.99": true, "3.51": true, "": true, "x.y.z": true, "2.99.99": true,
		"3.51.3": false, "3.52.0": false, "3.53.4": false, "4.0.0": false,
	} {
		require.Equal(t, older, sqlitestore.OlderThan(version), version)
	}
}
