package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/rates"
)

// told lists the events in the order "system".
func (m *market) told() (out []string) {
	m.events.mu.Lock()
	defer m.events.mu.Unlock()
	for _, e := range m.events.events {
		if e.Order == "system" {
			out = append(out, string(e.Kind)+" "+e.Subject)
		}
	}
	return out
}

func TestASourceThatIsDownIsToldOnceAndNotAgainAfterARestart(t *testing.T) {
	m := newMarket(t, railCases()[0], rateAt, nil)
	m.round()
	require.Empty(t, m.told())
	m.venues[0].set(true)
	want := []string{"rates.source_down rates/source_down/kraken"}
	for range 10 {
		m.clock.Advance(15 * time.Second)
		m.round()
	}
	require.Equal(t, want, m.told())
	h, err := m.p.Health(m.ctx)
	require.NoError(t, err)
	require.Len(t, h.RateSources, 3)
	require.Contains(t, h.RateSources[0].LastError, "503")
	require.Len(t, h.RateFindings, 1)

	m.reopen()
	for range 10 {
		m.clock.Advance(15 * time.Second)
		m.round()
	}
	require.Equal(t, want, m.told(), "nothing changed")

	m.reopen()
	m.venues[0].set(false) // while nothing ran
	m.clock.Advance(15 * time.Second)
	m.round()
	want = append(want, "rates.over rates/source_down/kraken")
	require.Equal(t, want, m.told())
	m.clock.Advance(15 * time.Second)
	m.round()
	require.Equal(t, want, m.told())
}

func TestALostQuorumAStalePairAndTheirEndAreTold(t *testing.T) {
	m := newMarket(t, railCases()[0], rateAt, nil)
	m.round()
	m.venues[0].set(true)
	m.venues[1].set(true)
	for range 12 {
		m.clock.Advance(15 * time.Second)
		m.round()
	}
	require.Contains(t, m.told(), "rates.no_quorum rates/no_quorum/BTC/USD")
	require.Contains(t, m.told(), "rates.stale rates/stale/BTC/USD")
	m.venues[0].set(false)
	m.venues[1].set(false)
	m.clock.Advance(15 * time.Second)
	m.round()
	require.Contains(t, m.told(), "rates.over rates/no_quorum/BTC/USD")
	require.Contains(t, m.told(), "rates.over rates/stale/BTC/USD")
	require.Len(t, m.told(), 8, "two sources, the quorum, the pair: each began and ended")
}

func TestADeviationFromATripwireIsTold(t *testing.T) {
	m := newMarket(t, railCases()[0], func(time.Time) string { return "1000" }, nil)
	oracle := &testVenue{name: "oracle", role: rates.RoleTripwire, now: m.clock.Now, at: func(time.Time) string { return "1050" }}
	m.reopen(m.venues[0], m.venues[1], m.venues[2], oracle)
	m.round()
	require.Equal(t, []string{"rates.tripwire rates/tripwire/oracle/BTC/USD"}, m.told())
	oracle.at = func(time.Time) string { return "1000" }
	for range 20 { // it need not be asked in each round
		m.clock.Advance(30 * time.Second)
		m.round()
	}
	require.Contains(t, m.told(), "rates.over rates/tripwire/oracle/BTC/USD")
}

func TestADepegIsToldToTheOperatorAndHoldsTheDeposit(t *testing.T) {
	price := "1"
	m := newMarket(t, railCases()[2], func(time.Time) string { return price }, anyAge)
	to := m.address(voice)
	m.round()
	price = "0.9"
	m.clock.Advance(time.Minute)
	m.round()
	require.Contains(t, m.told(), "rates.depegged rates/depegged/USDT/USD")
	m.pay(to, 10_000)
	m.sim.Mine(1)
	_ = m.p.Advance(m.ctx)
	require.Equal(t, payments.HoldDepegged, m.only(voice).Hold)
}
