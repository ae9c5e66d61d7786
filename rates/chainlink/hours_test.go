package chainlink

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCurrencyMarketsRestByTheClockOfNewYork(t *testing.T) {
	place, err := time.LoadLocation("America/New_York")
	require.NoError(t, err, "the toolchain brings its time zones")
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1_200_000_000, 2_100_000_000).Draw(t, "at"), 0).UTC() // 2008 to 2036
		from, until := forexRest(at)
		require.False(t, from.After(at), "it began before")
		require.Less(t, at.Sub(from), 8*24*time.Hour, "it is the last one")
		if next, _ := forexRest(from.AddDate(0, 0, 7).Add(2 * time.Hour)); !next.After(at) {
			require.Equal(t, from, next)
		}
		friday, sunday := from.In(place), until.In(place)
		require.Equal(t, []any{time.Friday, 17, 0, time.Sunday, 18, 0}, []any{friday.Weekday(), friday.Hour(), friday.Minute(), sunday.Weekday(), sunday.Hour(), sunday.Minute()}, at)
		require.Equal(t, friday.YearDay(), sunday.AddDate(0, 0, -2).YearDay())

		local := at.In(place)
		clock := local.Hour()
		rests := local.Weekday() == time.Saturday || local.Weekday() == time.Friday && clock >= 17 || local.Weekday() == time.Sunday && clock < 18
		require.Equal(t, rests, at.Before(until), local)
	})
}
