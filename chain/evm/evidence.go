package evm

import (
	"context"
	"errors"

	"github.com/cointill/cointill/chain"
)

// newRun checks the logs against the blocks and completes them: a block whose
// logs are empty although its bloom filter leaves room for a Transfer is read
// again by its receipts, so that a node whose index lags is not believed.
func (s *Source) newRun(ctx context.Context, act string, blocks []block, logs [][]byte) (*run, error) {
	first := blocks[0].Height
	seen := make([]bool, len(blocks))
	r := &run{src: s, act: act, blocks: blocks}
	take := func(t *logText) error {
		e, err := t.decode()
		if err != nil {
			return err
		}
		if e.height < first || e.height-first >= uint64(len(blocks)) || blocks[e.height-first].Hash != e.block || e.removed {
			return s.unavailable(act, "a log belongs to block %d %s, which is not in the run", e.height, e.block)
		}
		if s.isTransfer(e) {
			seen[e.height-first] = true
			if e.isPayment() {
				r.payments = append(r.payments, payment{e.sender(), [20]byte(e.topics[2][12:]), t.whole})
			}
		}
		return nil
	}
	text := new(logText)
	for _, raw := range logs {
		if err := s.scanned(act, text.scan(raw, take)); err != nil {
			return nil, err
		}
	}
	for i := range blocks {
		if seen[i] || !s.mayHaveTransfers(&blocks[i].header) {
			continue
		}
		receipts, err := s.blockReceipts(ctx, act, &blocks[i])
		if err != nil {
			return nil, err
		}
		for _, rc := range receipts {
			if err := s.scanned(act, text.scan(rc.logs, take)); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// isTransfer reports whether a log is a Transfer of a listed contract, of
// whatever standard.
func (s *Source) isTransfer(e *event) bool {
	if e.topicCount == 0 || e.topics[0] != transferTopic {
		return false
	}
	return s.reads(e.contract)
}

// scanned sorts an error of a scan: one of this package's passes, anything else
// is about the text.
func (s *Source) scanned(act string, err error) error {
	if err == nil || errors.Is(err, chain.ErrUnavailable) {
		return err
	}
	return s.malformed(act, err)
}

// blockReceipts fetches all receipts of a block.
func (s *Source) blockReceipts(ctx context.Context, act string, b *block) ([]receipt, error) {
	var txs []chain.Hash
	_, err := scanBlock(b.raw, func(tx *transaction) error {
		txs = append(txs, tx.hash)
		return nil
	})
	if err != nil {
		return nil, s.malformed(act, err)
	}
	calls := []call{{method: "eth_getBlockReceipts", args: []any{hexBytes(b.Hash[:])}}}
	err = s.all(ctx, act, calls)
	if unsupported(err) && !absent(err) {
		return s.receipts(ctx, act, txs, func(chain.Hash) chain.Hash { return b.Hash })
	}
	if err != nil {
		return nil, err
	}
	if isNull(calls[0].result) {
		return nil, s.unavailable(act, "the node has no receipts of block %d", b.Height)
	}
	out, err := scanReceipts(calls[0].result)
	if err != nil {
		return nil, s.malformed(act, err)
	}
	if len(out) != len(txs) {
		return nil, s.unavailable(act, "block %d has %d transactions and %d receipts", b.Height, len(txs), len(out))
	}
	for i, r := range out {
		if r.block != b.Hash || r.tx != txs[i] {
			return nil, s.unavailable(act, "receipt %d of block %d belongs elsewhere", i, b.Height)
		}
	}
	return out, nil
}

// receipts fetches the receipts of transactions and checks that each names the
// block that holds its transaction. One that is missing is not a failed
// transaction: the node has not caught up, or the block is no longer the best.
func (s *Source) receipts(ctx context.Context, act string, txs []chain.Hash, blockOf func(chain.Hash) chain.Hash) ([]receipt, error) {
	calls := make([]call, len(txs))
	for i, tx := range txs {
		calls[i] = call{method: "eth_getTransactionReceipt", args: []any{hexBytes(tx[:])}}
	}
	if err := s.all(ctx, act, calls); err != nil {
		return nil, err
	}
	out := make([]receipt, len(txs))
	for i, tx := range txs {
		if isNull(calls[i].result) {
			return nil, s.unavailable(act, "the node has no receipt of transaction %s", tx)
		}
		r, err := scanReceipt(calls[i].result)
		if err != nil {
			return nil, s.malformed(act, err)
		}
		if r.tx != tx || r.block != blockOf(tx) {
			return nil, s.unavailable(act, "the receipt of transaction %s belongs elsewhere", tx)
		}
		out[i] = r
	}
	return out, nil
}
