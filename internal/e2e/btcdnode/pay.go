package btcdnode

import (
	"bytes"
	"encoding/hex"
	"slices"

	"github.com/btcsuite/btcd/address/v2"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"
	"github.com/stretchr/testify/require"
)

// The payer's key is public and guards nothing.
var (
	payerKey, _     = btcec.PrivKeyFromBytes(bytes.Repeat([]byte{0x11}, 32))
	payerAddress    = addressOf(address.Hash160(payerKey.PubKey().SerializeCompressed()))
	payerScript     = scriptTo(payerAddress)
	fee, higherFee  = int64(10_000), int64(100_000)
	replaceableFrom = wire.MaxTxInSequenceNum - 2 // BIP125
)

// coin is an unspent coinbase of the payer.
type coin struct {
	tx    chainhash.Hash
	value int64
}

// Output is what a payment gives to one script.
type Output struct {
	// Script is the recipient's output script.
	Script []byte
	// Satoshi is the amount, positive.
	Satoshi int64
}

// Payment is a signed transaction and the coin it spends.
type Payment struct {
	*wire.MsgTx
	coin coin
}

// Sign makes a payment of its own coin and gives it to nobody. It signals that it
// may be replaced. The change goes back to the payer in a last output.
func (n *Node) Sign(outputs ...Output) Payment {
	n.t.Helper()
	require.NotEmpty(n.t, n.coins, "the payer has spent all coins")
	c := n.coins[0]
	n.coins = slices.Delete(n.coins, 0, 1)
	return n.sign(c, fee, outputs)
}

// SignAgain makes a payment that spends the coin of another, with a higher fee.
func (n *Node) SignAgain(p Payment, outputs ...Output) Payment {
	n.t.Helper()
	return n.sign(p.coin, higherFee, outputs)
}

// Pay signs a payment and sends it to the node's mempool.
func (n *Node) Pay(outputs ...Output) Payment {
	n.t.Helper()
	p := n.Sign(outputs...)
	n.Send(p)
	return p
}

// Send puts a payment into the node's mempool.
func (n *Node) Send(p Payment) {
	n.t.Helper()
	n.Call(nil, "sendrawtransaction", hex.EncodeToString(serialize(p.MsgTx)))
}

func (n *Node) sign(c coin, fee int64, outputs []Output) Payment {
	n.t.Helper()
	tx := wire.NewMsgTx(2)
	in := wire.NewTxIn(wire.NewOutPoint(&c.tx, 0), nil, nil)
	in.Sequence = replaceableFrom
	tx.AddTxIn(in)
	change := c.value - fee
	for _, o := range outputs {
		tx.AddTxOut(wire.NewTxOut(o.Satoshi, o.Script))
		change -= o.Satoshi
	}
	require.Positive(n.t, change, "one coin does not pay for this")
	tx.AddTxOut(wire.NewTxOut(change, payerScript))
	script, err := txscript.SignatureScript(tx, 0, payerScript, txscript.SigHashAll, payerKey, true)
	require.NoError(n.t, err)
	tx.TxIn[0].SignatureScript = script
	return Payment{MsgTx: tx, coin: c}
}

func serialize(tx *wire.MsgTx) []byte {
	var b bytes.Buffer
	if err := tx.Serialize(&b); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

func addressOf(hash []byte) address.Address {
	a, err := address.NewAddressPubKeyHash(hash, &chaincfg.RegressionNetParams)
	if err != nil {
		panic(err) // only for a hash that has not 20 bytes
	}
	return a
}

func scriptTo(a address.Address) []byte {
	s, err := txscript.PayToAddrScript(a)
	if err != nil {
		panic(err) // only for an unknown kind of address
	}
	return s
}
