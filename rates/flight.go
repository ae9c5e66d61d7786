package rates

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// flights lets equal concurrent questions about a candle share one answer.
type flights struct {
	mu    sync.Mutex
	under map[candleKey]*flight
}

type candleKey struct {
	pair   Pair
	minute time.Time
}

type flight struct {
	done     chan struct{}
	snapshot Snapshot
	err      error
}

func (f *flights) share(ctx context.Context, key candleKey, ask func() (Snapshot, error)) (Snapshot, error) {
	f.mu.Lock()
	one := f.under[key]
	if one == nil {
		one = &flight{done: make(chan struct{})}
		if f.under == nil {
			f.under = map[candleKey]*flight{}
		}
		f.under[key] = one
		go func() {
			one.snapshot, one.err = ask()
			f.mu.Lock()
			delete(f.under, key)
			f.mu.Unlock()
			close(one.done)
		}()
	}
	f.mu.Unlock()
	select {
	case <-one.done:
		return one.snapshot, one.err
	case <-ctx.Done():
		return Snapshot{}, fmt.Errorf("%w: %s: %w", ErrUnavailable, key.pair, ctx.Err())
	}
}
