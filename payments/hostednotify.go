package payments

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/cointill/cointill/bitpay"
)

const (
	// hintEvery is how often notifications of invoices that are not on record may have
	// rows looked at: anybody can send them.
	hintEvery = firstPoll
	// hintAge is how old such a row may be.
	hintAge = 24 * time.Hour
)

// BitPayNotifications is what the host mounts at BitPay.NotificationURL, for POST
// alone. A notification is a hint: of its body only the invoice's id is read, BitPay
// is asked about it if it is one of ours, and what BitPay answers counts. So forged,
// repeated, late and reordered ones are harmless. bitpay.NewNotifications says what
// is answered.
//
// Errors: ErrNoBitPay, ErrJoined, or bitpay.ErrArgument.
func (p *Processor) BitPayNotifications() (http.Handler, error) {
	switch {
	case p.cfg.BitPay == nil:
		return nil, ErrNoBitPay
	case p.joined:
		return nil, ErrJoined
	}
	return bitpay.NewNotifications(bitpay.Notifications{
		Fetch: p.hint, Secrets: p.cfg.BitPay.Secrets, Log: p.cfg.Log,
	})
}

// hint looks at the invoice that a notification names.
func (p *Processor) hint(ctx context.Context, remoteID string) error {
	var rows []HostedInvoice
	err := p.view(ctx, func(tx Tx) (err error) {
		rows, err = tx.Hosted(ctx, HostedQuery{RemoteIDs: []string{remoteID}, Limit: 2})
		return err
	})
	if err != nil {
		return err
	}
	environment := string(p.cfg.BitPay.Client.Environment())
	rows = slices.DeleteFunc(rows, func(h HostedInvoice) bool { return h.Environment != environment })
	if len(rows) == 0 {
		return p.hintUnknown(ctx)
	}
	if p.bitpay.room(p.now()) == 0 { // whoever sends notifications must not keep it from resting
		return p.makeDue(ctx, HostedQuery{IDs: []string{rows[0].ID}, Limit: 1}, nil)
	}
	_, err = p.syncHosted(ctx, rows[0])
	return err
}

// hintUnknown makes the rows due whose invoice at BitPay is not known here: it may be
// one of theirs.
func (p *Processor) hintUnknown(ctx context.Context) error {
	now := p.now()
	if !p.bitpay.mayHint(now) {
		return nil
	}
	return p.makeDue(ctx, HostedQuery{States: []HostedState{HostedOpening, HostedFailed}, Limit: maxPage}, func(h HostedInvoice) bool {
		return now.Sub(h.CreatedAt) > hintAge
	})
}

// makeDue has those of a query's rows polled that are not due yet, but for some.
func (p *Processor) makeDue(ctx context.Context, q HostedQuery, but func(HostedInvoice) bool) error {
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		rows, err := tx.Hosted(ctx, q)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(h HostedInvoice) bool {
			return but != nil && but(h) || !h.PollAt.IsZero() && !h.PollAt.After(now)
		})
		rows = rows[:min(len(rows), pollBatch)]
		for i := range rows {
			rows[i].PollAt = now
		}
		return tx.SaveHosted(ctx, rows)
	})
	if err == nil {
		signal(p.bitpay.wake)
	}
	return err
}

// mayHint lets one such notification through in a while.
func (s *bitpayState) mayHint(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.hinted) < hintEvery {
		return false
	}
	s.hinted = now
	return true
}
