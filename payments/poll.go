package payments

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
)

// poll is one asking of a network's sources.
type poll struct {
	rail  *rail
	now   time.Time
	down  map[int]bool      // sources that failed once and are not asked again in this pass
	doubt map[string]string // by source's name
}

// ask returns the deposits that enough sources see in the same block, the
// followed one asked like any other: what is on record may come from one that was
// followed before.
func (q *poll) ask(ctx context.Context, page undecided) (seen []Deposit) {
	byHeight := map[uint64][]Deposit{}
	for _, d := range page.rows {
		byHeight[d.Block.Height] = append(byHeight[d.Block.Height], d)
	}
	for _, height := range slices.Sorted(maps.Keys(byHeight)) {
		votes := map[DepositKey]int{}
		for i, src := range q.rail.Sources {
			if q.down[i] || ctx.Err() != nil {
				continue
			}
			if wait := q.rail.rest(i, q.now); wait > 0 {
				q.doubt[src.Name()] = "it asked to be left alone until " + q.now.Add(wait).Format(time.RFC3339)
				continue
			}
			err := q.count(ctx, src, height, byHeight[height], votes)
			q.rail.answered(i, err, q.now)
			if err != nil {
				q.down[i] = true
				q.doubt[src.Name()] = err.Error()
			}
		}
		for _, d := range byHeight[height] {
			if votes[d.Key] >= page.need {
				seen = append(seen, d)
			}
		}
	}
	return seen
}

// count adds a source's vote to each deposit that it sees in the block the
// deposit was recorded in. The error is the source's failure to answer.
func (q *poll) count(ctx context.Context, src chain.Source, height uint64, rows []Deposit, votes map[DepositKey]int) error {
	ctx, cancel := context.WithTimeout(ctx, hostTimeout)
	defer cancel()
	at, err := src.AnchorAt(ctx, height)
	if errors.Is(err, chain.ErrNotFound) {
		q.doubt[src.Name()] = fmt.Sprintf("it has no block %d", height)
		return nil
	}
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(d Deposit) bool {
		if d.Block.Hash != at.Hash {
			q.doubt[src.Name()] = fmt.Sprintf("its block %d is %s, not %s", height, at.Hash, d.Block.Hash)
		}
		return d.Block.Hash != at.Hash
	})
	if len(rows) == 0 {
		return nil
	}
	found, err := transfersAt(ctx, src, height, rows)
	if err != nil {
		return err
	}
	for _, d := range rows {
		t, ok := found[d.Key.ID]
		if ok && t.TxID == d.TxID && t.To == d.To && t.Amount.Equal(d.Amount) && t.Block.Hash == at.Hash {
			votes[d.Key]++
		} else {
			q.doubt[src.Name()] = fmt.Sprintf("it does not show %s in block %d as recorded", d.Key.ID, height)
		}
	}
	return nil
}

// transfersAt fetches the block at a height, which may be another one by now, and
// returns what it holds for the deposits' addresses.
func transfersAt(ctx context.Context, src chain.Source, height uint64, rows []Deposit) (map[string]chain.Transfer, error) {
	run, err := src.Linked(ctx, height, height)
	if err != nil {
		return nil, err
	}
	set := chain.NewWatched()
	for _, d := range rows {
		set.AddAddress(d.To)
	}
	found, err := run.Match(ctx, set)
	if err != nil {
		return nil, err
	}
	out := make(map[string]chain.Transfer, len(found.Transfers))
	for _, t := range found.Transfers {
		out[t.ID] = t
	}
	return out, nil
}

// doubts says which sources did not agree when they were asked last.
func (r *rail) doubts() (out []string) {
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(r.doubt)) {
		out = append(out, fmt.Sprintf("Source %s does not agree: %s.", name, r.doubt[name]))
	}
	return out
}
