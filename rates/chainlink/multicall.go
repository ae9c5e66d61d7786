package chainlink

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// maxLag is how far the newest block may lie behind the clock. A node further
// behind calls old rounds new.
const maxLag = 3 * time.Minute

// view is what contracts said at one block: nil for a call that failed.
type view struct {
	block   time.Time // the block's time
	asked   time.Time // the instant before the question was sent
	results [][]byte
}

// multicall asks contracts at one block in one eth_call, by Multicall3: the
// block's time and the chain's id come out of the same state as the rest. A batch
// of JSON-RPC calls at "latest" could straddle two blocks, and some hosts refuse
// batches and calls at a block's hash.
func (n *node) multicall(ctx context.Context, calls []call) (view, error) {
	all := append([]call{ask(multicall3, blockTimestamp), ask(multicall3, multicallsChainID)}, calls...)
	var v view
	err := n.call(ctx, call{multicall3, packCalls(all)}, func(asked time.Time, returned []byte) error {
		if len(returned) == 0 {
			return fmt.Errorf("the chain has no Multicall3 contract at 0x%x", multicall3)
		}
		results, err := unpackResults(returned, len(all))
		if err != nil {
			return err
		}
		v = view{asked: asked, results: results[2:]}
		v.block, err = n.place(results[0], results[1], asked)
		return err
	})
	return v, err
}

// place checks where and when an answer was computed.
func (n *node) place(timestamp, chain []byte, asked time.Time) (time.Time, error) {
	id, err := number(chain, 0)
	if err != nil {
		return time.Time{}, fmt.Errorf("chain id: %w", err)
	}
	if id != n.chain {
		return time.Time{}, fmt.Errorf("the endpoint is of chain %d, not %d: give that chain's", id, n.chain)
	}
	at, err := number(timestamp, 0)
	if err != nil {
		return time.Time{}, fmt.Errorf("block time: %w", err)
	}
	if at == 0 || at > maxUnix {
		return time.Time{}, fmt.Errorf("%w: a block of %d", errShape, at)
	}
	block := time.Unix(int64(at), 0).UTC()
	if lag := asked.Sub(block); lag > maxLag {
		return time.Time{}, fmt.Errorf("the node's newest block is %s old: it is behind or stuck", lag.Round(time.Second))
	}
	if lead := block.Sub(n.now()); lead > ahead {
		return time.Time{}, errors.New("the node's newest block is " + lead.Round(time.Second).String() + " in the future: check the clock")
	}
	return block, nil
}
