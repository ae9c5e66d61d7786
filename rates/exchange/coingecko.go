package exchange

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// ErrBadKey refuses an [Options.DemoKey] that is not letters, digits, "-" and "_".
var ErrBadKey = errors.New("exchange: demo key: write it as the venue shows it, without spaces")

// Key is a venue's key. It is written out nowhere: every way of formatting or
// marshalling it says only whether there is one.
type Key string

// Format writes "(key)", or nothing for no key, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) {
	text, _ := k.MarshalText()
	_, _ = f.Write(text) // a fmt.State keeps what it is given
}

// MarshalText returns what Format writes. It never fails.
func (k Key) MarshalText() ([]byte, error) {
	if k == "" {
		return nil, nil
	}
	return []byte("(key)"), nil
}

func (k Key) valid() bool {
	return strings.IndexFunc(string(k), func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}

// coinGeckoIDs are the coins by the venue's ids; its symbols are not unique.
var coinGeckoIDs = map[money.Coin]string{
	"BTC": "bitcoin", "LTC": "litecoin", "DOGE": "dogecoin", "ETH": "ethereum", "BNB": "binancecoin",
	"USDC": "usd-coin", "USDT": "tether", "DAI": "dai", "GUSD": "gemini-dollar",
}

// coinGeckoEvery keeps a demo key's 10,000 questions a month; the venue's own
// cache of a minute makes more of them useless anyway.
const coinGeckoEvery = 5 * time.Minute

// coinGeckoAge is how old a coin's last_updated_at may be. GUSD trades so little
// that it has longer.
func coinGeckoAge(c money.Coin) time.Duration {
	if c == "GUSD" {
		return 15 * time.Minute
	}
	return 10 * time.Minute
}

// coinGecko speaks CoinGecko's "Coin Price by IDs".
type coinGecko struct {
	*client
	simple endpoint
	held   kept[map[string]map[string]spot]
}

// NewCoinGecko returns CoinGecko's averages of all our coins in USD and EUR, a
// tripwire: it averages the venues that are members. It asks for all coins at
// once, every five minutes at most, and answers in between from what it was told,
// with the times of that. It has no candles: its history has a point every five
// minutes of the last day, every hour before that, and none is the close of a
// minute. It refuses a bad Options.DemoKey with [ErrBadKey].
func NewCoinGecko(o Options) (*Venue, error) {
	if !o.DemoKey.valid() {
		return nil, ErrBadKey
	}
	c, err := newClient("coingecko", "https://api.coingecko.com", coinGeckoEvery, 2, o)
	if err != nil {
		return nil, err
	}
	if o.DemoKey != "" {
		c.header.Set("X-Cg-Demo-Api-Key", string(o.DemoKey))
	}
	g := &coinGecko{
		client: c,
		simple: endpoint{path: "/api/v3/simple/price", dated: true},
		held:   kept[map[string]map[string]spot]{hold: coinGeckoEvery},
	}
	coins := make([]string, 0, len(coinGeckoIDs))
	for coin := range coinGeckoIDs {
		coins = append(coins, string(coin))
	}
	all := strings.Join(coins, " ")
	return &Venue{client: c, dialect: g, role: rates.RoleTripwire, closed: true, offer: offer{"USD": all, "EUR": all}}, nil
}

func (g *coinGecko) list(context.Context) (roster, error) {
	all := make(roster)
	for coin, id := range coinGeckoIDs {
		for _, fiat := range fiats {
			all[rates.Market{Coin: coin, Quote: fiat}] = listing{symbol: id, status: online}
		}
	}
	return all, nil
}

func (g *coinGecko) books(ctx context.Context, want roster) ([]rates.Quote, error) {
	found, a, err := g.held.get(ctx, g.client, func(ctx context.Context) (map[string]map[string]spot, answer, error) {
		return ask(ctx, g.client, &g.simple, "", url.Values{
			"ids":           {strings.Join(slices.Sorted(maps.Values(coinGeckoIDs)), ",")},
			"vs_currencies": {strings.ToLower(strings.Join(fiats, ","))}, "precision": {"full"}, "include_last_updated_at": {"true"},
		}, coinGeckoPrices)
	})
	if err != nil {
		return nil, err
	}
	var out []rates.Quote
	for _, m := range want.sorted() {
		if s, ok := found[want[m].symbol][m.Quote]; ok {
			out = append(out, s.quote(g.name, m, want[m], a, g.now(), coinGeckoAge(m.Coin)))
		}
	}
	return out, nil
}

func (g *coinGecko) past(context.Context, listing, time.Time, time.Time) (candle, answer, error) {
	return candle{}, answer{}, g.unavailable("candle", errNoCandles)
}

// coinGeckoPrices reads simple/price into spots by id and currency. The venue
// leaves out an id it does not know.
func coinGeckoPrices(body []byte) (map[string]map[string]spot, error) {
	w, err := parseJSON[map[string]struct {
		USD     number `json:"usd"`
		EUR     number `json:"eur"`
		Updated number `json:"last_updated_at"`
	}](body)
	if err != nil {
		return nil, err
	}
	out := make(map[string]map[string]spot)
	for _, id := range coinGeckoIDs {
		row, ok := w[id]
		if !ok {
			continue
		}
		at, bad := row.Updated.seconds()
		if bad != nil {
			bad = fmt.Errorf("number: %w", bad)
		}
		out[id] = map[string]spot{"USD": {price: row.USD, at: at, err: bad}, "EUR": {price: row.EUR, at: at, err: bad}}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: none of the coins is there", errShape)
	}
	return out, nil
}
