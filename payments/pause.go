package payments

import (
	"context"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// Pause stops crediting on a network until Resume: what arrives is recorded,
// priced and shown with its confirmations, and credited after Resume at the rate
// of its receipt. It survives a restart and holds for every process on the store.
// A network that is paused or halted already keeps its reason. There is no call
// for all networks: pause each.
//
// Errors: an *InputError for an actor without id or reason, ErrUnknownNetwork, or
// the store's.
func (p *Processor) Pause(ctx context.Context, network chain.Network, actor Actor) error {
	if err := actor.validate(); err != nil {
		return err
	}
	if _, ok := p.rails[network.ID]; !ok {
		return fmt.Errorf("%w: %q", ErrUnknownNetwork, network.ID)
	}
	now := p.now()
	return p.update(ctx, func(tx Tx) error {
		reason := fmt.Sprintf("paused by %s: %s", actor.ID, actor.Reason)
		events, err := haltNetwork(ctx, tx, network.ID, reason, now)
		if err != nil {
			return err
		}
		if _, err := tx.InsertEvents(ctx, events); err != nil {
			return err
		}
		return p.audit(ctx, tx, networkSubject(network.ID), "pause", actor)
	})
}

// Resume lets a paused or halted network go on crediting, once the operator knows
// that its sources follow the right chain. On a network that is neither it does
// nothing. Errors: those of Pause.
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
		return p.audit(ctx, tx, networkSubject(network.ID), "resume", actor)
	})
	if err == nil {
		p.unsettled.Store(true)
		p.wakeUp()
	}
	return err
}

// networkSubject is the audit subject of a network.
func networkSubject(id string) string { return "network/" + id }
