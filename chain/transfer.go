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

// Origin says how coins came into being where they were not simply sent.
type Origin string

// The origins.
const (
	// OriginPayment: sent by somebody's transaction.
	OriginPayment Origin = ""
	// OriginCoinbase: newly mined.
	OriginCoinbase Origin = "coinbase"
	// OriginPegOut: paid out of Litecoin's MWEB, by the last transaction of a
	// block. In another block the same payment has another id.
	OriginPegOut Origin = "pegout"
	// OriginWithdrawal: withdrawn from Ethereum's staking (EIP-4895).
	OriginWithdrawal Origin = "withdrawal"
	// OriginFees: what a block paid to the address that proposed it.
	OriginFees Origin = "fees"
)

// Transfer is what a network says arrived at an address.
type Transfer struct {
	// ID names the transfer within its network, for ever and however often its
	// transaction is mined again:
	//
	//	UTXO:       "<txid>:<vout>"
	//	token:      "<txhash>:log:<n>", n the log's place within its own receipt
	//	native:     "<txhash>:eth:<0xrecipient>:<n>", the n-th successful transfer
	//	            of value to that recipient in execution order, the
	//	            transaction's own included
	//	withdrawal: "withdrawal:<n>", the network's own number of it
	//	fees:       "<blockhash>:fees"
	ID string
	// TxID is zero for what no transaction moves: withdrawals and fees.
	TxID Hash
	// From is who sent (EVM only): the log's or the call's own sender, which need
	// not be the transaction's. Never refund to it.
	From Address
	// To is the address that received.
	To Address
	// Amount is positive.
	Amount money.Amount
	// Inputs are the outpoints the transaction spends (UTXO only). They tie a
	// transaction to those that would replace it.
	Inputs []Outpoint
	// Block is the block that holds the transaction; zero in the mempool.
	Block Anchor
	// Origin is how the coins came into being; see [Network.Maturity].
	Origin Origin
}

// SpendKind says what left an address.
type SpendKind string

// The kinds of spends.
const (
	// SpendOutpoint: a transaction's input consumes an outpoint (UTXO).
	SpendOutpoint SpendKind = "outpoint"
	// SpendToken: a token's log names a watched sender.
	SpendToken SpendKind = "token"
	// SpendNative: a transaction, or a call inside one, moves the native coin.
	SpendNative SpendKind = "native"
	// SpendGas: what a watched sender paid for a transaction, failed or not.
	SpendGas SpendKind = "gas"
)

// Spend is value that leaves a watched outpoint or address: our own coin moving,
// or an input of a pending deposit used elsewhere.
type Spend struct {
	// ID names the spend within its network, for ever:
	//
	//	outpoint: "<txid>:in:<n>", n the place among the transaction's inputs
	//	token:    "<txhash>:log:<n>", n the log's place within its own receipt
	//	native:   "<txhash>:out:<0xsender>:<n>", the n-th successful transfer of
	//	          value from that sender in execution order
	//	gas:      "<txhash>:gas"
	ID   string
	Kind SpendKind
	// TxID is the transaction that spends.
	TxID Hash
	// From and To are sender and recipient (EVM only); To is zero for gas and for
	// value given to a contract that the transaction itself creates.
	From, To Address
	// Amount is positive (EVM only). What an outpoint held is known from the
	// transfer that made it.
	Amount money.Amount
	// Outpoint is what a UTXO transaction consumes.
	Outpoint Outpoint
	// Tx is the whole UTXO transaction, one value shared by its spends; nil on EVM
	// networks.
	Tx *Outflow
	// Block holds the transaction; zero in the mempool.
	Block Anchor
}

// Outflow is a UTXO transaction that spends watched outpoints: what it consumes,
// watched or not, and where all of it goes. What goes nowhere is the fee.
type Outflow struct {
	Inputs  []Outpoint
	Outputs []Output
}

// Output is one output of a UTXO transaction; the address is its script.
type Output struct {
	To     Address
	Amount money.Amount
}

// Found is what matching a run of blocks, or a view of the mempool, yields.
type Found struct {
	Transfers []Transfer
	Spends    []Spend
	// Internal says that transfers of the native coin made by contracts were
	// looked for too. Otherwise only an audit of balances finds those.
	Internal bool
}
