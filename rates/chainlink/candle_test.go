package chainlink_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/rates"
)

// naive walks through every round from the newest one back: the last that was
// updated before the end, of the newest phase that has one.
func naive(o *oracle, end time.Time) (round, string, bool) {
	for p := len(o.phases); p > 0; p-- {
		rounds := o.phases[p-1]
		for r := len(rounds); r > 0; r-- {
			if u := rounds[r-1].updated; !u.IsZero() && u.Before(end) {
				return rounds[r-1], fmt.Sprintf("%d:%d", p, r), true
			}
		}
	}
	return round{}, "", false
}

func TestTheRoundFoundIsTheOneANaiveWalkFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStub()
		o := s.oracle(btcUSD)
		o.reverts = rapid.Bool().Draw(t, "reverts")
		o.phases = nil
		at := noon.Add(-time.Duration(rapid.IntRange(0, 4000).Draw(t, "since")) * time.Minute)
		start := at
		for range rapid.IntRange(1, 4).Draw(t, "phases") {
			var rounds []round
			holes := rapid.IntRange(0, 95).Draw(t, "holes in 100")
			seed := rapid.Uint64().Draw(t, "seed")
			for i := range rapid.IntRange(0, 400).Draw(t, "rounds") {
				seed = seed*6364136223846793005 + 1442695040888963407
				r := round{answer: fmt.Sprint(6_000_000_000_000 + i)}
				if int(seed>>33%100) >= holes {
					at = at.Add(time.Duration(seed>>40%300) * time.Second)
					r.updated = at
				}
				rounds = append(rounds, r)
			}
			if n := len(rounds); n > 0 && rounds[n-1].updated.IsZero() {
				rounds[n-1].updated = at // the newest round exists
			}
			o.phases = append(o.phases, rounds)
			at = at.Add(-time.Duration(rapid.IntRange(0, 30).Draw(t, "overlap")) * time.Minute)
		}
		last := o.phases[len(o.phases)-1]
		if len(last) == 0 {
			o.phases[len(o.phases)-1] = []round{{"5", at}}
		}
		for _, rounds := range o.phases {
			if n := len(rounds); n > 0 && rounds[n-1].updated.After(at) {
				at = rounds[n-1].updated
			}
		}
		minutes := max(0, int(at.Sub(start)/time.Minute)) + 5
		minute := start.Add(time.Duration(rapid.IntRange(-3, minutes).Draw(t, "minute")) * time.Minute).Truncate(time.Minute)
		s.block = at.Add(10 * time.Minute)
		if end := minute.Add(time.Minute); end.After(at) {
			s.block = end.Add(10 * time.Minute)
		}

		want, where, found := naive(o, minute.Add(time.Minute))
		q, err := source(t, s).Candle(t.Context(), btcUSD, minute.Add(17*time.Second))
		if !found {
			require.ErrorIs(t, err, rates.ErrUnavailable)
			require.ErrorContains(t, err, "no round before")
			return
		}
		require.NoError(t, err)
		require.Equal(t, want.updated, q.Price.SourceTime, where)
		require.Equal(t, "BTC / USD round "+number(where), q.Price.Symbol)
		require.True(t, q.Price.SourceTime.Before(minute.Add(time.Minute)), "no look-ahead")
		if minute.Add(time.Minute).Sub(want.updated) <= 65*time.Minute {
			require.Empty(t, q.Price.Rejected)
			require.Equal(t, money8(want.answer), q.Value.String())
		} else {
			require.Contains(t, q.Price.Rejected, "stale: ")
			require.False(t, q.Value.Valid())
		}
	})
}

// history fills a feed with a round every minute up to noon, over phases.
func history(s *stub, phases ...int) {
	o := s.oracle(btcUSD)
	o.phases = nil
	total := 0
	for _, n := range phases {
		total += n
	}
	at := noon.Add(-time.Duration(total-1) * time.Minute)
	for _, n := range phases {
		rounds := make([]round, n)
		for i := range rounds {
			rounds[i] = round{fmt.Sprint(6_000_000_000_000 + int64(at.Unix()%1_000_000)), at}
			at = at.Add(time.Minute)
		}
		o.phases = append(o.phases, rounds)
	}
}

func TestAYearIsSearchedWithFewQuestions(t *testing.T) {
	s := newStub()
	history(s, 200_000, 0, 300_000)
	c := source(t, s)
	for back, most := range map[time.Duration]int{
		3 * time.Minute:       3,
		30 * time.Minute:      3,
		12 * time.Hour:        4,
		90 * 24 * time.Hour:   6,
		300 * 24 * time.Hour:  10, // another phase, past an empty one
		5000 * 24 * time.Hour: 10, // before the first round
	} {
		minute := noon.Add(-back)
		q, err := c.Candle(t.Context(), btcUSD, minute)
		posts, reads := s.asked()
		require.LessOrEqual(t, posts, most, back)
		require.LessOrEqual(t, reads, 32*most, back)
		if back > 400*24*time.Hour {
			require.ErrorIs(t, err, rates.ErrUnavailable)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, minute, q.Price.SourceTime, "an update at the end of the minute belongs to the next")
	}
}

func TestAHoleOfManyRoundsIsSteppedOver(t *testing.T) {
	for _, reverts := range []bool{true, false} {
		s := newStub()
		history(s, 5000)
		o := s.oracle(btcUSD)
		o.reverts = reverts
		for i := 4200; i < 4950; i++ {
			o.phases[0][i].updated = time.Time{}
		}
		q, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-90*time.Minute))
		require.NoError(t, err)
		require.Equal(t, o.phases[0][4199].updated, q.Price.SourceTime)
		require.Contains(t, q.Price.Rejected, "stale: ")
	}
}

func TestALoneRoundAmongMissingOnesIsFound(t *testing.T) {
	for lone := 160; lone < 200; lone++ {
		s := newStub()
		history(s, 300)
		rounds := s.oracle(btcUSD).phases[0]
		for i := range rounds[:299] {
			if i+1 != lone {
				rounds[i].updated = time.Time{}
			}
		}
		q, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-90*time.Minute))
		require.NoError(t, err, lone)
		require.Equal(t, "BTC / USD round "+number(fmt.Sprintf("1:%d", lone)), q.Price.Symbol)
	}
}

func TestTheNewestRoundAtTheEndOfTheMinuteBelongsToTheNext(t *testing.T) {
	s := newStub()
	history(s, 60)
	s.block = noon.Add(3 * time.Minute)
	q, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-time.Second))
	require.NoError(t, err)
	require.Equal(t, noon.Add(-time.Minute), q.Price.SourceTime)
	q, err = source(t, s).Candle(t.Context(), btcUSD, noon)
	require.NoError(t, err)
	require.Equal(t, noon, q.Price.SourceTime)
}

func TestAPhaseWhoseAggregatorDoesNotAnswerIsSteppedOver(t *testing.T) {
	for name, change := range map[string]func(*oracle){
		"refuses":   func(o *oracle) { o.silent = 2 },
		"destroyed": func(o *oracle) { o.gone = 2 },
		"empty":     func(o *oracle) { o.phases[1] = nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub()
			history(s, 600, 10, 600)
			change(s.oracle(btcUSD))
			q, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-605*time.Minute))
			require.NoError(t, err)
			require.Equal(t, "BTC / USD round "+number("1:600"), q.Price.Symbol)
			require.Empty(t, q.Price.Rejected)
		})
	}
}

func TestACallWithoutGasIsNotTakenForAMissingRound(t *testing.T) {
	s := newStub()
	history(s, 600)
	s.gas = 8 // enough to ask what the newest round is
	_, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-5*time.Hour))
	require.ErrorIs(t, err, rates.ErrUnavailable)
	require.ErrorContains(t, err, "too little gas")
}

func TestAnEndlessHoleEndsInAnError(t *testing.T) {
	s := newStub()
	history(s, 5_000)
	rounds := s.oracle(btcUSD).phases[0]
	for i := range rounds[:len(rounds)-1] {
		rounds[i].updated = time.Time{}
	}
	_, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-90*time.Minute))
	require.ErrorIs(t, err, rates.ErrUnavailable)
	require.ErrorContains(t, err, "too many are missing")
	posts, _ := s.asked()
	require.LessOrEqual(t, posts, 65)
}

func TestAMinuteIsPricedOnlyOnceItHasSettled(t *testing.T) {
	s := newStub()
	history(s, 60)
	c := source(t, s) // the clock is two seconds after the block
	_, err := c.Candle(t.Context(), btcUSD, noon.Add(-2*time.Minute))
	require.ErrorIs(t, err, rates.ErrUnavailable, "90 s have not passed since its end")
	posts, _ := s.asked()
	require.Zero(t, posts)
	s.block = noon.Add(29 * time.Second) // by the clock they have, by the chain they have not
	_, err = c.Candle(t.Context(), btcUSD, noon.Add(-2*time.Minute))
	require.ErrorContains(t, err, "the chain is only at 2026-11-19T12:00:29Z")
	s.block = noon.Add(30 * time.Second)
	q, err := c.Candle(t.Context(), btcUSD, noon.Add(-2*time.Minute))
	require.NoError(t, err)
	require.Equal(t, noon.Add(-2*time.Minute), q.Price.SourceTime)
}

func TestARoundOfAPastThatMustNotBeBelievedIsRejected(t *testing.T) {
	s := newStub()
	history(s, 600)
	o := s.oracle(btcUSD)
	o.phases[0][500].answer = "-5"
	q, err := source(t, s).Candle(t.Context(), btcUSD, o.phases[0][500].updated)
	require.NoError(t, err)
	require.Equal(t, "number: the answer is negative", q.Price.Rejected, "it was in force: the one before was not")
	require.False(t, q.Value.Valid())

	saturday := time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)
	friday := time.Date(2026, 11, 13, 21, 0, 0, 0, time.UTC)
	s.oracle(eurUSD).phases = [][]round{{{"108000000", friday}, {"108500000", noon}}}
	q, err = source(t, s).Candle(t.Context(), eurUSD, saturday)
	require.NoError(t, err)
	require.Equal(t, "closed: currency markets rest until 2026-11-15T23:00:00Z", q.Price.Rejected)
	require.Equal(t, "1.08", q.Price.Last.String())
}

func TestARoundInPlaceOfAnotherIsRefused(t *testing.T) {
	s := newStub()
	history(s, 600)
	q, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-2*time.Hour))
	require.NoError(t, err)
	require.Equal(t, "BTC / USD round "+number("1:480"), q.Price.Symbol)
	s.result = func(r string) string { return swap(r, 480, 481) }
	_, err = source(t, s).Candle(t.Context(), btcUSD, noon.Add(-2*time.Hour))
	require.ErrorIs(t, err, rates.ErrUnavailable)
	require.ErrorContains(t, err, "in place of another")
}

func TestAnotherFeedHasNoPastEither(t *testing.T) {
	s := newStub()
	s.oracle(btcUSD).description = "BTC / ETH"
	_, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-2*time.Hour))
	require.ErrorIs(t, err, rates.ErrUnavailable)
	require.ErrorContains(t, err, "check the proxy's address")
}

func TestAReorganisationDuringTheSearchChangesNothing(t *testing.T) {
	s := newStub()
	history(s, 600)
	want, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-5*time.Hour))
	require.NoError(t, err)
	s.asked()
	s.result = func(r string) string { // after the first answer the newest rounds are gone
		o := s.oracle(btcUSD)
		o.phases[0] = o.phases[0][:597]
		s.block = noon.Add(-12 * time.Second)
		return r
	}
	got, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-5*time.Hour))
	require.NoError(t, err)
	require.Equal(t, want.Price.Symbol, got.Price.Symbol)
	require.Equal(t, want.Value, got.Value)
}

func TestTheEndpointMayTurnToAnotherChainDuringTheSearch(t *testing.T) {
	s := newStub()
	history(s, 600)
	s.result = func(r string) string { s.chain = 56; return r }
	_, err := source(t, s).Candle(t.Context(), btcUSD, noon.Add(-5*time.Hour))
	require.ErrorIs(t, err, rates.ErrUnavailable)
	require.ErrorContains(t, err, "chain 56")
}
