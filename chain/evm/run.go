package evm

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// run is a run of fetched blocks and of the payments of listed tokens in them.
type run struct {
	src      *Source
	act      string
	blocks   []block
	payments []payment
}

// payment is a log with the topics of an ERC-20 Transfer of a listed contract.
// It was read whole when the run was made; its text is read again if its
// recipient is watched.
type payment struct {
	to  [20]byte
	log []byte
}

// Anchors returns all blocks of the run.
func (r *run) Anchors() []chain.Anchor {
	out := make([]chain.Anchor, len(r.blocks))
	for i := range r.blocks {
		out[i] = r.blocks[i].Anchor
	}
	return out
}

// candidate is a transfer to a watched address, not yet proved by a receipt.
type candidate struct {
	block   *block
	txIndex uint64
	tx      chain.Hash
	to      chain.Address
	amount  money.Amount
	log     *event // nil for the native coin; its data is not kept
}

// Match returns the transfers to watched addresses, each proved by the receipt
// of its transaction, which is fetched from the node.
func (r *run) Match(ctx context.Context, m chain.Matcher) (found chain.Found, err error) {
	defer func() { r.src.settle(err) }()
	cands, err := r.candidates(m)
	if err != nil || len(cands) == 0 {
		return chain.Found{}, err
	}
	blockOf := make(map[chain.Hash]chain.Hash)
	var txs []chain.Hash
	for _, c := range cands {
		if _, ok := blockOf[c.tx]; !ok {
			txs = append(txs, c.tx)
			blockOf[c.tx] = c.block.Hash
		}
	}
	receipts, err := r.src.receipts(ctx, r.act, txs, func(tx chain.Hash) chain.Hash { return blockOf[tx] })
	if err != nil {
		return chain.Found{}, err
	}
	proof := make(map[chain.Hash]receipt, len(receipts))
	for _, p := range receipts {
		proof[p.tx] = p
	}
	known := make(map[string]bool, len(cands)) // a node may list a log twice
	for _, c := range cands {
		t, ok, err := r.prove(c, proof[c.tx])
		if err != nil {
			return chain.Found{}, err
		}
		if ok && !known[t.ID] {
			known[t.ID] = true
			found.Transfers = append(found.Transfers, t)
		}
	}
	return found, nil
}

// candidates returns what concerns the matcher, in chain order. The native coin
// moves before a transaction's logs are written.
func (r *run) candidates(m chain.Matcher) ([]candidate, error) {
	var out []candidate
	for i := range r.blocks {
		b := &r.blocks[i]
		n := uint64(0)
		_, err := scanBlock(b.raw, func(tx *transaction) error {
			if tx.hasTo && m.Address(tx.to[:]) {
				if c, ok := r.native(b, n, tx); ok {
					out = append(out, c)
				}
			}
			n++
			return nil
		})
		if err != nil {
			return nil, r.src.malformed(r.act, err)
		}
	}
	for i := range r.payments {
		if !m.Address(r.payments[i].to[:]) {
			continue
		}
		c, ok, err := r.token(r.payments[i].log)
		if err != nil {
			return nil, r.src.malformed(r.act, err)
		}
		if ok {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.block.Height, b.block.Height), cmp.Compare(a.txIndex, b.txIndex),
			cmp.Compare(a.position(), b.position()))
	})
	return out, nil
}

// position orders the candidates of one transaction.
func (c candidate) position() uint64 {
	if c.log == nil {
		return 0
	}
	return c.log.index + 1
}

func (r *run) native(b *block, n uint64, tx *transaction) (candidate, bool) {
	v := number(tx.value)
	return candidate{
		block: b, txIndex: n, tx: tx.hash,
		to:     chain.Address{Family: chain.FamilyEVM, Raw: string(tx.to[:])},
		amount: money.NewAmount(r.src.network.Native, v),
	}, v.Sign() > 0
}

// isPayment reports whether a log has the topics of an ERC-20 Transfer:
// signature, sender, recipient.
func (e *event) isPayment() bool {
	return e.topicCount == 3 && e.topics[0] == transferTopic && [12]byte(e.topics[2][:12]) == [12]byte{}
}

// token reads the payment of a listed contract. Its amount is its data.
func (r *run) token(text []byte) (candidate, bool, error) {
	var t logText
	var e event
	p := parser{b: text}
	if err := p.logText(&t); err != nil {
		return candidate{}, false, err
	}
	if err := t.decode(&e); err != nil {
		return candidate{}, false, err
	}
	if len(e.data) != 64 {
		return candidate{}, false, nil
	}
	v := number(e.data)
	e.data = nil
	return candidate{
		block: &r.blocks[e.height-r.blocks[0].Height], txIndex: e.txIndex, tx: e.tx,
		to:     chain.Address{Family: chain.FamilyEVM, Raw: string(e.topics[2][12:])},
		amount: money.NewAmount(r.src.tokens[e.contract].Asset, v), log: &e,
	}, v.Sign() > 0, nil
}

// prove turns a candidate into a transfer, if its receipt says that it
// happened. A log that its own receipt does not hold is a contradiction, and
// tried again.
func (r *run) prove(c candidate, p receipt) (chain.Transfer, bool, error) {
	t := chain.Transfer{TxID: c.tx, To: c.to, Amount: c.amount, Block: c.block.Anchor}
	if c.log == nil {
		t.ID = fmt.Sprintf("%s:eth:%s:0", c.tx, hexBytes(c.to.Raw))
		return t, p.ok, nil
	}
	place, n := -1, 0
	err := scanLogs(p.logs, func(e *event) error {
		if sameLog(e, c.log, c.amount.Units()) {
			place = n
		}
		n++
		return nil
	})
	if err != nil {
		return chain.Transfer{}, false, r.src.malformed(r.act, err)
	}
	if !p.ok || place < 0 {
		return chain.Transfer{}, false, r.src.unavailable(r.act,
			"log %d of block %d is not in the receipt of its transaction %s", c.log.index, c.block.Height, c.tx)
	}
	t.ID = fmt.Sprintf("%s:log:%d", c.tx, place)
	return t, true, nil
}

func sameLog(e, want *event, amount *big.Int) bool {
	return e.index == want.index && e.tx == want.tx && e.block == want.block &&
		e.contract == want.contract && e.topicCount == want.topicCount && e.topics == want.topics &&
		!e.removed && len(e.data) == 64 && number(e.data).Cmp(amount) == 0
}
