package memstore

import (
	"context"
	"sync"

	"github.com/cointill/cointill/payments"
)

// Store keeps everything in memory. Make it with New. All methods may be called
// from several goroutines, but not from inside a transaction of the same store:
// that would wait for itself.
type Store struct {
	mu    sync.RWMutex
	state *state
}

var _ payments.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store { return &Store{state: newState()} }

// Update implements payments.Store.
func (s *Store) Update(ctx context.Context, fn func(tx payments.Tx) error) error {
	return payments.Retry(ctx, func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return err
		}
		x := &tx{state: s.state, journal: &journal{}}
		defer x.close()
		return x.atomically(func() error { return fn(x) })
	})
}

// View implements payments.Store.
func (s *Store) View(ctx context.Context, fn func(tx payments.Tx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	x := &tx{state: s.state}
	defer x.close()
	return fn(x)
}
