package payments

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// DepositKey is a deposit's natural key: a transfer's id within a network. One
// transaction hash can exist on two networks; those are two deposits.
type DepositKey struct {
	Network string
	ID      string
}

// String returns "network/id".
func (k DepositKey) String() string { return k.Network + "/" + k.ID }

// DepositState is where a deposit stands. Every state but StateFinal and
// StateTreasury can be left again: the chain has the last word.
type DepositState string

// The states.
const (
	// StateSeen: in the mempool, in no block.
	StateSeen DepositState = "seen"
	// StateConfirming: in a block, not deep enough to be credited.
	StateConfirming DepositState = "confirming"
	// StateGathered: below the asset's minimum (Rail.Minimum) and booked to the
	// owner's dust, until enough has gathered there to be credited.
	StateGathered DepositState = "gathered"
	// StateCredited: booked to its owner.
	StateCredited DepositState = "credited"
	// StateFinal: credited, and so deep that it is no longer watched for a
	// reorganisation.
	StateFinal DepositState = "final"
	// StateReplaced: another transaction spent its inputs.
	StateReplaced DepositState = "replaced"
	// StateDropped: gone from the mempool for long.
	StateDropped DepositState = "dropped"
	// StateOrphaned: its block no longer stands, and it had not been credited.
	StateOrphaned DepositState = "orphaned"
	// StateReversed: its block no longer stands, and the credit was taken back.
	StateReversed DepositState = "reversed"
	// StateInternal: our own coins moving to one of our addresses, such as change
	// or gas sent before a sweep. They are booked and nobody is credited.
	StateInternal DepositState = "internal"
	// StateTreasury: a coin that arrived at a registered address of the host's own
	// (Rail.Treasury) on a UTXO network. It is on record so that what spends it is
	// known to be the host's: it is nobody's, never booked, credited or told of, and
	// keeps this state whether or not a block holds it.
	StateTreasury DepositState = "treasury"
)

// HoldReason says why a deposit is not credited although it is deep enough.
type HoldReason string

// The reasons.
const (
	// HoldHost: the host's InTx refused it.
	HoldHost HoldReason = "host"
	// HoldScreening: the host's Screen said hold, or did not answer.
	HoldScreening HoldReason = "screening"
	// HoldRejected: the host's Screen rejected it.
	HoldRejected HoldReason = "screening_rejected"
	// HoldAsset: the asset is not accepted on this rail.
	HoldAsset HoldReason = "asset_not_accepted"
	// HoldUnassigned: the address has no owner.
	HoldUnassigned HoldReason = "unassigned"
	// HoldOrigin: nobody sent it: withdrawn from staking, or fee income.
	HoldOrigin HoldReason = "not_a_payment"
	// HoldDepegged: the stablecoin was off its peg at receipt, so nothing prices it
	// but an operator (SetRate), or the venues' prices of that minute once these
	// are known to have been inside the band.
	HoldDepegged HoldReason = "depegged"
	// HoldCap: with it, more of the asset would be credited on that day, in UTC, than
	// Rail.DailyCap allows. The next day changes nothing: an operator's Release does.
	HoldCap HoldReason = "daily_cap"
	// HoldUnexplained: a balance grew and no transfer was found that explains it.
	HoldUnexplained HoldReason = "unexplained_balance"
)

// suspends reports whether a deposit held for this reason is booked to suspense
// when it is deep enough: it is here, and nobody is owed its value.
func (h HoldReason) suspends() bool {
	switch h {
	case HoldUnassigned, HoldAsset, HoldOrigin, HoldUnexplained:
		return true
	}
	return false
}

// Basis says how a deposit's received-at was chosen.
type Basis string

// The bases.
const (
	// BasisFirstSeen: when this library first saw the transfer, while live.
	BasisFirstSeen Basis = "first_seen"
	// BasisBlockTime: the block's time, kept between the last live heartbeat and
	// first sight, for what was found while catching up.
	BasisBlockTime Basis = "block_time"
	// BasisInclusion: first inclusion, because the transaction waited in the
	// mempool longer than the asset's window.
	BasisInclusion Basis = "late_inclusion"
	// BasisOverLimit: first inclusion, because the profile had
	// Config.FirstSightLimit or more under way unmined, this deposit included.
	BasisOverLimit Basis = "over_first_sight_limit"
)

// Deposit is a transfer that was recorded, and all that followed.
type Deposit struct {
	Key    DepositKey
	TxID   chain.Hash
	To     chain.Address
	Amount money.Amount
	// From is who sent, where the network says (EVM). Never refund to it.
	From chain.Address
	// Origin is how the coins came into being.
	Origin chain.Origin
	// Owner is nobody when the address was reserved but never given out.
	Owner Owner
	State DepositState
	// Hold is empty unless the deposit is held back.
	Hold HoldReason
	// Inputs are the outpoints the transaction spends (UTXO).
	Inputs []chain.Outpoint
	// Block holds the transaction now; zero if none does.
	Block chain.Anchor

	// SeenAt is when the first sight was committed, and SeenLive whether the
	// watcher was live then; LiveBefore is its last heartbeat before. Written once.
	SeenAt     time.Time
	SeenLive   bool
	LiveBefore time.Time
	// IncludedAt is when the first inclusion was committed (zero: never), and
	// FirstBlock the block of it. Written once.
	IncludedAt time.Time
	FirstBlock chain.Anchor
	// ReceivedAt is the instant the deposit is priced at, and Basis how it was
	// chosen. Written once, at the first inclusion.
	ReceivedAt time.Time
	Basis      Basis

	// AlsoAt is set on a deposit that replaced others and counts as received at the
	// first sight of the first: the instants at which it, and those between, were
	// themselves first seen, at most 16. The worst of the rates at ReceivedAt and at
	// these counts, so that no replacement betters what it replaced.
	AlsoAt []time.Time

	// Rate is the rate at ReceivedAt (see AlsoAt), in the owner account's currency; Snapshot
	// is the id of its evidence and Exact the unrounded value. Written once; while
	// a deposit is held as HoldDepegged, Snapshot is the market that was found.
	Rate     money.Rate
	Currency money.Currency
	Snapshot string
	Exact    decimal.Decimal

	// Agreed is the hash of the block in which enough other sources saw the same
	// transfer; zero if none were asked.
	Agreed chain.Hash
	// Spent is the mined transaction that spends the deposit's outpoint (UTXO);
	// zero while it is unspent.
	Spent chain.Hash
	// Screened says that Config.Screen let the deposit pass.
	Screened bool
	// Incarnation counts the credits, reversed ones included.
	Incarnation int
	// Credited is the value booked by the credit that stands; zero if none does.
	Credited money.Amount
	// CreditedAt is the instant of that credit.
	CreditedAt time.Time
	// Changes counts the changes of state that were told as events: it makes each
	// event's id its own, also when a branch of the chain comes back.
	Changes int
	// Missing is when the transaction was first found gone from the mempool.
	Missing time.Time
	// Version counts the row's changes, for stores.
	Version int64 `json:"-"`
}

// Valued reports whether the deposit has its rate.
func (d Deposit) Valued() bool { return d.Rate.Valid() }

// Included reports whether a block holds the deposit.
func (d Deposit) Included() bool { return !d.Block.IsZero() }

// booked reports whether an entry of the deposit stands in the books.
func (d Deposit) booked() bool {
	return d.State == StateCredited || d.State == StateFinal || d.State == StateGathered
}

// Confirmations returns how many blocks confirm the deposit under a head: 1 for
// the block that holds it.
func (d Deposit) Confirmations(head uint64) uint64 {
	if !d.Included() || head < d.Block.Height {
		return 0
	}
	return head - d.Block.Height + 1
}
