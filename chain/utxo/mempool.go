package utxo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// Mempool returns the ids of all unmined transactions the node holds. While a
// node says that it is still loading its mempool (getmempoolinfo's "loaded",
// Bitcoin Core 0.19 and Litecoin Core 0.18 or later) the answer is
// chain.ErrUnavailable: what is missing then is not gone. A node that does not
// say so counts as having loaded it.
func (s *Source) Mempool(ctx context.Context) ([]chain.Hash, error) {
	var ids []chain.Hash
	err := s.ask(ctx, "mempool", func(l *learnt) error {
		reqs := []request{{getPoolInfo, nil}, {"getrawmempool", []any{false}}}
		if l.noPoolInfo.Load() {
			reqs = reqs[1:]
		}
		replies, err := s.here(ctx, reqs...)
		if err != nil {
			return err
		}
		if len(replies) > 1 {
			if err := poolLoaded(replies[0]); errors.Is(err, errUnsupported) {
				l.noPoolInfo.Store(true)
			} else if err != nil {
				return err
			}
		}
		list := replies[len(replies)-1]
		if list.err != nil {
			return list.err
		}
		ids, err = parseHashes(list.result)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// poolLoaded reads the answer of getmempoolinfo and refuses a mempool that is
// not loaded yet.
func poolLoaded(r reply) error {
	if r.err != nil {
		return r.err
	}
	var info struct {
		Loaded *bool `json:"loaded"`
	}
	if json.Unmarshal(r.result, &info) != nil {
		return fmt.Errorf("%w: mempool info that is not an object with a boolean for loaded", chain.ErrMalformed)
	}
	if info.Loaded != nil && !*info.Loaded {
		return fmt.Errorf("%w: the node is still loading its mempool: what it lacks may yet appear", chain.ErrUnavailable)
	}
	return nil
}

// Unmined fetches transactions by id. Those the node no longer has are left
// out; a node with a transaction index still has those that were mined
// meanwhile. The run has no anchors, and its transfers no block.
func (s *Source) Unmined(ctx context.Context, ids []chain.Hash) (chain.Run, error) {
	var u *unmined
	err := s.ask(ctx, fmt.Sprintf("%d unmined transactions", len(ids)), func(*learnt) error {
		u = &unmined{form: s.form, network: s.network}
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
			if err := s.proveTx(raw, ids[i]); err != nil {
				return err
			}
			if err := u.held.add(len(raw)); err != nil {
				return err
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

// proveTx checks that the bytes of a lone transaction are those of an id.
func (s *Source) proveTx(raw []byte, id chain.Hash) error {
	t, err := walkTx(s.form, raw, alone, nobody{})
	if err != nil {
		return fmt.Errorf("transaction %s: %w", id, err)
	}
	// A transaction of MWEB data alone goes by the id of its first kernel. It has
	// neither inputs nor outputs, only their two counts, so that it can pay nobody.
	if t.private && len(t.body) == 2 {
		return nil
	}
	var h hasher
	if got := printed(h.id(t)); got != id {
		return fmt.Errorf("%w: transaction %s hashes to %s", chain.ErrMalformed, id, got)
	}
	return nil
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
		if digits, err = unescaped(digits); err != nil {
			return err
		}
		h, err := parseHash(digits)
		out = append(out, h)
		return err
	})
	if err == nil && !s.end() {
		err = s.fail("text after the list")
	}
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
	held    held
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
