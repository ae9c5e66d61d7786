package payments

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How deliveries are paced.
const (
	deliverBatch = 200
	parkAfter    = 20
	claimFor     = time.Minute
	hostTimeout  = 15 * time.Second // for one call of Deliver or Screen
	firstPause   = time.Second
	longestPause = 10 * time.Minute
)

// deliverPass delivers the events that are due. It claims them in the store
// first, so that two processes rarely deliver the same one, and saves what it did
// every second: a slow host loses little when the process dies. It reports
// whether it delivered or tried any.
func (p *Processor) deliverPass(ctx context.Context) (bool, error) {
	if p.cfg.Deliver == nil || !p.outboxMu.TryLock() {
		return false, nil
	}
	defer p.outboxMu.Unlock()
	claimed, err := p.claim(ctx)
	if err != nil || len(claimed) == 0 {
		return false, err
	}
	began, saved := p.now(), 0
	blocked := map[string]bool{}
	var failures []error
	for i := range claimed {
		d := &claimed[i]
		// The last delivery must end before the claim does: two processes would
		// take the same events from each other for ever.
		if blocked[d.Event.Order] || ctx.Err() != nil || p.now().Sub(began) > claimFor-2*hostTimeout {
			d.NextAt = p.now() // untouched: due again once the key goes on
			continue
		}
		if err := p.deliver(ctx, d.Event); err != nil {
			p.failed(d, err)
			blocked[d.Event.Order] = !d.Parked
		} else {
			d.Delivered = p.now()
		}
		if p.now().Sub(began) > time.Second {
			failures = append(failures, p.saveDeliveries(ctx, claimed[saved:i+1]))
			saved = i + 1
		}
	}
	return true, errors.Join(append(failures, p.saveDeliveries(ctx, claimed[saved:]))...)
}

// deliver gives one event to the host, who has hostTimeout to take it.
func (p *Processor) deliver(ctx context.Context, e Event) (err error) {
	ctx, cancel := context.WithTimeout(ctx, hostTimeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("payments: Deliver: panic: %v", r)
		}
	}()
	return p.cfg.Deliver(ctx, e)
}

// saveDeliveries notes what was delivered, also when the context has ended.
func (p *Processor) saveDeliveries(ctx context.Context, rows []Delivery) error {
	return p.update(context.WithoutCancel(ctx), func(tx Tx) error { return tx.SaveDeliveries(ctx, rows) })
}

// claim takes what is due and moves its next time ahead. A process that dies with
// a claim only delays those events.
func (p *Processor) claim(ctx context.Context) ([]Delivery, error) {
	var claimed []Delivery
	now := p.now()
	look := func(tx Tx) (err error) {
		claimed, err = tx.DeliveriesDue(ctx, now, deliverBatch)
		return err
	}
	if err := p.view(ctx, look); err != nil || len(claimed) == 0 {
		return nil, err
	}
	err := p.update(ctx, func(tx Tx) error {
		if err := look(tx); err != nil {
			return err
		}
		for i := range claimed {
			claimed[i].NextAt = now.Add(claimFor)
		}
		return tx.SaveDeliveries(ctx, claimed)
	})
	for i := range claimed {
		claimed[i].Version++ // as saved just now
	}
	return claimed, err
}

// failed notes a failed delivery: a growing pause, and parking in the end.
func (p *Processor) failed(d *Delivery, err error) {
	d.Tries++
	pause := min(firstPause<<min(d.Tries-1, 20), longestPause)
	d.NextAt = p.now().Add(pause)
	if d.Tries >= parkAfter {
		d.Parked = true
	}
	p.cfg.Log.Warn("event not delivered", "event", d.Event.ID, "kind", d.Event.Kind,
		"tries", d.Tries, "parked", d.Parked, "error", err)
}

// Parked returns up to 1,000 events whose delivery was given up, oldest first.
func (p *Processor) Parked(ctx context.Context) (rows []Delivery, err error) {
	err = p.view(ctx, func(tx Tx) error {
		rows, err = tx.DeliveriesParked(ctx, 1_000)
		return err
	})
	return rows, err
}

// Redeliver puts a parked event back into the outbox; it is tried at once.
func (p *Processor) Redeliver(ctx context.Context, eventID string, actor Actor) error {
	if err := actor.validate(); err != nil {
		return err
	}
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		rows, err := tx.DeliveriesParked(ctx, 1_000)
		if err != nil {
			return err
		}
		for _, d := range rows {
			if d.Event.ID != eventID {
				continue
			}
			occurrence := fmt.Sprint(d.Tries)
			d.Parked, d.Tries, d.NextAt = false, 0, now
			if _, err := tx.InsertAudit(ctx, []AuditRow{auditRow("event/"+eventID, "redeliver", actor, now, occurrence)}); err != nil {
				return err
			}
			return tx.SaveDeliveries(ctx, []Delivery{d})
		}
		return fmt.Errorf("%w: parked event %q", ErrNotFound, eventID)
	})
	if err == nil {
		p.wakeUp()
	}
	return err
}
