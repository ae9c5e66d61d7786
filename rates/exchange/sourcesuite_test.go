package exchange_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

// nasties are what a number of an answer must never be read as.
var nasties = []string{
	`null`, `"NaN"`, `"Infinity"`, `1e1000000000`, `"1e1000000000"`, `"1e-1000000000"`, `""`, `"-1"`, `-1`, `0`, `"0"`,
	`{}`, `[]`, `true`, `" 1"`, `"1,5"`, `"0x10"`, `"` + strings.Repeat("9", 1<<16) + `"`,
}

// sourceSuite is what every venue of this package withstands.
func sourceSuite(t *testing.T, h *house) {
	run := func(name string, f func(t *testing.T, s rates.Source, d *desk)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, d := h.open(t)
				f(t, s, d)
			})
		})
	}
	run("a book is its middle with its evidence", func(t *testing.T, s rates.Source, _ *desk) {
		require.Equal(t, h.name, s.Name())
		require.Equal(t, rates.RoleMember, s.Role())
		require.True(t, s.Serves(h.market))
		q, err := h.ask(t, s)
		require.NoError(t, err)
		p := q.Price
		require.Equal(t, []string{"64005", h.symbol, "64000", "64010"},
			[]string{q.Value.String(), p.Symbol, p.Bid.String(), p.Ask.String()})
		if require.NotEqual(t, h.lastless, p.Last.Valid()); !h.lastless {
			require.Equal(t, "64004.5", p.Last.String())
		}
		require.Equal(t, noon, p.FetchedAt)
		require.True(t, usable(q, noon))
	})
	run("a round is one question, or one for each market", func(t *testing.T, s rates.Source, d *desk) {
		for _, want := range [][]string{{"list", "book"}, {"book"}} {
			found, err := s.Quotes(t.Context(), []rates.Market{h.other, h.market})
			require.NoError(t, err)
			require.Equal(t, []rates.Market{h.other, h.market}, []rates.Market{found[0].Market, found[1].Market}, "in the order asked")
			if h.singly {
				want = append(want, "book")
			}
			require.Equal(t, want, d.questions())
		}
	})
	run("a cold crowd makes one call for each question", func(t *testing.T, s rates.Source, d *desk) {
		for q, answer := range d.on {
			d.answers(q, slow(answer))
		}
		var crowd sync.WaitGroup
		for range 1_000 {
			crowd.Go(func() {
				if found, err := s.Quotes(t.Context(), []rates.Market{h.market}); err != nil || len(found) != 1 || !found[0].Value.Valid() {
					t.Error(found, err)
				}
			})
		}
		crowd.Wait()
		require.Equal(t, []string{"list", "book"}, d.questions())
	})
	run("GUSD is never quoted, whatever is listed", func(t *testing.T, s rates.Source, d *desk) {
		gusd := rates.Market{Coin: "GUSD", Quote: "USD"}
		d.answers("list", says(h.list(row{market: h.market}, row{market: gusd})))
		require.False(t, s.Serves(gusd))
		found, err := s.Quotes(t.Context(), []rates.Market{gusd})
		require.NoError(t, err)
		require.Empty(t, found)
		_, err = s.Candle(t.Context(), gusd, noon.Add(-5*time.Minute))
		require.ErrorIs(t, err, rates.ErrUnknownPair)
		require.Empty(t, d.questions())
	})
	run("what is not listed is left out, what is listed twice too", func(t *testing.T, s rates.Source, d *desk) {
		d.answers("list", says(h.list(row{market: h.market}, row{market: h.market}, row{market: h.other})))
		found, err := s.Quotes(t.Context(), []rates.Market{h.market, {Coin: "LTC", Quote: "USD"}})
		require.NoError(t, err)
		require.Empty(t, found)
		_, err = s.Candle(t.Context(), h.market, noon.Add(-5*time.Minute))
		require.ErrorIs(t, err, rates.ErrUnknownPair)
		require.ErrorContains(t, err, h.name)
		require.Equal(t, []string{"list"}, d.questions())
	})
	run("what is not online is refused and does not fail the rest", func(t *testing.T, s rates.Source, d *desk) {
		d.answers("list", says(h.list(row{market: h.market, status: h.closed}, row{market: h.other})))
		d.answers("book", says(h.books(noon, quoted{h.other, `"2000"`, `"2001"`, `"2000"`})))
		found, err := s.Quotes(t.Context(), []rates.Market{h.market, h.other})
		require.NoError(t, err)
		require.Contains(t, found[0].Price.Rejected, "closed: "+h.symbol+" is "+h.closed)
		require.Equal(t, "2000.5", found[1].Value.String())
		_, err = s.Candle(t.Context(), h.market, noon.Add(-5*time.Minute))
		require.ErrorIs(t, err, rates.ErrUnavailable)
	})
	if h.unknown != nil {
		run("a pair that the venue renamed is disabled until the list is read again", func(t *testing.T, s rates.Source, d *desk) {
			book := d.on["book"]
			d.answers("book", h.unknown)
			q, err := h.ask(t, s)
			require.NoError(t, err)
			require.Contains(t, q.Price.Rejected, "disabled, the venue does not know it")
			d.questions()
			_, err = h.ask(t, s)
			require.NoError(t, err)
			require.Empty(t, d.questions(), "not asked again")

			d.answers("book", book)
			pass(6 * time.Minute)
			d.answers("book", says(h.books(noon.Add(6*time.Minute), quoted{h.market, `"64000"`, `"64010"`, `"64004.5"`})))
			q, err = h.ask(t, s)
			require.NoError(t, err)
			require.True(t, q.Value.Valid())
			require.Equal(t, []string{"list", "book"}, d.questions())
		})
		run("history of a pair that the venue renamed is unavailable and disables it", func(t *testing.T, s rates.Source, d *desk) {
			d.answers("past", h.unknown)
			_, err := h.candle(t, s, 5*time.Minute)
			require.ErrorIs(t, err, rates.ErrUnavailable)
			d.questions()
			_, err = h.candle(t, s, 5*time.Minute)
			require.ErrorContains(t, err, "disabled")
			require.Empty(t, d.questions())
		})
	}
	if h.named {
		run("another pair's book is never taken", func(t *testing.T, s rates.Source, d *desk) {
			d.answers("book", says(h.books(noon, quoted{h.other, `"64000"`, `"64010"`, `"64004.5"`})))
			q, err := h.ask(t, s)
			require.NoError(t, err)
			require.False(t, q.Value.Valid())
		})
	}
	if h.timed {
		run("yesterday's book is found out", func(t *testing.T, s rates.Source, d *desk) {
			d.answers("book", says(h.books(noon.Add(-24*time.Hour), quoted{h.market, `"64000"`, `"64010"`, `"64004.5"`})))
			q, err := h.ask(t, s)
			require.NoError(t, err)
			require.False(t, usable(q, noon))
		})
	}
	t.Run("a number that is none", func(t *testing.T) {
		for _, nasty := range nasties {
			for i, field := range []string{"bid", "ask", "last"} {
				if field == "last" && h.lastless {
					continue
				}
				b := quoted{h.market, `"64000"`, `"64010"`, `"64004.5"`}
				*[]*string{&b.bid, &b.ask, &b.last}[i] = nasty
				run(fmt.Sprintf("%.20s as %s", nasty, field), func(t *testing.T, s rates.Source, d *desk) {
					good := d.on["book"]
					d.answers("book", says(h.books(noon, b, quoted{h.other, `"2000"`, `"2001"`, `"2000"`})))
					require.Contains(t, refusal(t, s, h.market), "number: ")
					d.answers("book", good)
					q, err := h.ask(t, s)
					require.NoError(t, err, "one bad row pauses nothing")
					require.True(t, q.Value.Valid())
				})
			}
			run(fmt.Sprintf("%.20s as close", nasty), func(t *testing.T, s rates.Source, d *desk) {
				minutes := h.history()
				minutes[1].close = nasty
				d.answers("past", says(h.past(h.market, noon, minutes...)))
				_, err := h.candle(t, s, 4*time.Minute)
				require.ErrorIs(t, err, rates.ErrUnavailable)
			})
		}
	})
	suiteFaults(t, h, run)
	suiteHistory(t, h, run)
	suiteMutations(t, h, run)
	t.Run("a bad base url is refused and its secret kept", func(t *testing.T) {
		_, err := h.make(exchange.Options{BaseURL: "https://user:hunter2@host"})
		require.ErrorIs(t, err, exchange.ErrBadBaseURL)
		require.NotContains(t, err.Error(), "hunter2")
	})
}

type runner func(string, func(*testing.T, rates.Source, *desk))

// suiteHistory asks for finished minutes.
func suiteHistory(t *testing.T, h *house, run runner) {
	run("a candle is the close of its minute", func(t *testing.T, s rates.Source, d *desk) {
		q, err := h.candle(t, s, 5*time.Minute)
		require.NoError(t, err)
		require.Equal(t, "64000.5", q.Value.String())
		require.True(t, q.Price.Last.Equal(q.Value))
		require.Equal(t, noon.Add(-5*time.Minute), q.Price.SourceTime)
		require.Equal(t, noon, q.Price.FetchedAt)
		require.Equal(t, h.symbol, q.Price.Symbol)
		require.Equal(t, []string{"list", "past"}, d.questions())
	})
	run("a minute without a trade has the close before it", func(t *testing.T, s rates.Source, _ *desk) {
		q, err := h.candle(t, s, 3*time.Minute)
		require.NoError(t, err)
		require.Equal(t, "64011", q.Value.String())
		require.Equal(t, noon.Add(-4*time.Minute), q.Price.SourceTime)
	})
	run("a minute is asked for half a minute after its end", func(t *testing.T, s rates.Source, d *desk) {
		_, err := h.candle(t, s, time.Minute)
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.ErrorContains(t, err, "has not settled")
		require.Empty(t, d.questions())
		pass(30 * time.Second)
		q, err := h.candle(t, s, time.Minute)
		require.NoError(t, err)
		require.Equal(t, "64031", q.Value.String())
	})
	for name, minutes := range map[string][]minute{
		"no rows":                         nil,
		"yesterday's rows":                {{noon.Add(-24*time.Hour - 3*time.Minute), "64000"}, {noon.Add(-24 * time.Hour), "64000"}},
		"a gap longer than three minutes": {{noon.Add(-9 * time.Minute), "64000"}, {noon.Add(-time.Minute), "64001"}},
		"only later rows":                 {{noon.Add(-4 * time.Minute), "64000"}, {noon.Add(-time.Minute), "64001"}},
		"rows not in order":               {{noon.Add(-4 * time.Minute), "64000"}, {noon.Add(-5 * time.Minute), "64000"}, {noon.Add(-time.Minute), "64001"}},
		"a minute twice":                  {{noon.Add(-5 * time.Minute), "64000"}, {noon.Add(-5 * time.Minute), "65000"}, {noon.Add(-time.Minute), "64001"}},
		"a row within a minute":           {{noon.Add(-5*time.Minute + time.Second), "64000"}, {noon.Add(-time.Minute), "64001"}},
	} {
		run("no candle from "+name, func(t *testing.T, s rates.Source, d *desk) {
			now := noon
			if name == "yesterday's rows" {
				now = noon.Add(-24*time.Hour + time.Minute)
			}
			d.answers("past", says(h.past(h.market, now, minutes...)))
			_, err := h.candle(t, s, 5*time.Minute)
			require.ErrorIs(t, err, rates.ErrUnavailable)
		})
	}
	run("a stablecoin's minute may look back thirty", func(t *testing.T, s rates.Source, d *desk) {
		stable := h.stable
		if stable.Coin == "" {
			stable = rates.Market{Coin: "USDT", Quote: "USD"}
		}
		d.answers("list", says(h.list(row{market: stable})))
		d.answers("past", says(h.past(stable, noon, minute{noon.Add(-35 * time.Minute), "1.001"})))
		q, err := s.Candle(t.Context(), stable, noon.Add(-5*time.Minute))
		require.NoError(t, err)
		require.Equal(t, "1.001", q.Value.String())
		require.Equal(t, noon.Add(-35*time.Minute), q.Price.SourceTime)
		_, err = s.Candle(t.Context(), stable, noon.Add(-4*time.Minute))
		require.ErrorIs(t, err, rates.ErrUnavailable)
	})
}
