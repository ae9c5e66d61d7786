package rates_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func rate(text string) money.Rate {
	r, err := money.ParseRate(text)
	if err != nil {
		panic(err)
	}
	return r
}

func snapshot() rates.Snapshot {
	return rates.Snapshot{
		Pair: btcUSD, Rate: rate("64000.5"), AsOf: minute, Method: rates.MethodVenue, Operator: "ann", Policy: "quorum 2 of 3",
		Legs: []rates.Snapshot{{Pair: pair("USDC/USD"), Rate: rate("1"), AsOf: minute, Market: rate("0.999"),
			Legs: []rates.Snapshot{{Pair: pair("USDT/USD"), Rate: rate("1.0002"), AsOf: minute}}}},
		Prices: []rates.Price{
			{Source: "kraken", Symbol: "XBTUSD", Bid: rate("64000"), Ask: rate("64001"), SourceTime: minute, FetchedAt: minute},
			{Source: "bitstamp", Symbol: "btcusd", Last: rate("1"), FetchedAt: minute, Rejected: "spread"},
		},
	}
}

// made returns a snapshot that must be accepted.
func made(t require.TestingT, s rates.Snapshot) rates.Snapshot {
	out, err := rates.NewSnapshot(s)
	require.NoError(t, err)
	require.Len(t, out.ID, 64)
	return out
}

func TestSnapshotOfTheSameContentHasTheSameID(t *testing.T) {
	want := made(t, snapshot()).ID
	for name, change := range map[string]func(*rates.Snapshot){
		"other zeros":       func(s *rates.Snapshot) { s.Rate = rate("64000.500") },
		"other zone":        func(s *rates.Snapshot) { s.AsOf = s.AsOf.In(time.FixedZone("", 7200)) },
		"microseconds":      func(s *rates.Snapshot) { s.Prices[0].FetchedAt = s.Prices[0].FetchedAt.Add(999 * time.Microsecond) },
		"an id of its own":  func(s *rates.Snapshot) { s.ID = "forged" },
		"market is rate":    func(s *rates.Snapshot) { s.Market = rate("64000.50") },
		"none degraded":     func(s *rates.Snapshot) { s.Degraded = []string{} },
		"a leg's own id":    func(s *rates.Snapshot) { s.Legs[0].ID = "forged" },
		"a leg's own zone":  func(s *rates.Snapshot) { s.Legs[0].AsOf = minute.In(time.FixedZone("", 7200)) },
		"written otherwise": func(s *rates.Snapshot) { s.Prices[0].Bid = rate("6.4e4") },
	} {
		s := snapshot()
		change(&s)
		require.Equal(t, want, made(t, s).ID, name)
	}
	none, empty := snapshot(), snapshot()
	none.Prices, empty.Prices = nil, []rates.Price{}
	require.Equal(t, made(t, none).ID, made(t, empty).ID)
}

func TestSnapshotIDChangesWithEveryField(t *testing.T) {
	seen := map[string]string{made(t, snapshot()).ID: "nothing"}
	price := func(change func(*rates.Price)) func(*rates.Snapshot) {
		return func(s *rates.Snapshot) { change(&s.Prices[0]) }
	}
	for name, change := range map[string]func(*rates.Snapshot){
		"coin":        func(s *rates.Snapshot) { s.Pair.Coin = "LTC" },
		"currency":    func(s *rates.Snapshot) { s.Pair.Currency = money.EUR },
		"rate":        func(s *rates.Snapshot) { s.Rate = rate("64000.500000000000000000000000001") },
		"as of":       func(s *rates.Snapshot) { s.AsOf = s.AsOf.Add(time.Millisecond) },
		"method":      func(s *rates.Snapshot) { s.Method = rates.MethodCandle },
		"operator":    func(s *rates.Snapshot) { s.Operator = "" },
		"replaces":    func(s *rates.Snapshot) { s.Replaces = "bob" },
		"market":      func(s *rates.Snapshot) { s.Market = rate("64000.6") },
		"haircut":     func(s *rates.Snapshot) { s.HaircutBps = 1 },
		"policy":      func(s *rates.Snapshot) { s.Policy = "" },
		"degraded":    func(s *rates.Snapshot) { s.Degraded = []string{"ann"} },
		"a leg more":  func(s *rates.Snapshot) { s.Legs = append(s.Legs, s.Legs[0]) },
		"a leg less":  func(s *rates.Snapshot) { s.Legs = nil },
		"a leg's leg": func(s *rates.Snapshot) { s.Legs[0].Legs[0].Rate = rate("1.0001") },
		"source":      price(func(p *rates.Price) { p.Source = "okx" }),
		"symbol":      price(func(p *rates.Price) { p.Symbol = "" }),
		"bid":         price(func(p *rates.Price) { p.Bid = rate("63999") }),
		"no bid":      price(func(p *rates.Price) { p.Bid = money.Rate{} }),
		"bid for ask": price(func(p *rates.Price) { p.Bid, p.Ask = p.Ask, p.Bid }),
		"last":        price(func(p *rates.Price) { p.Last = p.Bid }),
		"source time": price(func(p *rates.Price) { p.SourceTime = time.Time{} }),
		"fetched at":  price(func(p *rates.Price) { p.FetchedAt = p.FetchedAt.Add(time.Millisecond) }),
		"rejected":    price(func(p *rates.Price) { p.Rejected = "stale" }),
		"order":       func(s *rates.Snapshot) { s.Prices[0], s.Prices[1] = s.Prices[1], s.Prices[0] },
		"one less":    func(s *rates.Snapshot) { s.Prices = s.Prices[:1] },
		"one twice":   func(s *rates.Snapshot) { s.Prices = append(s.Prices, s.Prices[1]) },
	} {
		s := snapshot()
		change(&s)
		id := made(t, s).ID
		other, taken := seen[id]
		require.False(t, taken, "changing %s looks like changing %s", name, other)
		seen[id] = name
	}
}

func TestSnapshotReadBackFromJSONKeepsItsID(t *testing.T) {
	// A venue's message cut to length may end within a character.
	word := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 6), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(t *rapid.T) {
		s := snapshot()
		s.AsOf = time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "as of"))
		s.Policy, s.Replaces = word.Draw(t, "policy"), word.Draw(t, "replaces")
		s.Degraded = rapid.SliceOfN(word, 0, 2).Draw(t, "degraded")
		s.HaircutBps = rapid.IntRange(0, 9_999).Draw(t, "haircut")
		if rapid.Bool().Draw(t, "has a market") {
			s.Market = rate("64000.7")
		}
		s.Legs = s.Legs[:rapid.IntRange(0, 1).Draw(t, "legs")]
		for i := range s.Legs {
			s.Legs[i].Policy = word.Draw(t, "leg's policy")
			s.Legs[i].AsOf = time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "leg's as of"))
		}
		s.Operator, s.Pair.Coin = word.Draw(t, "operator"), money.Coin(word.Draw(t, "coin"))
		for i := range s.Prices {
			p := &s.Prices[i]
			p.Source, p.Symbol, p.Rejected = word.Draw(t, "source"), word.Draw(t, "symbol"), word.Draw(t, "rejected")
			p.SourceTime = time.Unix(0, rapid.Int64().Draw(t, "source time"))
		}
		once := made(t, s)
		b, err := json.Marshal(once)
		require.NoError(t, err)
		var read rates.Snapshot
		require.NoError(t, json.Unmarshal(b, &read))
		again := made(t, read)
		require.Equal(t, once.ID, read.ID)
		require.Equal(t, once.ID, again.ID)
		require.True(t, once.Rate.Equal(again.Rate))
		written, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(b), string(written))
	})
}

func TestSnapshotLeavesTheCallersPricesAlone(t *testing.T) {
	s := snapshot()
	s.Prices[0].FetchedAt = s.Prices[0].FetchedAt.Add(time.Microsecond)
	kept := s.Prices[0].FetchedAt
	out := made(t, s)
	require.Equal(t, kept, s.Prices[0].FetchedAt)
	s.Prices[1].Rejected = "changed later"
	require.Equal(t, "spread", out.Prices[1].Rejected)
}

func TestSnapshotRefusesWhatIsNoPrice(t *testing.T) {
	s := snapshot()
	s.Rate = money.Rate{}
	_, err := rates.NewSnapshot(s)
	require.ErrorIs(t, err, money.ErrBadNumber)
	for _, c := range []money.Currency{"", "usd", "JPY"} {
		s = snapshot()
		s.Pair.Currency = c
		_, err = rates.NewSnapshot(s)
		require.ErrorIs(t, err, rates.ErrUnknownPair)
	}
	for _, bps := range []int{-1, 10_000} {
		s = snapshot()
		s.HaircutBps = bps
		_, err = rates.NewSnapshot(s)
		require.ErrorIs(t, err, money.ErrBadNumber)
	}
	s = snapshot()
	s.Legs[0].Rate = money.Rate{}
	_, err = rates.NewSnapshot(s)
	require.ErrorIs(t, err, money.ErrBadNumber)
	s = rates.Snapshot{Pair: btcUSD, Rate: rate("1"), AsOf: minute}
	for range 6 {
		s.Legs = []rates.Snapshot{s}
	}
	_, err = rates.NewSnapshot(s)
	require.ErrorIs(t, err, money.ErrBadNumber, "legs without an end")
	s = snapshot()
	s.AsOf = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) // has no RFC 3339 form
	_, err = rates.NewSnapshot(s)
	require.Error(t, err)
}
