package payments

import (
	"context"
	"fmt"

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
	out.events = append(out.events, networkEvent(EventNetworkHalted, r.Network.ID, reason, out.now))
	return changeHalt(ctx, tx, r.Network.ID, func(was string) string {
		if was != "" { // halted or paused before: whoever resumes must know of both
			return was + "; then " + reason
		}
		return reason
	})
}

// halt stops crediting on a network until an operator resumes it. It says so
// once, however often the same is found.
func (p *Processor) halt(ctx context.Context, r *rail, reason string) error {
	now := p.now()
	return p.update(ctx, func(tx Tx) error {
		var events []Event
		err := changeHalt(ctx, tx, r.Network.ID, func(was string) string {
			events = nil
			if was != "" {
				return was
			}
			events = []Event{networkEvent(EventNetworkHalted, r.Network.ID, reason, now)}
			return reason
		})
		if err != nil {
			return err
		}
		_, err = tx.InsertEvents(ctx, events)
		return err
	})
}

// changeHalt changes why a network is halted.
func changeHalt(ctx context.Context, tx Tx, network string, change func(was string) string) error {
	rows, err := tx.ProgressOf(ctx, []string{network})
	if err != nil {
		return err
	}
	row := chain.Progress{Network: network}
	if len(rows) > 0 {
		row = rows[0]
	}
	was := row.Halted
	if row.Halted = change(was); row.Halted == was {
		return nil
	}
	return tx.SaveProgress(ctx, []chain.Progress{row})
}
