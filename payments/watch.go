package payments

import (
	"context"
	"sync"
	"time"
)

// watchPoll is how often watchers are told to look although nothing was
// committed by this process: another one may have.
const watchPoll = 5 * time.Second

// watchers wakes those who wait for a subject.
type watchers struct {
	mu   sync.Mutex
	subs map[string]map[chan struct{}]bool
}

// Watch returns a channel that gets a value whenever the subject may have
// changed: a deposit's key, "invoice/" and a number, a profile, or a network's id (new
// confirmations). It
// says that something changed, not what: read a fresh view. Values never pile
// up. The channel is closed when ctx ends.
func (p *Processor) Watch(ctx context.Context, subjects ...string) <-chan struct{} {
	ch := make(chan struct{}, 1)
	w := &p.watchers
	w.mu.Lock()
	if w.subs == nil {
		w.subs = map[string]map[chan struct{}]bool{}
	}
	for _, s := range subjects {
		if w.subs[s] == nil {
			w.subs[s] = map[chan struct{}]bool{}
		}
		w.subs[s][ch] = true
	}
	w.mu.Unlock()
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, s := range subjects {
			delete(w.subs[s], ch)
			if len(w.subs[s]) == 0 {
				delete(w.subs, s)
			}
		}
		close(ch)
	})
	return ch
}

func (w *watchers) notify(subject string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ch := range w.subs[subject] {
		signal(ch)
	}
}

// poll tells every watcher to look, once in a while.
func (w *watchers) poll(ctx context.Context) {
	for ctx.Err() == nil {
		pause(ctx, watchPoll, nil)
		w.mu.Lock()
		for _, subs := range w.subs {
			for ch := range subs {
				signal(ch)
			}
		}
		w.mu.Unlock()
	}
}

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
