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
