package chainlink_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/chainlink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAllFeedsAreReadAtOneBlockInOneQuestion(t *testing.T) {
	s := newStub()
	c := source(t, s)
	quotes, err := c.Quotes(t.Context(), []rates.Market{usdcUSD, btcUSD, {Coin: "DOGE", Quote: "USD"}, eurUSD})
	require.NoError(t, err)
	posts, _ := s.asked()
	require.Equal(t, 1, posts)
	require.Len(t, quotes, 3, "what has no feed is left out")
	for i, want := range []struct {
		market rates.Market
		value  string
	}{{usdcUSD, "0.99991234"}, {btcUSD, "64005.12345678"}, {eurUSD, "1.08765"}} {
		q := quotes[i]
		require.Equal(t, want.market, q.Market)
		require.Equal(t, want.value, q.Value.String())
		require.Equal(t, want.value, q.Price.Last.String())
		require.Empty(t, q.Price.Rejected)
		require.False(t, q.Price.Bid.Valid() || q.Price.Ask.Valid(), "an oracle has no book")
		require.Equal(t, noon.Add(-time.Minute), q.Price.SourceTime)
		require.Equal(t, noon.Add(2*time.Second), q.Price.FetchedAt)
	}
	require.Equal(t, rates.Price{Source: "chainlink/ethereum", Symbol: "BTC / USD round 36893488147419103234",
		Last: quotes[1].Price.Last, SourceTime: quotes[1].Price.SourceTime, FetchedAt: quotes[1].Price.FetchedAt}, quotes[1].Price)
}

func TestWhatHasNoFeedAsksNobody(t *testing.T) {
	s := newStub()
	c := source(t, s)
	quotes, err := c.Quotes(t.Context(), []rates.Market{{Coin: "BTC", Quote: "EUR"}})
	require.NoError(t, err)
	require.Empty(t, quotes)
	require.False(t, c.Serves(rates.Market{Coin: "BTC", Quote: "EUR"}))
	_, err = c.Candle(t.Context(), rates.Market{Coin: "BTC", Quote: "EUR"}, noon)
	require.ErrorIs(t, err, rates.ErrUnknownPair)
	posts, _ := s.asked()
	require.Zero(t, posts)
}

func TestARoundThatMustNotBeBelievedIsReturnedRejected(t *testing.T) {
	saturday := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	sunday := time.Date(2026, 11, 22, 23, 5, 0, 0, time.UTC)
	friday := time.Date(2026, 11, 20, 21, 30, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		market rates.Market
		change func(*stub, *oracle)
		why    string // how the reason begins; empty: believed
	}{
		"another feed": {btcUSD, func(_ *stub, o *oracle) { o.description = "ETH / USD" },
			`feed: its description is "ETH / USD", not "BTC / USD"`},
		"seven decimals":     {btcUSD, func(_ *stub, o *oracle) { o.decimals = 7 }, "feed: it has 7 decimals, not 8"},
		"negative":           {btcUSD, func(s *stub, _ *oracle) { s.set(btcUSD, "-1", noon) }, "number: the answer is negative"},
		"zero":               {btcUSD, func(s *stub, _ *oracle) { s.set(btcUSD, "0", noon) }, "number: the answer is zero"},
		"too many digits":    {btcUSD, func(s *stub, _ *oracle) { s.set(btcUSD, "9"+zeros(60), noon) }, "number: "},
		"never updated":      {btcUSD, func(s *stub, _ *oracle) { s.set(btcUSD, "5", time.Unix(0, 0)) }, "shape: latest round: no such round"},
		"no round at all":    {btcUSD, func(_ *stub, o *oracle) { o.phases = [][]round{{}} }, "shape: latest round: no such round"},
		"fifteen s ahead":    {btcUSD, func(s *stub, _ *oracle) { s.set(btcUSD, "5", noon.Add(15*time.Second)) }, ""},
		"sixteen s ahead":    {btcUSD, func(s *stub, _ *oracle) { s.set(btcUSD, "5", noon.Add(16*time.Second)) }, "ahead: updated 16s after its block"},
		"just in time":       {btcUSD, func(s *stub, _ *oracle) { s.set(btcUSD, "5", noon.Add(-65*time.Minute)) }, ""},
		"a second too old":   {btcUSD, func(s *stub, _ *oracle) { s.set(btcUSD, "5", noon.Add(-65*time.Minute-time.Second)) }, "stale: updated at "},
		"a calm stablecoin":  {usdcUSD, func(s *stub, _ *oracle) { s.set(usdcUSD, "99990000", noon.Add(-23*time.Hour)) }, ""},
		"a dead stablecoin":  {usdcUSD, func(s *stub, _ *oracle) { s.set(usdcUSD, "99990000", noon.Add(-25*time.Hour)) }, "stale: "},
		"euro on a Saturday": {eurUSD, func(s *stub, _ *oracle) { s.block = saturday; s.set(eurUSD, "108000000", friday) }, "closed: currency markets rest until 2026-11-22T23:00:00Z"},
		"a euro that died on Wednesday": {eurUSD, func(s *stub, _ *oracle) {
			s.block = saturday
			s.set(eurUSD, "108000000", friday.Add(-48*time.Hour))
		}, "stale: "},
		"Friday's euro on Sunday evening": {eurUSD, func(s *stub, _ *oracle) { s.block = sunday; s.set(eurUSD, "108000000", friday) }, "closed: not updated since currency markets opened"},
		"a new euro on Sunday evening":    {eurUSD, func(s *stub, _ *oracle) { s.block = sunday; s.set(eurUSD, "108000000", sunday) }, ""},
		"Friday's euro on Tuesday":        {eurUSD, func(s *stub, _ *oracle) { s.block = sunday.Add(48 * time.Hour); s.set(eurUSD, "108000000", friday) }, "stale: "},
		"bitcoin on a Saturday":           {btcUSD, func(s *stub, _ *oracle) { s.block = saturday; s.set(btcUSD, "5", saturday) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub()
			c.change(s, s.oracle(c.market))
			q := one(t, source(t, s), c.market)
			if c.why == "" {
				require.Empty(t, q.Price.Rejected)
				require.True(t, q.Value.Valid())
				return
			}
			require.Greater(t, len(q.Price.Rejected), len(c.why)-1, q.Price.Rejected)
			require.Equal(t, c.why, q.Price.Rejected[:len(c.why)])
			require.False(t, q.Value.Valid(), "a rejected quote has no value")
			require.NotZero(t, q.Price.FetchedAt)
			require.Equal(t, "chainlink/ethereum", q.Price.Source)
		})
	}
}

func TestOneBadFeedDoesNotSpoilTheOthers(t *testing.T) {
	s := newStub()
	s.oracle(btcUSD).description = "BTC / ETH"
	quotes, err := source(t, s).Quotes(t.Context(), []rates.Market{btcUSD, ethUSD})
	require.NoError(t, err)
	require.NotEmpty(t, quotes[0].Price.Rejected)
	require.Equal(t, "3187.12", quotes[1].Value.String())
}

func TestAProxyTurnedToAnotherFeedIsNoticedAtTheNextQuestion(t *testing.T) {
	s := newStub()
	c := source(t, s)
	require.Empty(t, one(t, c, btcUSD).Price.Rejected)
	s.oracle(btcUSD).decimals = 18
	require.Contains(t, one(t, c, btcUSD).Price.Rejected, "18 decimals")
}

func TestAReorganisedRoundIsForgotten(t *testing.T) {
	s := newStub()
	c := source(t, s)
	require.Equal(t, "64005.12345678", one(t, c, btcUSD).Value.String())
	o := s.oracle(btcUSD)
	o.phases[1] = []round{{"6390000000000", noon.Add(-10 * time.Minute)}}
	s.block = noon.Add(-12 * time.Second)
	q := one(t, c, btcUSD)
	require.Equal(t, "63900", q.Value.String())
	require.Equal(t, noon.Add(-10*time.Minute), q.Price.SourceTime)
}

func TestAMemberServesOnlyWhatFollowsItsMarketClosely(t *testing.T) {
	s := newStub()
	c := sourceOf(t, s, chainlink.Options{Network: chainlink.Ethereum(), Role: rates.RoleOracle})
	require.Equal(t, rates.RoleOracle, c.Role())
	require.Equal(t, "chainlink/ethereum", c.Name())
	for m, want := range map[rates.Market]bool{btcUSD: false, ethUSD: false, usdcUSD: true, eurUSD: true,
		{Coin: "USDT", Quote: "USD"}: true, {Coin: "DAI", Quote: "USD"}: true, {Coin: "BNB", Quote: "USD"}: false} {
		require.Equal(t, want, c.Serves(m), m)
	}
	quotes, err := c.Quotes(t.Context(), []rates.Market{btcUSD, usdcUSD})
	require.NoError(t, err)
	require.Len(t, quotes, 1)
	require.Equal(t, rates.RoleTripwire, source(t, s).Role(), "a tripwire unless it is said otherwise")
}

func TestACrowdAsksFewQuestions(t *testing.T) {
	for name, c := range map[string]struct {
		ask  func(*testing.T, *chainlink.Source) error
		most int
	}{
		"now": {func(t *testing.T, c *chainlink.Source) error {
			_, err := c.Quotes(t.Context(), []rates.Market{btcUSD})
			return err
		}, 2}, // of the first caller, and of those who came while it was under way
		"then": {func(t *testing.T, c *chainlink.Source) error {
			_, err := c.Candle(t.Context(), btcUSD, noon.Add(-30*time.Minute))
			return err
		}, 2}, // the newest round, and the one before it
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := &delayed{stub: newStub(), deliver: make(chan struct{})}
				oracle := sourceOf(t, slow.stub, chainlink.Options{Network: chainlink.Ethereum(), Transport: slow})
				var crowd sync.WaitGroup
				for range 10_000 {
					crowd.Go(func() {
						if err := c.ask(t, oracle); err != nil {
							t.Error(err)
						}
					})
				}
				synctest.Wait() // all have asked
				close(slow.deliver)
				crowd.Wait()
				posts, _ := slow.asked()
				require.LessOrEqual(t, posts, c.most)
			})
		})
	}
}

func TestNobodyIsGivenWhatWasReadBeforeHeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		slow := &delayed{stub: s, deliver: make(chan struct{})}
		c := sourceOf(t, slow.stub, chainlink.Options{Network: chainlink.Ethereum(), Transport: slow})
		first, second := make(chan rates.Quote, 1), make(chan rates.Quote, 1)
		ask := func(out chan rates.Quote) {
			quotes, err := c.Quotes(t.Context(), []rates.Market{btcUSD})
			if err != nil {
				t.Error(err)
				return
			}
			out <- quotes[0]
		}
		go ask(first)
		synctest.Wait() // the first question has been answered and is on its way back
		s.set(btcUSD, "7000000000000", noon)
		go ask(second)
		synctest.Wait()
		close(slow.deliver)
		require.Equal(t, "64005.12345678", (<-first).Value.String())
		require.Equal(t, "70000", (<-second).Value.String())
	})
}

func TestACallerWhoLeavesFailsNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &delayed{stub: newStub(), deliver: make(chan struct{})}
		c := sourceOf(t, slow.stub, chainlink.Options{Network: chainlink.Ethereum(), Transport: slow})
		leaving, leave := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() {
			_, err := c.Candle(leaving, btcUSD, noon.Add(-10*time.Minute))
			gone <- err
		}()
		synctest.Wait()
		stays := make(chan error, 1)
		go func() {
			_, err := c.Candle(t.Context(), btcUSD, noon.Add(-10*time.Minute))
			stays <- err
		}()
		synctest.Wait()
		leave()
		require.ErrorIs(t, <-gone, rates.ErrUnavailable)
		close(slow.deliver)
		require.NoError(t, <-stays)
	})
}
