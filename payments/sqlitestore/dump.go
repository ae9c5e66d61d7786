package sqlitestore

import (
	"context"
	"errors"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/internal/sqltx"
)

// Dump returns everything the store holds as text, one row a line: the table's
// name and the row as JSON. Lines are sorted; row numbers and versions are left
// out. Two stores of equal content have equal dumps, whatever their kind. It is
// for tests and small stores: all rows are held in memory.
func (s *Store) Dump(ctx context.Context) (text string, err error) {
	err = s.View(ctx, func(tx payments.Tx) error {
		x, ok := tx.(*sqltx.Tx)
		if !ok {
			return errors.New("sqlitestore: dump: not a transaction of this store")
		}
		text, err = x.Dump(ctx)
		return err
	})
	return text, err
}
