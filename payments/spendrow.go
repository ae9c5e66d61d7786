package payments

import (
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// SpendKey is a spend's natural key: its id within a network.
type SpendKey struct {
	Network string
	ID      string
}

// String returns "network/id".
func (k SpendKey) String() string { return k.Network + "/" + k.ID }

// Spend is value that left one of our addresses, or on a UTXO network one of the
// treasury's, and where the books put it.
type Spend struct {
	Key  SpendKey
	Kind chain.SpendKind
	TxID chain.Hash
	// From is the address of ours, or of the treasury's, that paid, To who got it; To is
	// zero for gas, and for an outpoint, whose transaction may pay many.
	From, To chain.Address
	// Amount is what left: of an outpoint, all it held.
	Amount money.Amount
	// Outpoint is what was consumed (UTXO).
	Outpoint chain.Outpoint
	// Place is where the books say the value went: "treasury:<name>" for a
	// registered address, "deposits" for one of ours, "fee", "outflow:unexplained",
	// "several" when one transaction pays more than one of these, or "elsewhere" when
	// coins of the treasury alone paid others, which is not booked.
	Place string
	// Block holds the transaction now; zero if none does.
	Block chain.Anchor
	// Incarnation counts the entries booked, reversed ones included; Booked says
	// that one stands.
	Incarnation int
	Booked      bool
	// Version counts the row's changes, for stores.
	Version int64 `json:"-"`
}

// Included reports whether a block holds the spend.
func (s Spend) Included() bool { return !s.Block.IsZero() }
