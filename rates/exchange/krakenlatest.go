package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cointill/cointill/rates"
)

// round is one question for several pairs: a price or the reason of each.
type round struct {
	asked  time.Time // of the earliest request; zero if none was sent
	prices map[rates.Pair]rates.Snapshot
	why    []error
}

// Latest returns the middle of each pair's book. AsOf is the instant before the
// question was sent, never before Latest was called. A pair left out is told to
// [Options.Log]; a failure of the whole is [rates.ErrUnavailable], or
// [rates.ErrUnknownPair] if the venue lists none of the pairs.
func (k *Kraken) Latest(ctx context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	names := make([]string, len(pairs))
	for i, p := range pairs {
		names[i] = p.String()
	}
	slices.Sort(names)
	key := "latest " + strings.Join(slices.Compact(names), ",")
	ask := func(ctx context.Context) (round, error) { return k.round(ctx, pairs) }
	start := k.venue.now()
	r, err := shared(ctx, k.venue, key, ask)
	if err == nil && !r.asked.IsZero() && r.asked.Before(start) {
		// The round had left before this call; what is received now must not be
		// priced by what was known earlier. The next round begins after start.
		r, err = shared(ctx, k.venue, key, ask)
	}
	if err != nil {
		return nil, err
	}
	var out []rates.Snapshot
	for _, p := range pairs {
		if s, ok := r.prices[p]; ok {
			s.Prices = slices.Clone(s.Prices) // callers share the round
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, verdict(r.why)
	}
	return out, nil
}

// verdict joins why no pair has a price: unknown only if every one is, so that
// errors.Is finds one sentinel.
func verdict(why []error) error {
	passing := slices.DeleteFunc(slices.Clone(why), func(err error) bool {
		return errors.Is(err, rates.ErrUnknownPair)
	})
	if len(passing) > 0 {
		why = passing
	}
	return errors.Join(why...)
}

func (k *Kraken) round(ctx context.Context, pairs []rates.Pair) (round, error) {
	r := round{prices: make(map[rates.Pair]rates.Snapshot, len(pairs))}
	known := make(map[rates.Pair]listing, len(pairs))
	for _, p := range pairs {
		l, err := k.find(ctx, p)
		if err != nil {
			r.leaveOut(k, p, err)
			continue
		}
		known[p] = l
	}
	if len(known) == 0 {
		return r, nil
	}
	err := k.books(ctx, &r, known)
	if !unknownPair(err) {
		return r, err
	}
	// One pair the venue does not know fails the whole question: each is asked
	// singly, once, and the bad one disabled.
	for p, l := range known {
		one := err
		if len(known) > 1 {
			one = k.books(ctx, &r, map[rates.Pair]listing{p: l})
		}
		if unknownPair(one) {
			one = k.disable(p, l)
		}
		if one != nil {
			r.leaveOut(k, p, one)
		}
	}
	return r, nil
}

// books asks for pairs at once and adds their prices to the round.
func (k *Kraken) books(ctx context.Context, r *round, known map[rates.Pair]listing) error {
	names := make([]string, 0, len(known))
	for _, l := range known {
		names = append(names, l.altname)
	}
	slices.Sort(names)
	result, a, err := k.call(ctx, &k.ticker, url.Values{"pair": {strings.Join(names, ",")}})
	if err != nil {
		return err
	}
	if r.asked.IsZero() {
		r.asked = a.asked
	}
	for p, l := range known {
		s, err := bookSnapshot(p, l, result, a)
		if err != nil {
			r.leaveOut(k, p, fmt.Errorf("%w: kraken: %s: %w", rates.ErrUnavailable, p, err))
			continue
		}
		r.prices[p] = s
	}
	return nil
}

func (r *round) leaveOut(k *Kraken, p rates.Pair, why error) {
	r.why = append(r.why, why)
	k.venue.log.Warn("pair left without a price", "venue", k.venue.name, "pair", p.String(), "cause", why)
}
