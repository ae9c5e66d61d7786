package rates_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func TestParsePairReadsWhatPairWrites(t *testing.T) {
	for text, want := range map[string]rates.Pair{
		"BTC/USD": btcUSD, "USDT/EUR": {Coin: "USDT", Currency: money.EUR}, "1INCH/USD": {Coin: "1INCH", Currency: money.USD},
	} {
		p, ok := rates.ParsePair(text)
		require.True(t, ok, text)
		require.Equal(t, want, p)
		require.Equal(t, text, p.String())
	}
	for _, text := range []string{"", "/", "BTC", "BTC/", "/USD", "BTC/usd", "BTC/JPY", "BTC-USD", "BTC/USD/EUR", "BTC//USD", "BTC/ USD", "BTC/USD "} {
		_, ok := rates.ParsePair(text)
		require.False(t, ok, "%q", text)
	}
}

func FuzzParsePair(f *testing.F) {
	f.Add("BTC/USD")
	f.Add("A/B/EUR")
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := rates.ParsePair(text); ok {
			require.Equal(t, text, p.String())
			require.NotEmpty(t, p.Coin)
			require.True(t, p.Currency.Valid())
		}
	})
}

func TestFixedAnswersWhatTheHostConfigured(t *testing.T) {
	now := minute.Add(90*time.Second + 1500*time.Microsecond)
	f, err := rates.NewFixed(map[string]string{"BTC/USD": "64000", "BTC/EUR": "59000.50"}, func() time.Time { return now })
	require.NoError(t, err)
	btcEUR, ltcUSD := rates.Pair{Coin: "BTC", Currency: money.EUR}, rates.Pair{Coin: "LTC", Currency: money.USD}
	ctx := t.Context()

	got, err := f.Latest(ctx, []rates.Pair{btcEUR, ltcUSD, btcUSD})
	require.NoError(t, err)
	require.Len(t, got, 2, "what cannot be priced is left out, the order is kept")
	require.Equal(t, btcEUR, got[0].Pair)
	require.Equal(t, "59000.5", got[0].Rate.String())
	require.Equal(t, btcUSD, got[1].Pair)
	require.Equal(t, now.Truncate(time.Millisecond), got[1].AsOf)
	require.Equal(t, rates.MethodFixed, got[1].Method)
	require.Equal(t, made(t, got[1]).ID, got[1].ID)

	_, err = f.Latest(ctx, []rates.Pair{ltcUSD})
	require.ErrorIs(t, err, rates.ErrUnknownPair)
	_, err = f.Candle(ctx, ltcUSD, minute)
	require.ErrorIs(t, err, rates.ErrUnknownPair)
	none, err := f.Latest(ctx, nil)
	require.NoError(t, err)
	require.Empty(t, none)

	c, err := f.Candle(ctx, btcUSD, minute.Add(59999*time.Millisecond).In(time.FixedZone("LMT", 1172)))
	require.NoError(t, err)
	require.Equal(t, minute, c.AsOf)
}

func TestFixedHasNoCandleBeforeItsMinuteIsOver(t *testing.T) {
	now := minute.Add(time.Minute - 1)
	f, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, func() time.Time { return now })
	require.NoError(t, err)
	for _, at := range []time.Time{minute, now, minute.Add(time.Hour)} {
		_, err = f.Candle(t.Context(), btcUSD, at)
		require.ErrorIs(t, err, rates.ErrUnavailable)
	}
	now = minute.Add(time.Minute)
	_, err = f.Candle(t.Context(), btcUSD, minute)
	require.NoError(t, err)
}

func TestNewFixedRefusesWhatIsNoPairOrRate(t *testing.T) {
	for name, want := range map[string]error{"BTC": rates.ErrUnknownPair, "BTC/JPY": rates.ErrUnknownPair, "/USD": rates.ErrUnknownPair} {
		_, err := rates.NewFixed(map[string]string{name: "1"}, nil)
		require.ErrorIs(t, err, want)
		require.ErrorContains(t, err, name)
	}
	for _, text := range []string{"", "0", "-1", "1e1000000000", "64,000"} {
		_, err := rates.NewFixed(map[string]string{"BTC/USD": text}, nil)
		require.ErrorIs(t, err, money.ErrBadNumber, "%q", text)
	}
	f, err := rates.NewFixed(map[string]string{"BTC/USD": "1"}, nil)
	require.NoError(t, err)
	got, err := f.Latest(t.Context(), []rates.Pair{btcUSD})
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), got[0].AsOf, time.Minute, "without a clock, the time of day")
}

// One provider may be asked by many at once, and answers each alike.
func TestFixedAnswersTheSameForOneInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := minute.Add(time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "ms")) * time.Millisecond)
		f, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, func() time.Time { return at })
		require.NoError(t, err)
		a, err := f.Latest(t.Context(), []rates.Pair{btcUSD})
		require.NoError(t, err)
		b, err := f.Latest(t.Context(), []rates.Pair{btcUSD})
		require.NoError(t, err)
		require.Equal(t, a[0].ID, b[0].ID)
	})
}
