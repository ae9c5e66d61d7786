package exchange

import (
	"context"
	"time"

	"github.com/cointill/cointill/rates"
)

// bitPayEvery is how often BitPay is asked; it publishes no limit.
const bitPayEvery = time.Minute

// bitPay speaks BitPay's "Get Exchange Rates".
type bitPay struct {
	*client
	rates endpoint
	held  kept[map[string]spot]
}

// NewBitPay returns BitPay's public rates of BTC in USD and EUR, a tripwire:
// nothing says where they come from. They carry no time and there is no history.
// Of our coins the venue documents BTC alone. A BitPay invoice is never valued by
// them; it has a rate of its own. The venue is asked once a minute and answers in
// between from what it was told, with the time of that.
func NewBitPay(o Options) (*Venue, error) {
	c, err := newClient("bitpay", "https://bitpay.com", bitPayEvery, 2, o)
	if err != nil {
		return nil, err
	}
	c.header.Set("X-Accept-Version", "2.0.0")
	b := &bitPay{client: c, rates: endpoint{path: "/rates/{symbol}"}, held: kept[map[string]spot]{name: "rates", hold: bitPayEvery}}
	return &Venue{client: c, dialect: b, role: rates.RoleTripwire, closed: true, offer: offer{"USD": "BTC", "EUR": "BTC"}}, nil
}

func (b *bitPay) list(context.Context) (roster, error) {
	all := make(roster)
	for _, fiat := range fiats {
		all[rates.Market{Coin: "BTC", Quote: fiat}] = listing{symbol: "BTC/" + fiat, status: online}
	}
	return all, nil
}

func (b *bitPay) books(ctx context.Context, want roster) ([]rates.Quote, error) {
	found, a, err := b.held.get(ctx, b.client, func(ctx context.Context) (map[string]spot, answer, error) {
		return ask(ctx, b.client, &b.rates, "BTC", nil, bitPayRates)
	})
	if err != nil {
		return nil, err
	}
	var out []rates.Quote
	for _, m := range want.sorted() {
		if s, ok := found[m.Quote]; ok {
			out = append(out, s.quote(b.name, m, want[m], a, b.now(), 0))
		}
	}
	return out, nil
}

func (b *bitPay) past(context.Context, listing, time.Time, time.Time) (candle, answer, error) {
	return candle{}, answer{}, b.unavailable("candle", errNoCandles)
}

// bitPayRates reads the rates of a coin by currency: units of it for one coin. A
// currency told twice has no rate to be believed.
func bitPayRates(body []byte) (map[string]spot, error) {
	w, err := parseJSON[struct {
		Data *[]struct {
			Code string `json:"code"`
			Rate number `json:"rate"`
		} `json:"data"`
	}](body)
	if err != nil {
		return nil, err
	}
	if w.Data == nil {
		return nil, errNoData
	}
	out := make(map[string]spot, len(*w.Data))
	for _, r := range *w.Data {
		s := spot{price: r.Rate}
		if _, twice := out[r.Code]; twice {
			s.err = errTwice
		}
		out[r.Code] = s
	}
	return out, nil
}
