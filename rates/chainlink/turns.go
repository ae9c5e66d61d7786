package chainlink

import (
	"context"
	"fmt"
	"sync"

	"github.com/cointill/cointill/rates"
)

// turn is one question that several callers wait for.
type turn[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func (t *turn[T]) wait(ctx context.Context) (T, error) {
	select {
	case <-t.done:
		return t.value, t.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("%w: chainlink: %w", rates.ErrUnavailable, ctx.Err())
	}
}

// turns lets callers share a question that begins after each of them called: who
// comes while one is under way waits for the next, so that nobody is given what
// was known before he asked. A caller that leaves fails nobody else.
type turns[T any] struct {
	mu            sync.Mutex
	running, next *turn[T]
}

func (q *turns[T]) share(ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	q.mu.Lock()
	t := q.next
	if t == nil {
		t = &turn[T]{done: make(chan struct{})}
		q.next = t
		go q.take(context.WithoutCancel(ctx), t, q.running, ask)
	}
	q.mu.Unlock()
	return t.wait(ctx)
}

// take asks once the turn before has ended.
func (q *turns[T]) take(ctx context.Context, t, before *turn[T], ask func(context.Context) (T, error)) {
	if before != nil {
		<-before.done
	}
	q.mu.Lock()
	q.next, q.running = nil, t
	q.mu.Unlock()
	t.value, t.err = ask(ctx)
	close(t.done)
}

// flights lets callers share a question under way whose answer does not depend on
// when it is asked.
type flights[K comparable, T any] struct {
	mu    sync.Mutex
	under map[K]*turn[T]
}

func (f *flights[K, T]) share(ctx context.Context, key K, ask func(context.Context) (T, error)) (T, error) {
	f.mu.Lock()
	t := f.under[key]
	if t == nil {
		t = &turn[T]{done: make(chan struct{})}
		if f.under == nil {
			f.under = make(map[K]*turn[T])
		}
		f.under[key] = t
		go func() {
			t.value, t.err = ask(context.WithoutCancel(ctx))
			f.mu.Lock()
			delete(f.under, key)
			f.mu.Unlock()
			close(t.done)
		}()
	}
	f.mu.Unlock()
	return t.wait(ctx)
}
