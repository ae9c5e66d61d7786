package exchange

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// book is one row of a venue's books, as it was written.
type book struct {
	bid, ask number
	last     number
	noLast   bool      // the venue does not say the last trade
	at       time.Time // the venue's own time of it; zero if there is none
	bad      error     // why it is not to be believed, whatever its numbers
}

var half = decimal.New(5, -1)

// quote reads a book into evidence and its middle. A book that cannot be read
// is a quote that says why.
func (b book) quote(source string, m rates.Market, l listing, a answer) rates.Quote {
	q := blank(source, m, l, a.asked)
	q.Price.SourceTime = b.at
	if b.bad != nil {
		return refused(q, b.bad)
	}
	for _, f := range []struct {
		name string
		from number
		to   *money.Rate
	}{{"bid", b.bid, &q.Price.Bid}, {"ask", b.ask, &q.Price.Ask}, {"last trade", b.last, &q.Price.Last}} {
		if f.to == &q.Price.Last && b.noLast {
			continue
		}
		r, err := f.from.rate()
		if err != nil {
			return refused(q, fmt.Errorf("number: %s: %w", f.name, err))
		}
		*f.to = r
	}
	mid, err := money.NewRate(q.Price.Bid.Decimal().Add(q.Price.Ask.Decimal()).Mul(half))
	if err != nil {
		return refused(q, fmt.Errorf("number: middle: %w", err))
	}
	q.Value = mid
	return q
}

// blank is the evidence of a question before its answer is read.
func blank(source string, m rates.Market, l listing, asked time.Time) rates.Quote {
	return rates.Quote{Market: m, Price: rates.Price{Source: source, Symbol: l.symbol, FetchedAt: asked}}
}

// refused returns the quote with a reason why it must not be counted.
func refused(q rates.Quote, why error) rates.Quote {
	q.Value, q.Price.Rejected = money.Rate{}, clip(why)
	return q
}

// clip keeps a venue's own words short in evidence.
func clip(why error) string { return fmt.Sprintf("%.200s", why) }

// single asks for the one market of a venue that is asked singly.
func single(want roster, one func(rates.Market, listing) (rates.Quote, error)) ([]rates.Quote, error) {
	var out []rates.Quote
	for _, m := range want.sorted() {
		q, err := one(m, want[m])
		if err != nil {
			return out, err
		}
		out = append(out, q)
	}
	return out, nil
}
