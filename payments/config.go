package payments

import (
	"context"
	"errors"
	"fmt"
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
	// Rates prices what arrives.
	Rates rates.Provider
	// Currency is what accounts are opened in unless OpenAccount says otherwise.
	// Defaults to USD.
	Currency money.Currency

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
	// of that commit that change money: credits and reversals. Find the host's
	// handle with the store's Unwrap (sqlitestore.Unwrap). It must touch nothing
	// but tx, because a conflict runs it again. An error undoes the credits, not
	// the record that coins arrived: they are tried again one by one, and a
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
	// WatchOnly accepts nothing: what arrives is recorded and held, and no address
	// is given out. It is for the other networks of a family, where a customer may
	// send by mistake.
	WatchOnly bool
	// Confirmations is how many blocks must confirm a deposit before it is
	// credited, 1 for the block that holds it. Defaults to 6.
	Confirmations uint64
	// Tiers ask for more where more is at stake. SetTiers changes them at run time.
	Tiers []Tier
	// Breaker is how many blocks a reorganisation may replace before crediting
	// stops until Resume. Defaults to twice Confirmations.
	Breaker uint64
	// Stale is how old the head's block time may be before nothing is credited.
	// Defaults to twelve times Network.BlockTime, at least 10 minutes.
	Stale time.Duration
	// Treasury names addresses of the host's own, so that coins sent there are
	// booked as moved, not lost.
	Treasury []Treasury
	// Final is how many confirmations make a credited deposit final. Defaults to
	// 12 (Bitcoin), 48 (Litecoin), 120 (Dogecoin) and 64 (EVM), and is never less
	// than Confirmations.
	Final uint64
	// Window is how long a transaction may wait in the mempool and still be priced
	// at first sight; after it, first inclusion counts. Defaults to 60, 20 and 10
	// minutes (Bitcoin, Litecoin, Dogecoin). EVM networks have none: inclusion is
	// receipt.
	Window time.Duration
	// Poll is how often a source is asked for its head when it cannot announce
	// one. Defaults to a tenth of Network.BlockTime, between 500 ms and 10 s.
	Poll time.Duration
	// UnprovedKey allows addresses from a wallet whose control was never proved
	// (see Processor.Prove). A wrong extended key then loses every payment.
	UnprovedKey bool
}

// Tier is what a deposit must reach before it is credited, from a value on. All
// tiers that apply hold together.
type Tier struct {
	// Asset limits the tier to one asset; empty for all of the network.
	Asset money.Asset
	// Above is the value from which the tier applies, compared with all that the
	// profile has on this network and that is not yet final, in the currency of the
	// profile's account: splitting a payment evades nothing. Zero applies to all.
	Above decimal.Decimal
	// AtRisk makes Above compare with the sum over all profiles.
	AtRisk bool
	// Confirmations is the depth to reach; less than Rail.Confirmations adds
	// nothing.
	Confirmations uint64
	// Finalized asks that the network itself calls the block final. While a network
	// that has the notion stops finalising, 240 confirmations serve instead.
	Finalized bool
	// Agree is how many sources, the followed one included, must see the same
	// transfer in the same block. A rail with fewer sources is refused.
	Agree int
}

// Treasury is an address of the host's own.
type Treasury struct {
	// Name is for the books: "cold".
	Name    string
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
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	rails := make([]Rail, len(c.Rails))
	for i, r := range c.Rails {
		rails[i] = r.withDefaults()
	}
	c.Rails = rails
	return c
}

func (r Rail) withDefaults() Rail {
	if len(r.Assets) == 0 {
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
	if r.Window == 0 {
		r.Window = window
	}
	if r.Poll == 0 {
		r.Poll = min(max(r.Network.BlockTime/10, 500*time.Millisecond), 10*time.Second)
	}
	return r
}

// validate returns every complaint at once, each a *ConfigError.
func (c Config) validate() error {
	var errs []error
	bad := func(field, reason string, args ...any) {
		errs = append(errs, &ConfigError{Field: field, Reason: fmt.Sprintf(reason, args...)})
	}
	if c.Store == nil {
		bad("Store", "is required: memstore.New() for a try, sqlitestore.New(db) to keep what it holds")
	}
	if c.Rates == nil {
		bad("Rates", "is required: a price source, or rates.NewFixed for a try")
	}
	if !c.Currency.Valid() {
		bad("Currency", "%q: accounts are kept in USD or EUR", c.Currency)
	}
	if len(c.Rails) == 0 {
		bad("Rails", "at least one network is required")
	}
	networks := map[string]bool{}
	wallets := map[chain.Family]string{}
	for i, r := range c.Rails {
		field := fmt.Sprintf("Rails[%d]", i)
		r.validate(func(name, reason string, args ...any) { bad(field+"."+name, reason, args...) })
		if networks[r.Network.ID] {
			bad(field+".Network", "%s has a rail already", r.Network.ID)
		}
		networks[r.Network.ID] = true
		if r.Network.Test != c.Rails[0].Network.Test {
			bad(field+".Network", "%s: real and test networks do not mix in one processor", r.Network.ID)
		}
		if r.Wallet == nil {
			continue
		}
		if known, ok := wallets[r.Network.Family]; ok && known != r.Wallet.Fingerprint() {
			bad(field+".Wallet", "the %s family has another wallet already; its rails share one", r.Network.Family)
		}
		wallets[r.Network.Family] = r.Wallet.Fingerprint()
	}
	return errors.Join(errs...)
}

func (r Rail) validate(bad func(name, reason string, args ...any)) {
	if r.Network.ID == "" || r.Network.Family == "" || r.Network.Native.Network != r.Network.ID {
		bad("Network", "needs an id, a family, and a native asset on itself; start from chain.Bitcoin or another value of package chain")
	}
	if len(r.Sources) == 0 {
		bad("Sources", "at least one is required, such as utxo.NewSource or evm.NewSource")
	}
	for _, s := range r.Sources {
		if s == nil || s.Network().ID != r.Network.ID {
			bad("Sources", "a source is nil or made for another network than %s", r.Network.ID)
		}
	}
	if r.Wallet == nil {
		bad("Wallet", "is required: hd.OpenWallet with an account-level extended public key")
	} else if r.Wallet.Family() != r.Network.Family {
		bad("Wallet", "derives %s addresses, the network needs %s", r.Wallet.Family(), r.Network.Family)
	}
	for _, a := range r.Assets {
		if known, ok := r.Network.Asset(a.Coin); !ok || known != a {
			bad("Assets", "%s is not an asset of %s", a, r.Network.ID)
		}
	}
	if r.Window < 0 || r.Poll < 0 {
		bad("Window, Poll", "must not be negative")
	}
}
