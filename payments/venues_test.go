package payments_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// testVenue is a source whose price of every market in USD is a function of time.
type testVenue struct {
	name string
	role rates.Role
	now  func() time.Time
	at   func(time.Time) string
	mu   sync.Mutex
	down bool
}

func (v *testVenue) set(down bool) { v.mu.Lock(); v.down = down; v.mu.Unlock() }

func (v *testVenue) Name() string               { return v.name }
func (v *testVenue) Role() rates.Role           { return v.role }
func (v *testVenue) Serves(m rates.Market) bool { return m.Quote == "USD" }

func (v *testVenue) quote(m rates.Market, at time.Time) rates.Quote {
	r := rateOf(v.at(at))
	return rates.Quote{Market: m, Value: r, Price: rates.Price{Source: v.name, Symbol: m.String(), Bid: r, Ask: r, SourceTime: at, FetchedAt: at}}
}

func (v *testVenue) Quotes(_ context.Context, markets []rates.Market) (out []rates.Quote, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.down {
		return nil, fmt.Errorf("%w: %s answers 503", rates.ErrUnavailable, v.name)
	}
	for _, m := range markets {
		out = append(out, v.quote(m, v.now()))
	}
	return out, nil
}

func (v *testVenue) Candle(_ context.Context, m rates.Market, at time.Time) (rates.Quote, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.down {
		return rates.Quote{}, fmt.Errorf("%w: %s answers 503", rates.ErrUnavailable, v.name)
	}
	return v.quote(m, at.Truncate(time.Minute)), nil
}

// market is a bundle whose prices are the median of three venues.
type market struct {
	*bundle
	venues    []*testVenue
	composite *rates.Composite
}

func newMarket(t *testing.T, c railCase, at func(time.Time) string, change func(*payments.Config)) *market {
	m := &market{bundle: newBundle(t, c, change)}
	var sources []rates.Source
	for _, name := range []string{"kraken", "coinbase", "bitstamp"} {
		v := &testVenue{name: name, role: rates.RoleMember, now: m.clock.Now, at: at}
		m.venues, sources = append(m.venues, v), append(sources, v)
	}
	m.reopen(sources...)
	return m
}

// reopen starts a new process: a new composite too.
func (m *market) reopen(sources ...rates.Source) {
	m.Helper()
	if sources == nil {
		for _, v := range m.venues {
			sources = append(sources, v)
		}
	}
	var err error
	m.composite, err = rates.NewComposite(rates.Policy{Now: m.clock.Now}, sources...)
	require.NoError(m, err)
	m.cfg.Rates = m.composite
	m.restart()
}

func (m *market) pair() rates.Pair { return rates.Pair{Coin: m.asset.Coin, Currency: money.USD} }

// round lets the composite ask its venues, and the engine take note.
func (m *market) round() {
	m.Helper()
	_, _ = m.composite.Latest(m.ctx, []rates.Pair{m.pair()})
	_ = m.p.Advance(m.ctx)
}
