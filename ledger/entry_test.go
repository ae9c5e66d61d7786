package ledger_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

var (
	btc     = money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 8}
	usdt    = money.Asset{Coin: "USDT", Network: "bsc", Decimals: 18}
	instant = time.Date(2026, 11, 21, 8, 30, 0, 5e6, time.UTC)
)

func deposit() ledger.Entry {
	return ledger.Entry{
		Key: "deposit/bitcoin/ab:0/1", Kind: ledger.KindDeposit, Reference: "ab", At: instant,
		Postings: []ledger.Posting{
			{From: ledger.Clearing, To: ledger.Position("bitcoin", "deposits"), Amount: money.Units(btc, 100_000)},
			{From: ledger.Clearing, To: ledger.Customer("acme", "voice"), Amount: money.USD.Cents(6400)},
		},
	}
}

var (
	accounts = []ledger.Account{
		ledger.Clearing, ledger.Customer("acme", "voice"), ledger.Customer("acme", "sms"),
		ledger.Position("bitcoin", "deposits"), ledger.Suspense("bsc"),
	}
	assets = []money.Asset{btc, usdt, money.USD.Asset(), money.EUR.Asset()}
)

func drawEntry(t *rapid.T) ledger.Entry {
	e := ledger.Entry{
		Key: rapid.StringMatching(`[a-z/:0-9]{1,20}`).Draw(t, "key"), Kind: ledger.KindDeposit,
		Reference: rapid.String().Draw(t, "reference"),
		At:        instant.Add(time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "ms")) * time.Millisecond),
	}
	for range rapid.IntRange(1, 6).Draw(t, "postings") {
		two := rapid.SampledFrom(accounts).Draw(t, "from")
		others := slices.DeleteFunc(slices.Clone(accounts), func(a ledger.Account) bool { return a == two })
		e.Postings = append(e.Postings, ledger.Posting{
			From: two, To: rapid.SampledFrom(others).Draw(t, "to"),
			Amount: money.Units(rapid.SampledFrom(assets).Draw(t, "asset"), rapid.Int64Range(1, 1<<62).Draw(t, "units")),
		})
	}
	return e
}

func TestOverAllAccountsEachAssetSumsToZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfN(rapid.Custom(drawEntry), 1, 5).Draw(t, "entries")
		for _, asset := range assets {
			sum := money.Units(asset, 0)
			for _, e := range entries {
				require.NoError(t, e.Validate())
				for _, a := range accounts {
					var err error
					sum, err = sum.Add(e.Net(a, asset))
					require.NoError(t, err)
				}
			}
			require.True(t, sum.IsZero(), "%s left over", sum)
		}
	})
}

func TestAReversalCancelsItsEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEntry(t)
		before := e.Digest()
		later := e.At.Add(time.Hour)
		r := e.Reverse("reversal/"+e.Key, later)
		require.NoError(t, r.Validate())
		require.Equal(t, ledger.KindReversal, r.Kind)
		require.Equal(t, "reversal/"+e.Key, r.Key)
		require.Equal(t, e.Reference, r.Reference)
		require.Equal(t, later, r.At)
		for _, a := range accounts {
			for _, asset := range assets {
				require.Equal(t, e.Net(a, asset).Neg(), r.Net(a, asset))
			}
		}
		require.Equal(t, e.Postings, r.Reverse(e.Key, e.At).Postings)
		last := e.Postings[len(e.Postings)-1]
		require.Equal(t, ledger.Posting{From: last.To, To: last.From, Amount: last.Amount}, r.Postings[0], "undone in reverse order")
		r.Postings[0] = ledger.Posting{}
		require.Equal(t, before, e.Digest(), "the reversal shares nothing with its entry")
	})
}

func TestNetIsWhatWasMovedToLessWhatWasMovedFrom(t *testing.T) {
	a, b := ledger.Customer("acme", "voice"), ledger.Clearing
	e := ledger.Entry{Postings: []ledger.Posting{
		{From: b, To: a, Amount: money.USD.Cents(500)},
		{From: a, To: b, Amount: money.USD.Cents(120)},
		{From: b, To: a, Amount: money.EUR.Cents(7)},
	}}
	require.Equal(t, money.USD.Cents(380), e.Net(a, money.USD.Asset()))
	require.Equal(t, money.USD.Cents(-380), e.Net(b, money.USD.Asset()))
	require.Equal(t, money.EUR.Cents(7), e.Net(a, money.EUR.Asset()))
	require.Equal(t, money.Units(btc, 0), e.Net(a, btc), "zero is still of the asset asked for")
	require.Equal(t, money.USD.Cents(0), e.Net("nobody", money.USD.Asset()))
}

func TestValidateRefusesWhatIsNoFact(t *testing.T) {
	require.NoError(t, deposit().Validate())
	for name, spoil := range map[string]func(*ledger.Entry){
		"no key":            func(e *ledger.Entry) { e.Key = "" },
		"no kind":           func(e *ledger.Entry) { e.Kind = "" },
		"no instant":        func(e *ledger.Entry) { e.At = time.Time{} },
		"no postings":       func(e *ledger.Entry) { e.Postings = nil },
		"no giver":          func(e *ledger.Entry) { e.Postings[1].From = "" },
		"no taker":          func(e *ledger.Entry) { e.Postings[1].To = "" },
		"to itself":         func(e *ledger.Entry) { e.Postings[1].To = e.Postings[1].From },
		"nothing moved":     func(e *ledger.Entry) { e.Postings[1].Amount = money.USD.Cents(0) },
		"a negative amount": func(e *ledger.Entry) { e.Postings[1].Amount = money.USD.Cents(-1) },
		"no amount":         func(e *ledger.Entry) { e.Postings[1].Amount = money.Amount{} },
		"units of nothing":  func(e *ledger.Entry) { e.Postings[1].Amount = money.Units(money.Asset{}, 5) },
	} {
		t.Run(name, func(t *testing.T) {
			e := deposit()
			spoil(&e)
			err := e.Validate()
			require.ErrorIs(t, err, ledger.ErrBadEntry)
			require.False(t, errors.Is(err, ledger.ErrKeyReused))
		})
	}
}
