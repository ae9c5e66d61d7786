package exchange

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cointill/cointill/rates"
)

// round is one question for several markets and what came of it.
type round struct {
	asked  time.Time // of the earliest request; zero if none was sent
	quotes map[rates.Market]rates.Quote
	errs   []error // of requests without an answer
}

// Quotes returns what the venue says of each market, in the order asked, in one
// question where the venue has one. A market that the venue does not list is left
// out; one that is listed and has no price to be believed is there, rejected.
// Price.FetchedAt is the instant before the question was sent, never before
// Quotes was called. The error is [rates.ErrUnavailable] if no question was
// answered.
func (v *Venue) Quotes(ctx context.Context, markets []rates.Market) ([]rates.Quote, error) {
	if len(markets) == 0 {
		return nil, nil
	}
	names := make([]string, len(markets))
	for i, m := range markets {
		names[i] = m.String()
	}
	slices.Sort(names)
	key := "quotes " + strings.Join(slices.Compact(names), ",")
	take := func(ctx context.Context) (round, error) { return v.round(ctx, markets) }
	start := v.now()
	r, err := shared(ctx, v.client, key, take)
	if err == nil && !r.asked.IsZero() && r.asked.Before(start) {
		// The round had left before this call; what is received now must not be
		// priced by what was known earlier. The next round begins after start.
		r, err = shared(ctx, v.client, key, take)
	}
	if err != nil {
		return nil, err
	}
	var out []rates.Quote
	for _, m := range markets {
		if q, ok := r.quotes[m]; ok {
			out = append(out, q)
		}
	}
	return out, nil
}

func (v *Venue) round(ctx context.Context, markets []rates.Market) (round, error) {
	r := round{quotes: make(map[rates.Market]rates.Quote, len(markets))}
	want := make(roster, len(markets))
	for _, m := range markets {
		l, err := v.find(ctx, m)
		switch {
		case errors.Is(err, rates.ErrUnknownPair): // left out
		case err != nil:
			return r, err
		case l.status != online:
			r.reject(v, m, l, v.now(), errors.New(l.closed()))
		default:
			want[m] = l
		}
	}
	if v.singly {
		v.each(ctx, &r, want)
	} else if len(want) > 0 {
		v.books(ctx, &r, want)
	}
	if r.asked.IsZero() && len(r.errs) > 0 {
		return r, errors.Join(r.errs...)
	}
	return r, nil
}

// each asks for markets singly, in a fixed order.
func (v *Venue) each(ctx context.Context, r *round, want roster) {
	for _, m := range want.sorted() {
		v.books(ctx, r, roster{m: want[m]})
	}
}

func (all roster) sorted() []rates.Market {
	out := make([]rates.Market, 0, len(all))
	for m := range all {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b rates.Market) int { return strings.Compare(a.String(), b.String()) })
	return out
}

// books asks for markets at once and adds their quotes to the round.
func (v *Venue) books(ctx context.Context, r *round, want roster) {
	start := v.now()
	found, err := v.dialect.books(ctx, want)
	switch {
	case errors.Is(err, errUnlisted) && len(want) > 1:
		// One pair the venue does not know fails the whole question: each is asked
		// singly, once, and the bad one disabled.
		v.each(ctx, r, want)
		return
	case errors.Is(err, errUnlisted):
		r.sent(start)
		for m, l := range want {
			r.reject(v, m, l, start, v.disable(m, l))
		}
		return
	case err != nil:
		r.errs = append(r.errs, err)
	case len(found) == 0:
		r.sent(start)
	}
	for _, q := range found {
		r.sent(q.Price.FetchedAt)
		r.quotes[q.Market] = q
	}
	for m, l := range want {
		if _, ok := r.quotes[m]; ok {
			continue
		}
		why := err
		if why == nil {
			why = fmt.Errorf("absent: no row of %s", l.symbol)
		}
		r.reject(v, m, l, start, why)
	}
}

func (r *round) sent(at time.Time) {
	if r.asked.IsZero() || at.Before(r.asked) {
		r.asked = at
	}
}

// reject puts into the round why a listed market has no price.
func (r *round) reject(v *Venue, m rates.Market, l listing, at time.Time, why error) {
	r.quotes[m] = refused(blank(v.name, m, l, at), why)
}
