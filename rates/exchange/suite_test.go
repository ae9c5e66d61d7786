package exchange_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

// house is how a venue is built for [sourceSuite]: which question a path is, and
// what the venue answers in its own words. To add a venue is to write one.
type house struct {
	name string
	make func(exchange.Options) (*exchange.Venue, error)
	// market is one that the venue lists as symbol; other is a second one.
	market, other rates.Market
	symbol        string
	// singly says that books are asked one at a time.
	singly bool
	// named says that a book names its pair, so that another's is found out.
	named bool
	// timed says that a book carries the venue's time, or one of its own checks
	// does so: yesterday's is found out.
	timed bool
	// question tells what is asked: "list", "book" or "past".
	question func(path string) string
	list     func(rows ...row) string
	books    func(at time.Time, rows ...quoted) string
	past     func(m rates.Market, now time.Time, minutes ...minute) string
	// unknown is the answer about a market that the venue does not know.
	unknown http.HandlerFunc
	// closed is a status that is not online, as it is written in the list.
	closed string
	// lastless says that a book does not say the last trade.
	lastless bool
	// stable is a stablecoin's market; USDT/USD if it is zero.
	stable rates.Market
}

type row struct {
	market rates.Market
	status string // "" is online
}

// quoted is a book; the prices are raw JSON.
type quoted struct {
	market         rates.Market
	bid, ask, last string
}

// minute is a finished minute; the close is raw JSON, "" where nothing was
// traded.
type minute struct {
	open  time.Time
	close string
}

// desk is a venue as a transport that answers by question.
type desk struct {
	house *house
	mu    sync.Mutex
	on    map[string]http.HandlerFunc
	asked []string
}

func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	q := d.house.question(r.URL.Path)
	d.mu.Lock()
	d.asked = append(d.asked, q)
	h := d.on[q]
	d.mu.Unlock()
	if h == nil {
		h = http.NotFound
	}
	w := httptest.NewRecorder()
	h(w, r)
	return w.Result(), r.Context().Err()
}

func (d *desk) answers(q string, h http.HandlerFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.on[q] = h
}

func (d *desk) questions() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := d.asked
	d.asked = nil
	return out
}

// open returns a venue whose clock starts at noon, with both markets listed and
// quoted and three minutes of history.
func (h *house) open(t *testing.T) (rates.Source, *desk) {
	t.Helper()
	d := &desk{house: h, on: map[string]http.HandlerFunc{
		"list": says(h.list(row{market: h.market}, row{market: h.other})),
		"book": says(h.books(noon, quoted{h.market, `"64000"`, `"64010"`, `"64004.5"`}, quoted{h.other, `"2000"`, `"2001"`, `"2000"`})),
		"past": says(h.past(h.market, noon, h.history()...)),
	}}
	start := time.Now()
	s, err := h.make(exchange.Options{Transport: d, Now: func() time.Time { return noon.Add(time.Since(start)) }})
	require.NoError(t, err)
	return s, d
}

// history closes at 64000.5 five minutes before noon, at 64011 four before, and
// at 64030 two before.
func (h *house) history() []minute {
	return []minute{
		{noon.Add(-5 * time.Minute), `64000.5`}, {noon.Add(-4 * time.Minute), `64011`},
		{noon.Add(-3 * time.Minute), ""}, {noon.Add(-2 * time.Minute), `64030`}, {noon.Add(-time.Minute), `64031`},
	}
}

// ask returns the quote of the house's market, or an error.
func (h *house) ask(t *testing.T, s rates.Source) (rates.Quote, error) {
	t.Helper()
	found, err := s.Quotes(t.Context(), []rates.Market{h.market})
	if err != nil {
		require.ErrorContains(t, err, h.name, "an error names the source")
		require.Empty(t, found)
		return rates.Quote{}, err
	}
	require.LessOrEqual(t, len(found), 1)
	if len(found) == 0 {
		return rates.Quote{}, rates.ErrUnknownPair
	}
	q := found[0]
	require.Equal(t, h.market, q.Market)
	require.Equal(t, h.name, q.Price.Source)
	require.NotEqual(t, q.Value.Valid(), q.Price.Rejected != "", "either a value or a reason: %+v", q)
	return q, nil
}

// usable reports whether a composite may count a quote now.
func usable(q rates.Quote, now time.Time) bool {
	return rates.Check(q, rates.RoleMember, rates.RuleOf(q.Market.Coin), now).Value.Valid()
}

// candle returns the close of a minute before noon, asked a minute after noon.
func (h *house) candle(t *testing.T, s rates.Source, before time.Duration) (rates.Quote, error) {
	t.Helper()
	q, err := s.Candle(t.Context(), h.market, noon.Add(-before+59*time.Second))
	if err != nil {
		require.ErrorContains(t, err, h.name, "an error names the source")
		require.False(t, q.Value.Valid())
		return q, err
	}
	require.Equal(t, h.market, q.Market)
	require.Equal(t, h.name, q.Price.Source)
	require.True(t, q.Value.Valid())
	require.Empty(t, q.Price.Rejected)
	return q, nil
}

// joined is a JSON list of what f makes of each.
func joined[T any](all []T, f func(T) string) string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = f(x)
	}
	return "[" + strings.Join(out, ",") + "]"
}

func coins(m rates.Market, sep string) string { return string(m.Coin) + sep + m.Quote }

var ethUSD = rates.Market{Coin: "ETH", Quote: "USD"}
