package payments

import (
	"context"
	"log/slog"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// Config is what a host gives to New. Only Store, Rails and Rates are required.
type Config struct {
	// Store keeps everything: memstore, sqlitestore, or the host's own adapter.
	Store Store
	// Rails are the networks payments are taken on.
	Rails []Rail
	// Rates prices what arrives: rates.Median of several venues. Run polls a
	// rates.Composite, records its prices and tells its findings.
	Rates rates.Provider
	// BitPay offers invoices hosted at BitPay (Checkout); nil offers none.
	BitPay *BitPay
	// Currency is what accounts are opened in unless OpenAccount says otherwise.
	// Defaults to USD.
	Currency money.Currency

	// FirstSightLimit is how much of a profile may be unmined, on all networks
	// together and in major units of the accounts' currencies, for first sight to
	// count as receipt: from it on, itself included, what is mined is received
	// then (BasisOverLimit). A payer can still let an unmined payment be mined, or
	// not, as the price moves; this bounds what that is worth. What had no price on
	// record at first sight counts as too much. Defaults to 1,000; 0.01 prices
	// everything when it is mined.
	FirstSightLimit decimal.Decimal

	// Terms is the version of the payment terms now in force. An address is given
	// only to a profile that accepted this version. Empty: none are demanded.
	// Terms never block a deposit that has arrived.
	Terms string
	// Precondition is asked before an account gets its first address on a family
	// of networks; its error is returned to the caller. It runs outside any
	// transaction and may be slow. It never blocks a deposit that has arrived.
	Precondition func(ctx context.Context, account Account) error

	// Screen is asked once about each deposit before it is credited, outside any
	// transaction. An error counts as no answer: the deposit waits and Screen is
	// asked again. Its context ends after 15 seconds. Nil lets everything pass.
	Screen func(ctx context.Context, d Deposit) (Verdict, error)
	// InTx writes the host's own rows in the library's commit. It gets the events
	// of that commit that change money: credits and reversals, and what the commit
	// made of an invoice's status. A status is shown also if no money moved;
	// refusing that alone undoes nothing, and Deliver tells it in any case. Find the
	// host's handle with the store's Unwrap (sqlitestore.Unwrap). It must touch
	// nothing but tx, because a conflict runs it again. An error undoes the credits,
	// not the record that coins arrived: they are tried again one by one, and a
	// deposit whose InTx still fails is held (HoldHost). A reversal is booked in
	// any case; a deposit whose reversal InTx refuses is held too, because the
	// host's rows then differ from the library's.
	InTx func(ctx context.Context, tx Tx, events []Event) error
	// Deliver tells the host of each event after the commit, at least once, in
	// order within Event.Order. An error is retried with growing pauses; after 20
	// the event is parked. Its context ends after 15 seconds; a host that needs
	// longer takes the event into a queue of its own. Nil: events are only stored
	// and wait.
	Deliver func(ctx context.Context, e Event) error

	// ParseAddress and FormatAddress read and write addresses as people see them,
	// for ExplainAddress and ExplainTx alone: set them to address.Parse and
	// address.Format of package chain/address. An error with a method Reason()
	// string gives its stable code. Nil: ExplainAddress answers a *ConfigError, and
	// ExplainTx writes bytes in hex.
	ParseAddress  func(n chain.Network, text string) (chain.Address, error)
	FormatAddress func(n chain.Network, a chain.Address) (string, error)

	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
	// Log takes what an operator may want to know. Defaults to silence. No key,
	// token or address of a person is ever logged.
	Log *slog.Logger
}

// Rail is one network payments are taken on.
type Rail struct {
	// Network is a value of package chain, or the host's own test network.
	Network chain.Network
	// Sources answer for the network. The first one that answers is followed; the
	// others take over when it fails.
	Sources []chain.Source
	// Wallet derives the addresses. Rails of one family share one wallet.
	Wallet Wallet
	// Assets are accepted; what else arrives is recorded and held. Defaults to all
	// assets of the network.
	Assets []money.Asset
	// WatchOnly accepts nothing: what arrives is recorded and held
	// (HoldAsset), and DepositAddress answers a *WatchOnlyError. It is for the
	// other networks of a family, where a customer may send by mistake. Assets
	// must be empty.
	WatchOnly bool
	// Confirmations is how many blocks must confirm a deposit before it is
	// credited, 1 for the block that holds it. Defaults to 6.
	Confirmations uint64
	// Tiers ask for more where more is at stake. They hold until SetTiers is called
	// for the network: from then on what it stored holds, in every process and
	// after restarts, and Tiers is not looked at. What to choose, and why, stands
	// in the package's documentation.
	Tiers []Tier
	// Breaker is how many blocks a reorganisation may replace; one that replaces
	// more is recorded and stops crediting until Resume. Defaults to twice
	// Confirmations.
	Breaker uint64
	// Stale is how old the head's block time may be, by Now, before nothing is
	// credited. Defaults to twelve times Network.BlockTime, at least 10 minutes.
	Stale time.Duration
	// Treasury names addresses of the host's own, so that coins sent there are
	// booked as moved, not lost, and coins that come from there are nobody's payment.
	Treasury []Treasury
	// Final is how many confirmations make a credited deposit final. Defaults to
	// 12 (Bitcoin), 48 (Litecoin), 120 (Dogecoin) and 64 (EVM), and is never less
	// than Confirmations, nor than what any tier in force asks.
	Final uint64
	// Window is how long a transaction may wait in the mempool and still be priced
	// at first sight; after it, first inclusion counts (BasisInclusion). Defaults to
	// 60, 20 and 10 minutes (Bitcoin, Litecoin, Dogecoin): such a network has one
	// asset, so this is the asset's. EVM networks have none, and setting one is
	// refused: inclusion is receipt.
	Window time.Duration
	// Minimum is, for an asset, the least value to be credited by itself, in major
	// units of the account's currency. Smaller deposits are priced at their own
	// receipt and gather (StateGathered) until together, in that asset, they reach
	// it, or another deposit does; then all are credited. A minimum that is lowered
	// or left out at a restart releases what it kept.
	//
	// There is none by default, because what it is for changes by the hour: it
	// belongs well above both the network's dust limit and the cost of spending the
	// deposit again, which is 68 vbytes for a P2WPKH output, 148 for P2PKH, and on EVM
	// networks the gas of a transfer and, for tokens, of the one that brings the gas.
	// Ten times that cost at busy hours is a good figure.
	Minimum map[money.Asset]decimal.Decimal
	// DailyCap is, for an asset, how much may be credited to all accounts together in
	// a day by UTC, in major units of their currencies. A deposit that would exceed it
	// is held (HoldCap) until an operator's Release; smaller ones behind it may still
	// fit. It bounds what a coin that lost its issuer, or was minted by a thief, can
	// cost in a night. None by default.
	DailyCap map[money.Asset]decimal.Decimal
	// Poll is how often a source is asked for its head when it cannot announce
	// one. Defaults to a tenth of Network.BlockTime, between 500 ms and 10 s.
	Poll time.Duration
	// UnprovedKey allows addresses from a wallet whose control was never proved
	// (see Processor.Prove). A wrong extended key then loses every payment.
	UnprovedKey bool
}

// Treasury is an address of the host's own. What it sends to a deposit address is
// the host's money and nobody's payment; on UTXO networks so is every transaction
// that spends a coin which arrived there since it was registered. Never register an
// address that others are paid from too, such as one at an exchange: the exchange's
// other customers would pay in vain. One that the wallet derives is given to nobody,
// and what arrives there from elsewhere is held as unassigned. A UTXO address costs
// the store a row for each coin that arrives there, and another when it is spent.
type Treasury struct {
	// Name is for the books: "cold". It is unique within the rail; the place it
	// names is "treasury:cold".
	Name string
	// Address is of the network's family.
	Address chain.Address
}

// Wallet derives addresses from a public key. *hd.Wallet is one.
type Wallet interface {
	// Family is the family of its addresses.
	Family() chain.Family
	// Fingerprint names the key in the store without revealing it.
	Fingerprint() string
	// Leaves derives the n addresses from an index on, leaving out the indexes
	// that have none (BIP32). The same index gives the same address for ever. It
	// may be called from several goroutines.
	Leaves(from uint32, n int) ([]chain.Leaf, error)
	// VerifyControl checks that leaf 0's key signed the message.
	VerifyControl(message, signature string) error
}

// Verdict is what Screen says of a deposit.
type Verdict string

// The verdicts.
const (
	VerdictPass   Verdict = "pass"
	VerdictHold   Verdict = "hold"
	VerdictReject Verdict = "reject"
)

// withDefaults returns the configuration with its defaults filled in.
func (c Config) withDefaults() Config {
	if c.Currency == "" {
		c.Currency = money.USD
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.FirstSightLimit.IsZero() {
		c.FirstSightLimit = decimal.New(1_000, 0)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	rails := make([]Rail, len(c.Rails))
	for i, r := range c.Rails {
		rails[i] = r.withDefaults()
	}
	c.Rails = rails
	c.BitPay = c.BitPay.withDefaults()
	return c
}

func (r Rail) withDefaults() Rail {
	if len(r.Assets) == 0 && !r.WatchOnly {
		r.Assets = r.Network.Assets()
	}
	if r.Confirmations == 0 {
		r.Confirmations = 6
	}
	final, window := uint64(64), time.Duration(0)
	switch r.Network.Family {
	case chain.FamilyBitcoin:
		final, window = 12, time.Hour
	case chain.FamilyLitecoin:
		final, window = 48, 20*time.Minute
	case chain.FamilyDogecoin:
		final, window = 120, 10*time.Minute
	}
	if r.Final == 0 {
		r.Final = final
	}
	r.Final = max(r.Final, r.Confirmations)
	if r.Breaker == 0 {
		r.Breaker = 2 * r.Confirmations
	}
	if r.Stale == 0 {
		r.Stale = max(12*r.Network.BlockTime, 10*time.Minute)
	}
	if r.Window == 0 {
		r.Window = window
	}
	if r.Poll == 0 {
		r.Poll = min(max(r.Network.BlockTime/10, 500*time.Millisecond), 10*time.Second)
	}
	return r
}
