package exchange

import (
	"encoding/json"
	"fmt"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

type krakenBook struct{ bid, ask, last money.Rate }

// decodeBook reads the first number of a, b and c of a Ticker row.
func decodeBook(raw json.RawMessage) (krakenBook, error) {
	var w struct {
		A, B, C []json.RawMessage
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return krakenBook{}, fmt.Errorf("%w: %w", errNotKraken, err)
	}
	var b krakenBook
	for _, f := range []struct {
		name string
		from []json.RawMessage
		to   *money.Rate
	}{{"ask", w.A, &b.ask}, {"bid", w.B, &b.bid}, {"last trade", w.C, &b.last}} {
		if len(f.from) == 0 {
			return krakenBook{}, fmt.Errorf("%w: %s is absent", errNotKraken, f.name)
		}
		r, err := readRate(f.from[0])
		if err != nil {
			return krakenBook{}, fmt.Errorf("%s: %w", f.name, err)
		}
		*f.to = r
	}
	return b, nil
}

func bookSnapshot(p rates.Pair, l listing, result map[string]json.RawMessage, a answer) (rates.Snapshot, error) {
	raw, err := rowOf(result, l)
	if err != nil {
		return rates.Snapshot{}, err
	}
	b, err := decodeBook(raw)
	if err != nil {
		return rates.Snapshot{}, err
	}
	mid, err := middle(b.bid, b.ask, b.last, limitsOf(p.Coin).spread)
	if err != nil {
		return rates.Snapshot{}, err
	}
	return rates.NewSnapshot(rates.Snapshot{Pair: p, Rate: mid, AsOf: a.asked, Method: rates.MethodVenue, Prices: []rates.Price{
		{Source: "kraken", Symbol: l.altname, Bid: b.bid, Ask: b.ask, Last: b.last, FetchedAt: a.arrived},
	}})
}
