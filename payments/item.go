package payments

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// An open item is what an audit of balances could not explain: a deposit row held
// as HoldUnexplained where an address has more than is recorded, booked to
// suspense and given to an account by Assign; a spend row where it has less,
// booked to the outflow. Both have the id "balance:<0xaddress>:<from>-<to>", the
// blocks not compared before, and stand in the last of them. A transfer or spend
// of the address that is found later in a block up to the last closes the item
// first; what then remains is an item of the next audit.

const itemPrefix = "balance:"

// errAuditOver says that an audit no longer fits the store: another process was
// faster, its block no longer stands, or an item of the same blocks was closed.
var errAuditOver = errors.New("payments: the audit is void; a later block is audited next")

func itemID(a chain.Address, from, to uint64) string {
	return fmt.Sprintf("%s0x%s:%d-%d", itemPrefix, hex.EncodeToString([]byte(a.Raw)), from, to)
}

// itemRange reads the blocks of an item from its id; ok is false for other ids.
func itemRange(id string) (from, to uint64, ok bool) {
	rest, ok := strings.CutPrefix(id, itemPrefix)
	if !ok {
		return 0, 0, false
	}
	_, blocks, ok := strings.Cut(rest, ":")
	first, last, found := strings.Cut(blocks, "-")
	from, err1 := strconv.ParseUint(first, 10, 64)
	to, err2 := strconv.ParseUint(last, 10, 64)
	return from, to, ok && found && err1 == nil && err2 == nil
}

// isItem reports whether an id is an open item's: no source shows those.
func isItem(id string) bool {
	_, _, ok := itemRange(id)
	return ok
}

// endAudit commits what an audit found and how far it went.
func (p *Processor) endAudit(ctx context.Context, r *rail, a *audit) error {
	var out *outcome
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		out = &outcome{now: now}
		rows, err := tx.ProgressOf(ctx, []string{r.Network.ID})
		if err != nil {
			return err
		}
		anchors, err := tx.Anchors(ctx, r.Network.ID, a.at.Height, 1)
		if err != nil {
			return err
		}
		if len(rows) == 0 || rows[0].AuditedTo != a.after || len(anchors) == 0 || anchors[0].Hash != a.at.Hash {
			return errAuditOver
		}
		if len(a.suspects) > 0 {
			gaps, err := p.unexplained(ctx, tx, r, a, a.suspects)
			if err != nil {
				return err
			}
			if err := p.openItems(ctx, tx, r, a, gaps, out); err != nil {
				return err
			}
		}
		rows[0].AuditedTo = a.at.Height
		if err := tx.SaveProgress(ctx, rows); err != nil {
			return err
		}
		return p.publish(ctx, tx, out)
	})
	if err != nil {
		return err
	}
	r.balances.to, r.balances.explained = a.at.Height, a.found
	p.unsettled.Store(true)
	p.notify(out)
	return nil
}

// openItems records what nothing explains.
func (p *Processor) openItems(ctx context.Context, tx Tx, r *rail, a *audit, gaps []gap, out *outcome) error {
	addresses := make([]chain.Address, len(gaps))
	for i, g := range gaps {
		addresses[i] = g.address
	}
	issued, err := tx.AddressesByRaw(ctx, addresses)
	if err != nil {
		return err
	}
	owners := map[chain.Address]Owner{}
	for _, row := range issued {
		owners[row.Address] = row.Owner
	}
	var deposits []Deposit
	b := &book{out: out, leaving: newSpendBook()}
	for _, g := range gaps {
		id := itemID(g.address, a.after+1, a.at.Height)
		if g.by.Sign() > 0 {
			d := Deposit{Key: DepositKey{Network: r.Network.ID, ID: id}, To: g.address, Amount: g.by,
				Owner: owners[g.address], State: StateConfirming, Hold: HoldUnexplained, Block: a.at,
				SeenAt: out.now, IncludedAt: out.now, FirstBlock: a.at,
				ReceivedAt: clamp(a.at.Time, time.Time{}, out.now), Basis: BasisBlockTime}
			out.event(EventDepositHeld, &d)
			deposits = append(deposits, d)
			continue
		}
		s := &Spend{Key: SpendKey{Network: r.Network.ID, ID: id}, Kind: chain.SpendNative, From: g.address,
			Amount: g.by.Neg(), Block: a.at}
		b.leaving.insert(s)
		if err := b.bookOutlay(r, &outlay{id: id, rows: []*Spend{s}}, nil); err != nil {
			return err
		}
	}
	added, err := tx.InsertDeposits(ctx, deposits)
	if err != nil {
		return err
	}
	known, err := tx.SpendsByKey(ctx, b.leaving.order)
	if err != nil {
		return err
	}
	if len(added) < len(deposits) || len(known) > 0 {
		return errAuditOver
	}
	if err := b.leaving.save(ctx, tx); err != nil {
		return err
	}
	_, err = tx.InsertEntries(ctx, b.entries)
	return err
}

// reaudit makes the next audit begin below a height at which something changed.
func reaudit(ctx context.Context, tx Tx, network string, below uint64) error {
	rows, err := tx.ProgressOf(ctx, []string{network})
	if err != nil || len(rows) == 0 || rows[0].AuditedTo < below || below == 0 {
		return err
	}
	rows[0].AuditedTo = below - 1
	return tx.SaveProgress(ctx, rows)
}

// find is something recorded below the trail's tip.
type find struct {
	address chain.Address
	asset   money.Asset
	height  uint64
}

// tracedTo moves the audited height along with the trail while contracts' payments
// are looked for in every block.
func tracedTo(ctx context.Context, tx Tx, r *rail, step chain.Step, found chain.Found) error {
	if r.Network.UTXO() || !found.Internal || len(step.Move.Attach) == 0 {
		return nil
	}
	rows, err := tx.ProgressOf(ctx, []string{r.Network.ID})
	if err != nil {
		return err
	}
	row := chain.Progress{Network: r.Network.ID}
	if len(rows) > 0 {
		row = rows[0]
	}
	if row.AuditedTo < step.Move.Keep {
		if row.AuditedTo > 0 {
			return nil
		}
		// The very first blocks of the trail need no audit of what was before.
		before, err := tx.Anchors(ctx, r.Network.ID, step.Move.Keep-1, 1)
		if err != nil || len(before) > 0 {
			return err
		}
	}
	row.AuditedTo = step.Tip().Height
	return tx.SaveProgress(ctx, []chain.Progress{row})
}

// closeItems closes the items that what a step recorded below the audited height
// may explain, before anything of it is credited.
func (p *Processor) closeItems(ctx context.Context, tx Tx, r *rail, step chain.Step, b *book) error {
	if r.Network.UTXO() {
		return nil
	}
	if step.Move.Keep < step.Move.From.Height { // detached blocks are audited again
		if err := reaudit(ctx, tx, r.Network.ID, min(step.Move.Keep+1, b.itemsGone())); err != nil {
			return err
		}
	}
	late := map[chain.Address][]uint64{}
	var addresses []chain.Address
	lowest := ^uint64(0)
	for _, f := range b.late {
		if f.asset != r.Network.Native {
			continue
		}
		if late[f.address] == nil {
			addresses = append(addresses, f.address)
		}
		late[f.address], lowest = append(late[f.address], f.height), min(lowest, f.height)
	}
	if len(late) == 0 {
		return nil
	}
	deposits, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, To: addresses, Included: true,
		MinHeight: lowest, MaxHeight: step.Move.From.Height})
	if err != nil {
		return err
	}
	spends, err := tx.Spends(ctx, SpendQuery{Network: r.Network.ID, From: addresses, Included: true,
		MinHeight: lowest, MaxHeight: step.Move.From.Height})
	if err != nil {
		return err
	}
	covers := func(id string, at chain.Address) bool {
		from, to, ok := itemRange(id)
		for _, h := range late[at] {
			if ok && h <= to {
				lowest = min(lowest, from)
				return true
			}
		}
		return false
	}
	for i := range deposits {
		if d := &deposits[i]; covers(d.Key.ID, d.To) {
			b.closeDeposit(d)
		}
	}
	var keys []string
	for i := range spends {
		s := &spends[i]
		if !covers(s.Key.ID, s.From) {
			continue
		}
		o := &outlay{id: s.Key.ID, rows: []*Spend{s}}
		keys = append(keys, o.key(s.Incarnation))
		s.Block, s.Booked = chain.Anchor{}, false
		b.leaving.add([]Spend{*s})
		b.leaving.changed[s.Key] = true
		b.out.spend(EventSpendReversed, o, s.Incarnation, s.Amount)
	}
	if _, err := reverseEntries(ctx, tx, keys, b.out.now); err != nil {
		return err
	}
	return reaudit(ctx, tx, r.Network.ID, lowest)
}

// itemsGone returns the lowest block of the items whose own block was detached:
// what they stood for may be in a block that stands.
func (b *book) itemsGone() uint64 {
	lowest := ^uint64(0)
	for key := range b.changed {
		if from, _, ok := itemRange(key.ID); ok && !b.rows[key].Included() {
			lowest = min(lowest, from)
		}
	}
	for key := range b.leaving.changed {
		if from, _, ok := itemRange(key.ID); ok && !b.leaving.rows[key].Included() {
			lowest = min(lowest, from)
		}
	}
	return lowest
}

// closeDeposit takes an open item back: its credit, in suspense or at the account
// it was assigned to, is reversed.
func (b *book) closeDeposit(d *Deposit) {
	if _, known := b.rows[d.Key]; known {
		return
	}
	b.rows[d.Key], b.changed[d.Key] = d, true
	b.order = append(b.order, d.Key)
	if d.booked() {
		b.undone = append(b.undone, *d)
	}
	d.State, d.Block = StateReplaced, chain.Anchor{}
	b.out.event(EventDepositReplaced, d)
}

// reference is what an entry of the deposit is looked up by: the transaction, or
// the deposit's own id where none is known.
func (d Deposit) reference() string {
	if d.TxID.IsZero() {
		return d.Key.ID
	}
	return d.TxID.String()
}
