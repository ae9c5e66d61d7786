package sqltx

import (
	"context"
	"errors"

	"github.com/cointill/cointill/payments"
)

// InsertSpends implements payments.SpendTx.
func (x *Tx) InsertSpends(ctx context.Context, rows []payments.Spend) ([]payments.SpendKey, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	return nil, errors.ErrUnsupported
}

// SpendsByKey implements payments.SpendTx.
func (x *Tx) SpendsByKey(ctx context.Context, keys []payments.SpendKey) ([]payments.Spend, error) {
	return nil, nil
}

// SaveSpends implements payments.SpendTx.
func (x *Tx) SaveSpends(ctx context.Context, rows []payments.Spend) error { return nil }

// Spends implements payments.SpendTx.
func (x *Tx) Spends(ctx context.Context, q payments.SpendQuery) ([]payments.Spend, error) {
	return nil, nil
}
