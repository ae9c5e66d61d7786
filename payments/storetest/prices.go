package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func snapshot(s *suite, rate string) rates.Snapshot {
	r := live(0, rate).Rate
	leg := rates.Snapshot{Pair: rates.Pair{Coin: "USDT", Currency: money.USD}, Rate: live(0, "0.9993").Rate, AsOf: after(3),
		Method: rates.MethodMedian, Prices: []rates.Price{{Source: "kraken", Symbol: "USDTUSD", Last: r, FetchedAt: after(2)}}}
	out, err := rates.NewSnapshot(rates.Snapshot{Pair: pair, Rate: r, AsOf: after(3), Method: rates.MethodVenue, Operator: odd,
		Market: live(0, "64001.5").Rate, HaircutBps: 25, Policy: odd, Degraded: []string{odd, "oracle"}, Replaces: odd,
		Legs: []rates.Snapshot{leg},
		Prices: []rates.Price{
			{Source: "kraken", Symbol: "XBT/USD", Bid: r, Ask: r, Last: r, SourceTime: after(1), FetchedAt: after(2)},
			{Source: "other", Symbol: odd, FetchedAt: after(2), Rejected: "stale"},
		}})
	require.NoError(s, err)
	return out
}

var snapshotCases = cases{
	{"snapshots come back with their evidence, in the order asked", func(s *suite) {
		a, b := snapshot(s, "64000.123456789012345678901234567890"), snapshot(s, "0.000000000000000000000000000000000001")
		require.Equal(s, []string{b.ID, a.ID}, put(s, payments.Tx.InsertSnapshots, []rates.Snapshot{b, a, b}))
		same(s, []rates.Snapshot{a, b}, ask(s, payments.Tx.SnapshotsByID, []string{a.ID, "none", b.ID, a.ID}))
	}},
	{"known snapshots are left as they are", func(s *suite) {
		a := snapshot(s, "64000")
		put(s, payments.Tx.InsertSnapshots, []rates.Snapshot{a})
		other := snapshot(s, "1")
		other.ID = a.ID
		require.Empty(s, put(s, payments.Tx.InsertSnapshots, []rates.Snapshot{other}))
		same(s, []rates.Snapshot{a}, ask(s, payments.Tx.SnapshotsByID, []string{a.ID}))
	}},
}

// between reads the points of a pair.
func (s *suite) between(p rates.Pair, from, to time.Time) (out []rates.Point) {
	s.Helper()
	s.read(func(tx payments.Tx) (err error) {
		out, err = tx.PointsBetween(s.Context(), p, from, to)
		return err
	})
	return out
}

var pointCases = cases{
	{"a live point must be after the newest one", func(s *suite) {
		same(s, []rates.Point{live(100, "5")}, put(s, payments.Tx.InsertPoints, []rates.Point{live(100, "5")}))
		for _, late := range []rates.Point{live(100, "6"), live(99, "6"), live(-5_000, "6")} {
			require.Empty(s, put(s, payments.Tx.InsertPoints, []rates.Point{late}))
		}
		require.Len(s, put(s, payments.Tx.InsertPoints, []rates.Point{live(101, "6")}), 1)
		same(s, []rates.Point{live(100, "5"), live(101, "6")}, s.between(pair, after(-9_000), after(9_000)))
	}},
	{"the points of a batch are taken one after the other", func(s *suite) {
		got := put(s, payments.Tx.InsertPoints, []rates.Point{live(1, "1"), live(5, "5"), live(5, "6"), live(3, "3"), live(7, "7")})
		same(s, []rates.Point{live(1, "1"), live(5, "5"), live(7, "7")}, got)
		same(s, got, s.between(pair, after(0), after(9)))
	}},
	{"pairs do not hold each other back", func(s *suite) {
		put(s, payments.Tx.InsertPoints, []rates.Point{live(100, "5")})
		euro, ether := live(50, "4"), live(50, "4")
		euro.Pair.Currency, ether.Pair.Coin = money.EUR, "ETH"
		require.Len(s, put(s, payments.Tx.InsertPoints, []rates.Point{euro, ether}), 2)
		same(s, []rates.Point{euro}, s.between(euro.Pair, after(0), after(100)))
		same(s, []rates.Point{live(100, "5")}, s.between(pair, after(0), after(100)))
	}},
	{"a candle is stored once for its minute, in any order", func(s *suite) {
		require.Len(s, put(s, payments.Tx.InsertPoints, []rates.Point{candle(5, "5"), candle(3, "3"), candle(5, "9")}), 2)
		require.Empty(s, put(s, payments.Tx.InsertPoints, []rates.Point{candle(3, "9")}))
		same(s, []rates.Point{candle(4, "4")}, put(s, payments.Tx.InsertPoints, []rates.Point{candle(4, "4"), candle(5, "9")}))
		same(s, []rates.Point{candle(3, "3"), candle(4, "4"), candle(5, "5")}, s.between(pair, noon, noon.Add(time.Hour)))
	}},
	{"live points and candles do not hold each other back", func(s *suite) {
		put(s, payments.Tx.InsertPoints, []rates.Point{live(120_000, "1")})
		require.Len(s, put(s, payments.Tx.InsertPoints, []rates.Point{candle(2, "2"), candle(1, "2"), candle(9, "2")}), 3)
		require.Len(s, put(s, payments.Tx.InsertPoints, []rates.Point{live(120_001, "1")}), 1)
		require.Len(s, s.between(pair, noon, noon.Add(time.Hour)), 5)
	}},
	{"both ends of the range count, ascending", func(s *suite) {
		all := []rates.Point{live(1, "1"), live(2, "2"), live(3, "3"), live(60_001, "4")}
		put(s, payments.Tx.InsertPoints, append(all, candle(1, "9")))
		same(s, all[:3], s.between(pair, after(1), after(3)))
		same(s, all[1:2], s.between(pair, after(2), after(2)))
		same(s, []rates.Point{all[2], candle(1, "9"), all[3]}, s.between(pair, after(3), after(60_001)))
		require.Empty(s, s.between(pair, after(4), after(59_999)))
		require.Empty(s, s.between(pair, after(3), after(1)))
	}},
	{"a point that was rolled back does not hold others back", func(s *suite) {
		err := s.store.Update(s.Context(), func(tx payments.Tx) error {
			_, err := tx.InsertPoints(s.Context(), []rates.Point{live(100, "5")})
			require.NoError(s, err)
			return errHost
		})
		require.ErrorIs(s, err, errHost)
		require.Len(s, put(s, payments.Tx.InsertPoints, []rates.Point{live(50, "5")}), 1)
	}},
}
