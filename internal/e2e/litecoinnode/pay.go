package litecoinnode

import (
	"encoding/json"

	"github.com/stretchr/testify/require"
)

// Pay sends whole coins, in decimal, from ordinary coins and returns the
// transaction's id. It has no lock time: what sendtoaddress makes is dropped from
// the mempool when the chain gets lower than it was (anti fee sniping).
func (n *Node) Pay(to, coins string) (id string) {
	n.t.Helper()
	var empty string
	var funded, signed struct {
		Hex      string
		Complete bool
	}
	n.Call(&empty, "createrawtransaction", []any{}, map[string]any{to: json.Number(coins)}, 0)
	n.payer.Call(&funded, "fundrawtransaction", empty)
	n.payer.Call(&signed, "signrawtransactionwithwallet", funded.Hex)
	require.True(n.t, signed.Complete)
	n.Call(&id, "sendrawtransaction", signed.Hex)
	return id
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
	return address(n.own, "bech32")
}

// Input names an output to be spent.
type Input struct {
	TxID string `json:"txid"`
	Vout uint32 `json:"vout"`
}

// Spend sends a transaction that consumes outputs paid to Own's addresses, in this
// order, and pays whole coins, in decimal, to an address. The rest is the fee.
func (n *Node) Spend(inputs []Input, to, coins string) (id string) {
	n.t.Helper()
	var raw string
	var signed struct {
		Hex      string
		Complete bool
	}
	n.Call(&raw, "createrawtransaction", inputs, map[string]any{to: json.Number(coins)}, 0)
	n.own.Call(&signed, "signrawtransactionwithwallet", raw)
	require.True(n.t, signed.Complete)
	n.Call(&id, "sendrawtransaction", signed.Hex)
	return id
}

// MineTo mines a block whose coins go to an address.
func (n *Node) MineTo(to string) {
	n.t.Helper()
	n.Call(nil, "generatetoaddress", 1, to)
}
