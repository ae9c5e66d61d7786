package utxo

import (
	"encoding/binary"
	"strconv"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// finder is a visitor that asks a matcher about every part and keeps what it
// knows. Only a match allocates.
type finder struct {
	hasher
	matcher chain.Matcher
	network chain.Network
	block   chain.Anchor
	found   chain.Found

	// Where the transaction being read begins in found.
	transfers, spends int
	null              bool // its last input is the null outpoint
}

func (f *finder) input(p []byte) {
	var op chain.Outpoint
	op.Vout = binary.LittleEndian.Uint32(p[32:])
	reverse(&op.TxID, p)
	f.null = op.Vout == 1<<32-1 && op.TxID.IsZero()
	if f.null || !f.matcher.Outpoint(op) {
		return
	}
	f.found.Spends = append(f.found.Spends, chain.Spend{Outpoint: op, Block: f.block})
}

// output keeps a match without its id, which is known at the transaction's end;
// until then Inputs is unset and Vout is kept in the id.
func (f *finder) output(vout uint32, value int64, script []byte) {
	if value == 0 || !f.matcher.Address(script) {
		return
	}
	f.found.Transfers = append(f.found.Transfers, chain.Transfer{
		ID:     strconv.FormatUint(uint64(vout), 10),
		To:     chain.Address{Family: f.network.Family, Raw: string(script)},
		Amount: money.Units(f.network.Native, value),
		Block:  f.block,
	})
}

func (f *finder) end(t tx) {
	transfers, spends := f.found.Transfers[f.transfers:], f.found.Spends[f.spends:]
	if len(transfers)+len(spends) == 0 {
		return
	}
	f.transfers, f.spends = len(f.found.Transfers), len(f.found.Spends)
	id := printed(f.id(t))
	for i := range spends {
		spends[i].TxID = id
	}
	if len(transfers) == 0 {
		return
	}
	coinbase := t.inputs == 1 && f.null
	prefix, inputs := id.String()+":", outpoints(t)
	for i := range transfers {
		transfers[i].ID = prefix + transfers[i].ID
		transfers[i].TxID = id
		transfers[i].Inputs = inputs
		if coinbase {
			transfers[i].Origin = chain.OriginCoinbase
		}
	}
}

// outpoints lists what a transaction that was read without complaint spends,
// leaving out the null outpoint of a coinbase.
func outpoints(t tx) []chain.Outpoint {
	list := make(lister, 0, t.inputs)
	c := cursor{b: t.body}
	if _, ok := c.txInputs(&list); !ok {
		return nil
	}
	return list
}

// lister is a visitor that lists inputs.
type lister []chain.Outpoint

func (l *lister) input(p []byte) {
	var op chain.Outpoint
	op.Vout = binary.LittleEndian.Uint32(p[32:])
	reverse(&op.TxID, p)
	if op.Vout != 1<<32-1 || !op.TxID.IsZero() {
		*l = append(*l, op)
	}
}
func (*lister) output(uint32, int64, []byte) {}
func (*lister) end(tx)                       {}
