package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// valueBatch bounds how many deposits are priced or screened in one commit.
const valueBatch = 500

// valuePass prices what was received, outside any step: following a chain never
// waits for a price. A deposit that cannot be priced now stays as it is and is
// tried again; the reason is returned after the others were priced.
func (p *Processor) valuePass(ctx context.Context) (changed bool, err error) {
	if !p.valueMu.TryLock() {
		return false, nil
	}
	defer p.valueMu.Unlock()
	var failed error
	again := !p.now().Before(p.depegNext)
	if again {
		p.depegNext = p.now().Add(depegRetry)
	}
	off := map[priceKey]error{} // minutes in which a coin was off its peg
	q := DepositQuery{Unvalued: true, Limit: valueBatch}
	for {
		var page []Deposit
		var accounts map[Account]money.Currency
		err := p.view(ctx, func(tx Tx) error {
			var err error
			if page, err = tx.Deposits(ctx, q); err != nil {
				return err
			}
			accounts, err = currencies(ctx, tx, page)
			return err
		})
		if err != nil {
			return changed, err
		}
		priced := make(map[DepositKey]rates.Point, len(page))
		points := map[priceKey]rates.Point{}
		failures := map[rates.Pair]int{}
		for _, d := range page {
			if d.Hold == HoldAsset || d.Hold == HoldDepegged && !again {
				continue // not accepted, so perhaps priced by nobody; asked for a while ago
			}
			pair := rates.Pair{Coin: d.Amount.Asset().Coin, Currency: accounts[d.Owner.Account]}
			if failures[pair] >= givenUp && !known(points, pair, d) {
				continue
			}
			minute := priceKey{pair, d.ReceivedAt.Truncate(time.Minute)}
			err, point := off[minute], rates.Point{}
			if err == nil {
				point, err = p.worst(ctx, pair, d, points)
			}
			if errors.Is(err, rates.ErrDepegged) {
				off[minute], failed = err, err
				if err := p.noteDepeg(ctx, d, err); err != nil {
					return changed, err
				}
				continue
			}
			if err != nil {
				failures[pair]++
				failed = err
				continue
			}
			priced[d.Key] = point
		}
		if len(priced) > 0 {
			if err := p.saveValues(ctx, priced); err != nil {
				return changed, err
			}
			changed = true
		}
		if len(page) < valueBatch || ctx.Err() != nil {
			return changed, failed
		}
		q.After = page[len(page)-1].Key
	}
}

// worst prices a deposit at each instant that counts and returns the lowest rate.
func (p *Processor) worst(ctx context.Context, pair rates.Pair, d Deposit, points map[priceKey]rates.Point) (lowest rates.Point, err error) {
	for _, at := range append([]time.Time{d.ReceivedAt}, d.AlsoAt...) {
		point, ok := points[priceKey{pair, at}]
		if !ok {
			if point, err = p.price(ctx, pair, at); err != nil {
				return lowest, fmt.Errorf("payments: price %s as of %s: %w", pair, at.Format(time.RFC3339), err)
			}
			points[priceKey{pair, at}] = point
		}
		if !lowest.Rate.Valid() || point.Rate.Less(lowest.Rate) {
			lowest = point
		}
	}
	return lowest, nil
}

// known reports whether a deposit can be priced without asking anybody.
func known(points map[priceKey]rates.Point, pair rates.Pair, d Deposit) bool {
	for _, at := range append([]time.Time{d.ReceivedAt}, d.AlsoAt...) {
		if _, ok := points[priceKey{pair, at}]; !ok {
			return false
		}
	}
	return true
}

// priceSeen takes the live price of payments seen in the mempool just now, so
// that it is on record when they are mined: a candle of the past is second best.
// What cannot be had is left for then.
func (p *Processor) priceSeen(ctx context.Context) error {
	q := DepositQuery{States: []DepositState{StateSeen}, NotHeld: true, Limit: valueBatch}
	for {
		var page []Deposit
		var accounts map[Account]money.Currency
		err := p.view(ctx, func(tx Tx) (err error) {
			if page, err = tx.Deposits(ctx, q); err != nil {
				return err
			}
			accounts, err = currencies(ctx, tx, page)
			return err
		})
		if err != nil {
			return err
		}
		for _, d := range page {
			if !d.SeenLive || d.Owner.IsZero() {
				continue
			}
			pair := rates.Pair{Coin: d.Amount.Asset().Coin, Currency: accounts[d.Owner.Account]}
			for _, at := range append([]time.Time{d.SeenAt}, d.AlsoAt...) {
				if age := p.now().Sub(at); age < 0 || age > rates.ForwardWindow {
					continue
				}
				if _, err := p.price(ctx, pair, at); err != nil {
					p.cfg.Log.Debug("no live price at first sight", "deposit", d.Key.String(), "error", err)
				}
			}
		}
		if len(page) < valueBatch || ctx.Err() != nil {
			return nil
		}
		q.After = page[len(page)-1].Key
	}
}

// givenUp is how many failures in a row end the asking for a pair in one page: a
// coin without a price must not delay the others.
const givenUp = 3

// depegRetry is how often the price of a deposit held as HoldDepegged is asked for
// again.
const depegRetry = 5 * time.Minute

type priceKey struct {
	pair rates.Pair
	at   time.Time
}

func currencies(ctx context.Context, tx Tx, rows []Deposit) (map[Account]money.Currency, error) {
	set, err := lockAccounts(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	out := make(map[Account]money.Currency, len(set.rows))
	for a, row := range set.rows {
		out[a] = row.Currency
	}
	return out, nil
}

// price returns the stored price of an instant, or asks for one and stores it.
// A point just received in is a live round; an older one is the candle of its
// minute. What is stored first holds for ever.
func (p *Processor) price(ctx context.Context, pair rates.Pair, at time.Time) (rates.Point, error) {
	if now := p.now(); at.Sub(now) > rates.ForwardWindow {
		at = now // recorded by a clock far ahead, which has been set right since
	}
	if point, ok, err := p.storedPrice(ctx, pair, at); err != nil || ok {
		return point, err
	}
	point := rates.Point{Pair: pair}
	var snapshot rates.Snapshot
	if began := p.now(); began.Sub(at) <= rates.ForwardWindow {
		found, err := p.cfg.Rates.Latest(ctx, []rates.Pair{pair})
		if err != nil {
			return point, err
		}
		if len(found) != 1 || found[0].Pair != pair {
			return point, fmt.Errorf("%w: no live price", rates.ErrUnavailable)
		}
		// The round began after the receipt: no price of it was known before.
		snapshot, point.AsOf = found[0], began
	} else {
		var err error
		if snapshot, err = p.cfg.Rates.Candle(ctx, pair, at); err != nil {
			return point, err
		}
		point.Candle, point.AsOf = true, at.Truncate(time.Minute)
	}
	if !snapshot.Rate.Valid() || snapshot.Pair != pair {
		return point, fmt.Errorf("%w: the provider answered without a rate", rates.ErrUnavailable)
	}
	point.Rate, point.Snapshot = snapshot.Rate, snapshot.ID
	err := p.update(ctx, func(tx Tx) error {
		if !point.Candle && p.now().Sub(point.AsOf) > roundLag {
			return fmt.Errorf("%w: the round took longer than %s", rates.ErrUnavailable, roundLag)
		}
		if _, err := tx.InsertSnapshots(ctx, []rates.Snapshot{snapshot}); err != nil {
			return err
		}
		_, err := tx.InsertPoints(ctx, []rates.Point{point})
		return err
	})
	if err != nil {
		return point, err
	}
	stored, ok, err := p.storedPrice(ctx, pair, at)
	if err == nil && !ok {
		err = fmt.Errorf("%w: no price within %s of receipt", rates.ErrUnavailable, rates.ForwardWindow)
	}
	return stored, err
}

func (p *Processor) storedPrice(ctx context.Context, pair rates.Pair, at time.Time) (point rates.Point, ok bool, err error) {
	err = p.view(ctx, func(tx Tx) error {
		points, err := pointsOf(ctx, tx, pair, at)
		point, ok = rates.Receipt(points, at)
		return err
	})
	return point, ok, err
}

// pointsOf reads the points among which the price of a receipt is.
func pointsOf(ctx context.Context, tx Tx, pair rates.Pair, at time.Time) ([]rates.Point, error) {
	return tx.PointsBetween(ctx, pair, at.Truncate(time.Minute), at.Add(rates.ForwardWindow))
}

// saveValues writes rates to deposits that have none yet.
func (p *Processor) saveValues(ctx context.Context, priced map[DepositKey]rates.Point) error {
	keys := make([]DepositKey, 0, len(priced))
	for k := range priced {
		keys = append(keys, k)
	}
	sortKeys(keys)
	var out *outcome
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		out = &outcome{now: now}
		rows, err := tx.DepositsByKey(ctx, keys)
		if err != nil {
			return err
		}
		var changed []Deposit
		for _, d := range rows {
			if d.Valued() {
				continue
			}
			if err := d.value(priced[d.Key], out); err != nil {
				return err
			}
			changed = append(changed, d)
		}
		if err := tx.SaveDeposits(ctx, changed); err != nil {
			return err
		}
		return p.publish(ctx, tx, out)
	})
	if err == nil {
		p.notify(out)
	}
	return err
}

// value gives a deposit its rate, and ends the wait for one.
func (d *Deposit) value(point rates.Point, out *outcome) (err error) {
	if d.Exact, err = point.Rate.Exact(d.Amount); err != nil {
		return err
	}
	d.Rate, d.Currency, d.Snapshot = point.Rate, point.Pair.Currency, point.Snapshot
	d.Credited = d.Currency.Cents(0)
	out.touch(d.Owner.Account) // no event tells a value
	if d.Hold == HoldDepegged {
		d.Hold = ""
		out.event(EventDepositReleased, d)
	}
	return nil
}
