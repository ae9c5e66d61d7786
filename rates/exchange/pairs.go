package exchange

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/cointill/cointill/rates"
)

const (
	listingAge = time.Hour
	// relistAfter follows a pair refused although it was listed: it may have
	// been renamed.
	relistAfter = 5 * time.Minute
	online      = "online"
	maxSymbol   = 40 // of a symbol that may stand in evidence
)

// listing is a market as the venue lists it.
type listing struct {
	symbol string // its name in questions, and in evidence
	key    string // its name in answers, where that is another one
	status string // online, or why it is not to be asked
}

// roster is what a venue lists. It is never changed once it is in use.
type roster map[rates.Market]listing

// shelf makes a roster. It leaves out what is listed twice: it is ambiguous.
type shelf struct {
	roster roster
	twice  map[rates.Market]bool
}

func (s *shelf) add(m rates.Market, l listing) {
	if s.roster == nil {
		s.roster, s.twice = make(roster), make(map[rates.Market]bool)
	}
	if m.Coin == "" || m.Quote == "" || l.symbol == "" || len(l.symbol) > maxSymbol {
		return
	}
	_, known := s.roster[m]
	s.twice[m] = s.twice[m] || known
	s.roster[m] = l
}

func (s *shelf) done() (roster, error) {
	maps.DeleteFunc(s.roster, func(m rates.Market, _ listing) bool { return s.twice[m] })
	if len(s.roster) == 0 {
		return nil, fmt.Errorf("%w: no pair is listed", errShape)
	}
	return s.roster, nil
}

// listings returns what the venue lists, read again when due; an old list serves
// while a new one cannot be had.
func (v *Venue) listings(ctx context.Context) (roster, error) {
	v.mu.Lock()
	have, due := v.listed, v.due
	v.mu.Unlock()
	if have != nil && time.Now().Before(due) {
		return have, nil
	}
	fresh, err := shared(ctx, v.client, "pairs", func(ctx context.Context) (roster, error) {
		m, err := v.dialect.list(ctx)
		if err != nil {
			return nil, err
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		v.listed, v.due = m, time.Now().Add(listingAge)
		return m, nil
	})
	if err != nil && have != nil && ctx.Err() == nil {
		return have, nil // failed has logged why
	}
	return fresh, err
}

// disable keeps a market from being asked until the list is read again, soon.
func (v *Venue) disable(m rates.Market, l listing) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	l.status = "disabled, the venue does not know it"
	next := maps.Clone(v.listed)
	next[m] = l
	v.listed = next
	if soon := time.Now().Add(relistAfter); soon.Before(v.due) {
		v.due = soon
	}
	v.log.Warn("price venue does not know a listed pair", "venue", v.name, "pair", m.String(), "symbol", l.symbol)
	return errors.New(l.closed())
}

func (l listing) closed() string { return fmt.Sprintf("closed: %s is %.60s", l.symbol, l.status) }

// find returns a market's listing, or [rates.ErrUnknownPair] if there is none.
func (v *Venue) find(ctx context.Context, m rates.Market) (listing, error) {
	unknown := fmt.Errorf("%w: %s: %s", rates.ErrUnknownPair, v.name, m)
	if !v.Serves(m) {
		return listing{}, unknown
	}
	all, err := v.listings(ctx)
	if err != nil {
		return listing{}, err
	}
	l, ok := all[m]
	if !ok {
		return listing{}, unknown
	}
	return l, nil
}
