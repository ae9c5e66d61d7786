package rates_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func market(text string) rates.Market {
	coin, quote, _ := strings.Cut(text, "/")
	return rates.Market{Coin: money.Coin(coin), Quote: quote}
}

func pair(text string) rates.Pair {
	p, ok := rates.ParsePair(text)
	if !ok {
		panic(text)
	}
	return p
}

// venue is a source under a test's control: a book of no width for each market.
type venue struct {
	name string
	role rates.Role
	now  func() time.Time

	mu      sync.Mutex
	books   map[string]string
	closes  map[string]string // of candles; nil: no history
	age     time.Duration     // by the venue's own time; 0: it gives none
	fail    error
	hang    chan struct{} // answers when closed, whatever the context says
	wait    time.Duration
	asked   [][]rates.Market
	candles int
}

func (v *venue) Name() string     { return v.name }
func (v *venue) Role() rates.Role { return v.role }

func (v *venue) Serves(m rates.Market) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, live := v.books[m.String()]
	_, past := v.closes[m.String()]
	return live || past
}

func (v *venue) set(market, price string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.books[market] = price
}

func (v *venue) with(change func(*venue)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	change(v)
}

func (v *venue) calls() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.asked)
}

func (v *venue) Quotes(ctx context.Context, markets []rates.Market) ([]rates.Quote, error) {
	fetched := v.now()
	v.mu.Lock()
	v.asked = append(v.asked, markets)
	hang, wait := v.hang, v.wait
	v.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if wait > 0 {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %s: %w", rates.ErrUnavailable, v.name, ctx.Err())
		case <-time.After(wait):
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fail != nil {
		return nil, fmt.Errorf("%w: %s: %w", rates.ErrUnavailable, v.name, v.fail)
	}
	var out []rates.Quote
	for _, m := range markets {
		price, ok := v.books[m.String()]
		if !ok || price == "" {
			continue
		}
		q := rates.Quote{Market: m, Price: rates.Price{Source: v.name, Symbol: strings.ToLower(m.String()), FetchedAt: fetched}}
		if why, refused := strings.CutPrefix(price, "!"); refused {
			q.Price.Rejected = why
		} else {
			q.Price.Last = rate(price)
			if v.role == rates.RoleMember {
				q.Price.Bid, q.Price.Ask = rate(price), rate(price)
			}
		}
		if v.age != 0 {
			q.Price.SourceTime = fetched.Add(-v.age)
		}
		out = append(out, q)
	}
	return out, nil
}

func (v *venue) Candle(_ context.Context, m rates.Market, at time.Time) (rates.Quote, error) {
	v.mu.Lock()
	v.candles++
	hang := v.hang
	v.mu.Unlock()
	if hang != nil {
		<-hang
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	price, ok := v.closes[m.String()]
	if v.closes == nil {
		return rates.Quote{}, fmt.Errorf("%w: %s keeps no history", rates.ErrUnavailable, v.name)
	}
	if !ok {
		return rates.Quote{}, fmt.Errorf("%w: %s on %s", rates.ErrUnknownPair, m, v.name)
	}
	return rates.Quote{Market: m, Value: rate(price), Price: rates.Price{Source: v.name, Symbol: m.String(),
		Last: rate(price), SourceTime: at.Truncate(time.Minute), FetchedAt: v.now()}}, nil
}

// world is a composite over venues by a clock that a test sets.
type world struct {
	*rates.Composite
	mu     sync.Mutex
	at     time.Time
	venues map[string]*venue
	found  []string
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func (w *world) notify(f rates.Finding) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found = append(w.found, f.String())
}

// tells waits for the findings told since it was last called, cut to what began
// or ended, of whom and of which pair.
func (w *world) tells(t *testing.T, want ...string) {
	t.Helper()
	require.Eventually(t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.found) >= len(want)
	}, 10*time.Second, time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []string{}
	for _, f := range w.found {
		head, _, _ := strings.Cut(f, ":")
		out = append(out, head)
	}
	w.found = nil
	require.Equal(t, want, out)
}

// newWorld reads books as "kraken: BTC/USD 64000, LTC/USD 80"; a name in
// capitals is a tripwire's.
func newWorld(t require.TestingT, p rates.Policy, lines ...string) *world {
	w := &world{at: minute, venues: map[string]*venue{}}
	if p.Now == nil {
		p.Now = w.now
	}
	p.Notify = w.notify
	var sources []rates.Source
	for _, line := range lines {
		name, rest, _ := strings.Cut(line, ":")
		v := &venue{name: strings.ToLower(name), role: rates.RoleMember, now: p.Now, books: map[string]string{}}
		if name != v.name {
			v.role = rates.RoleTripwire
		}
		for _, b := range strings.Split(rest, ",") {
			if f := strings.Fields(b); len(f) == 2 {
				v.books[f[0]] = f[1]
			} else if len(f) == 1 {
				v.books[f[0]] = ""
			}
		}
		w.venues[v.name] = v
		sources = append(sources, v)
	}
	var err error
	w.Composite, err = rates.NewComposite(p, sources...)
	require.NoError(t, err)
	return w
}

// priceOf returns the pair's snapshot of a round.
func (w *world) priceOf(t *testing.T, p string) rates.Snapshot {
	t.Helper()
	s, err := w.Latest(t.Context(), []rates.Pair{pair(p)})
	require.NoError(t, err)
	require.Len(t, s, 1)
	again, err := rates.NewSnapshot(s[0])
	require.NoError(t, err)
	require.Equal(t, s[0].ID, again.ID)
	return s[0]
}

func (w *world) refuses(t *testing.T, p string) error {
	t.Helper()
	s, err := w.Latest(t.Context(), []rates.Pair{pair(p)})
	require.Empty(t, s)
	require.Error(t, err)
	return err
}

// reasons returns why each price was not used, "" if it was.
func reasons(s rates.Snapshot) map[string]string {
	out := map[string]string{}
	for _, p := range s.Prices {
		why, _, _ := strings.Cut(p.Rejected, ":")
		out[p.Source+" "+p.Symbol] = why
	}
	return out
}

func num(text string) decimal.Decimal { return rate(text).Decimal() }
