package ledger

import (
	"net/url"
	"strings"
)

// Account names an account of the books. An account may hold several assets,
// each with its own balance. Parts of a name are path-escaped, so that no
// profile can spell another's account.
type Account string

// Accounts that exist once.
const (
	// Clearing takes both legs of every exchange of coins for fiat. Its balances
	// are the open position.
	Clearing Account = "clearing"
)

const customerPrefix = "customer/"

// Customer is what the host owes a profile's account: a liability.
func Customer(profile, name string) Account {
	return Account(customerPrefix + url.PathEscape(profile) + "/" + url.PathEscape(name))
}

// Position is the coins held at a place of a network: "deposits" for the
// addresses given to customers.
func Position(network, place string) Account {
	return Account("position/" + url.PathEscape(network) + "/" + url.PathEscape(place))
}

// Suspense holds what arrived on a network and belongs to nobody yet: a
// liability of unknown owner.
func Suspense(network string) Account { return Account("suspense/" + url.PathEscape(network)) }

// Dust is the value of what arrived for a profile's account and is too small to be
// credited by itself, in whole minor units: a liability that is due when enough has
// gathered.
func Dust(profile, name string) Account {
	return Account("dust/" + url.PathEscape(profile) + "/" + url.PathEscape(name))
}

// Treasury is the coins at addresses of the host's own on a network, by the name
// they are registered under ("cold"): the place "treasury:<name>".
func Treasury(network, name string) Account { return Position(network, "treasury:"+name) }

// Fee is what transactions of ours have cost on a network, gas included: an
// expense, in the coin it was paid in.
func Fee(network string) Account { return Account("fee/" + url.PathEscape(network)) }

// Outflow is what left our addresses for a place that nobody registered, until an
// operator says what it was. What comes back in the same way is taken from it.
func Outflow(network string) Account { return Account("outflow/" + url.PathEscape(network)) }

// Receivable is what a payment provider ("bitpay") has taken for the host and owes
// it: money, so what is owed to the host is a negative balance, as what the host owes
// is a positive one.
func Receivable(provider string) Account { return Account("receivable/" + url.PathEscape(provider)) }

// ProviderFee is what a payment provider has kept: an expense, so negative.
func ProviderFee(provider string) Account { return Account("fee/provider/" + url.PathEscape(provider)) }

// RefundPayable is what is on its way back to payers through a provider: a liability
// from the refund's creation until it is paid out or fails.
func RefundPayable(provider string) Account {
	return Account("refund_payable/" + url.PathEscape(provider))
}

// Limited reports whether a decision depends on the account's balance, so that
// a store keeps a locked balance row for it. Other accounts are summed from
// postings: they have no hot row.
func (a Account) Limited() bool { return strings.HasPrefix(string(a), customerPrefix) }
