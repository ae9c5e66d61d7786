package payments

import (
	"context"
	"time"
)

// BitPayHealth is how BitPay does. What it says of BitPay's answers is what this
// process last heard; what it says of rows stands in the store.
type BitPayHealth struct {
	// Environment is BitPay's base URL, Facade what the token opens.
	Environment, Facade string
	// OKAt is when BitPay last answered. Err is the last failure of a call, at ErrAt,
	// kept after it recovered; it marshals as its text.
	OKAt  time.Time
	Err   error
	ErrAt time.Time
	// NotBefore is the instant until which BitPay is left alone after a failure.
	NotBefore time.Time
	// RefusedSince is since when BitPay has not accepted the token or key; zero: it
	// does.
	RefusedSince time.Time
	// Open counts the hosted invoices that BitPay is still asked about, and Opening
	// those of them of which is not known whether they exist there; OldestOpening is
	// when the oldest of these was made. Failed ones, which are looked for once more after
	// a day, are not counted.
	Open, Opening int
	OldestOpening time.Time
	// Problems are those that BitPay answers something else about, and Held those
	// whose credit or reversal the host's InTx refused, at most 1,000 each: an
	// operator must look at them.
	Problems, Held []HostedInvoice
}

// bitpayHealth reads how BitPay does; nil if it is not configured.
func (p *Processor) bitpayHealth(ctx context.Context, tx Tx, now time.Time) (*BitPayHealth, error) {
	if p.cfg.BitPay == nil {
		return nil, nil
	}
	b := p.bitpay.health()
	b.Environment, b.Facade = string(p.cfg.BitPay.Client.Environment()), string(p.cfg.BitPay.Client.Facade())
	q := HostedQuery{DueBy: now.AddDate(1, 0, 0), Limit: maxPage} // all that is polled at all
	for {
		page, err := tx.Hosted(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, h := range page {
			if h.State == HostedFailed {
				continue // looked at once more, for safety
			}
			b.Open++
			if h.State == HostedOpening {
				b.Opening++
				if b.OldestOpening.IsZero() || h.CreatedAt.Before(b.OldestOpening) {
					b.OldestOpening = h.CreatedAt
				}
			}
			if h.Problem != "" && len(b.Problems) < maxPage {
				b.Problems = append(b.Problems, h)
			}
			if h.Hold != "" && len(b.Held) < maxPage {
				b.Held = append(b.Held, h)
			}
		}
		if len(page) < maxPage {
			return b, nil
		}
		q.After = page[len(page)-1].ID
	}
}

func (s *bitpayState) health() *BitPayHealth {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &BitPayHealth{OKAt: s.okAt, Err: asText(s.err), ErrAt: s.errAt, NotBefore: s.rest, RefusedSince: s.refusedSince}
}
