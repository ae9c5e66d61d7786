package payments

import (
	"context"
	"fmt"

	"github.com/cointill/cointill/payments/money"
)

// DepositView is a deposit with what is computed when it is read.
type DepositView struct {
	Deposit
	// Confirmations counts the blocks that confirm it. Required is how many it
	// needs to be credited, by the policy now in force and all that the profile has
	// under way; of a credited one it is the least that any deposit needs.
	Confirmations, Required uint64
	// Waits says, in sentences, what else a deposit in a block waits for: a halted
	// network, a node that is syncing or stale, finality, agreement of sources,
	// the host's screening. It is empty when depth alone, or nothing, is missing.
	Waits []string
	// Value is what it is worth at its rate, rounded down; zero while it has none.
	Value money.Amount
}

// Deposit returns one deposit, or ErrNotFound.
func (p *Processor) Deposit(ctx context.Context, key DepositKey) (DepositView, error) {
	var out []DepositView
	err := p.view(ctx, func(tx Tx) error {
		rows, err := tx.DepositsByKey(ctx, []DepositKey{key})
		if err == nil && len(rows) == 0 {
			err = fmt.Errorf("%w: deposit %s", ErrNotFound, key)
		}
		if err == nil {
			out, err = p.look(ctx, tx, rows)
		}
		return err
	})
	if err != nil {
		return DepositView{}, err
	}
	return out[0], nil
}

// Deposits returns an account's deposits in ascending order of key, at most limit
// (up to 1,000) after a key; pass the zero key to begin.
func (p *Processor) Deposits(ctx context.Context, account Account, after DepositKey, limit int) (out []DepositView, err error) {
	if limit < 1 || limit > maxPage {
		return nil, &InputError{Field: "limit", Reason: fmt.Sprintf("must be 1 to %d", maxPage)}
	}
	err = p.view(ctx, func(tx Tx) error {
		rows, err := tx.Deposits(ctx, DepositQuery{
			Profiles: []string{account.Profile}, Account: account.Name, After: after, Limit: limit})
		if err == nil {
			out, err = p.look(ctx, tx, rows)
		}
		return err
	})
	return out, err
}

// look adds what is computed from the trail's tip and the policy.
func (p *Processor) look(ctx context.Context, tx Tx, rows []Deposit) ([]DepositView, error) {
	judges := map[string]*judge{}
	out := make([]DepositView, len(rows))
	for i, d := range rows {
		j, ok := judges[d.Key.Network]
		if !ok {
			var err error
			if j, err = p.judge(ctx, tx, d.Key.Network, rows); err != nil {
				return nil, err
			}
			judges[d.Key.Network] = j
		}
		v := DepositView{Deposit: d, Confirmations: d.Confirmations(j.tip.Height)}
		switch {
		case j.policy == nil:
		case d.booked():
			v.Required = j.rail.least(d)
		default:
			v.Required = j.demand(d).confirmations
		}
		if j.policy != nil && d.State == StateConfirming && d.Hold == "" {
			v.Waits = j.waits(d, j.outlook)
			if p.cfg.Screen != nil && !d.Screened {
				v.Waits = append(v.Waits, "It was not screened yet.")
			}
		}
		if d.Valued() {
			var err error
			if v.Value, err = money.Floor(d.Exact, d.Currency); err != nil {
				return nil, err
			}
		}
		out[i] = v
	}
	return out, nil
}

// judge is what deposits of one network are looked at by; its policy is nil for
// a network without a rail.
type judge struct {
	*policy
	outlook
}

func (p *Processor) judge(ctx context.Context, tx Tx, network string, rows []Deposit) (*judge, error) {
	r, ok := p.rails[network]
	if !ok {
		tips, err := tx.Anchors(ctx, network, ^uint64(0)>>1, 1)
		if err != nil || len(tips) == 0 {
			return &judge{}, err
		}
		return &judge{outlook: outlook{tip: tips[0]}}, nil
	}
	o, _, err := p.outlook(ctx, tx, r, p.now())
	if err != nil {
		return nil, err
	}
	pol := newPolicy(r, o.tiers)
	var open []Deposit
	for _, d := range rows {
		if d.Key.Network == network && !d.booked() {
			open = append(open, d)
		}
	}
	return &judge{policy: pol, outlook: o}, pol.weigh(ctx, tx, open)
}
