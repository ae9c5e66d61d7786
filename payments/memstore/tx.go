package memstore

import (
	"context"
	"errors"

	"github.com/cointill/cointill/payments"
)

// errEnded says that a transaction was kept after its function returned.
var errEnded = errors.New("memstore: transaction used after its function returned")

// tx is one transaction. The store's lock is held while it lives.
type tx struct {
	state   *state
	journal *journal // nil in a View
}

var _ payments.Tx = (*tx)(nil)

// close makes every later call fail.
func (x *tx) close() { x.state = nil }

func (x *tx) readable() error {
	if x.state == nil {
		return errEnded
	}
	return nil
}

func (x *tx) writable() error {
	if x.state == nil {
		return errEnded
	}
	if x.journal == nil {
		return payments.ErrReadOnly
	}
	return nil
}

// Savepoint implements payments.Tx. A panic in fn undoes what fn wrote as well.
func (x *tx) Savepoint(_ context.Context, fn func(tx payments.Tx) error) error {
	if err := x.readable(); err != nil {
		return err
	}
	return x.atomically(func() error { return fn(x) })
}

// atomically undoes what fn wrote unless fn returns nil.
func (x *tx) atomically(fn func() error) error {
	if x.journal == nil {
		return fn()
	}
	mark, keep := x.journal.mark(), false
	defer func() {
		if !keep {
			x.journal.rewind(mark)
		}
	}()
	err := fn()
	keep = err == nil
	return err
}

// Stamp implements payments.Tx.
func (x *tx) Stamp(_ context.Context, want payments.Stamp) (payments.Stamp, error) {
	if err := x.readable(); err != nil {
		return payments.Stamp{}, err
	}
	s := x.state
	if s.stamped {
		return s.stamp, nil
	}
	if err := x.writable(); err != nil {
		return payments.Stamp{}, err
	}
	s.stamp, s.stamped = want, true
	x.journal.add(func() { s.stamp, s.stamped = payments.Stamp{}, false })
	return want, nil
}
