package utxo

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// Mempool returns the ids of all unmined transactions the node holds.
func (s *Source) Mempool(ctx context.Context) ([]chain.Hash, error) {
	var ids []chain.Hash
	err := s.ask(ctx, "mempool", func(*learnt) error {
		r, err := s.node.call(ctx, "getrawmempool", false)
		if err != nil {
			return err
		}
		ids, err = parseHashes(r.result)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// Unmined fetches transactions by id. Those the node no longer has are left
// out; a node with a transaction index still has those that were mined
// meanwhile. The run has no anchors, and its transfers no block.
func (s *Source) Unmined(ctx context.Context, ids []chain.Hash) (chain.Run, error) {
	var u *unmined
	err := s.ask(ctx, fmt.Sprintf("%d unmined transactions", len(ids)), func(*learnt) error {
		u = &unmined{form: s.form, network: s.network}
		var h hasher
		return s.fetch(ctx, len(ids), func(i int) request {
			return request{getTx, []any{ids[i].String(), 0}}
		}, func(i int, answer reply) error {
			if errors.Is(answer.err, chain.ErrNotFound) {
				return nil
			}
			if answer.err != nil {
				return answer.err
			}
			raw, err := answer.bytes()
			if err != nil {
				return err
			}
			t, err := walkTx(s.form, raw, alone, nobody{})
			if err != nil {
				return fmt.Errorf("transaction %s: %w", ids[i], err)
			}
			// A transaction of MWEB data alone goes by the id of its first kernel.
			if id := printed(h.id(t)); id != ids[i] && !(t.private && t.inputs == 0) {
				return fmt.Errorf("%w: transaction %s hashes to %s", chain.ErrMalformed, ids[i], id)
			}
			u.txs = append(u.txs, raw)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}

// parseHashes reads an array of hashes.
func parseHashes(result []byte) ([]chain.Hash, error) {
	s := scanner{b: result}
	out := make([]chain.Hash, 0, len(result)/67)
	err := s.array(func() error {
		if s.peek() != '"' {
			return s.fail("want a hash")
		}
		digits, err := s.string()
		if err != nil {
			return err
		}
		h, err := parseHash(digits)
		out = append(out, h)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// unmined holds transactions of the mempool.
type unmined struct {
	form    form
	network chain.Network
	txs     [][]byte
}

// Anchors returns nothing: no block holds the transactions.
func (*unmined) Anchors() []chain.Anchor { return nil }

// Match returns what the matcher knows, without blocks.
func (u *unmined) Match(ctx context.Context, m chain.Matcher) (chain.Found, error) {
	f := finder{matcher: m, network: u.network}
	for _, raw := range u.txs {
		if err := ctx.Err(); err != nil {
			return chain.Found{}, fmt.Errorf("utxo: match: %w: %w", chain.ErrUnavailable, err)
		}
		if _, err := walkTx(u.form, raw, alone, &f); err != nil {
			return chain.Found{}, fmt.Errorf("utxo: match transaction: %w", err)
		}
	}
	return f.found, nil
}
