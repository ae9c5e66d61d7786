package ledger_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/ledger"
)

func TestNoTwoOwnersSpellOneAccount(t *testing.T) {
	name := rapid.OneOf(
		rapid.StringMatching(`[/%2Fa.]{0,5}`), // what the name of an account is made of
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 4), func(b []byte) string { return string(b) }), // not UTF-8
	)
	rapid.Check(t, func(t *rapid.T) {
		a, b := name.Draw(t, "a"), name.Draw(t, "b")
		c, d := name.Draw(t, "c"), name.Draw(t, "d")
		require.Equal(t, a == c && b == d, ledger.Customer(a, b) == ledger.Customer(c, d))
		require.Equal(t, a == c && b == d, ledger.Position(a, b) == ledger.Position(c, d))
		require.Equal(t, a == c && b == d, ledger.Treasury(a, b) == ledger.Treasury(c, d))
		for _, of := range []func(string) ledger.Account{ledger.Suspense, ledger.Fee, ledger.Outflow} {
			require.Equal(t, a == c, of(a) == of(c))
		}
		apart := []ledger.Account{ledger.Customer(a, b), ledger.Treasury(a, b), ledger.Suspense(a), ledger.Fee(a), ledger.Outflow(a), ledger.Clearing}
		for i, x := range apart {
			require.NotContains(t, apart[i+1:], x)
			require.NotEqual(t, ledger.Position(a, "deposits"), x)
		}
		require.NotEqual(t, ledger.Customer(c, d), ledger.Position(a, b))
	})
	seen := map[ledger.Account][2]string{}
	for _, p := range [][2]string{
		{"a/b", "c"}, {"a", "b/c"}, {"a%2Fb", "c"}, {"a", "b%2Fc"}, {"a%252Fb", "c"}, {"a/", "b"}, {"a", "/b"},
		{"", "a"}, {"a", ""}, {"", ""}, {"/", ""}, {"", "/"}, {"..", "a"}, {".", "a"}, {"é", "x"}, {"e\u0301", "x"}, {"\xff", "x"}, {"\ufffd", "x"},
	} {
		account := ledger.Customer(p[0], p[1])
		require.NotContains(t, seen, account, "%q spells the account of %q", p, seen[account])
		require.Equal(t, 2, strings.Count(string(account), "/"), "%s", account)
		seen[account] = p
	}
}

func TestOnlyCustomersAccountsAreLimited(t *testing.T) {
	for a, limited := range map[ledger.Account]bool{
		ledger.Customer("acme", "voice"): true, ledger.Customer("", ""): true,
		ledger.Clearing: false, ledger.Position("bitcoin", "customer/x"): false, ledger.Suspense("customer/x/y"): false,
		ledger.Treasury("bitcoin", "customer/x"): false, ledger.Fee("customer/x"): false, ledger.Outflow("customer/x"): false,
		"customers": false, "": false,
	} {
		require.Equal(t, limited, a.Limited(), "%q", a)
	}
}
