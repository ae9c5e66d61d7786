package payments

import (
	"bytes"
	"cmp"
	"context"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/rates"
)

// Who pays with an unmined transaction holds an option until it is mined: he lets
// it be mined if the price fell, and replaces it if it rose. First sight therefore
// counts only while all that a profile has seen and unmined, on whatever network,
// is worth less than Config.FirstSightLimit. Once it is not, nothing of the profile
// that is mined then counts from its first sight, so that a payment gains nothing
// by being split.

// weighUnmined notes the profiles for whom first sight does not count in a step:
// those with a deposit among the transfers that was seen before its block, and with
// too much seen and unmined, the step's own included.
func (p *Processor) weighUnmined(ctx context.Context, tx Tx, r *rail, found chain.Found, b *book) error {
	if !r.Network.UTXO() {
		return nil // inclusion is receipt
	}
	var rows []Deposit
	var profiles []string
	mined := map[DepositKey]bool{}
	for _, t := range found.Transfers {
		d, known := b.rows[DepositKey{Network: r.Network.ID, ID: t.ID}]
		if !known || t.Block.IsZero() || !d.ReceivedAt.IsZero() || d.Owner.IsZero() || mined[d.Key] {
			continue
		}
		mined[d.Key] = true
		rows, profiles = append(rows, *d), append(profiles, d.Owner.Profile)
	}
	if len(rows) == 0 {
		return nil
	}
	others, err := tx.Deposits(ctx, DepositQuery{Profiles: profiles, States: []DepositState{StateSeen}})
	if err != nil {
		return err
	}
	for _, d := range others {
		if !mined[d.Key] {
			rows = append(rows, d)
		}
	}
	return p.sumUnmined(ctx, tx, rows, b)
}

// sumUnmined adds up what profiles have unmined until it is too much. Transactions
// with the same first input exclude each other: of these the most valuable counts.
func (p *Processor) sumUnmined(ctx context.Context, tx Tx, rows []Deposit, b *book) error {
	accounts, err := currencies(ctx, tx, rows)
	if err != nil {
		return err
	}
	type conflict struct {
		profile, network string
		input            chain.Outpoint
	}
	values := map[conflict]map[chain.Hash]decimal.Decimal{}
	sums := map[string]decimal.Decimal{}
	for _, d := range rows {
		profile := d.Owner.Profile
		if b.over[profile] {
			continue
		}
		pair := rates.Pair{Coin: d.Amount.Asset().Coin, Currency: accounts[d.Owner.Account]}
		value, known, err := valueAtSight(ctx, tx, pair, d)
		if err != nil {
			return err
		}
		key := conflict{profile: profile, network: d.Key.Network, input: firstInput(d)}
		if values[key] == nil {
			values[key] = map[chain.Hash]decimal.Decimal{}
		}
		most := largest(values[key])
		values[key][d.TxID] = values[key][d.TxID].Add(value)
		sums[profile] = sums[profile].Sub(most).Add(largest(values[key]))
		if !known || !sums[profile].LessThan(p.cfg.FirstSightLimit) {
			b.over[profile] = true
		}
	}
	return nil
}

// valueAtSight is what a deposit was worth when first seen, as far as that is on
// record.
func valueAtSight(ctx context.Context, tx Tx, pair rates.Pair, d Deposit) (value decimal.Decimal, known bool, err error) {
	if d.Valued() {
		return d.Exact, true, nil
	}
	points, err := pointsOf(ctx, tx, pair, d.SeenAt)
	if err != nil {
		return value, false, err
	}
	point, ok := rates.Receipt(points, d.SeenAt)
	if !ok {
		return value, false, nil
	}
	if value, err = point.Rate.Exact(d.Amount); err != nil {
		return value, false, nil // too large to be reckoned with is too much
	}
	return value, true, nil
}

// firstInput is the lowest of the outpoints a deposit's transaction spends; it is
// the transaction itself where none is known.
func firstInput(d Deposit) chain.Outpoint {
	first := chain.Outpoint{TxID: d.TxID}
	for i, in := range d.Inputs {
		c := cmp.Or(bytes.Compare(in.TxID[:], first.TxID[:]), cmp.Compare(in.Vout, first.Vout))
		if i == 0 || c < 0 {
			first = in
		}
	}
	return first
}

func largest(values map[chain.Hash]decimal.Decimal) (most decimal.Decimal) {
	for _, v := range values {
		if v.GreaterThan(most) {
			most = v
		}
	}
	return most
}
