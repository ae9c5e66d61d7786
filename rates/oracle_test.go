package rates_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

// oracle answers as a data feed does: one price, no book, set hours ago.
type oracle struct {
	name, price string
	set, now    time.Time
	role        rates.Role
}

func (o oracle) Name() string               { return o.name }
func (o oracle) Role() rates.Role           { return o.role }
func (o oracle) Serves(m rates.Market) bool { return m == market("USDC/USD") }

func (o oracle) Quotes(context.Context, []rates.Market) ([]rates.Quote, error) {
	m := market("USDC/USD")
	return []rates.Quote{{Market: m, Price: rates.Price{Source: o.name, Symbol: "USDC / USD",
		Last: rate(o.price), SourceTime: o.set, FetchedAt: o.now}}}, nil
}

func (o oracle) Candle(context.Context, rates.Market, time.Time) (rates.Quote, error) {
	return rates.Quote{}, rates.ErrUnavailable
}

func TestAnOracleCountsOnceWithoutABookHoweverOldItsRoundIs(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	feed := func(name string, role rates.Role) oracle {
		return oracle{name: name, price: "0.9999", set: now.Add(-20 * time.Hour), now: now, role: role}
	}
	latest := func(sources ...rates.Source) (rates.Snapshot, error) {
		c, err := rates.NewComposite(rates.Policy{Now: clock}, append(sources,
			&venue{name: "kraken", role: rates.RoleMember, now: clock, books: map[string]string{"USDC/USD": "0.9998"}})...)
		require.NoError(t, err)
		got, err := c.Latest(t.Context(), []rates.Pair{pair("USDC/USD")})
		if err != nil {
			return rates.Snapshot{}, err
		}
		return got[0], nil
	}
	_, err := latest()
	require.ErrorIs(t, err, rates.ErrUnavailable, "one venue is no quorum")
	got, err := latest(feed("chainlink/ethereum", rates.RoleOracle))
	require.NoError(t, err)
	require.Equal(t, "1", got.Rate.String(), "within the snap band")
	_, err = latest(feed("chainlink/ethereum", rates.RoleMember))
	require.ErrorIs(t, err, rates.ErrUnavailable, "a member needs a book")
	_, err = latest(feed("chainlink/ethereum", rates.RoleTripwire))
	require.ErrorIs(t, err, rates.ErrUnavailable, "a tripwire never counts")

	_, err = rates.NewComposite(rates.Policy{Now: clock}, feed("chainlink/ethereum", rates.RoleOracle))
	require.NoError(t, err, "an oracle is a source that counts")
	c, err := rates.NewComposite(rates.Policy{Now: clock}, feed("chainlink/ethereum", rates.RoleOracle), feed("chainlink/bsc", rates.RoleOracle))
	require.NoError(t, err)
	_, err = c.Latest(t.Context(), []rates.Pair{pair("USDC/USD")})
	require.ErrorIs(t, err, rates.ErrUnavailable, "two chains' feeds are one venue")
}
