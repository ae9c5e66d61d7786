package bench_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

// A full block of Bitcoin's main network, as large as the rules allow (BIP 141:
// weight 4,000,000), with the kinds of inputs and outputs that are usual there.
const (
	fullTxs     = 3_221
	fullOutputs = 8_482
	fullInputs  = 8_368
)

// fullBlock builds the block. It also returns what of it a merchant would watch:
// the scripts of 20 outputs and 5 of the outpoints that are consumed.
func fullBlock(tb testing.TB) (raw []byte, scripts [][]byte, spent []chain.Outpoint) {
	tb.Helper()
	r := rand.New(rand.NewSource(840_000))
	block := &wire.MsgBlock{Header: wire.BlockHeader{Version: 0x20000000, Timestamp: time.Unix(1_780_000_000, 0), Bits: 0x207fffff}}
	block.Transactions = append(block.Transactions, coinbase(r))
	inputs, outputs := spread(r, fullTxs-1, fullInputs), spread(r, fullTxs-1, fullOutputs-2)
	for i := range inputs {
		tx := wire.NewMsgTx(2)
		for range inputs[i] {
			tx.AddTxIn(input(r))
		}
		for range outputs[i] {
			tx.AddTxOut(wire.NewTxOut(1_000+r.Int63n(1<<32), output(r)))
		}
		if i%(fullTxs/20) == 80 {
			scripts = append(scripts, tx.TxOut[0].PkScript)
		}
		if i%(fullTxs/5) == 40 {
			from := tx.TxIn[0].PreviousOutPoint
			spent = append(spent, chain.Outpoint{TxID: printed(from.Hash), Vout: from.Index})
		}
		block.Transactions = append(block.Transactions, tx)
	}
	block.Header.MerkleRoot = rootOf(block)
	var out bytes.Buffer
	require.NoError(tb, block.Serialize(&out))
	weight := 3*block.SerializeSizeStripped() + block.SerializeSize()
	require.InDelta(tb, 3_990_000, weight, 10_000)
	require.Len(tb, scripts, 20)
	require.Len(tb, spent, 5)
	return out.Bytes(), scripts, spent
}

// describe says what a block holds.
func describe(raw []byte) string {
	var block wire.MsgBlock
	if err := block.Deserialize(bytes.NewReader(raw)); err != nil {
		return err.Error()
	}
	ins, outs := 0, 0
	for _, tx := range block.Transactions {
		ins, outs = ins+len(tx.TxIn), outs+len(tx.TxOut)
	}
	return fmt.Sprintf("%d bytes, weight %d, %d transactions, %d inputs, %d outputs",
		len(raw), 3*block.SerializeSizeStripped()+block.SerializeSize(), len(block.Transactions), ins, outs)
}

// spread deals total things to n, at least one to each: most get one or two, a
// few get dozens, as consolidations and payouts do.
func spread(r *rand.Rand, n, total int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = 1
	}
	for total -= n; total > 0; {
		more := 1
		switch p := r.Intn(100); {
		case p < 2:
			more = 20 + r.Intn(80)
		case p < 12:
			more = 2 + r.Intn(6)
		}
		more = min(more, total)
		out[r.Intn(n)] += more
		total -= more
	}
	return out
}

func some(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	r.Read(b)
	return b
}

func coinbase(r *rand.Rand) *wire.MsgTx {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(&wire.TxIn{
		PreviousOutPoint: wire.OutPoint{Index: wire.MaxPrevOutIndex},
		SignatureScript:  append([]byte{3, 0x40, 0xd1, 0x0c}, some(r, 40)...),
		Witness:          wire.TxWitness{make([]byte, 32)},
		Sequence:         wire.MaxTxInSequenceNum,
	})
	tx.AddTxOut(wire.NewTxOut(312_500_000, script(r, "\x00\x14", 20, "")))
	tx.AddTxOut(wire.NewTxOut(0, script(r, "\x6a\x24\xaa\x21\xa9\xed", 32, "")))
	return tx
}

func script(r *rand.Rand, before string, n int, after string) []byte {
	return append(append([]byte(before), some(r, n)...), after...)
}

// output draws an output's script.
func output(r *rand.Rand) []byte {
	switch p := r.Intn(100); {
	case p < 45:
		return script(r, "\x00\x14", 20, "") // P2WPKH
	case p < 62:
		return script(r, "\x51\x20", 32, "") // P2TR
	case p < 77:
		return script(r, "\x76\xa9\x14", 20, "\x88\xac") // P2PKH
	case p < 91:
		return script(r, "\xa9\x14", 20, "\x87") // P2SH
	case p < 96:
		return script(r, "\x00\x20", 32, "") // P2WSH
	}
	return script(r, "\x6a\x1c", 28, "") // OP_RETURN
}

// signature is as long as DER signatures are.
func signature(r *rand.Rand) []byte { return some(r, 71+r.Intn(2)) }

// input draws an input and its witness.
func input(r *rand.Rand) *wire.TxIn {
	in := &wire.TxIn{Sequence: wire.MaxTxInSequenceNum - 2}
	r.Read(in.PreviousOutPoint.Hash[:])
	in.PreviousOutPoint.Index = uint32(r.Intn(4))
	switch p := r.Intn(100); {
	case p < 55: // P2WPKH
		in.Witness = wire.TxWitness{signature(r), some(r, 33)}
	case p < 70: // P2TR by key
		in.Witness = wire.TxWitness{some(r, 64)}
	case p < 82: // P2SH-P2WPKH
		in.SignatureScript = script(r, "\x16\x00\x14", 20, "")
		in.Witness = wire.TxWitness{signature(r), some(r, 33)}
	case p < 90: // P2WSH, two of three
		in.Witness = wire.TxWitness{nil, signature(r), signature(r), some(r, 105)}
	default: // P2PKH
		sig := signature(r)
		in.SignatureScript = append(append([]byte{byte(len(sig))}, sig...), script(r, "\x21", 33, "")...)
	}
	return in
}

// rootOf is the merkle root of a block's transactions by btcd's reckoning.
func rootOf(block *wire.MsgBlock) chainhash.Hash {
	txs := btcutil.NewBlock(block).Transactions()
	level := make([]chainhash.Hash, len(txs))
	for i, tx := range txs {
		level[i] = *tx.Hash()
	}
	for len(level) > 1 {
		if len(level)%2 == 1 {
			level = append(level, level[len(level)-1])
		}
		for i := range len(level) / 2 {
			level[i] = chainhash.DoubleHashH(append(level[2*i][:], level[2*i+1][:]...))
		}
		level = level[:len(level)/2]
	}
	return level[0]
}

// printed is a hash of btcd's as this library keeps it.
func printed(h chainhash.Hash) (out chain.Hash) {
	for i := 0; i < len(h); i += 8 {
		binary.BigEndian.PutUint64(out[24-i:], binary.LittleEndian.Uint64(h[i:]))
	}
	return out
}
