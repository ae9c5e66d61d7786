package exchange

import (
	"context"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/cointill/cointill/rates"
)

const (
	// ecbEvery is how often the file is asked for; it changes once a working day.
	ecbEvery = 5 * time.Minute
	// ecbAge bounds a rate from its day's midnight: the longest run of days
	// without one is Good Friday to Easter Monday, and the next comes at about
	// 16:00 on the Tuesday.
	ecbAge = 6 * 24 * time.Hour
)

// ecb speaks the European Central Bank's "Euro foreign exchange reference rates".
type ecb struct {
	*client
	daily endpoint
	held  kept[spot]
}

// NewECB returns the European Central Bank's reference rate of EUR in USD, a
// tripwire and never a member: the bank publishes it for information, at about
// 16:00 in Frankfurt on working days, as of 14:15. It carries a day and no time:
// Price.SourceTime is that day's midnight in UTC. On a Monday morning it is
// Friday's. There are no candles.
func NewECB(o Options) (*Venue, error) {
	c, err := newClient("ecb", "https://www.ecb.europa.eu", ecbEvery, 2, o)
	if err != nil {
		return nil, err
	}
	e := &ecb{
		client: c,
		daily:  endpoint{path: "/stats/eurofxref/eurofxref-daily.xml", types: []string{"text/xml", "application/xml"}, dated: true},
		held:   kept[spot]{name: "daily", hold: ecbEvery},
	}
	return &Venue{client: c, dialect: e, role: rates.RoleTripwire, closed: true, offer: offer{"USD": "EUR"}}, nil
}

func (e *ecb) list(context.Context) (roster, error) {
	return roster{rates.Market{Coin: "EUR", Quote: "USD"}: {symbol: "USD", status: online}}, nil
}

func (e *ecb) books(ctx context.Context, want roster) ([]rates.Quote, error) {
	found, a, err := e.held.get(ctx, e.client, func(ctx context.Context) (spot, answer, error) {
		return ask(ctx, e.client, &e.daily, "", nil, ecbDaily)
	})
	if err != nil {
		return nil, err
	}
	var out []rates.Quote
	for _, m := range want.sorted() {
		out = append(out, found.quote(e.name, m, want[m], a, e.now(), ecbAge))
	}
	return out, nil
}

func (e *ecb) past(context.Context, listing, time.Time, time.Time) (candle, answer, error) {
	return candle{}, answer{}, e.unavailable("candle", errNoCandles)
}

// ecbDaily reads the file of one day: US dollars for one euro.
func ecbDaily(body []byte) (spot, error) {
	var w struct {
		XMLName xml.Name `xml:"http://www.gesmes.org/xml/2002-08-01 Envelope"`
		Days    []struct {
			Day   string `xml:"time,attr"`
			Rates []struct {
				Currency string `xml:"currency,attr"`
				Rate     number `xml:"rate,attr"`
			} `xml:"Cube"`
		} `xml:"Cube>Cube"`
	}
	if err := xml.Unmarshal(body, &w); err != nil {
		return spot{}, fmt.Errorf("%w: %w", errShape, err)
	}
	if len(w.Days) != 1 {
		return spot{}, fmt.Errorf("%w: %d days instead of one", errShape, len(w.Days))
	}
	day, err := time.Parse(time.DateOnly, w.Days[0].Day)
	if err != nil || day.Unix() <= 0 {
		return spot{}, fmt.Errorf("%w: day %.20q", errShape, w.Days[0].Day)
	}
	found, dollars := 0, spot{at: day}
	for _, r := range w.Days[0].Rates {
		if r.Currency == "USD" {
			dollars.price = r.Rate
			found++
		}
	}
	if found != 1 {
		return spot{}, fmt.Errorf("%w: %d rates of USD instead of one", errShape, found)
	}
	return dollars, nil
}
