package chainsim

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
)

// easyDifficulty is regtest's, as nodes print it.
const easyDifficulty = json.Number("4.656542373906925e-10")

// headerJSON is a verbose header; confirmations are -1 off the best chain.
func headerJSON(v view, b *block) map[string]any {
	out := map[string]any{
		"hash": b.Hash, "confirmations": confirmations(v, b), "height": b.Height,
		"version": versionOf(b.header), "versionHex": fmt.Sprintf("%08x", versionOf(b.header)), "merkleroot": chain.Hash(printed([32]byte(b.header[36:68]))),
		"time": b.Time.Unix(), "mediantime": medianTime(v, b), "bits": "207fffff", "difficulty": easyDifficulty,
		"nonce": binary.LittleEndian.Uint32(b.header[76:]), "nTx": len(b.txs),
	}
	if !b.Parent.IsZero() {
		out["previousblockhash"] = b.Parent
	}
	if next := v.at(b.Height + 1); v.onBest(b) && next != nil {
		out["nextblockhash"] = next.Hash
	}
	return out
}

func confirmations(v view, b *block) int64 {
	if !v.onBest(b) {
		return -1
	}
	return int64(v.tip().Height-b.Height) + 1
}

// medianTime is the median of the times of up to eleven blocks. Off the best
// chain it is the block's own.
func medianTime(v view, b *block) int64 {
	if !v.onBest(b) {
		return b.Time.Unix()
	}
	var times []int64
	for h := b.Height; len(times) < 11; h-- {
		times = append(times, v.at(h).Time.Unix())
		if h == 0 {
			break
		}
	}
	slices.Sort(times)
	return times[len(times)/2]
}

func blockSize(b *block) (size, weight int) {
	size = len(b.wireBytes())
	weight = 4 * (80 + len(b.auxPoW) + len(appendCompact(nil, uint64(len(b.txs)))))
	for _, t := range b.txs {
		weight += t.utxo.weight()
	}
	return size, weight
}

func hashes(txs []*tx) []chain.Hash {
	out := make([]chain.Hash, len(txs))
	for i, t := range txs {
		out[i] = t.id
	}
	return out
}

// transactionJSON is a verbose transaction without its block.
func (b *bitcoinFace) transactionJSON(t *tx) map[string]any {
	w, raw := t.utxo, t.utxo.bytes(true)
	vin := make([]any, len(w.ins))
	for i, in := range w.ins {
		vin[i] = b.flagged(inputJSON(t, in))
	}
	vout := make([]any, len(w.outs))
	for i, out := range w.outs {
		vout[i] = b.flagged(map[string]any{
			"n": i, "scriptPubKey": b.scriptJSON(out.script),
			"value": json.Number(fmt.Sprintf("%d.%08d", out.value/coin, out.value%coin)),
		})
	}
	return map[string]any{
		"txid": t.id, "hash": chain.Hash(printed(doubleSHA(raw))), "version": w.version,
		"size": len(raw), "vsize": (w.weight() + 3) / 4, "weight": w.weight(), "locktime": w.lockTime,
		"vin": vin, "vout": vout, "hex": hex.EncodeToString(raw),
	}
}

// flagged adds what litecoind says of each input and output.
func (b *bitcoinFace) flagged(part map[string]any) map[string]any {
	if b.mweb {
		part["ismweb"] = false
	}
	return part
}

func (b *bitcoinFace) scriptJSON(script string) map[string]any {
	out := map[string]any{"hex": hex.EncodeToString([]byte(script)), "type": scriptType(script)}
	if !b.scriptAddresses {
		return out
	}
	n := b.node.chain.network
	// Scripts without an address have no list.
	if text, err := address.Format(n, chain.Address{Family: n.Family, Raw: script}); err == nil {
		out["addresses"], out["reqSigs"] = []string{text}, 1
	}
	return out
}

func inputJSON(t *tx, in wireIn) map[string]any {
	out := map[string]any{"sequence": in.sequence}
	if t.coinbase {
		out["coinbase"] = hex.EncodeToString(in.script)
	} else {
		out["txid"], out["vout"] = in.prev.TxID, in.prev.Vout
		out["scriptSig"] = map[string]any{"asm": "", "hex": hex.EncodeToString(in.script)}
	}
	if len(in.witness) > 0 {
		items := make([]string, len(in.witness))
		for i, item := range in.witness {
			items[i] = hex.EncodeToString(item)
		}
		out["txinwitness"] = items
	}
	return out
}

// scriptType names the forms of script that the simulator makes itself.
func scriptType(script string) string {
	switch {
	case len(script) == 22 && script[:2] == "\x00\x14":
		return "witness_v0_keyhash"
	case len(script) == 25 && script[:3] == "\x76\xa9\x14":
		return "pubkeyhash"
	case len(script) == 34 && script[:2] == "\x58\x20":
		return "witness_mweb_hogaddr"
	case len(script) > 0 && script[0] == 0x6a:
		return "nulldata"
	}
	return "nonstandard"
}
