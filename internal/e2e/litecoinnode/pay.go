package litecoinnode

import (
	"bytes"
	"encoding/hex"
	"encoding/json"

	"github.com/btcsuite/btcd/wire/v2"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/internal/e2e/daemon"
)

// Pay sends whole coins, in decimal, from ordinary coins and returns the
// transaction's id. It has no lock time: what sendtoaddress makes is dropped from
// the mempool when the chain gets lower than it was (anti fee sniping).
func (n *Node) Pay(to, coins string) (id string) {
	n.t.Helper()
	var empty string
	n.Call(&empty, "createrawtransaction", []any{}, map[string]any{to: json.Number(coins)}, 0)
	return n.fund(empty)
}

// Output is one output of a transaction: whom it pays, and litoshi.
type Output struct {
	Script  []byte
	Litoshi int64
}

// PayAll is Pay of several outputs by one transaction, in this order and followed by
// the change. A script may be paid more than once.
func (n *Node) PayAll(outputs ...Output) (id string) {
	n.t.Helper()
	return n.fund(unsigned(nil, outputs), map[string]any{"changePosition": len(outputs)}, false)
}

// fund adds what a transaction lacks to pay its outputs, and sends it.
func (n *Node) fund(transaction string, options ...any) (id string) {
	n.t.Helper()
	var funded struct{ Hex string }
	n.payer.Call(&funded, "fundrawtransaction", append([]any{transaction}, options...)...)
	return n.send(n.payer, funded.Hex)
}

// send signs a transaction with a wallet and puts it into the mempool.
func (n *Node) send(wallet *daemon.Daemon, transaction string) (id string) {
	n.t.Helper()
	var signed struct {
		Hex      string
		Complete bool
	}
	wallet.Call(&signed, "signrawtransactionwithwallet", transaction)
	require.True(n.t, signed.Complete)
	n.Call(&id, "sendrawtransaction", signed.Hex)
	return id
}

// unsigned is the hex of a transaction without signatures.
func unsigned(inputs []wire.OutPoint, outputs []Output) string {
	tx := wire.NewMsgTx(2)
	for _, in := range inputs {
		tx.AddTxIn(wire.NewTxIn(&in, nil, nil))
	}
	for _, o := range outputs {
		tx.AddTxOut(wire.NewTxOut(o.Litoshi, o.Script))
	}
	var b bytes.Buffer
	if err := tx.SerializeNoWitness(&b); err != nil {
		panic(err) // a buffer takes everything
	}
	return hex.EncodeToString(b.Bytes())
}

// PegOut sends whole coins, in decimal, out of the MWEB and returns the id under
// which payer and mempool know it. No block has a transaction of that id.
func (n *Node) PegOut(to, coins string) (id string) {
	n.t.Helper()
	n.private.Call(&id, "sendtoaddress", to, json.Number(coins))
	return id
}

// PegIn sends whole coins, in decimal, from ordinary coins into the MWEB and
// returns the id of the transaction, which has both kinds of parts.
func (n *Node) PegIn(coins string) (id string) {
	n.t.Helper()
	n.payer.Call(&id, "sendtoaddress", address(n.private, "mweb"), json.Number(coins))
	return id
}

// Own returns a new address of a wallet that Spend signs with.
func (n *Node) Own() string {
	n.t.Helper()
	return address(n.own, n.kind)
}

// Spend sends a transaction that consumes outputs paid to Own's addresses and pays
// outputs, both in this order. The rest is the fee.
func (n *Node) Spend(inputs []wire.OutPoint, outputs ...Output) (id string) {
	n.t.Helper()
	return n.send(n.own, unsigned(inputs, outputs))
}

// MineTo mines a block whose coins go to an address.
func (n *Node) MineTo(to string) {
	n.t.Helper()
	n.Call(nil, "generatetoaddress", 1, to)
}
