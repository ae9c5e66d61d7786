package payments

import (
	"context"
	"fmt"
	"slices"

	"github.com/cointill/cointill/bitpay"
)

// say is how far the host's InTx has a say in a commit.
type say int

const (
	saysAll     say = iota // it may refuse the commit
	saysFacts              // it refused: what is due is held, and facts are offered alone
	saysNothing            // it refused facts, which stand all the same: the row is held
)

// hostedChange is one change of a row.
type hostedChange struct {
	// row changes it before, and after once its credit is booked or reversed.
	row   func(h *HostedInvoice, out *outcome) error
	after func(tx Tx, h *HostedInvoice, out *outcome) error
}

// commitHosted reads a row, changes it, books what follows, saves and tells it in one
// commit. What BitPay said never waits for the host: see [Config.InTx]. Beside an
// error it returns the row as it is on record, if it could be read.
func (p *Processor) commitHosted(ctx context.Context, id string, change hostedChange) (h HostedInvoice, err error) {
	for _, s := range []say{saysAll, saysFacts, saysNothing} {
		h, err = p.commitHostedOnce(ctx, id, s, change)
		if !isHostError(ctx, err) {
			return h, err
		}
		p.cfg.Log.Error("InTx refuses a hosted invoice; it is held", "hosted", id, "error", err)
	}
	return h, err
}

func (p *Processor) commitHostedOnce(ctx context.Context, id string, s say, change hostedChange) (h HostedInvoice, err error) {
	teller := p
	if s == saysNothing {
		mute := *p
		mute.cfg.InTx = nil
		teller = &mute
	}
	var read HostedInvoice
	var out *outcome
	now := p.now()
	err = p.update(ctx, func(tx Tx) error {
		rows, err := tx.Hosted(ctx, HostedQuery{IDs: []string{id}, Limit: 1})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("%w: hosted invoice %s", ErrNotFound, id)
		}
		out, h, read = &outcome{now: now}, rows[0], rows[0]
		h.Refunds = slices.Clone(h.Refunds)
		if err := change.row(&h, out); err != nil {
			return err
		}
		if err := bookHosted(ctx, tx, &h, p.earned(h.State), s != saysAll, out); err != nil {
			return err
		}
		if change.after != nil {
			if err := change.after(tx, &h, out); err != nil {
				return err
			}
		}
		if s == saysNothing && h.Hold == "" {
			h.Hold = HoldHost
			out.hosted(EventHostedHeld, &h)
		}
		if h.Tries == 0 && h.State != HostedFailed {
			h.PollAt = h.nextPoll(now)
		}
		if err := tx.SaveHosted(ctx, []HostedInvoice{h}); err != nil {
			return err
		}
		if _, err := tx.InsertAudit(ctx, out.audit); err != nil {
			return err
		}
		out.touch(h.Account) // also when nothing is told: BitPay may not be asked any more
		return teller.publish(ctx, tx, out)
	})
	if err != nil {
		return read, err
	}
	h.Version++ // as saved
	p.notify(out)
	return h, nil
}

// applyHosted commits an answer, with the invoice's refunds if they were asked for.
func (p *Processor) applyHosted(ctx context.Context, id string, v bitpay.Invoice, refunds []bitpay.Refund, asked bool) (HostedInvoice, error) {
	change := hostedChange{row: func(h *HostedInvoice, out *outcome) error {
		for _, kind := range h.take(v, out.now) {
			out.hosted(kind, h)
		}
		return nil
	}}
	if asked {
		change.after = func(tx Tx, h *HostedInvoice, out *outcome) error {
			if h.Problem != "" || !h.RemoteAt.Equal(h.remoteTime(v)) {
				return nil // not this invoice's, or overtaken, as the refunds then are
			}
			return p.applyRefunds(ctx, tx, h, refunds, out)
		}
	}
	return p.commitHosted(ctx, id, change)
}

// changeHosted commits a change that books nothing by itself.
func (p *Processor) changeHosted(ctx context.Context, id string, row func(h *HostedInvoice, out *outcome)) (HostedInvoice, error) {
	return p.commitHosted(ctx, id, hostedChange{row: func(h *HostedInvoice, out *outcome) error {
		row(h, out)
		return nil
	}})
}
