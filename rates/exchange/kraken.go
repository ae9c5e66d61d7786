package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/cointill/cointill/rates"
)

// Kraken prices coins by Kraken's public order books. Make it with [NewKraken].
// It is safe for concurrent use; equal concurrent calls share one request.
type Kraken struct {
	venue *venue

	assetPairs, ticker, ohlc, trades endpoint

	mu    sync.Mutex
	pairs map[rates.Pair]listing
	due   time.Time // when the list is to be read again; monotonic
}

var _ rates.Provider = (*Kraken)(nil)

// NewKraken returns a provider that does no I/O until it is asked. It refuses a
// bad BaseURL with [ErrBadBaseURL].
func NewKraken(o Options) (*Kraken, error) {
	v, err := newVenue("kraken", "https://api.kraken.com", 2*time.Second, o)
	if err != nil {
		return nil, err
	}
	return &Kraken{
		venue:      v,
		assetPairs: endpoint{path: "/0/public/AssetPairs"},
		ticker:     endpoint{path: "/0/public/Ticker"},
		ohlc:       endpoint{path: "/0/public/OHLC"},
		trades:     endpoint{path: "/0/public/Trades"},
	}, nil
}

// call asks one question and opens the envelope. Only an answer that is not
// Kraken's, or a refusal of the caller, begins a pause: what a single row holds
// says nothing about the others.
func (k *Kraken) call(ctx context.Context, e *endpoint, query url.Values) (map[string]json.RawMessage, answer, error) {
	a, err := k.venue.get(ctx, e, query)
	if err != nil {
		return nil, a, k.venue.unavailable(e.path, err)
	}
	result, err := openEnvelope(a.body)
	r := (*refusal)(nil)
	switch {
	case err == nil:
		k.venue.answered(e)
		return result, a, nil
	case errors.As(err, &r) && r.has("EQuery:"):
		k.venue.answered(e) // the venue is well; the question was wrong
	case errors.As(err, &r) && r.limited():
		k.venue.failed(e, &stay{r.until(a.arrived), err})
	default:
		k.venue.failed(e, err)
	}
	return nil, a, k.venue.unavailable(e.path, err)
}
