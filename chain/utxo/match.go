package utxo

import (
	"encoding/binary"
	"encoding/hex"
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
}

// wants asks for what passes the matcher's sieves, or, if it has none, for all.
func (f *finder) wants() (outpoints, scripts *chain.Sieve, every bool) {
	if m, ok := f.matcher.(chain.Siever); ok {
		scripts, outpoints = m.Sieves()
		return outpoints, scripts, false
	}
	return everything, everything, false
}

// input keeps a match without the transaction's id, which is known at its end;
// until then the place among the inputs is kept in the spend's id.
func (f *finder) input(n int, p []byte) {
	var op chain.Outpoint
	readOutpoint(&op, p)
	if isNull(&op) || !f.matcher.Outpoint(op) {
		return
	}
	f.found.Spends = append(f.found.Spends, chain.Spend{
		ID: strconv.Itoa(n), Kind: chain.SpendOutpoint, Outpoint: op, Block: f.block,
	})
}

// output keeps a match as input does, its vout in the transfer's id. What leads
// into the MWEB is nobody's address, whatever the matcher says.
func (f *finder) output(vout uint32, value int64, script []byte) {
	if value == 0 || !f.matcher.Address(script) {
		return
	}
	if f.network.Family == chain.FamilyLitecoin && mwebScript(script) {
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
	moved := f.outflow(t, len(spends) > 0)
	var text [2 * len(id)]byte
	hex.Encode(text[:], id[:])
	for i := range transfers {
		transfers[i].ID = string(text[:]) + ":" + transfers[i].ID
		transfers[i].TxID = id
		transfers[i].Inputs = moved.Inputs
		transfers[i].Origin = f.origin(t, moved)
	}
	for i := range spends {
		spends[i].ID = string(text[:]) + ":in:" + spends[i].ID
		spends[i].TxID = id
		spends[i].Tx = moved
	}
}

// origin says how the coins of a transaction that has been read whole came into
// being. Only the reader of a block knows a peg-out: see [tx.pegsOut].
func (f *finder) origin(t tx, moved *chain.Outflow) chain.Origin {
	switch {
	case t.inputs == 1 && len(moved.Inputs) == 0:
		return chain.OriginCoinbase
	case f.network.PegOutMaturity > 0 && t.pegsOut():
		return chain.OriginPegOut
	}
	return chain.OriginPayment
}

// outflow lists what a transaction that was read without complaint consumes,
// leaving out the null outpoint of a coinbase, and, if asked for, what it pays.
func (f *finder) outflow(t tx, outputs bool) *chain.Outflow {
	l := lister{network: &f.network, flow: &chain.Outflow{Inputs: make([]chain.Outpoint, 0, t.inputs)}}
	c, v := cursor{b: t.body}, showTo(&l)
	if _, ok := c.txInputs(v); ok && outputs {
		c.txOutputs(v)
	}
	return l.flow
}

// lister is a visitor that lists a transaction's parts.
type lister struct {
	network *chain.Network
	flow    *chain.Outflow
}

func (*lister) wants() (outpoints, scripts *chain.Sieve, every bool) {
	return everything, everything, false
}

func (l *lister) input(_ int, p []byte) {
	var op chain.Outpoint
	if readOutpoint(&op, p); !isNull(&op) {
		l.flow.Inputs = append(l.flow.Inputs, op)
	}
}

func (l *lister) output(_ uint32, value int64, script []byte) {
	l.flow.Outputs = append(l.flow.Outputs, chain.Output{
		To:     chain.Address{Family: l.network.Family, Raw: string(script)},
		Amount: money.Units(l.network.Native, value),
	})
}

func (*lister) end(tx) {}

// readOutpoint reads the 36 bytes of an input's outpoint.
func readOutpoint(op *chain.Outpoint, p []byte) {
	op.Vout = binary.LittleEndian.Uint32(p[32:])
	reverse(&op.TxID, p)
}

// isNull reports whether an outpoint is the one a coinbase consumes.
func isNull(op *chain.Outpoint) bool { return op.Vout == 1<<32-1 && op.TxID.IsZero() }
