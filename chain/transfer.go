package chain

import (
	"fmt"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Anchor is one block of a trail.
type Anchor struct {
	Height uint64
	Hash   Hash
	Parent Hash
	// Time is the block's own time stamp, in whole seconds. A miner chooses it;
	// on UTXO networks it may be hours off.
	Time time.Time
}

// String returns height and hash.
func (a Anchor) String() string { return fmt.Sprintf("%d %s", a.Height, a.Hash) }

// IsZero reports whether a is no block.
func (a Anchor) IsZero() bool { return a.Hash.IsZero() }

// Transfer is what a network says arrived at an address.
type Transfer struct {
	// ID names the transfer within its network, for ever and however often its
	// transaction is mined again:
	//
	//	UTXO:   "<txid>:<vout>"
	//	token:  "<txhash>:log:<n>", n the log's place within its own receipt
	//	native: "<txhash>:eth:<0xrecipient>:<n>", the n-th successful transfer
	//	        of value to that recipient in execution order, the
	//	        transaction's own included
	ID   string
	TxID Hash
	// To is the address that received.
	To Address
	// Amount is positive.
	Amount money.Amount
	// Inputs are the outpoints the transaction spends (UTXO only). They tie a
	// transaction to those that would replace it.
	Inputs []Outpoint
	// Block is the block that holds the transaction; zero in the mempool.
	Block Anchor
	// Coinbase marks newly mined coins, which cannot be spent for 100 blocks.
	Coinbase bool
}

// Spend is a watched outpoint consumed by a transaction: our own coin leaving,
// or an input of a pending deposit used elsewhere.
type Spend struct {
	Outpoint Outpoint
	// TxID is the transaction that consumes it.
	TxID Hash
	// Block holds that transaction; zero in the mempool.
	Block Anchor
}

// Found is what matching a run of blocks, or a view of the mempool, yields.
type Found struct {
	Transfers []Transfer
	Spends    []Spend
}
