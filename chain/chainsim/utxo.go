package chainsim

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
)

// UTXO is a simulated chain of unspent outputs: Bitcoin and its relatives.
type UTXO struct {
	*Chain
	miner chain.Address // where the coinbase of the next block pays
}

// NewUTXO starts a chain that holds block 0 only. It panics with a
// [*MisuseError] if n is an EVM network.
func NewUTXO(n chain.Network, o Options) *UTXO {
	if !n.UTXO() {
		misuse("NewUTXO", "%s is an EVM network; use NewEVM", n.ID)
	}
	u := &UTXO{Chain: newChain(n, o), miner: madeUp(n, "miner", 0)}
	u.family = u
	u.network.Genesis = u.extend(nil, nil).Hash.String()
	return u
}

// Spend puts a transaction into the mempool that consumes the given outpoints,
// as when coins of ours leave. Like every transaction it displaces unmined ones
// that consume the same.
func (u *UTXO) Spend(from []chain.Outpoint, payments ...Payment) chain.Hash {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(from) == 0 {
		misuse("Spend", "no outpoints; use Pay")
	}
	t := u.transaction("Spend", u.next(), payments, slices.Clone(from), 0)
	u.mustFit("Spend", t)
	return u.accept(t)
}

// MineTo mines one block with the whole mempool whose coinbase pays to an
// address.
func (u *UTXO) MineTo(to chain.Address) chain.Anchor {
	u.mu.Lock()
	defer u.mu.Unlock()
	usual := u.miner
	u.miner = to
	b := u.extend(u.pool, u.due)
	u.miner = usual
	u.change()
	return b.Anchor
}

// coin is 10^8 atomic units, as on every network of the family.
const coin = 100_000_000

func (u *UTXO) transaction(act string, serial uint64, payments []Payment, claims []chain.Outpoint, bump int) *tx {
	if claims == nil {
		claims = []chain.Outpoint{{TxID: digest("coin", u.network.ID, serial)}}
	}
	w := &wireTx{version: 2}
	for _, c := range claims {
		w.ins = append(w.ins, u.signed(c, serial))
	}
	for _, p := range payments {
		w.outs = append(w.outs, u.output(act, p))
	}
	// The change shrinks with the fee, so each bump has an id of its own.
	change := madeUp(u.network, "change", serial)
	w.outs = append(w.outs, wireOut{value: coin - uint64(bump+1)*1000, script: change.Raw})
	return &tx{id: w.id(), claims: claims, payments: slices.Clone(payments), bump: bump, utxo: w}
}

// output makes the output of a payment.
func (u *UTXO) output(act string, p Payment) wireOut {
	units, ok := p.Amount.Int64()
	if p.Amount.Asset() != u.network.Native || !ok || units < 0 {
		misuse(act, "amount %s; pay in %s, not negative and below 2^63 units", p.Amount, u.network.Native)
	}
	if p.To.IsZero() {
		misuse(act, "payment of %s without an address", p.Amount)
	}
	return wireOut{value: uint64(units), script: p.To.Raw}
}

func (u *UTXO) bumped(serial uint64, old *tx) *tx {
	return u.transaction("FeeBump", serial, old.payments, old.claims, old.bump+1)
}

// signed returns an input with the shape of a signature. Sequence numbers
// signal replaceability (BIP 125).
func (u *UTXO) signed(from chain.Outpoint, serial uint64) wireIn {
	r, s := digest("r", u.network.ID, serial), digest("s", u.network.ID, serial)
	sig := append([]byte{0x30, 0x44, 0x02, 0x20}, r[:]...)
	sig = append(append(sig, 0x02, 0x20), s[:]...)
	sig = append(sig, 0x01)
	key := append([]byte{0x02}, s[:]...)
	in := wireIn{prev: from, sequence: 0xfffffffd}
	if u.network.Address.Bech32 != "" {
		in.witness = [][]byte{sig, key}
		return in
	}
	in.script = append([]byte{byte(len(sig))}, sig...)
	in.script = append(append(in.script, byte(len(key))), key...)
	return in
}

func (u *UTXO) seal(serial uint64, parent *block, at time.Time, txs []*tx, grants []grant) *block {
	b := &block{serial: serial, grants: slices.Clone(grants)}
	b.Time = at
	if parent != nil {
		b.Height, b.Parent = parent.Height+1, parent.Hash
	}
	if parent != nil && u.network.Family == chain.FamilyLitecoin {
		txs = append(slices.Clip(txs), u.hogExOf(serial, parent, grants))
	}
	b.txs = append([]*tx{u.coinbase(serial, b.Height, txs)}, txs...)
	leaves := make([][32]byte, len(b.txs))
	for i, t := range b.txs {
		leaves[i] = doubleSHA(t.utxo.bytes(false))
	}
	b.header = wireHeader(u.headerVersion(), b.Parent, merkleRoot(leaves), at)
	b.Hash = printed(doubleSHA(b.header))
	if versionOf(b.header)&auxPoWBit != 0 && u.opts.MergeMined {
		b.auxPoW = auxPoW(b.Hash, at)
	}
	return b
}

// coinbase begins its script with the height (BIP 34) and the serial number, so
// that no two blocks have the same.
func (u *UTXO) coinbase(serial, height uint64, txs []*tx) *tx {
	in := wireIn{prev: chain.Outpoint{Vout: coinbaseVout}, sequence: 0xffffffff}
	in.script = binary.LittleEndian.AppendUint64(append(pushNumber(height), 8), serial)
	w := &wireTx{version: 2, outs: []wireOut{{value: 50 * coin, script: u.miner.Raw}}}
	leaves := make([][32]byte, 1, 1+len(txs))
	for _, t := range txs {
		leaves = append(leaves, doubleSHA(t.utxo.bytes(true)))
	}
	if u.network.Address.Bech32 != "" && height > 0 {
		in.witness = [][]byte{make([]byte, 32)}
		w.outs = append(w.outs, wireOut{script: commitment(leaves)})
	}
	w.ins = []wireIn{in}
	return &tx{id: w.id(), coinbase: true, utxo: w}
}
