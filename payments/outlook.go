package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// finalityServes is how many confirmations stand in for finality while a network
// does not finalise. On BNB Smart Chain it is more than two thirds of the
// validators building on a block (BEP-524's turn length of 16 times 21
// validators, 240 blocks); on Ethereum it is 48 minutes, four times the usual.
const finalityServes = 240

// outlook is what is known of a network when its deposits are judged.
type outlook struct {
	tip    chain.Anchor
	head   chain.Head // the followed source's; zero before the first pass
	final  uint64     // the height up to which a source calls this trail final
	tiers  []Tier     // in force
	halts  suspensions
	closed []string // why nothing is credited now, in sentences
	barred int      // how many of closed, from the first, only an operator lifts
}

// finalHeight is the highest block that counts as final.
func (o outlook) finalHeight() uint64 {
	height := min(o.final, o.tip.Height)
	if o.tip.Height+1 >= finalityServes {
		height = max(height, o.tip.Height+1-finalityServes)
	}
	return height
}

func (o outlook) isFinal(d Deposit) bool { return d.Block.Height <= o.finalHeight() }

// suspended reports whether an asset is not credited.
func (o outlook) suspended(a money.Asset) bool {
	_, ok := o.halts.of(a.Coin)
	return ok
}

// finalityDelayed reports whether the network's final block is so far below its
// head that confirmations serve instead.
func (o outlook) finalityDelayed(n chain.Network) bool {
	return !n.UTXO() && o.head.Height > o.head.Final+finalityServes
}

// outlook reads, in the transaction that decides, what a network looks like.
// ok is false while it has no trail.
func (p *Processor) outlook(ctx context.Context, tx Tx, r *rail, now time.Time) (o outlook, ok bool, err error) {
	progress, err := tx.ProgressOf(ctx, []string{r.Network.ID})
	if err != nil {
		return o, false, err
	}
	tips, err := tx.Anchors(ctx, r.Network.ID, ^uint64(0)>>1, 1)
	if err != nil || len(tips) == 0 {
		return o, false, err
	}
	o.tip = tips[0]
	r.statusMu.Lock()
	o.head = r.head
	final, proof := r.final, r.proof
	r.statusMu.Unlock()
	if at, err := tx.Anchors(ctx, r.Network.ID, proof.Height, 1); err != nil {
		return o, false, err
	} else if final > 0 && len(at) > 0 && at[0].Hash == proof.Hash {
		o.final = final
	}
	if len(progress) > 0 && progress[0].Halted != "" {
		o.closed = append(o.closed, fmt.Sprintf("Crediting on %s is halted until an operator resumes it: %s.",
			r.Network.ID, progress[0].Halted))
	}
	var unreadable *tiersError
	if o.tiers, err = tiersInForce(ctx, tx, r); errors.As(err, &unreadable) {
		o.closed = append(o.closed, unreadable.sentence()) // no demand is dropped, and recording goes on
	} else if err != nil {
		return o, false, err
	}
	var lost *suspensionsError
	if o.halts, err = suspensionsOf(ctx, tx, r); errors.As(err, &lost) {
		o.closed = append(o.closed, fmt.Sprintf("Which assets of %s are suspended cannot be read (%v).", r.Network.ID, lost))
	} else if err != nil {
		return o, false, err
	}
	o.barred = len(o.closed)
	if o.head.Syncing {
		o.closed = append(o.closed, "The node says that it is still catching up.")
	}
	newest := o.head.Time
	if o.head.IsZero() { // no pass in this process yet: the committed tip speaks
		newest = o.tip.Time
	}
	if age := now.Sub(newest); age > r.Stale {
		o.closed = append(o.closed, fmt.Sprintf("The node's newest block is of %s, older than the %s allowed: it may hang.",
			newest.UTC().Format(time.RFC3339), r.Stale))
	}
	return o, true, nil
}

// waits adds to what closes the network what only some deposits wait for.
func (r *rail) waits(o outlook) []string {
	out := slices.Clone(o.closed)
	if !o.head.IsZero() && o.finalityDelayed(r.Network) {
		out = append(out, fmt.Sprintf("Finality is delayed: the final block is %d, the head %d; %d confirmations serve instead.",
			o.head.Final, o.head.Height, finalityServes))
	}
	for _, s := range o.halts.Coins {
		out = append(out, s.sentence())
	}
	return append(out, r.doubts()...)
}

// waits says what beside its depth a deposit still waits for, in sentences.
func (pol *policy) waits(d Deposit, o outlook) []string {
	out := slices.Clone(o.closed)
	if s, ok := o.halts.of(d.Amount.Asset().Coin); ok {
		out = append(out, s.sentence())
	}
	want := pol.demand(d)
	if want.finalized && !o.isFinal(d) {
		text := "The network has not called its block final yet."
		if o.finalityDelayed(pol.rail.Network) {
			text = fmt.Sprintf("Finality is delayed on the network: %d confirmations serve instead.", finalityServes)
		}
		out = append(out, text)
	}
	if !want.agreed(d) {
		out = append(out, fmt.Sprintf("%d sources must see it in the same block.", want.agree))
		if want.deep(d, o) {
			out = append(out, pol.rail.doubts()...)
		}
	}
	return out
}

// saw notes what a pass saw of the network. A head that changed without a step
// (another process took it, the node caught up, blocks became final) may let
// deposits through.
func (p *Processor) saw(r *rail, src chain.Source, step chain.Step, moved bool) {
	r.statusMu.Lock()
	was := r.head
	r.following, r.head, r.tip = src.Name(), step.Head, step.Tip()
	if moved || step.Head.Hash == r.tip.Hash { // else the node lags, and shows nothing of its branch
		r.final, r.proof = min(step.Head.Final, r.tip.Height), r.tip
	}
	r.statusMu.Unlock()
	if !moved && (was.Hash != step.Head.Hash || was.Final != step.Head.Final || was.Syncing != step.Head.Syncing) {
		p.unsettled.Store(true)
		p.wakeUp()
	}
}
