package utxo

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
)

const (
	// maxRun bounds a run: the longest reorganisation that is followed, and some.
	maxRun = 12_000
	// hashBatch is the number of small calls in one request.
	hashBatch = 1_000
	// firstBatch is the number of blocks or transactions in a run's first
	// request, maxBatch in any. Between them the number follows from the size of
	// what came before, so that an answer has about goalBody bytes.
	firstBatch = 4
	maxBatch   = 100
	goalBody   = 16 << 20
)

// Linked fetches the blocks from..to and proves each: header by hash, link by
// parent, transactions by merkle root. The run holds their raw bytes in memory. A
// run of more than 12,000 blocks or 2 GiB is refused.
func (s *Source) Linked(ctx context.Context, from, to uint64) (chain.Run, error) {
	var r *run
	err := s.ask(ctx, fmt.Sprintf("blocks %d..%d", from, to), func(l *learnt) error {
		if from > to || to-from >= maxRun {
			return fmt.Errorf("%w: a run has 1 to %d blocks", chain.ErrNotFound, maxRun)
		}
		hashes, err := s.hashes(ctx, from, to)
		if err != nil {
			return err
		}
		r, err = s.blocks(ctx, l, from, hashes)
		if errors.Is(err, chain.ErrNotFound) {
			err = fmt.Errorf("%w: the node has lost a block meanwhile: %s", chain.ErrUnavailable, err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// hashes returns the hashes of the best chain's blocks from..to.
func (s *Source) hashes(ctx context.Context, from, to uint64) ([]chain.Hash, error) {
	if err := heightKnown(to); err != nil {
		return nil, err
	}
	out := make([]chain.Hash, 0, to-from+1)
	for from <= to {
		reqs := make([]request, 0, hashBatch)
		for ; from <= to && len(reqs) < hashBatch-1; from++ { // and the genesis
			reqs = append(reqs, request{getBlockHash, []any{from}})
		}
		replies, err := s.here(ctx, reqs...)
		if err != nil {
			return nil, err
		}
		for _, r := range replies {
			if r.err != nil {
				return nil, r.err
			}
			h, err := r.hash()
			if err != nil {
				return nil, err
			}
			out = append(out, h)
		}
	}
	return out, nil
}

// blocks fetches and proves the blocks with the given hashes, the first of them
// at height from.
func (s *Source) blocks(ctx context.Context, l *learnt, from uint64, hashes []chain.Hash) (*run, error) {
	r := &run{form: s.form, network: s.network, blocks: make([]block, 0, len(hashes))}
	var m merkle
	asBool := make([]bool, len(hashes)) // as it was asked: others may learn meanwhile
	err := s.fetch(ctx, len(hashes), func(i int) request {
		asBool[i] = l.boolVerbosity.Load()
		if asBool[i] {
			return request{getBlock, []any{hashes[i].String(), false}}
		}
		return request{getBlock, []any{hashes[i].String(), 0}}
	}, func(i int, answer reply) error {
		if errors.Is(answer.err, errVerbosity) && !asBool[i] {
			l.boolVerbosity.Store(true)
			return errAgain
		}
		if answer.err != nil {
			return answer.err
		}
		height := from + uint64(i)
		raw, err := answer.bytes()
		if err != nil {
			return err
		}
		h, err := m.verify(s.form, raw, hashes[i])
		if err != nil {
			return fmt.Errorf("block %d %s: %w", height, hashes[i], err)
		}
		if i > 0 && h.parent != hashes[i-1] {
			return fmt.Errorf("%w: block %d %s is not built on %s: branches are changing",
				chain.ErrUnavailable, height, hashes[i], hashes[i-1])
		}
		if err := r.held.add(len(raw)); err != nil {
			return err
		}
		r.blocks = append(r.blocks, block{anchor: h.anchor(height), raw: raw})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// errAgain asks fetch to put the same question again, in another form.
var errAgain = errors.New("utxo: ask again")

// fetch makes n calls of answers that may be large, in batches that keep an
// answer within its bound, and hands the replies over in order.
func (s *Source) fetch(ctx context.Context, n int, ask func(int) request, take func(int, reply) error) error {
	size := firstBatch
	for done := 0; done < n; {
		reqs := make([]request, min(size, n-done))
		for i := range reqs {
			reqs[i] = ask(done + i)
		}
		replies, err := s.node.batch(ctx, reqs)
		if errors.Is(err, errTooLarge) && len(reqs) > 1 {
			size = max(1, len(reqs)/4)
			continue
		}
		if err != nil {
			return err
		}
		total := 1
		for _, r := range replies {
			total += len(r.result)
			err = take(done, r)
			if err != nil {
				break
			}
			done++
		}
		if err != nil && !errors.Is(err, errAgain) {
			return err
		}
		size = min(maxBatch, max(1, goalBody/(total/len(reqs)+1)))
	}
	return nil
}
