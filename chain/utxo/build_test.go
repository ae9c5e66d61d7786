package utxo

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

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

// HogEx writes a transaction that takes coins out of the MWEB, as the last one
// of a Litecoin block: a HogAddr with 1 litoshi, then outputs of 2, 3, … to
// scripts.
func HogEx(ops []chain.Outpoint, scripts ...string) []byte {
	b := append([]byte{2, 0, 0, 0, 0, 8}, moves(ops, append([]string{HogAddr}, scripts...))...)
	return append(b, 0, 0, 0, 0, 0)
}

// HogAddr and PegIn are scripts of the MWEB itself.
var (
	HogAddr = "\x58\x20" + strings.Repeat("h", 32)
	PegIn   = "\x59\x20" + strings.Repeat("i", 32)
)

// TxID returns the id of a transaction SpendTx or HogEx wrote: of its old form,
// which ends the inputs and outputs where witnesses or marker begin.
func TxID(raw []byte) chain.Hash {
	if raw[4] == 0 {
		inputs := int(raw[6])
		if inputs == 0xfd {
			inputs = int(binary.LittleEndian.Uint16(raw[7:]))
		}
		more := inputs * (1 + 1 + 72 + 1 + 1)
		if raw[5] == 8 {
			more = 1
		}
		raw = slices.Concat(raw[:4], raw[6:len(raw)-4-more], make([]byte, 4))
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

// Proof is a merged mining proof: a parent coinbase, its block's hash, branches of
// two and no hashes, a parent header.
var Proof = slices.Concat(SpendTx([]chain.Outpoint{{Vout: 1<<32 - 1}}, []string{"pool"}, false),
	make([]byte, 32), []byte{2}, make([]byte, 64), make([]byte, 4), []byte{0}, make([]byte, 4), make([]byte, 80))

// MergeMined gives a block a merged mining proof, and so another hash.
func MergeMined(block []byte) []byte {
	return slices.Concat([]byte{2, 1, 0x62, 0}, block[4:80], Proof, block[80:])
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
	return grow(n, func(parent chain.Hash, i int, pay []byte) []byte { return MineBlock(parent, Coinbase, pay) })
}

// DogecoinOf writes the chain of ChainOf as Dogecoin's: without witnesses, and
// from block 1 on merged-mined.
func DogecoinOf(n int) [][]byte {
	return grow(n, func(parent chain.Hash, i int, pay []byte) []byte {
		op := chain.Outpoint{TxID: chain.Hash{1, byte(i)}, Vout: 3}
		b := MineBlock(parent, SpendTx([]chain.Outpoint{{Vout: 1<<32 - 1}}, []string{"miner"}, false),
			SpendTx([]chain.Outpoint{op}, []string{"to-us", ""}, false))
		if i > 0 {
			b = MergeMined(b)
		}
		return b
	})
}

// LitecoinOf writes the chain of ChainOf as Litecoin's: from block 1 on each ends
// with a HogEx that pays out to "pegged-out", and a MWEB block follows.
func LitecoinOf(n int) [][]byte {
	return grow(n, func(parent chain.Hash, i int, pay []byte) []byte {
		if i == 0 {
			return MineBlock(parent, Coinbase, pay)
		}
		hog := HogEx([]chain.Outpoint{{TxID: chain.Hash{8, byte(i)}}}, "pegged-out")
		return append(MineBlock(parent, Coinbase, pay, hog), "\x01the MWEB block"...)
	})
}

func grow(n int, mine func(parent chain.Hash, height int, pay []byte) []byte) [][]byte {
	var out [][]byte
	parent := chain.Hash{}
	for i := range n {
		op := chain.Outpoint{TxID: chain.Hash{1, byte(i)}, Vout: 3}
		b := mine(parent, i, SpendTx([]chain.Outpoint{op}, []string{"to-us", ""}, i%2 == 0))
		out, parent = append(out, b), HashOf(b)
	}
	return out
}
