package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// sightRuns is how many runs of a rescan's size one look at an address fetches at
// most: 64 blocks on a UTXO network, 256 on the EVM.
const sightRuns = 4

// AddressSighting is what a source shows of an address just now and the record does
// not hold yet. No node keeps an index of addresses: what can be looked at are the
// blocks that were not followed yet, the unmined transactions, and on the EVM the
// balance.
type AddressSighting struct {
	Network string
	// Source is who was asked; empty if nobody could be. Err says what the last source
	// that failed did not answer; it marshals as its text.
	Source string
	Err    error
	// Head is the source's best block, and From..To are the blocks looked at: those
	// above what was followed, at most the last 64 of a UTXO network or 256 of the
	// EVM, and that many where the source is on another branch. They are zero if
	// there are none. Beyond counts those below From that were followed by nobody.
	Head             chain.Anchor
	From, To, Beyond uint64
	// Branch says that the source is on another branch than the one followed.
	Branch bool
	// Unread counts the unmined transactions that nobody looked at, beside the 1,000
	// that were.
	Unread int
	// Transfers arrived at the address, or may once they are mined, and are not on
	// record so.
	Transfers []chain.Transfer
	// Holds is the balance of the native coin at Head, of no asset where the source
	// cannot tell. Unexplained is how much more, if negative less, that is than the
	// record and Transfers make it; of no asset where it cannot be compared.
	Holds, Unexplained money.Amount

	tip    chain.Anchor // what was followed
	spends []chain.Spend
}

// oneAddress matches one address and no outpoint.
type oneAddress string

func (a oneAddress) Address(raw []byte) bool    { return string(raw) == string(a) }
func (oneAddress) Outpoint(chain.Outpoint) bool { return false }

// sight asks the sources of a network about an address, the followed one first,
// until one shows something in a block. issued says that what following looked at in the
// mempool is on record.
func (p *Processor) sight(ctx context.Context, r *rail, a chain.Address, issued bool) (AddressSighting, error) {
	best := AddressSighting{Network: r.Network.ID}
	err := p.view(ctx, func(tx Tx) (err error) {
		best.tip, _, err = tipOf(ctx, tx, r.Network.ID)
		return err
	})
	if err != nil {
		return best, err
	}
	for k := range r.Sources {
		i := (int(r.current.Load()) + k) % len(r.Sources)
		if rest := r.rest(i, p.now()); rest > 0 {
			best.Err = asText(&busyError{r.Network.ID, rest})
			continue
		}
		s := AddressSighting{Network: r.Network.ID, Source: r.Sources[i].Name(), tip: best.tip}
		err := s.look(ctx, r, r.Sources[i], a, issued)
		if ctx.Err() != nil {
			return best, ctx.Err()
		}
		if err != nil {
			s.Err = asText(fmt.Errorf("payments: ask %s: %w", s.Source, err))
			if sourceFailed(err) {
				r.answered(i, err, p.now())
			}
			if s.Head.IsZero() { // it said nothing
				best.Err = s.Err
				continue
			}
		}
		if slices.ContainsFunc(s.Transfers, func(t chain.Transfer) bool { return !t.Block.IsZero() }) {
			return s, nil
		}
		if best.Source == "" || len(s.Transfers) > len(best.Transfers) || best.Err != nil && s.Err == nil {
			best = s
		}
	}
	return best, nil
}

// look asks one source. What it found until an error stays.
func (s *AddressSighting) look(ctx context.Context, r *rail, src chain.Source, a chain.Address, issued bool) error {
	head, err := src.Head(ctx)
	if err != nil {
		return err
	}
	s.Head = head.Anchor
	// One that cannot be answered does not keep the others from being asked.
	return errors.Join(s.lookAtBlocks(ctx, r, src, a), s.lookAtMempool(ctx, r, src, a, issued), s.lookAtBalance(ctx, r, src, a))
}

func (s *AddressSighting) lookAtBlocks(ctx context.Context, r *rail, src chain.Source, a chain.Address) error {
	size := uint64(rescanRunEVM)
	if r.Network.UTXO() {
		size = rescanRunUTXO
	}
	head, reach := s.Head.Height, size*sightRuns
	from := s.tip.Height + 1
	if head >= s.tip.Height && !s.tip.IsZero() {
		now, err := src.AnchorAt(ctx, s.tip.Height)
		if err != nil && !errors.Is(err, chain.ErrNotFound) {
			return err
		}
		s.Branch = now.Hash != s.tip.Hash
	}
	if lowest := head + 1 - min(head, reach); s.Branch || s.tip.IsZero() {
		from = lowest
	} else if from < lowest {
		from, s.Beyond = lowest, lowest-from
	}
	for at := from; at <= head; at += size {
		end := min(at+size-1, head)
		run, err := src.Linked(ctx, at, end)
		if err != nil {
			return err
		}
		if n := uint64(len(run.Anchors())); n != end-at+1 {
			return fmt.Errorf("%w: run of %d blocks, want %d", chain.ErrMalformed, n, end-at+1)
		}
		if err := s.take(ctx, run, a); err != nil {
			return err
		}
		s.From, s.To = from, end
	}
	return nil
}

func (s *AddressSighting) lookAtMempool(ctx context.Context, r *rail, src chain.Source, a chain.Address, issued bool) error {
	pool, ok := src.(chain.Mempooler)
	if !ok {
		return nil
	}
	ids, err := pool.Mempool(ctx)
	if err != nil {
		return err
	}
	fresh, left := ids[:min(len(ids), mempoolRun)], max(0, len(ids)-mempoolRun)
	if issued {
		fresh, left = r.unlooked(ids, mempoolRun)
	}
	if s.Unread = left; len(fresh) == 0 {
		return nil
	}
	run, err := pool.Unmined(ctx, fresh)
	if err != nil {
		return err
	}
	return s.take(ctx, run, a)
}

func (s *AddressSighting) lookAtBalance(ctx context.Context, r *rail, src chain.Source, a chain.Address) error {
	source, ok := src.(chain.Balancer)
	if !ok || r.Network.UTXO() {
		return nil
	}
	held, err := balancesAt(ctx, source, s.Head, []chain.Address{a})
	if err == nil {
		s.Holds = held[0]
	}
	return err
}

// take keeps what a run holds of the address.
func (s *AddressSighting) take(ctx context.Context, run chain.Run, a chain.Address) error {
	found, err := run.Match(ctx, oneAddress(a.Raw))
	if err != nil {
		return err
	}
	for _, t := range found.Transfers {
		if t.To == a {
			s.Transfers = append(s.Transfers, t)
		}
	}
	for _, spend := range found.Spends {
		if spend.From == a {
			s.spends = append(s.spends, spend)
		}
	}
	return nil
}

// compare drops what is on record meanwhile, and compares the balance of an address
// of ours with the record.
func (s *AddressSighting) compare(ctx context.Context, tx Tx, p *Processor, a chain.Address, ours bool) error {
	keys := make([]DepositKey, len(s.Transfers))
	for i, t := range s.Transfers {
		keys[i] = DepositKey{Network: s.Network, ID: t.ID}
	}
	known, err := tx.DepositsByKey(ctx, keys)
	if err != nil {
		return err
	}
	included := map[string]bool{} // of those on record
	for _, d := range known {
		included[d.Key.ID] = d.Included()
	}
	var fresh []chain.Transfer
	for _, t := range s.Transfers {
		if mined, onRecord := included[t.ID]; !mined && !(onRecord && t.Block.IsZero()) {
			fresh = append(fresh, t)
		}
	}
	s.Transfers, s.Unexplained = fresh, money.Amount{}
	whole := !s.tip.IsZero() && !s.Branch && s.Beyond == 0 && s.Err == nil && s.Head.Height >= s.tip.Height
	if !ours || !whole || s.Holds.Asset() == (money.Asset{}) {
		return nil
	}
	return s.explainBalance(ctx, tx, p.rails[s.Network], a, p)
}

// explainBalance takes from the balance what is on record up to the source's head,
// and what was found above.
func (s *AddressSighting) explainBalance(ctx context.Context, tx Tx, r *rail, a chain.Address, p *Processor) error {
	at := &audit{at: s.Head, found: map[chain.Address]money.Amount{a: s.Holds}}
	gaps, err := p.unexplained(ctx, tx, r, at, []chain.Address{a})
	if err != nil {
		return err
	}
	left := money.Units(r.Network.Native, 0)
	if len(gaps) > 0 {
		left = gaps[0].by
	}
	for _, t := range s.Transfers {
		if t.Amount.Asset() == r.Network.Native && !t.Block.IsZero() {
			if left, err = left.Sub(t.Amount); err != nil {
				return err
			}
		}
	}
	keys := make([]SpendKey, len(s.spends))
	for i, spend := range s.spends {
		keys[i] = SpendKey{Network: s.Network, ID: spend.ID}
	}
	known, err := tx.SpendsByKey(ctx, keys)
	if err != nil {
		return err
	}
	booked := map[string]bool{}
	for _, spend := range known {
		booked[spend.Key.ID] = spend.Included()
	}
	for _, spend := range s.spends {
		if spend.Amount.Asset() == r.Network.Native && !booked[spend.ID] {
			if left, err = left.Add(spend.Amount); err != nil {
				return err
			}
		}
	}
	s.Unexplained = left
	return nil
}
