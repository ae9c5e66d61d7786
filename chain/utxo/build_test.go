package utxo

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/cointill/cointill/chain"
)

// Blocks and transactions written by hand, for the tests of both packages. None
// of the reader's own code is used: what is read is compared with what these
// wrote.

// Coinbase pays 1 satoshi to the script "miner".
var Coinbase = SpendTx([]chain.Outpoint{{Vout: 1<<32 - 1}}, []string{"miner"}, true)

// SpendTx writes a transaction with outputs of 1, 2, … satoshi.
func SpendTx(ops []chain.Outpoint, scripts []string, witness bool) []byte {
	b := []byte{2, 0, 0, 0}
	if witness {
		b = append(b, 0, 1)
	}
	b = append(b, moves(ops, scripts)...)
	for range ops {
		if witness {
			b = append(append(append(b, 2, 72), make([]byte, 72)...), 1, 7)
		}
	}
	return append(b, 0, 0, 0, 0)
}

// moves writes inputs and outputs, the part of a transaction both forms share.
func moves(ops []chain.Outpoint, scripts []string) []byte {
	b := compactSize(nil, len(ops))
	for _, op := range ops {
		h := op.TxID
		slices.Reverse(h[:])
		b = binary.LittleEndian.AppendUint32(append(b, h[:]...), op.Vout)
		b = append(b, 0, 255, 255, 255, 255)
	}
	b = compactSize(b, len(scripts))
	for i, s := range scripts {
		b = binary.LittleEndian.AppendUint64(b, uint64(i+1))
		b = append(compactSize(b, len(s)), s...)
	}
	return b
}

func compactSize(b []byte, n int) []byte {
	if n < 0xfd {
		return append(b, byte(n))
	}
	return binary.LittleEndian.AppendUint16(append(b, 0xfd), uint16(n))
}

// TxID returns the id of a transaction SpendTx wrote: of its old form, which
// ends the inputs and outputs where the witnesses begin.
func TxID(raw []byte) chain.Hash {
	if raw[4] == 0 {
		inputs := int(raw[6])
		if inputs == 0xfd {
			inputs = int(binary.LittleEndian.Uint16(raw[7:]))
		}
		witnesses := inputs * (1 + 1 + 72 + 1 + 1)
		raw = slices.Concat(raw[:4], raw[6:len(raw)-4-witnesses], make([]byte, 4))
	}
	return printedHash(raw)
}

// MineBlock writes a block of transactions that SpendTx wrote.
func MineBlock(parent chain.Hash, txs ...[]byte) []byte {
	level := make([]chain.Hash, len(txs))
	for i, raw := range txs {
		level[i] = TxID(raw)
		slices.Reverse(level[i][:])
	}
	for len(level) > 1 {
		if len(level)%2 == 1 {
			level = append(level, level[len(level)-1])
		}
		next := make([]chain.Hash, 0, len(level)/2)
		for pair := range slices.Chunk(level, 2) {
			next = append(next, double(slices.Concat(pair[0][:], pair[1][:])))
		}
		level = next
	}
	slices.Reverse(parent[:])
	b := slices.Concat([]byte{0, 0, 0, 32}, parent[:], level[0][:], make([]byte, 12))
	return append(compactSize(b, len(txs)), slices.Concat(txs...)...)
}

// HashOf returns a block's hash.
func HashOf(block []byte) chain.Hash { return printedHash(block[:80]) }

func double(b []byte) chain.Hash {
	once := sha256.Sum256(b)
	return sha256.Sum256(once[:])
}

func printedHash(b []byte) chain.Hash {
	h := double(b)
	slices.Reverse(h[:])
	return h
}

// ChainOf writes a chain of n blocks. Each has a coinbase and a transaction with
// outputs to "to-us" and "", which spends output 3 of the transaction {1, height}.
func ChainOf(n int) [][]byte {
	var out [][]byte
	parent := chain.Hash{}
	for i := range n {
		op := chain.Outpoint{TxID: chain.Hash{1, byte(i)}, Vout: 3}
		b := MineBlock(parent, Coinbase, SpendTx([]chain.Outpoint{op}, []string{"to-us", ""}, i%2 == 0))
		out, parent = append(out, b), HashOf(b)
	}
	return out
}
