package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

const (
	listingAge = time.Hour
	// relistAfter follows a pair refused although it was listed: it may have
	// been renamed.
	relistAfter = 5 * time.Minute
	online      = "online"
)

// listing is a pair as the venue lists it: asked by altname, answered by key.
type listing struct{ key, altname, status string }

// decodePairs maps the venue's list to our pairs. A pair listed twice is
// ambiguous and left out, and so is a row of another shape.
func decodePairs(result map[string]json.RawMessage) (map[rates.Pair]listing, error) {
	out, twice := make(map[rates.Pair]listing), make(map[rates.Pair]bool)
	for key, raw := range result {
		var w struct {
			Altname string `json:"altname"`
			Wsname  string `json:"wsname"`
			Base    string `json:"aclass_base"`
			Quote   string `json:"aclass_quote"`
			Status  string `json:"status"`
		}
		if json.Unmarshal(raw, &w) != nil || w.Base != "currency" || w.Quote != "currency" {
			continue
		}
		coin, currency, _ := strings.Cut(w.Wsname, "/")
		pair := rates.Pair{Coin: krakenCoin(coin), Currency: money.Currency(currency)}
		if coin == "" || !pair.Currency.Valid() || w.Altname == "" || strings.Contains(w.Altname, ",") {
			continue
		}
		_, known := out[pair]
		twice[pair] = twice[pair] || known
		out[pair] = listing{key: key, altname: w.Altname, status: w.Status}
	}
	maps.DeleteFunc(out, func(p rates.Pair, _ listing) bool { return twice[p] })
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: no pair is listed", errNotKraken)
	}
	return out, nil
}

func krakenCoin(name string) money.Coin {
	switch name {
	case "XBT":
		return "BTC"
	case "XDG":
		return "DOGE"
	}
	return money.Coin(name)
}

// listings returns what the venue lists, read again when due; an old list serves
// while a new one cannot be had. The map is never changed after it is returned.
func (k *Kraken) listings(ctx context.Context) (map[rates.Pair]listing, error) {
	k.mu.Lock()
	have, due := k.pairs, k.due
	k.mu.Unlock()
	if have != nil && time.Now().Before(due) {
		return have, nil
	}
	fresh, err := shared(ctx, k.venue, "pairs", k.discover)
	if err != nil && have != nil && ctx.Err() == nil {
		return have, nil // failed has logged why
	}
	return fresh, err
}

func (k *Kraken) discover(ctx context.Context) (map[rates.Pair]listing, error) {
	result, _, err := k.call(ctx, &k.assetPairs, nil)
	if err != nil {
		return nil, err
	}
	m, err := decodePairs(result)
	if err != nil {
		k.venue.failed(&k.assetPairs, err)
		return nil, k.venue.unavailable(k.assetPairs.path, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pairs, k.due = m, time.Now().Add(listingAge)
	return m, nil
}

// disable keeps a pair from being asked until the list is read again, soon.
func (k *Kraken) disable(pair rates.Pair, l listing) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	l.status = "disabled: the venue does not know it"
	m := maps.Clone(k.pairs)
	m[pair] = l
	k.pairs = m
	if soon := time.Now().Add(relistAfter); soon.Before(k.due) {
		k.due = soon
	}
	return k.offline(pair, l)
}

func (k *Kraken) offline(pair rates.Pair, l listing) error {
	return fmt.Errorf("%w: kraken: %s: %s is %.40s", rates.ErrUnavailable, pair, l.altname, l.status)
}

func (k *Kraken) find(ctx context.Context, pair rates.Pair) (listing, error) {
	m, err := k.listings(ctx)
	if err != nil {
		return listing{}, err
	}
	l, ok := m[pair]
	if !ok {
		return listing{}, fmt.Errorf("%w: kraken: %s", rates.ErrUnknownPair, pair)
	}
	if l.status != online {
		return listing{}, k.offline(pair, l)
	}
	return l, nil
}
