package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/chain"
)

// Health is what an operator looks at first.
type Health struct {
	Networks []NetworkHealth
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
	// Head is the source's height, Tip the height committed, HeadTime the head's
	// block time. They are zero before the first pass of this process.
	Head, Tip uint64
	HeadTime  time.Time
	// LiveAt is the last heartbeat.
	LiveAt time.Time
	// Halted says why crediting stopped; Err why the last pass failed.
	Halted string
	Err    error
	// Waits says, in sentences, why deposits that are deep enough may not be
	// credited now: a halt, a syncing or stale node, delayed finality, sources that
	// do not agree.
	Waits []string
}

// Resume lets a halted network go on crediting, once the operator knows that its
// sources follow the right chain.
func (p *Processor) Resume(ctx context.Context, network chain.Network, actor Actor) error {
	if err := actor.validate(); err != nil {
		return err
	}
	if _, ok := p.rails[network.ID]; !ok {
		return fmt.Errorf("%w: %q", ErrUnknownNetwork, network.ID)
	}
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		rows, err := tx.ProgressOf(ctx, []string{network.ID})
		if err != nil || len(rows) == 0 || rows[0].Halted == "" {
			return err
		}
		reason := rows[0].Halted
		rows[0].Halted = ""
		if err := tx.SaveProgress(ctx, rows); err != nil {
			return err
		}
		if _, err := tx.InsertEvents(ctx, []Event{networkEvent(EventNetworkResumed, network.ID, reason, now)}); err != nil {
			return err
		}
		return p.audit(ctx, tx, "network/"+network.ID, "resume", actor)
	})
	if err == nil {
		p.unsettled.Store(true)
		p.wakeUp()
	}
	return err
}

// Health reads how all networks do.
func (p *Processor) Health(ctx context.Context) (Health, error) {
	var h Health
	err := p.view(ctx, func(tx Tx) error {
		h = Health{}
		for _, r := range p.ordered() {
			rows, err := tx.ProgressOf(ctx, []string{r.Network.ID})
			if err != nil {
				return err
			}
			n := r.health()
			if len(rows) > 0 {
				n.LiveAt, n.Halted = rows[0].LiveAt, rows[0].Halted
			}
			o, _, err := p.outlook(ctx, tx, r, p.now())
			if err != nil {
				return err
			}
			n.Waits = r.waits(o)
			h.Networks = append(h.Networks, n)
		}
		var err error
		if h.Held, err = tx.Deposits(ctx, DepositQuery{Held: true, Limit: maxPage}); err != nil {
			return err
		}
		h.Parked, err = tx.DeliveriesParked(ctx, maxPage)
		return err
	})
	return h, err
}

func (r *rail) health() NetworkHealth {
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	return NetworkHealth{Network: r.Network.ID, Source: r.following, Head: r.head.Height, HeadTime: r.head.Time,
		Tip: r.tip.Height, Err: r.err}
}
