package btcdnode

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"
	"github.com/stretchr/testify/require"
)

// Own returns the script (P2WPKH) of the i-th key of ours, which Spend signs with.
func (n *Node) Own(i int) []byte {
	n.t.Helper()
	key := ownKey(i)
	to, err := address.NewAddressWitnessPubKeyHash(address.Hash160(key.PubKey().SerializeCompressed()), &chaincfg.RegressionNetParams)
	require.NoError(n.t, err)
	script := scriptTo(to)
	n.own[string(script)] = key
	return script
}

func ownKey(i int) *btcec.PrivateKey {
	seed := sha256.Sum256(fmt.Appendf(nil, "own %d", i))
	key, _ := btcec.PrivKeyFromBytes(seed[:])
	return key
}

// Spend sends a transaction that consumes outputs paid to Own's scripts, in this
// order. What the outputs leave is the fee.
func (n *Node) Spend(inputs []wire.OutPoint, outputs ...Output) Payment {
	n.t.Helper()
	tx := wire.NewMsgTx(2)
	prevouts := txscript.NewMultiPrevOutFetcher(nil)
	for _, in := range inputs {
		tx.AddTxIn(wire.NewTxIn(&in, nil, nil))
		prevouts.AddPrevOut(in, n.output(in))
	}
	for _, o := range outputs {
		tx.AddTxOut(wire.NewTxOut(o.Satoshi, o.Script))
	}
	hashes := txscript.NewTxSigHashes(tx, prevouts)
	for i, in := range inputs {
		out := prevouts.FetchPrevOutput(in)
		key, ok := n.own[string(out.PkScript)]
		require.True(n.t, ok, "output %s is not ours", in)
		witness, err := txscript.WitnessSignature(tx, hashes, i, out.Value, out.PkScript, txscript.SigHashAll, key, true)
		require.NoError(n.t, err)
		tx.TxIn[i].Witness = witness
	}
	p := Payment{MsgTx: tx}
	n.Send(p)
	return p
}

// output fetches what an outpoint names, mined or not.
func (n *Node) output(op wire.OutPoint) *wire.TxOut {
	n.t.Helper()
	if tx := n.fetched[op.Hash]; tx != nil {
		return tx.TxOut[op.Index]
	}
	var text string
	n.Call(&text, "getrawtransaction", op.Hash.String())
	raw, err := hex.DecodeString(text)
	require.NoError(n.t, err)
	tx, err := btcutil.NewTxFromBytes(raw)
	require.NoError(n.t, err)
	n.fetched[op.Hash] = tx.MsgTx()
	return tx.MsgTx().TxOut[op.Index]
}
