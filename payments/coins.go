package payments

import (
	"context"
	"strconv"
	"strings"

	"github.com/cointill/cointill/chain"
)

// coinPage is how many recorded deposits are read at a time to watch their
// outpoints.
const coinPage = 2_000

// coinReach is how many blocks are read again when the trail has changed under
// what was read: as far as a reorganisation is ever followed.
const coinReach = 10_000

// coins says which of our own outpoints are in a rail's watched set. Outpoints
// are only ever added: one that was spent is harmless there, and needed again if
// the block of its spend goes.
type coins struct {
	read bool
	// tip is the end of the trail up to which recorded deposits are in the set.
	tip chain.Anchor
	// backfills is chain.Progress.Backfills then: what was recorded below the tip
	// since must be read too.
	backfills uint64
	// past says that blocks are matched again which were passed before: every coin
	// ever recorded is watched, so that all their spends are found.
	past bool
}

// watchCoins brings the outpoints of recorded, unspent deposits into the watched
// set, also those another process recorded. It reads what is new: blocks above
// the tip of the last time, with what was spent in them meanwhile; more after a
// reorganisation or a rescan.
func (p *Processor) watchCoins(ctx context.Context, r *rail) error {
	if !r.Network.UTXO() {
		return nil
	}
	next := coins{read: true, past: r.coins.past}
	var from uint64
	fresh := r.coins.read
	err := p.view(ctx, func(tx Tx) error {
		tips, err := tx.Anchors(ctx, r.Network.ID, ^uint64(0)>>1, 1)
		if err != nil || len(tips) == 0 {
			return err
		}
		progress, err := tx.ProgressOf(ctx, []string{r.Network.ID})
		if err != nil {
			return err
		}
		if next.tip = tips[0]; len(progress) > 0 {
			next.backfills = progress[0].Backfills
		}
		if fresh = r.coins.read && next.backfills == r.coins.backfills; !fresh {
			return nil
		}
		from = r.coins.tip.Height + 1
		same, err := tx.Anchors(ctx, r.Network.ID, r.coins.tip.Height, 1)
		if err == nil && (len(same) == 0 || same[0].Hash != r.coins.tip.Hash) {
			from -= min(from, coinReach)
		}
		return err
	})
	if err != nil || next.tip.IsZero() {
		return err
	}
	if !fresh {
		from = 0
		if err := p.watchSpent(ctx, r, next.tip.Height); err != nil {
			return err
		}
	}
	if from <= next.tip.Height {
		if err := p.watchDeposits(ctx, r, DepositQuery{Network: r.Network.ID, Included: true,
			MinHeight: from, MaxHeight: next.tip.Height, Unspent: !fresh, Limit: coinPage}); err != nil {
			return err
		}
	}
	r.coins = next
	return nil
}

// watchDeposits adds the outpoints of the deposits that a query selects.
func (p *Processor) watchDeposits(ctx context.Context, r *rail, q DepositQuery) error {
	for {
		var page []Deposit
		err := p.view(ctx, func(tx Tx) (err error) {
			page, err = tx.Deposits(ctx, q)
			return err
		})
		if err != nil {
			return err
		}
		for _, d := range page {
			if op, ok := d.outpoint(); ok {
				r.set.AddOutpoint(op)
			}
		}
		if len(page) < coinPage {
			return ctx.Err()
		}
		q.After = page[len(page)-1].Key
	}
}

// watchSpent adds what was spent in blocks that may still go: it is unspent again
// when they do.
func (p *Processor) watchSpent(ctx context.Context, r *rail, tip uint64) error {
	q := SpendQuery{Network: r.Network.ID, Included: true, MinHeight: tip - min(tip, coinReach), MaxHeight: tip, Limit: coinPage}
	if r.coins.past {
		q.MinHeight = 0
	}
	for {
		var page []Spend
		err := p.view(ctx, func(tx Tx) (err error) {
			page, err = tx.Spends(ctx, q)
			return err
		})
		if err != nil {
			return err
		}
		for _, s := range page {
			r.set.AddOutpoint(s.Outpoint)
		}
		if len(page) < coinPage {
			return ctx.Err()
		}
		q.After = page[len(page)-1].Key
	}
}

// learn watches the outpoints of transfers just matched, and reports whether some
// were not watched: what the run holds may be spent in the same run, so it must be
// matched again.
func (r *rail) learn(transfers []chain.Transfer) (more bool) {
	if !r.Network.UTXO() {
		return false
	}
	for _, t := range transfers {
		if op, ok := outpointOf(t.TxID, t.ID); ok {
			more = more || !r.set.Outpoint(op)
			r.set.AddOutpoint(op)
		}
	}
	return more
}

// outpoint returns the deposit's own outpoint, false where there are none.
func (d Deposit) outpoint() (chain.Outpoint, bool) { return outpointOf(d.TxID, d.Key.ID) }

// outpointOf reads the output's number from a transfer's id, "<txid>:<vout>".
func outpointOf(tx chain.Hash, id string) (chain.Outpoint, bool) {
	txid, n, found := strings.Cut(id, ":")
	vout, err := strconv.ParseUint(n, 10, 32)
	return chain.Outpoint{TxID: tx, Vout: uint32(vout)}, found && err == nil && txid == tx.String()
}

// coinKey is the key of the deposit whose coin an outpoint is, if it is ours.
func coinKey(network string, op chain.Outpoint) DepositKey {
	return DepositKey{Network: network, ID: op.TxID.String() + ":" + strconv.FormatUint(uint64(op.Vout), 10)}
}
