package evm

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/cointill/cointill/chain"
)

// dialect is how a node answers when it is asked for the calls inside a block.
type dialect uint32

const (
	dialectUnknown dialect = iota // not asked since the node last proved its network
	dialectCalls                  // debug_traceBlockByHash with the callTracer
	dialectFlat                   // trace_block
	dialectNone
)

// traceBatch is how many blocks one request traces. A busy block's trace is
// some 10 MB of text.
const traceBatch = 4

// errUntraceable says that the node offers traces, but not of this block.
var errUntraceable = errors.New("no trace of this block")

// trace completes the run with what contracts moved. r.internal tells afterwards
// whether that is known of every block. Blocks whose own logs tell (EIP-7708) are
// not traced. The highest block is asked for first: if it has no trace, the state
// of all has been pruned.
func (r *run) trace(ctx context.Context) error {
	err := r.traceOpen(ctx)
	if r.src.tired(err) {
		return nil
	}
	return err
}

func (r *run) traceOpen(ctx context.Context) error {
	var open []*block
	for i := range r.blocks {
		if b := &r.blocks[i]; b.txs > 0 && !b.complete {
			open = append(open, b)
		}
	}
	if len(open) == 0 {
		r.internal = true
		return nil
	}
	last := len(open) - 1
	if r.src.untraced {
		return nil
	}
	if err := r.traceOne(ctx, open[last]); err != nil || !open[last].complete {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(pipelines)
	for part := range slices.Chunk(open[:last], traceBatch) {
		g.Go(func() error { return r.traceSome(gctx, part) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r.internal = !slices.ContainsFunc(open, func(b *block) bool { return !b.complete })
	return nil
}

// traceOne traces one block in the dialect that the node is known to speak, or
// finds out which it speaks. What a node does not offer, it says so: any other
// failure is tried again later and decides nothing.
func (r *run) traceOne(ctx context.Context, b *block) error {
	switch r.dialect = dialect(r.src.dialect.Load()); r.dialect {
	case dialectNone:
		return nil
	case dialectCalls, dialectFlat:
		return r.traceSome(ctx, []*block{b})
	}
	for _, d := range []dialect{dialectCalls, dialectFlat} {
		calls := []call{r.src.traceCall(d, b)}
		err := r.src.batch(ctx, r.act, calls)
		if err == nil {
			err = calls[0].err
		}
		if err == nil {
			err = r.takeTrace(d, b, calls[0].result)
		}
		if notOffered(err) || errors.Is(err, errOtherTracer) {
			continue
		}
		if untraceable(err) {
			return nil
		}
		if err == nil {
			r.dialect = d
			r.src.dialect.Store(uint32(d))
		}
		return err
	}
	r.src.dialect.Store(uint32(dialectNone))
	return nil
}

// traceSome traces blocks in one request, or in smaller ones where the answer
// would be too large. Blocks that the node cannot trace stay incomplete.
func (r *run) traceSome(ctx context.Context, blocks []*block) error {
	calls := make([]call, len(blocks))
	for i, b := range blocks {
		calls[i] = r.src.traceCall(r.dialect, b)
	}
	err := r.src.batch(ctx, r.act, calls)
	if len(blocks) > 1 && tooWideAny(err, calls) {
		half := len(blocks) / 2
		if err := r.traceSome(ctx, blocks[:half]); err != nil {
			return err
		}
		return r.traceSome(ctx, blocks[half:])
	}
	if err != nil && !untraceable(err) {
		return err
	}
	for i, b := range blocks {
		one := err
		if one == nil {
			one = calls[i].err
		}
		if one == nil {
			one = r.takeTrace(r.dialect, b, calls[i].result)
		}
		if untraceable(one) {
			continue
		}
		if errors.Is(one, errOtherTracer) {
			return r.src.malformed(r.act, one)
		}
		if one != nil {
			return one
		}
	}
	return nil
}

func (s *Source) traceCall(d dialect, b *block) call {
	if d == dialectFlat {
		return call{method: "trace_block", args: []any{hexNumber(b.Height)}}
	}
	return call{method: "debug_traceBlockByHash", args: []any{hexBytes(b.Hash[:]), map[string]string{"tracer": "callTracer"}}}
}

// takeTrace reads a block's trace and checks it against the block: one tree for
// each transaction, whose root is the transaction itself.
func (r *run) takeTrace(d dialect, b *block, raw []byte) error {
	if isNull(raw) {
		return r.src.unavailable(r.act, "the node has no trace of block %d", b.Height)
	}
	txs, err := listTransactions(b.raw, b.txs)
	if err != nil {
		return r.src.malformed(r.act, err)
	}
	n := 0
	var moves []move
	take := func(t *traced) error {
		if n >= len(txs) || int(t.place) != n || !txs[n].begins(t) {
			return r.src.unavailable(r.act, "the trace of transaction %d in block %d is of another one", n, b.Height)
		}
		n++
		if !t.failed {
			moves = append(moves, t.moves...)
		}
		return nil
	}
	switch d {
	case dialectFlat:
		err = scanFlatTraces(raw, func(block, tx *chain.Hash, place uint32) error {
			if *block != b.Hash || int(place) >= len(txs) || *tx != txs[place].hash {
				return r.src.unavailable(r.act, "a trace asked for of block %d is of another one", b.Height)
			}
			return nil
		}, take)
	default:
		err = scanCallTraces(raw, func(t *traced, hash *chain.Hash) error {
			if hash != nil && n < len(txs) && *hash != txs[n].hash {
				return r.src.unavailable(r.act, "the trace of transaction %d in block %d is of another one", n, b.Height)
			}
			return take(t)
		})
	}
	if errors.Is(err, errNoTrace) || errors.Is(err, errOtherTracer) {
		return err
	}
	if err := r.src.scanned(r.act, err); err != nil {
		return err
	}
	if n != len(txs) {
		return r.src.unavailable(r.act, "block %d has %d transactions and %d traces", b.Height, len(txs), n)
	}
	b.moves, b.complete = moves, true
	r.src.refusals.Store(0)
	return nil
}

// own is a transaction's own transfer.
type own struct {
	hash     chain.Hash
	from, to [20]byte
	value    [32]byte
}

// begins reports whether a trace's root is this transaction.
func (o *own) begins(t *traced) bool {
	return t.failed || t.root.from == o.from && t.root.to == o.to && t.root.value == o.value
}

func listTransactions(raw []byte, count int) ([]own, error) {
	out := make([]own, 0, count)
	_, err := scanBlock(raw, func(tx *transaction) error {
		o := own{hash: tx.hash, from: tx.from, to: tx.to}
		if err := padDigits(&o.value, tx.value); err != nil {
			return err
		}
		out = append(out, o)
		return nil
	})
	return out, err
}
