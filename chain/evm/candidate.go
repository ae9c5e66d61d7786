package evm

import (
	"cmp"
	"math"
	"math/big"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// kind says what a candidate is, in the order of one transaction.
type kind uint8

const (
	kindNative kind = iota
	kindToken
	kindGas
	// What follows is a block's, not a transaction's.
	kindWithdrawal
	kindFees
)

// candidate is what concerns the matcher and is not yet proved.
type candidate struct {
	kind     kind
	block    *block
	txIndex  uint64
	place    uint64 // among those of its kind
	tx       chain.Hash
	from, to [20]byte
	amount   *big.Int // nil for gas and fees: receipts tell
	asset    money.Asset
	in, out  bool // to and from are watched

	// Of the native coin: how many transfers to and from the same address came
	// before it in the transaction.
	nthIn, nthOut int
	move          *move // nil for the transaction's own
	creates       bool  // to is made by the transaction

	log *event // of a token; its data is not kept
}

// candidates returns what concerns the matcher, in chain order.
func (r *run) candidates(m chain.Matcher) ([]candidate, error) {
	var out []candidate
	for i := range r.blocks {
		b := &r.blocks[i]
		index, moves := uint32(0), b.moves
		_, err := scanBlock(b.raw, func(tx *transaction) error {
			n := 0
			for n < len(moves) && moves[n].tx == index {
				n++
			}
			out = r.ofTransaction(out, m, b, index, tx, moves[:n])
			index, moves = index+1, moves[n:]
			return nil
		})
		if err == nil {
			out, err = r.ofBlock(out, m, b)
		}
		if err != nil {
			return nil, r.src.malformed(r.act, err)
		}
	}
	for i := range r.payments {
		p := &r.payments[i]
		in, left := m.Address(p.to[:]), m.Address(p.from[:])
		if !in && !left {
			continue
		}
		c, ok, err := r.token(p.log)
		if err != nil {
			return nil, r.src.malformed(r.act, err)
		}
		if ok {
			c.in, c.out = in, left
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.block.Height, b.block.Height), cmp.Compare(a.txIndex, b.txIndex),
			cmp.Compare(a.kind, b.kind), cmp.Compare(a.place, b.place))
	})
	return out, nil
}

// ofTransaction adds the gas a watched sender paid, and the native coin that the
// transaction itself and its calls moved to and from watched addresses.
func (r *run) ofTransaction(out []candidate, m chain.Matcher, b *block, index uint32, tx *transaction, moves []move) []candidate {
	sender := m.Address(tx.from[:])
	if sender {
		out = append(out, candidate{kind: kindGas, block: b, txIndex: uint64(index), tx: tx.hash, from: tx.from, asset: r.src.network.Native, out: true})
	}
	pays := !isZero(tx.value)
	hit := pays && (sender || m.Address(tx.to[:]))
	for i := 0; !hit && i < len(moves); i++ {
		hit = m.Address(moves[i].to[:]) || m.Address(moves[i].from[:])
	}
	if !hit {
		return out
	}
	var place uint64
	received, sent := make(map[[20]byte]int), make(map[[20]byte]int)
	add := func(c candidate) {
		c.in, c.out = m.Address(c.to[:]), m.Address(c.from[:])
		if c.in || c.out {
			c.kind, c.block, c.txIndex, c.tx, c.place = kindNative, b, uint64(index), tx.hash, place
			c.nthIn, c.nthOut, c.asset = received[c.to], sent[c.from], r.src.network.Native
			out = append(out, c)
		}
		place++
		received[c.to]++
		sent[c.from]++
	}
	if pays {
		add(candidate{from: tx.from, to: tx.to, amount: number(tx.value), creates: tx.creates})
	}
	for i := range moves {
		add(candidate{from: moves[i].from, to: moves[i].to, amount: moves[i].amount(), move: &moves[i]})
	}
	return out
}

// ofBlock adds the fees that a watched proposer earned, and withdrawals from
// staking to watched addresses.
func (r *run) ofBlock(out []candidate, m chain.Matcher, b *block) ([]candidate, error) {
	if b.hasMiner && b.txs > 0 && r.src.paysProposer() && m.Address(b.miner[:]) {
		out = append(out, candidate{kind: kindFees, block: b, txIndex: math.MaxUint64, to: b.miner, asset: r.src.network.Native, in: true})
	}
	if b.withdrawals == nil {
		return out, nil
	}
	err := scanWithdrawals(b.withdrawals, func(w *withdrawal) error {
		if w.gwei > 0 && m.Address(w.to[:]) {
			amount := new(big.Int).SetUint64(w.gwei)
			out = append(out, candidate{
				kind: kindWithdrawal, block: b, txIndex: math.MaxUint64, place: w.index, to: w.to,
				amount: amount.Mul(amount, weiPerGwei), asset: r.src.network.Native, in: true,
			})
		}
		return nil
	})
	return out, err
}

// isPayment reports whether a log has the topics of an ERC-20 Transfer:
// signature, sender, recipient.
func (e *event) isPayment() bool {
	return e.topicCount == 3 && e.topics[0] == transferTopic && isAddress(&e.topics[2])
}

// sender is whom a payment names as its sender, zero if that is no address.
func (e *event) sender() (from [20]byte) {
	if isAddress(&e.topics[1]) {
		from = [20]byte(e.topics[1][12:])
	}
	return from
}

// token reads the payment of a listed contract. Its amount is its data.
func (r *run) token(text []byte) (candidate, bool, error) {
	t, p := new(logText), parser{b: text}
	if err := p.logText(t); err != nil {
		return candidate{}, false, err
	}
	read, err := t.decode()
	if err != nil {
		return candidate{}, false, err
	}
	e := *read
	if len(e.data) != 64 {
		return candidate{}, false, nil
	}
	v := number(e.data)
	e.data = nil
	return candidate{
		kind: kindToken, block: &r.blocks[e.height-r.blocks[0].Height], txIndex: e.txIndex, place: e.index, tx: e.tx,
		from: e.sender(), to: [20]byte(e.topics[2][12:]), amount: v, asset: r.src.tokens[e.contract].Asset, log: &e,
	}, v.Sign() > 0, nil
}
