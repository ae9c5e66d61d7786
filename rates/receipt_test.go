package rates_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

var (
	btcUSD = rates.Pair{Coin: "BTC", Currency: money.USD}
	minute = time.Date(2026, 11, 21, 8, 30, 0, 0, time.UTC)
)

func live(at time.Time, id string) rates.Point {
	return rates.Point{Pair: btcUSD, AsOf: at, Snapshot: id}
}

func candle(at time.Time, id string) rates.Point {
	return rates.Point{Pair: btcUSD, AsOf: at, Snapshot: id, Candle: true}
}

func TestReceiptTakesTheFirstPointAtOrAfterTheInstant(t *testing.T) {
	at := minute.Add(20 * time.Second)
	window := at.Add(rates.ForwardWindow)
	for name, c := range map[string]struct {
		points []rates.Point
		want   string
	}{
		"nothing":                        {nil, ""},
		"at the instant":                 {[]rates.Point{live(at, "a")}, "a"},
		"a moment before":                {[]rates.Point{live(at.Add(-1), "old")}, ""},
		"just before and late":           {[]rates.Point{live(at.Add(-1), "old"), live(at.Add(59*time.Second), "b")}, "b"},
		"at the end of the window":       {[]rates.Point{live(window, "c")}, "c"},
		"a moment after the window":      {[]rates.Point{live(window.Add(1), "late")}, ""},
		"the earlier of two":             {[]rates.Point{live(at.Add(9*time.Second), "later"), live(at.Add(8*time.Second), "d")}, "d"},
		"candle alone":                   {[]rates.Point{candle(minute, "e")}, "e"},
		"candle of the minute before":    {[]rates.Point{candle(minute.Add(-time.Minute), "old")}, ""},
		"candle of the next minute":      {[]rates.Point{candle(minute.Add(time.Minute), "late")}, ""},
		"candle, though a live is late":  {[]rates.Point{live(window.Add(1), "late"), candle(minute, "f")}, "f"},
		"live at the window's very end":  {[]rates.Point{candle(minute, "no"), live(window, "g")}, "g"},
		"live after candle":              {[]rates.Point{live(at.Add(1), "h"), candle(minute, "no")}, "h"},
		"a candle is never a live point": {[]rates.Point{candle(at, "no")}, ""},
		"a live is never a candle":       {[]rates.Point{live(minute, "old")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			// The instant's zone does not matter: minutes are those of UTC.
			for _, zone := range []*time.Location{time.UTC, time.FixedZone("LMT", 1172), time.FixedZone("IST", 19800)} {
				p, ok := rates.Receipt(c.points, at.In(zone))
				require.Equal(t, c.want != "", ok)
				require.Equal(t, c.want, p.Snapshot)
			}
		})
	}
}

func TestReceiptAtTheTurnOfAMinuteTakesThatMinutesCandle(t *testing.T) {
	points := []rates.Point{candle(minute.Add(-time.Minute), "before"), candle(minute, "of")}
	p, ok := rates.Receipt(points, minute)
	require.True(t, ok)
	require.Equal(t, "of", p.Snapshot)
	p, ok = rates.Receipt(points, minute.Add(-1))
	require.True(t, ok)
	require.Equal(t, "before", p.Snapshot)
}

func TestReceiptDependsOnThePointsAndNotOnTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := minute.Add(time.Duration(rapid.IntRange(0, 59_999).Draw(t, "at")) * time.Millisecond)
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) rates.Point {
			id := rapid.StringMatching(`[a-d]`).Draw(t, "id")
			if rapid.Bool().Draw(t, "candle") {
				return candle(minute.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "minute"))*time.Minute), id)
			}
			seconds := rapid.SampledFrom([]int{-61, -1, 0, 1, 30, 59, 60, 61, 120}).Draw(t, "seconds")
			return live(at.Add(time.Duration(seconds)*time.Second), id)
		}), 0, 8).Draw(t, "points")
		got, ok := rates.Receipt(points, at)
		shuffled, okShuffled := rates.Receipt(rapid.Permutation(points).Draw(t, "order"), at)
		require.Equal(t, ok, okShuffled)
		require.Equal(t, got, shuffled)

		var lives, candles int
		for _, p := range points {
			switch age := p.AsOf.Sub(at); {
			case p.Candle && p.AsOf.Equal(minute):
				candles++
			case !p.Candle && age >= 0 && age <= rates.ForwardWindow:
				lives++
				require.False(t, p.AsOf.Before(got.AsOf), "an earlier point was passed over")
			}
		}
		require.Equal(t, lives+candles > 0, ok)
		require.Equal(t, lives > 0, ok && !got.Candle, "a live point beats a candle")
		if ok && !got.Candle {
			require.False(t, got.AsOf.Before(at), "a price known before the payment")
		}
	})
}
