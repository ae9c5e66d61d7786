package payments

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// Account is a profile's balance under a name: ("acme", "voice"). A profile is
// one customer of the host, by an opaque id; nothing personal belongs in it.
type Account struct {
	Profile string
	Name    string
}

// String returns "profile/name".
func (a Account) String() string { return a.Profile + "/" + a.Name }

// Ledger returns the account's name in the books.
func (a Account) Ledger() ledger.Account { return ledger.Customer(a.Profile, a.Name) }

// AccountRecord is an opened account.
type AccountRecord struct {
	Account
	// Currency is fixed when the account is opened.
	Currency money.Currency
	OpenedAt time.Time
	// Carry is what rounding down has kept back from the account so far, in the
	// currency's major unit. The credit with which it makes a whole minor unit brings
	// it, so many tiny deposits add up. After a reversal it may be negative, or more
	// than a minor unit, until the next credit.
	Carry   decimal.Decimal
	Version int64
}

// TermsAcceptance records that a profile accepted a version of the terms.
type TermsAcceptance struct {
	Profile string
	Version string
	At      time.Time
}

// Owner says whose an address is, for ever. The zero Owner is nobody.
type Owner struct {
	Account
}

// IsZero reports whether the owner is nobody.
func (o Owner) IsZero() bool { return o == Owner{} }

// IssuedAddress is an address that was given to an owner.
type IssuedAddress struct {
	Address chain.Address
	// Key is the fingerprint of the wallet key the address was derived from, and
	// Index its leaf.
	Key   string
	Index uint32
	Owner Owner
	// IssuedAt is when it was first shown.
	IssuedAt time.Time
}
