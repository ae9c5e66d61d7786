package rates_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func book(bid, ask, last string) rates.Quote {
	p := rates.Price{Source: "kraken", FetchedAt: minute}
	for i, into := range []*money.Rate{&p.Bid, &p.Ask, &p.Last} {
		if text := []string{bid, ask, last}[i]; text != "" {
			*into = rate(text)
		}
	}
	return rates.Quote{Market: btcUSD.Market(), Price: p}
}

func TestCheckKeepsTheReasonOfEachRefusal(t *testing.T) {
	at := func(q rates.Quote, source, fetched time.Duration) rates.Quote {
		if source != 0 {
			q.Price.SourceTime = minute.Add(-source)
		}
		q.Price.FetchedAt = minute.Add(-fetched)
		return q
	}
	good := book("63990", "64010", "64001")
	closed := good
	closed.Price.Rejected, closed.Value = "closed: post only", rate("1")
	for name, c := range map[string]struct {
		quote rates.Quote
		coin  money.Coin
		role  rates.Role
		value string
		why   string
	}{
		"a book":                       {good, "BTC", rates.RoleMember, "64000", ""},
		"no last trade":                {book("63990", "64010", ""), "BTC", rates.RoleMember, "64000", ""},
		"bid is ask":                   {book("64000", "64000", "64000"), "BTC", rates.RoleMember, "64000", ""},
		"the source's own reason":      {closed, "BTC", rates.RoleMember, "", "closed"},
		"no bid":                       {book("", "64010", "64000"), "BTC", rates.RoleMember, "", "book"},
		"last alone":                   {book("", "", "64000"), "BTC", rates.RoleMember, "", "book"},
		"last alone of a tripwire":     {book("", "", "64000"), "BTC", rates.RoleTripwire, "64000", ""},
		"nothing of a tripwire":        {book("", "", ""), "BTC", rates.RoleTripwire, "", "number"},
		"crossed":                      {book("64001", "64000", "64000"), "BTC", rates.RoleMember, "", "crossed"},
		"one percent wide":             {book("99.5", "100.5", ""), "BTC", rates.RoleMember, "100", ""},
		"wider":                        {book("99.49", "100.5", ""), "BTC", rates.RoleMember, "", "spread"},
		"two percent wide in doge":     {book("0.99", "1.01", ""), "DOGE", rates.RoleMember, "1", ""},
		"wider in doge":                {book("0.989", "1.01", ""), "DOGE", rates.RoleMember, "", "spread"},
		"a third of a percent, stable": {book("0.9985", "1.0015", ""), "USDC", rates.RoleMember, "1", ""},
		"wider, stable":                {book("0.9984", "1.0015", ""), "USDC", rates.RoleMember, "", "spread"},
		"last two percent off":         {book("100", "100", "98"), "BTC", rates.RoleMember, "100", ""},
		"last farther off":             {book("100", "100", "97.99"), "BTC", rates.RoleMember, "", "last"},
		"90 s old":                     {at(good, 90*time.Second, 0), "BTC", rates.RoleMember, "64000", ""},
		"older":                        {at(good, 91*time.Second, 0), "BTC", rates.RoleMember, "", "stale"},
		"fetched long ago":             {at(good, 0, 91*time.Second), "BTC", rates.RoleMember, "", "stale"},
		"ten minutes old, stable":      {at(book("1", "1", "1"), 10*time.Minute, 0), "USDC", rates.RoleMember, "1", ""},
		"older, stable":                {at(book("1", "1", "1"), 601*time.Second, 0), "USDC", rates.RoleMember, "", "stale"},
		"a tripwire's round of today":  {at(book("", "", "64000"), 12*time.Hour, 0), "BTC", rates.RoleTripwire, "64000", ""},
		"a tripwire asked long ago":    {at(book("", "", "64000"), 0, 601*time.Second), "BTC", rates.RoleTripwire, "", "stale"},
		"a venue's clock ahead":        {at(good, -61*time.Second, 0), "BTC", rates.RoleMember, "", "ahead"},
		"a little ahead":               {at(good, -time.Minute, 0), "BTC", rates.RoleMember, "64000", ""},
		"our clock went back":          {at(good, 0, -time.Hour), "BTC", rates.RoleMember, "", "ahead"},
		"digits beyond reckoning": {book("1."+strings.Repeat("1", 36), "1."+strings.Repeat("1", 35)+"2", ""),
			"BTC", rates.RoleMember, "", "number"},
	} {
		got := rates.Check(c.quote, c.role, rates.RuleOf(c.coin), minute)
		require.Equal(t, c.value, got.Value.String(), "%s: %s", name, got.Price.Rejected)
		reason, _, _ := strings.Cut(got.Price.Rejected, ":")
		require.Equal(t, c.why, reason, name)
	}
}

func TestCheckEitherGivesAMiddleWithinTheBookOrAReason(t *testing.T) {
	number := rapid.Custom(func(t *rapid.T) money.Rate {
		if rapid.IntRange(0, 9).Draw(t, "missing") == 0 {
			return money.Rate{}
		}
		return rate(rapid.StringMatching(`[1-9][0-9]{0,5}(\.[0-9]{1,12})?(e-?[0-9])?`).Draw(t, "number"))
	})
	rapid.Check(t, func(t *rapid.T) {
		q := rates.Quote{Market: btcUSD.Market(), Price: rates.Price{Bid: number.Draw(t, "bid"), Ask: number.Draw(t, "ask"),
			Last: number.Draw(t, "last"), FetchedAt: minute}}
		role := rapid.SampledFrom([]rates.Role{rates.RoleMember, rates.RoleTripwire}).Draw(t, "role")
		got := rates.Check(q, role, anyBook, minute)
		require.Equal(t, got.Value.Valid(), got.Price.Rejected == "")
		if got.Value.Valid() && q.Price.Bid.Valid() {
			require.False(t, got.Value.Less(q.Price.Bid))
			require.False(t, q.Price.Ask.Less(got.Value))
		}
		require.Equal(t, got, rates.Check(got, role, anyBook, minute), "checked twice")
	})
}
