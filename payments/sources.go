package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cointill/cointill/chain"
)

// answer is how one source did when it was last asked, in this process.
type answer struct {
	at    time.Time // when it last answered well
	err   error     // its last failure, kept after it recovered
	errAt time.Time
	rest  time.Time // not asked before: it said so
}

// busyError says that no source of a network may be asked now.
type busyError struct {
	network string
	wait    time.Duration
}

func (e *busyError) Error() string {
	return fmt.Sprintf("payments: follow %s: every source asked to be left alone, the first for another %s",
		e.network, e.wait)
}

func (e *busyError) Unwrap() error { return chain.ErrUnavailable }

// RetryAfter returns the wait; see [chain.RetryAfter].
func (e *busyError) RetryAfter() time.Duration { return e.wait }

// pick makes the followed source the next one that did not ask to be left alone,
// and returns its place. A *busyError says that all did.
func (r *rail) pick(now time.Time) (int, error) {
	n := len(r.Sources)
	current := int(r.current.Load()) % n
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	wait := time.Duration(0)
	for k := range n {
		i := (current + k) % n
		left := r.asked[i].rest.Sub(now)
		if left <= 0 {
			r.current.Store(uint32(i))
			return i, nil
		}
		if k == 0 || left < wait {
			wait = left
		}
	}
	return 0, &busyError{network: r.Network.ID, wait: wait}
}

// answered notes how a source did. What it asked for (429, Retry-After) is
// honoured by whoever picks the next one.
func (r *rail) answered(i int, err error, now time.Time) {
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	a := &r.asked[i]
	if err == nil {
		a.at = now
		return
	}
	a.err, a.errAt = err, now
	if wait := chain.RetryAfter(err); wait > 0 {
		a.rest = now.Add(wait)
	}
}

// rest returns how long a source is still to be left alone.
func (r *rail) rest(i int, now time.Time) time.Duration {
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	return max(0, r.asked[i].rest.Sub(now))
}

// soonest returns how long it is until some source may be asked, 0 if one may now.
func (r *rail) soonest(now time.Time) time.Duration {
	wait := r.rest(0, now)
	for i := range r.Sources {
		wait = min(wait, r.rest(i, now))
	}
	return wait
}

// headSeen notes the head of a source that then failed, so that Health can say
// how far behind the network is while it stands still.
func (r *rail) headSeen(src chain.Source, head chain.Head) {
	if head.IsZero() {
		return
	}
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	r.following, r.head = src.Name(), head
}

// stuck tells the host, once, that a network stands still because no source gives
// a block that can be read: the event's id is the trail's tip. It returns err,
// joined with what kept it from telling.
func (p *Processor) stuck(ctx context.Context, r *rail, err error) error {
	if !errors.Is(err, chain.ErrMalformed) || r.failing+1 < len(r.Sources) {
		return err
	}
	now := p.now()
	return errors.Join(err, p.update(ctx, func(tx Tx) error {
		tip, _, storeErr := tipOf(ctx, tx, r.Network.ID)
		if storeErr != nil {
			return storeErr
		}
		e := networkEvent(EventNetworkStuck, r.Network.ID, fmt.Sprintf("after block %s: %v", tip, err), now)
		e.ID = eventID(EventNetworkStuck, r.Network.ID, tip.String())
		_, storeErr = tx.InsertEvents(ctx, []Event{e})
		return storeErr
	}))
}

// tipOf returns the tip of a network's trail, and false if it has none.
func tipOf(ctx context.Context, tx Tx, network string) (chain.Anchor, bool, error) {
	tips, err := tx.Anchors(ctx, network, ^uint64(0)>>1, 1)
	if err != nil || len(tips) == 0 {
		return chain.Anchor{}, false, err
	}
	return tips[0], true, nil
}
