package payments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	pollBatch   = 50 // rows of one pass
	pollsAtOnce = 4  // calls in flight
)

// bitpayPass asks BitPay about the hosted invoices that are due, and reports whether
// there may be more. What is due stands in the store, so any process goes on where
// another stopped.
func (p *Processor) bitpayPass(ctx context.Context) (more bool, err error) {
	if p.cfg.BitPay == nil || !p.bitpay.pass.TryLock() {
		return false, nil
	}
	defer p.bitpay.pass.Unlock()
	now := p.now()
	room := p.bitpay.room(now)
	if room == 0 {
		return false, nil
	}
	var due []HostedInvoice
	err = p.view(ctx, func(tx Tx) error {
		due, err = p.dueHosted(ctx, tx, now, room)
		return err
	})
	if err != nil || len(due) == 0 {
		return false, err
	}
	p.bitpay.asked = due[len(due)-1].ID
	moved, err := p.pollHosted(ctx, due)
	return len(due) == room && moved, err
}

// dueHosted returns what is due, from the row after the one that was asked about last
// and around: those that BitPay never answers about must not come first for ever.
func (p *Processor) dueHosted(ctx context.Context, tx Tx, now time.Time, room int) ([]HostedInvoice, error) {
	last := p.bitpay.asked
	due, err := tx.Hosted(ctx, HostedQuery{DueBy: now, After: last, Limit: room})
	if err != nil || len(due) == room || last == "" {
		return due, err
	}
	around, err := tx.Hosted(ctx, HostedQuery{DueBy: now, Limit: room - len(due)})
	for _, h := range around {
		if h.ID <= last {
			due = append(due, h)
		}
	}
	return due, err
}

// pollHosted asks about rows, a few at once, until BitPay is to be left alone. moved
// says that no row is due now as it was before.
func (p *Processor) pollHosted(ctx context.Context, due []HostedInvoice) (moved bool, err error) {
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		failed []error
	)
	moved = true
	queue := make(chan HostedInvoice)
	for range min(pollsAtOnce, len(due)) {
		wg.Go(func() {
			for h := range queue {
				if p.bitpay.room(p.now()) == 0 {
					continue
				}
				after, err := p.syncHosted(ctx, h)
				mu.Lock()
				moved = moved && after.ID != "" && (after.PollAt.IsZero() || after.PollAt.After(h.PollAt))
				if foreign := (*InputError)(nil); err != nil && !errors.As(err, &foreign) {
					failed = append(failed, fmt.Errorf("payments: hosted invoice %s: %w", h.ID, err))
				}
				mu.Unlock()
			}
		})
	}
	for _, h := range due {
		if ctx.Err() != nil {
			break
		}
		queue <- h
	}
	close(queue)
	wg.Wait()
	return moved, errors.Join(failed...)
}
