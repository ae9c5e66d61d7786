package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/chain"
)

// breakOn is the circuit breaker: a step that detaches more than Rail.Breaker
// blocks is recorded whole, because what it says are facts, and in the same
// commit the network is halted: somebody looks before anything is credited on
// the branch that won.
func (p *Processor) breakOn(ctx context.Context, tx Tx, r *rail, move chain.TrailMove, out *outcome) error {
	detached := move.From.Height - min(move.From.Height, move.Keep)
	if detached <= r.Breaker {
		return nil
	}
	reason := fmt.Sprintf("a reorganisation replaced the %d blocks from %d on, more than the %d of Rail.Breaker; "+
		"compare with other nodes, then call Resume", detached, move.Keep+1, r.Breaker)
	rows, err := tx.ProgressOf(ctx, []string{r.Network.ID})
	if err != nil {
		return err
	}
	if len(rows) == 0 || rows[0].Halted == "" {
		halted, err := haltNetwork(ctx, tx, r.Network.ID, reason, out.now)
		out.events = append(out.events, halted...)
		return err
	}
	// Halted or paused before: whoever resumes must know of both.
	rows[0].Halted += "; then " + reason
	out.events = append(out.events, networkEvent(EventNetworkHalted, r.Network.ID, reason, out.now))
	return tx.SaveProgress(ctx, rows)
}

// halt stops crediting on a network until an operator resumes it.
func (p *Processor) halt(ctx context.Context, r *rail, reason string) error {
	now := p.now()
	return p.update(ctx, func(tx Tx) error {
		events, err := haltNetwork(ctx, tx, r.Network.ID, reason, now)
		if err != nil {
			return err
		}
		_, err = tx.InsertEvents(ctx, events)
		return err
	})
}

// haltNetwork notes that a network is halted and returns the event that tells,
// none if it was halted already. A network never watched is watched from now on,
// as after its first address.
func haltNetwork(ctx context.Context, tx Tx, network, reason string, now time.Time) ([]Event, error) {
	rows, err := tx.ProgressOf(ctx, []string{network})
	if err != nil || len(rows) > 0 && rows[0].Halted != "" {
		return nil, err
	}
	row := chain.Progress{Network: network, LiveAt: now}
	if len(rows) > 0 {
		row = rows[0]
	}
	row.Halted = reason
	if err := tx.SaveProgress(ctx, []chain.Progress{row}); err != nil {
		return nil, err
	}
	return []Event{networkEvent(EventNetworkHalted, network, reason, now)}, nil
}
