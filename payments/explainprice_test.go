package payments_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

// richRates answers with all the evidence a composite can have.
type richRates struct{ *movingRates }

func (r richRates) Latest(_ context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	now := r.now()
	leg, err := rates.NewSnapshot(rates.Snapshot{Pair: rates.Pair{Coin: "USDT", Currency: "USD"}, Rate: rateOf("0.999"), AsOf: now,
		Method: rates.MethodMedian, Prices: []rates.Price{{Source: "kraken", Symbol: "USDTUSD", Last: rateOf("0.999"), FetchedAt: now}}})
	if err != nil {
		return nil, err
	}
	s, err := rates.NewSnapshot(rates.Snapshot{Pair: pairs[0], Rate: rateOf("990"), Market: rateOf("1000"), HaircutBps: 100, AsOf: now,
		Method: rates.MethodMedian, Policy: "quorum 2 of 3", Degraded: []string{"coingecko: 310 bps"}, Legs: []rates.Snapshot{leg},
		Prices: []rates.Price{
			{Source: "kraken", Symbol: "XBTUSD", Bid: rateOf("999"), Ask: rateOf("1001"), SourceTime: now, FetchedAt: now},
			{Source: "binance", Symbol: "BTCUSDT", Bid: rateOf("1000"), Ask: rateOf("1001"), FetchedAt: now},
			{Source: "gemini", Symbol: "btcusd", Last: rateOf("1200"), FetchedAt: now, Rejected: "outlier: 2000 bps from the median"},
			{Source: "okx", Symbol: "BTC-USD", FetchedAt: now, Rejected: "HTTP 451"},
		}})
	return []rates.Snapshot{s}, err
}

func TestExplainShowsWhatEverySourceSaidAndHowTheRateWasMade(t *testing.T) {
	b := newBundle(t, railCases()[1], nil)
	b.cfg.Rates = richRates{b.rates}
	b.restart()
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.sim.Mine(1)
	b.advance()
	x, err := b.p.Explain(b.ctx, b.only(voice).Key)
	require.NoError(t, err)
	for _, part := range []string{
		"The rate then was 990 USD, by median as of 2026-11-21 12:00:00 UTC from kraken, binance: 990.00 USD.",
		"kraken (bid 999, ask 1001, of 2026-11-21 12:00:00 UTC); binance (bid 1000, ask 1001)",
		"gemini (last 1200, not used: outlier: 2000 bps from the median); okx (not used: HTTP 451).",
		"The market was 1000.",
		"A haircut of 100 basis points was taken off.",
		"It was converted with USDT/USD at 0.999, by median from kraken.",
		"It lay far from coingecko: 310 bps.",
		"The policy in force: quorum 2 of 3.",
	} {
		require.Contains(t, x.Text, part)
	}
	require.Len(t, x.Price.Prices, 4)
	require.Len(t, x.Price.Legs, 1)
	require.Equal(t, 100, x.Price.HaircutBps)
	again, err := rates.NewSnapshot(x.Price)
	require.NoError(t, err)
	require.Equal(t, x.Price.ID, again.ID, "the evidence is what was hashed")
}
