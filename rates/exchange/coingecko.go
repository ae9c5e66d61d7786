package exchange

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

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

// coinGecko speaks CoinGecko's "Coin Price by IDs" and "Coin Historical Chart Data
// within Time Range by ID".
type coinGecko struct {
	*client
	simple, chart endpoint
	held          kept[map[string]map[string]spot]
	charts        map[listing]*kept[[]candle]
}

// NewCoinGecko returns CoinGecko's averages of all our coins in USD and EUR, a
// tripwire: it averages the venues that are members. It asks for all coins at
// once, every five minutes at most, and answers in between from what it was told,
// with the times of that. It refuses a bad Options.DemoKey with [ErrBadKey].
//
// It has no candles: its history has a sample every five minutes of the last day,
// every hour before that. Of a stablecoin, whose minute may look back thirty,
// Candle returns the last sample up to the minute's end; of other coins nothing.
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
		chart:  endpoint{path: "/api/v3/coins/{symbol}/market_chart/range", dated: true, backfill: true},
		held:   kept[map[string]map[string]spot]{name: "simple", hold: coinGeckoEvery},
		charts: make(map[listing]*kept[[]candle]),
	}
	coins := make([]string, 0, len(coinGeckoIDs))
	for coin, id := range coinGeckoIDs {
		coins = append(coins, string(coin))
		for _, fiat := range fiats {
			g.charts[geckoListing(id, fiat)] = &kept[[]candle]{name: id + " " + fiat, hold: 2 * coinGeckoEvery} // history has half of the limit
		}
	}
	all := strings.Join(coins, " ")
	return &Venue{client: c, dialect: g, role: rates.RoleTripwire, closed: true, offer: offer{"USD": all, "EUR": all}}, nil
}

func geckoListing(id, fiat string) listing { return listing{symbol: id, key: fiat, status: online} }

func (g *coinGecko) list(context.Context) (roster, error) {
	all := make(roster)
	for coin, id := range coinGeckoIDs {
		for _, fiat := range fiats {
			all[rates.Market{Coin: coin, Quote: fiat}] = geckoListing(id, fiat)
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
