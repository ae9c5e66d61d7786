package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/rates"
)

// roundLag is how long a round of prices may take from its first question to its
// commit: a slower one joins no series. What is older is therefore complete.
const roundLag = 15 * time.Second

// How long a live price stands for instants after it.
const (
	liveFor       = 60 * time.Second
	liveForStable = 5 * time.Minute
)

// At returns what a pair was worth at an instant by what was known then, for
// display and refunds, never for deposits: the newest live price taken at least 15
// seconds before it, if that was at most a minute (stablecoins: five minutes)
// earlier still, else the close of the last one-minute candle that had ended by
// then, which is asked for and stored if need be. Nothing later is ever used.
// The answer is the same for ever, before and after a restart, and in every process
// on the store whose clock is right to a few seconds; what is stored first holds.
//
// Errors: an *InputError for an instant in the future, ErrJoined inside a
// transaction if the candle must be asked for, rates.ErrUnavailable,
// rates.ErrUnknownPair, rates.ErrDepegged, or the store's.
func (p *Processor) At(ctx context.Context, pair rates.Pair, at time.Time) (rates.Point, error) {
	if at.After(p.now()) {
		return rates.Point{}, &InputError{Field: "instant", Reason: "is in the future; nothing is known of it yet"}
	}
	known := at.UTC().Truncate(time.Millisecond).Add(-roundLag)
	if point, ok, err := p.storedAt(ctx, pair, known); ok || err != nil {
		return point, err
	}
	if p.joined {
		return rates.Point{}, ErrJoined
	}
	minute := known.Truncate(time.Minute).Add(-time.Minute)
	snapshot, err := p.cfg.Rates.Candle(ctx, pair, minute)
	if err != nil {
		return rates.Point{}, fmt.Errorf("payments: price %s as of %s: %w", pair, at.UTC().Format(time.RFC3339), err)
	}
	if !snapshot.Rate.Valid() || snapshot.Pair != pair {
		return rates.Point{}, fmt.Errorf("%w: the provider answered without a rate", rates.ErrUnavailable)
	}
	err = p.update(ctx, func(tx Tx) error {
		if _, err := tx.InsertSnapshots(ctx, []rates.Snapshot{snapshot}); err != nil {
			return err
		}
		_, err := tx.InsertPoints(ctx, []rates.Point{{Pair: pair, Candle: true, AsOf: minute, Rate: snapshot.Rate, Snapshot: snapshot.ID}})
		return err
	})
	if err != nil {
		return rates.Point{}, err
	}
	point, ok, err := p.storedAt(ctx, pair, known)
	if err == nil && !ok {
		err = fmt.Errorf("%w: %s as of %s", rates.ErrUnavailable, pair, at)
	}
	return point, err
}

func (p *Processor) storedAt(ctx context.Context, pair rates.Pair, known time.Time) (point rates.Point, ok bool, err error) {
	age := liveFor
	if rates.RuleOf(pair.Coin).Stable {
		age = liveForStable
	}
	err = p.view(ctx, func(tx Tx) error {
		points, err := tx.PointsBetween(ctx, pair, known.Add(-age-time.Minute), known)
		point, ok = rates.At(points, known, age)
		return err
	})
	return point, ok, err
}
