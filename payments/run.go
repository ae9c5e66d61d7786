package payments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cointill/cointill/chain"
)

// The pause after failures of one network grows between these.
const (
	firstBackoff   = 500 * time.Millisecond
	longestBackoff = time.Minute
)

// retryEvery is how often prices, screening and deliveries that failed are tried
// again when nothing wakes them.
const retryEvery = time.Second

// Run follows all networks, prices, credits and delivers until ctx ends, and
// returns after the commit in hand. A rates.Composite is run too: every 15 seconds
// its prices join the series in the store. A network whose sources fail backs off alone.
// It returns nil when ctx ended, ErrAlreadyRunning if the store is for one
// running process and another runs, ErrJoined on a joined processor, or what
// makes the store unusable.
func (p *Processor) Run(ctx context.Context) error {
	if p.joined {
		return ErrJoined
	}
	if err := p.mayOpen(ctx); err != nil {
		return err
	}
	if l, ok := p.store.(RunLocker); ok {
		unlock, err := l.LockRun(ctx)
		if err != nil && ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("payments: run: %w", err)
		}
		defer unlock()
	}
	if err := p.stamp(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("payments: run: %w", err)
	}
	var wg sync.WaitGroup
	for _, r := range p.rails {
		wg.Go(func() { p.followLoop(ctx, r) })
	}
	wg.Go(func() { p.loop(ctx, "pricing", p.wakeWork, p.work) })
	wg.Go(func() { p.loop(ctx, "agreement", p.wakeAgree, p.agreePass) })
	wg.Go(func() { p.loop(ctx, "screening", p.wakeScreen, p.screenPass) })
	wg.Go(func() { p.loop(ctx, "delivery", p.wakeOutbox, p.deliverPass) })
	if p.cfg.BitPay != nil {
		wg.Go(func() { p.loop(ctx, "BitPay", p.bitpay.wake, p.bitpayPass) })
		wg.Go(func() {
			p.loop(ctx, "BitPay's ledger", nil, func(ctx context.Context) (bool, error) { return false, p.bitpayLedgerPass(ctx) })
		})
	}
	if live, ok := p.cfg.Rates.(livePrices); ok {
		live.Follow(p.pairs()...)
		wg.Go(func() {
			if err := live.Run(ctx); err != nil && ctx.Err() == nil {
				p.cfg.Log.Error("prices are not polled", "error", err)
			}
		})
		wg.Go(func() { p.loop(ctx, "recording prices", nil, p.ratesPass) })
	}
	wg.Go(func() { p.watchers.poll(ctx) })
	wg.Wait()
	return nil
}

// Advance does what Run does until nothing is left to do now, then returns: for
// hosts that are woken by a timer, and for tests. The error joins what failed;
// everything that could be done was done.
func (p *Processor) Advance(ctx context.Context) error {
	if p.joined {
		return ErrJoined
	}
	if err := p.mayOpen(ctx); err != nil {
		return err
	}
	if err := p.stamp(ctx); err != nil {
		return err
	}
	var errs []error
	for _, r := range p.ordered() {
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = p.pass(ctx, r); err != nil {
				errs = append(errs, fmt.Errorf("payments: follow %s: %w", r.Network.ID, err))
				break
			}
		}
	}
	_, screenErr := p.screenPass(ctx)
	_, workErr := p.work(ctx)
	_, ratesErr := p.ratesPass(ctx)
	_, agreeErr := p.agreePass(ctx)
	errs = append(errs, screenErr, workErr, ratesErr, agreeErr)
	for more := p.cfg.BitPay != nil; more && ctx.Err() == nil; {
		var err error
		if more, err = p.bitpayPass(ctx); err != nil {
			errs = append(errs, err)
		}
	}
	errs = append(errs, p.bitpayLedgerPass(ctx))
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = p.deliverPass(ctx); err != nil {
			errs = append(errs, err)
			break
		}
	}
	return errors.Join(append(errs, ctx.Err())...)
}

// ordered returns the rails as configured, so that Advance is repeatable.
func (p *Processor) ordered() []*rail {
	out := make([]*rail, len(p.cfg.Rails))
	for i, r := range p.cfg.Rails {
		out[i] = p.rails[r.Network.ID]
	}
	return out
}

// followLoop keeps one network up to date.
func (p *Processor) followLoop(ctx context.Context, r *rail) {
	backoff := firstBackoff
	for ctx.Err() == nil {
		more, err := p.pass(ctx, r)
		switch {
		case err != nil && ctx.Err() == nil:
			p.cfg.Log.Warn("network not followed", "network", r.Network.ID, "error", err)
			var busy *busyError
			if errors.As(err, &busy) {
				pause(ctx, busy.wait, nil)
				continue
			}
			pause(ctx, backoff, nil)
			backoff = min(2*backoff, longestBackoff)
		case more:
			backoff = firstBackoff
		default:
			backoff = firstBackoff
			waitForHead(ctx, r)
		}
	}
}

// waitForHead returns when the head may have changed.
func waitForHead(ctx context.Context, r *rail) {
	w, ok := r.source().(chain.HeadWaiter)
	if !ok {
		pause(ctx, r.Poll, nil)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, longestBackoff/6)
	defer cancel()
	w.Wait(ctx)
}

// loop does one kind of work whenever there is some, and once a retryEvery. The
// kinds have loops of their own, so that a host that answers slowly delays only
// what it is asked about.
func (p *Processor) loop(ctx context.Context, what string, wake <-chan struct{}, work func(context.Context) (more bool, err error)) {
	for ctx.Err() == nil {
		more, err := work(ctx)
		if err != nil && ctx.Err() == nil && !errors.Is(err, ErrConflict) {
			p.cfg.Log.Warn(what+" waits", "error", err)
		}
		if !more || err != nil {
			pause(ctx, retryEvery, wake)
		}
	}
}

// work prices what was received and settles what fell due.
func (p *Processor) work(ctx context.Context) (more bool, err error) {
	valued, valueErr := p.valuePass(ctx)
	var errs []error
	if valued || p.unsettled.Swap(false) {
		for _, r := range p.ordered() {
			if err := p.settleDue(ctx, r); err != nil {
				p.unsettled.Store(true)
				errs = append(errs, fmt.Errorf("payments: settle %s: %w", r.Network.ID, err))
			}
		}
	}
	return false, errors.Join(append(errs, valueErr, p.priceSeen(ctx))...)
}

// pause waits for a time, a wake-up or the end of ctx.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-wake:
	}
}
