package payments

import (
	"context"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/rates"
)

// Health is what an operator looks at first. It marshals to JSON.
type Health struct {
	// At is when it was read.
	At       time.Time
	Networks []NetworkHealth
	// BitPay is nil if it is not configured.
	BitPay *BitPayHealth
	// Unpriced counts the deposits that wait for a price, at most 1,000, and
	// UnpricedSince is the received-at of the oldest of them.
	Unpriced      int
	UnpricedSince time.Time
	// RateSources is how each source of prices does, and RateFindings what is wrong
	// with prices now, as this process knows it; both are empty if Config.Rates is no
	// rates.Composite.
	RateSources  []rates.SourceHealth
	RateFindings []rates.Finding
	// Held are the deposits that wait for an operator, at most 1,000.
	Held []Deposit
	// Parked are the events whose delivery was given up, at most 1,000.
	Parked []Delivery
}

// NetworkHealth is one network's row.
type NetworkHealth struct {
	Network string
	// Source is the one now followed.
	Source string
	// Head is the source's height, HeadTime the head's block time and HeadAge how
	// long ago that was; Tip is the height committed, Behind how many blocks that
	// is below the head. All but Tip are zero before the first pass of this
	// process.
	Head, Tip, Behind uint64
	HeadTime          time.Time
	HeadAge           time.Duration
	// Final is the height the network itself calls final, 0 if it has no such
	// notion; FinalityLate says that it is more than 240 blocks below the head, so
	// that confirmations serve instead.
	Final        uint64
	FinalityLate bool
	// Syncing says that the followed source knows it is behind: nothing is
	// credited on its word.
	Syncing bool
	// LiveAt is the last heartbeat of any process on the store, and Live whether it
	// is recent enough for first sight to count as receipt.
	LiveAt time.Time
	Live   bool
	// Waiting counts the deposits seen or confirming; Oldest is the one first seen
	// earliest, at OldestSince.
	Waiting     int
	Oldest      DepositKey
	OldestSince time.Time
	// Halted says why crediting stopped ("paused by …" after Pause); empty while it
	// runs.
	Halted string
	// Waits says, in sentences, why deposits that are deep enough may not be
	// credited now: a halt, a syncing or stale node, delayed finality, sources that
	// do not agree.
	Waits []string
	// Err says why the last pass of this process failed, nil if it did not. It
	// marshals as its text.
	Err error
	// Sources tell how each source did, in the order of the configuration.
	Sources []SourceHealth
}

// SourceHealth is how one source did in this process. A source that was never
// needed was never asked.
type SourceHealth struct {
	Name string
	// Followed says that it is the one now followed.
	Followed bool
	// OKAt is when it last answered well.
	OKAt time.Time
	// Err is its last failure, at ErrAt, kept after it recovered: it is broken now
	// if ErrAt is later than OKAt. It marshals as its text.
	Err   error
	ErrAt time.Time
	// NotBefore is the instant until which it asked to be left alone.
	NotBefore time.Time
	// Notes are what its operator should know although it stops nothing, such as a
	// token contract that is not what the network's list says.
	Notes []string
}

// textError is an error that marshals as its text.
type textError struct{ error }

func (e textError) Unwrap() error                { return e.error }
func (e textError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

func asText(err error) error {
	if err == nil {
		return nil
	}
	return textError{err}
}

// Health reads how all networks do. It asks the store alone, never a source; what
// it says of sources is what this process last heard. Errors are the store's.
func (p *Processor) Health(ctx context.Context) (Health, error) {
	now := p.now()
	var h Health
	err := p.view(ctx, func(tx Tx) error {
		h = Health{At: now}
		if live, ok := p.cfg.Rates.(livePrices); ok {
			h.RateSources, h.RateFindings = live.Health(), live.Findings()
		}
		for _, r := range p.ordered() {
			n := r.health(now)
			if err := n.read(ctx, tx, now); err != nil {
				return err
			}
			o, _, err := p.outlook(ctx, tx, r, now)
			if err != nil {
				return err
			}
			n.Waits = r.waits(o)
			n.FinalityLate = !o.head.IsZero() && o.finalityDelayed(r.Network)
			h.Networks = append(h.Networks, n)
		}
		var err error
		if h.BitPay, err = p.bitpayHealth(ctx, tx, now); err != nil {
			return err
		}
		unpriced, err := tx.Deposits(ctx, DepositQuery{Unvalued: true, Limit: maxPage})
		if err != nil {
			return err
		}
		for _, d := range unpriced {
			if d.Hold == HoldAsset { // not accepted: nobody prices it
				continue
			}
			h.Unpriced++
			if h.UnpricedSince.IsZero() || d.ReceivedAt.Before(h.UnpricedSince) {
				h.UnpricedSince = d.ReceivedAt
			}
		}
		if h.Held, err = tx.Deposits(ctx, DepositQuery{Held: true, Limit: maxPage}); err != nil {
			return err
		}
		h.Parked, err = tx.DeliveriesParked(ctx, maxPage)
		return err
	})
	return h, err
}

// read adds what the store knows of the network.
func (n *NetworkHealth) read(ctx context.Context, tx Tx, now time.Time) error {
	rows, err := tx.ProgressOf(ctx, []string{n.Network})
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		n.LiveAt, n.Halted = rows[0].LiveAt, rows[0].Halted
		age := now.Sub(n.LiveAt)
		n.Live = !n.Syncing && age <= liveAge && age >= -liveAge
	}
	tip, _, err := tipOf(ctx, tx, n.Network)
	if err != nil {
		return err
	}
	n.Tip = tip.Height
	if n.Head > n.Tip {
		n.Behind = n.Head - n.Tip
	}
	q := DepositQuery{Network: n.Network, States: []DepositState{StateSeen, StateConfirming}, NotHeld: true, Limit: maxPage}
	for {
		page, err := tx.Deposits(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range page {
			n.Waiting++
			if n.OldestSince.IsZero() || d.SeenAt.Before(n.OldestSince) {
				n.Oldest, n.OldestSince = d.Key, d.SeenAt
			}
		}
		if len(page) < maxPage {
			return nil
		}
		q.After = page[len(page)-1].Key
	}
}

// health returns what this process knows of the network.
func (r *rail) health(now time.Time) NetworkHealth {
	followed := int(r.current.Load()) % len(r.Sources)
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	n := NetworkHealth{Network: r.Network.ID, Source: r.following, Head: r.head.Height, HeadTime: r.head.Time,
		Final: r.head.Final, Syncing: r.head.Syncing, Err: asText(r.err)}
	if !n.HeadTime.IsZero() {
		n.HeadAge = now.Sub(n.HeadTime)
	}
	for i, a := range r.asked {
		row := SourceHealth{Name: r.Sources[i].Name(), Followed: i == followed,
			OKAt: a.at, Err: asText(a.err), ErrAt: a.errAt, NotBefore: a.rest}
		if src, ok := r.Sources[i].(chain.Noter); ok {
			row.Notes = src.Notes()
		}
		n.Sources = append(n.Sources, row)
	}
	return n
}
