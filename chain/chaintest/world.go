package chaintest

import (
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// Payment is one sum to one address.
type Payment struct {
	To     chain.Address
	Amount money.Amount
}

// World is a network under the suite's control. The functions fail the test
// themselves when the network does not do as told. Fields from Source to Reorg
// are required; the others are abilities, nil where the network or the node has
// none.
type World struct {
	// Source is what is tested.
	Source chain.Source
	// Assets are what Pay can send, the native one first. Empty: only that.
	Assets []money.Asset
	// Address returns an address for each number, always the same for one.
	Address func(i int) chain.Address
	// Pay sends from somebody outside and returns the transaction's id. It waits in
	// the mempool.
	Pay func(p Payment) chain.Hash
	// Mine mines blocks, the first with all that waits.
	Mine func(blocks int)
	// Reorg replaces the last blocks by empty ones, one more than it takes away.
	// What they held waits for the next Mine.
	Reorg func(depth int)

	// Batch makes all the payments in one transaction.
	Batch func(ps ...Payment) chain.Hash
	// Own returns an address whose coins Spend and Send can move.
	Own func(i int) chain.Address
	// Spend consumes outpoints of such addresses (UTXO), in this order.
	Spend func(ops []chain.Outpoint, ps ...Payment) chain.Hash
	// Send pays from such an address, which also pays the gas (EVM).
	Send func(from chain.Address, p Payment) chain.Hash
	// PayInternal makes a contract pay the native coin to an address (EVM).
	PayInternal func(p Payment) chain.Hash
	// PayFailed makes a transaction with the payment's value or call data fail
	// (EVM).
	PayFailed func(p Payment) chain.Hash
	// PayReverted makes a contract pay inside a call that is taken back, and
	// PayDelegated run the address's code in a frame that names the value: both
	// succeed and move nothing (EVM). PayByDestruction makes a contract destroy
	// itself in favour of the address.
	PayReverted, PayDelegated, PayByDestruction func(p Payment) chain.Hash
	// PegOut pays out of MWEB. The id of what arrives is known when it is mined.
	PegOut func(p Payment)
	// MineTo mines a block whose new coins go to an address (UTXO).
	MineTo func(to chain.Address)
	// Other makes a source of the same kind for another network on the same node.
	Other func(n chain.Network) chain.Source
	// Unindexed says that the node finds a transaction by its id only while it is
	// unmined, as one does that keeps no transaction index.
	Unindexed bool
	// Final makes all blocks up to a height final, or returns false.
	Final func(height uint64) bool
}
