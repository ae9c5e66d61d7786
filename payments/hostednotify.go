package payments

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/cointill/cointill/bitpay"
)

// Anybody can send notifications where none are signed, so what they have BitPay asked
// is bounded for the process as a whole: hintBurst rows at once, and one more every
// hintPause. BitPay lets a merchant create 100 invoices an hour, which it tells of some
// four times each: a quarter of that. A row above the bound is left to its poll.
const (
	hintBurst = 30
	hintPause = 2 * time.Second
)

const (
	// unknownEvery is how often notifications of invoices that are not on record may
	// have rows looked at, and unknownRows how many, the newest first.
	unknownEvery = time.Minute
	unknownRows  = 20
)

// BitPayNotifications is what the host mounts at BitPay.NotificationURL, for POST
// alone. A notification is a hint: of its body only the invoice's id is read, BitPay
// is asked about it if it is one of ours, and what BitPay answers counts. So forged,
// repeated, late and reordered ones are harmless. However many come, BitPay is asked
// about 30 invoices at once by them and 30 a minute: the others wait for their poll, a
// quarter of an hour at most.
// bitpay.NewNotifications says what is answered.
//
// Where signatures cannot be checked, a secret in the path keeps strangers out: mount
// the handler at a path with 32 random characters, such as
// "POST /bitpay/k3Jx…", and give that URL as BitPay.NotificationURL. It is sent to
// BitPay and shown nowhere by this package. Keep it out of the web server's access log.
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
	h := rows[0]
	if p.bitpay.room(p.now()) == 0 { // whoever sends notifications must not keep it from resting
		return p.makeDue(ctx, []string{h.ID}, p.now())
	}
	if p.bitpay.mayAsk(1, p.now()) == 0 {
		soon := p.now().Add(firstLatePoll)
		if h.PollAt.IsZero() || h.PollAt.After(soon) { // no poll to be left to, or one that is hours off
			return p.makeDue(ctx, []string{h.ID}, soon)
		}
		return nil
	}
	_, err = p.syncHosted(ctx, h)
	return err
}

// hintUnknown makes the rows due whose invoice at BitPay is not known here: it may be
// one of theirs. A failed row is polled once more a day after it was made, so what is
// polled by then are the young ones.
func (p *Processor) hintUnknown(ctx context.Context) error {
	now := p.now()
	if p.bitpay.room(now) == 0 || !p.bitpay.mayHint(now) {
		return nil
	}
	var young []HostedInvoice
	q := HostedQuery{States: []HostedState{HostedOpening, HostedFailed}, DueBy: now.Add(failedFor), Limit: maxPage}
	for {
		var page []HostedInvoice
		err := p.view(ctx, func(tx Tx) (err error) {
			page, err = tx.Hosted(ctx, q)
			return err
		})
		if err != nil {
			return err
		}
		young = append(young, page...)
		slices.SortFunc(young, func(a, b HostedInvoice) int { return b.CreatedAt.Compare(a.CreatedAt) })
		young = young[:min(len(young), unknownRows)]
		if len(page) < maxPage {
			break
		}
		q.After = page[len(page)-1].ID
	}
	var ids []string
	for _, h := range young[:p.bitpay.mayAsk(len(young), now)] {
		ids = append(ids, h.ID)
	}
	return p.makeDue(ctx, ids, now)
}

// makeDue has rows polled at an instant that would be polled later, or not at all.
func (p *Processor) makeDue(ctx context.Context, ids []string, at time.Time) error {
	if len(ids) == 0 {
		return nil // no id selects all
	}
	err := p.update(ctx, func(tx Tx) error {
		rows, err := tx.Hosted(ctx, HostedQuery{IDs: ids})
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(h HostedInvoice) bool { return !h.PollAt.IsZero() && !h.PollAt.After(at) })
		for i := range rows {
			rows[i].PollAt = at
		}
		return tx.SaveHosted(ctx, rows)
	})
	if err == nil {
		signal(p.bitpay.wake)
	}
	return err
}

// mayAsk grants of so many rows those that notifications may have asked about now.
func (s *bitpayState) mayAsk(rows int, now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	const full = hintBurst * hintPause
	used := s.hintsUsed.Sub(now)
	if used < 0 || used > full { // more: the clock was set back
		s.hintsUsed, used = now, 0
	}
	granted := min(rows, int((full-used)/hintPause))
	s.hintsUsed = s.hintsUsed.Add(time.Duration(granted) * hintPause)
	return granted
}

// mayHint lets a notification of an unknown invoice through once in a while.
func (s *bitpayState) mayHint(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if since := now.Sub(s.hinted); since >= 0 && since < unknownEvery {
		return false
	}
	s.hinted = now
	return true
}
