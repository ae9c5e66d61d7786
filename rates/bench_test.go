package rates_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func fiveQuotes() []rates.Quote {
	out := make([]rates.Quote, 5)
	for i, text := range []string{"64010.5", "63990.1", "64000", "64005.25", "63999.99"} {
		out[i] = rates.Quote{Market: btcUSD.Market(), Price: rates.Price{Source: "venue", Bid: rate(text), Ask: rate("64011"),
			Last: rate(text), SourceTime: minute, FetchedAt: minute}}
	}
	return out
}

// BenchmarkMedianOfFive checks and combines five quotes.
func BenchmarkMedianOfFive(b *testing.B) {
	quotes, votes := fiveQuotes(), make([]rates.Vote, 5)
	b.ReportAllocs()
	for b.Loop() {
		for i := range quotes {
			q := rates.Check(quotes[i], rates.RoleMember, anyBook, minute)
			votes[i] = rates.Vote{Venue: "abcde"[i : i+1], Value: q.Value}
		}
		if _, err := rates.Combine(anyBook, votes, 5, money.Rate{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSnapshotOfFive gives the evidence of five prices its id.
func BenchmarkSnapshotOfFive(b *testing.B) {
	s := rates.Snapshot{Pair: btcUSD, Rate: rate("64000"), AsOf: minute, Method: rates.MethodMedian}
	for _, q := range fiveQuotes() {
		s.Prices = append(s.Prices, q.Price)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rates.NewSnapshot(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCurrent(b *testing.B) {
	c := priced(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := c.Current(btcUSD); !ok {
			b.Fatal("no price")
		}
	}
}

func TestCurrentAllocatesNothing(t *testing.T) {
	c := priced(t)
	require.Zero(t, testing.AllocsPerRun(1000, func() { _, _ = c.Current(btcUSD) }))
}

// priced returns a composite that has a price of BTC/USD.
func priced(t testing.TB) *rates.Composite {
	began := time.Now()
	clock := func() time.Time { return began }
	var sources []rates.Source
	for _, name := range []string{"kraken", "bitstamp", "gemini"} {
		sources = append(sources, &venue{name: name, role: rates.RoleMember, now: clock, books: map[string]string{"BTC/USD": "64000"}})
	}
	c, err := rates.NewComposite(rates.Policy{Now: clock}, sources...)
	require.NoError(t, err)
	_, err = c.Latest(t.Context(), []rates.Pair{btcUSD})
	require.NoError(t, err)
	return c
}
