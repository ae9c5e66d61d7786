package payments

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// SetTiers replaces the tiers of a network, in every process that shares the
// store and for ever: Rail.Tiers is not looked at any more. No tiers leave
// Rail.Confirmations alone. What is not credited yet is held to the new tiers at
// once; what was credited stays. Each call is an audit row under
// "policy/<network>" that says who raised or lowered what.
//
// Errors: ErrUnknownNetwork, an *InputError for each thing wrong with actor or
// tiers (joined; nothing was stored), or the store's.
func (p *Processor) SetTiers(ctx context.Context, network chain.Network, tiers []Tier, actor Actor) error {
	r, ok := p.rails[network.ID]
	if !ok {
		return fmt.Errorf("%w: %q", ErrUnknownNetwork, network.ID)
	}
	errs := []error{actor.validate()}
	r.checkTiers(tiers, func(name, reason string, args ...any) {
		errs = append(errs, &InputError{Field: name, Reason: fmt.Sprintf(reason, args...)})
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		rows, err := tx.AuditOf(ctx, policySubject(network.ID))
		if err != nil {
			return err
		}
		set := tierSet{Number: len(rows) + 1}
		for _, t := range tiers {
			set.Tiers = append(set.Tiers, storedTier{
				t.Asset.Coin, t.Above.String(), t.AtRisk, t.Confirmations, t.Finalized, t.Agree})
		}
		row := auditRow(policySubject(network.ID), "set_tiers", actor, now, "")
		// The number is the natural key: of two operators at once, one is second.
		row.ID = eventID("audit.set_tiers", policySubject(network.ID), fmt.Sprint(set.Number))
		if row.Data, err = json.Marshal(set); err != nil {
			return err
		}
		added, err := tx.InsertAudit(ctx, []AuditRow{row})
		if err == nil && len(added) == 0 {
			err = fmt.Errorf("payments: set tiers of %s: %w", network.ID, ErrConflict)
		}
		if err != nil {
			return err
		}
		return forgetAgreement(ctx, tx, r) // it may have been of fewer sources
	})
	if err == nil {
		p.unsettled.Store(true)
		p.watchers.notify(network.ID)
		p.wakeUp()
	}
	return err
}

// Tiers returns the tiers in force on a network: what SetTiers stored last, else
// Rail.Tiers. ErrUnknownNetwork if there is no rail for it. Stored tiers that name
// an asset the network no longer has are an error too; nothing is credited until
// they are set again.
func (p *Processor) Tiers(ctx context.Context, network chain.Network) (tiers []Tier, err error) {
	r, ok := p.rails[network.ID]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrUnknownNetwork, network.ID)
	}
	err = p.view(ctx, func(tx Tx) error {
		tiers, err = tiersInForce(ctx, tx, r)
		return err
	})
	return tiers, err
}

// policySubject is the audit subject under which a network's tiers are kept.
func policySubject(network string) string { return "policy/" + network }

// tierSet is what an audit row of SetTiers holds. Number orders the sets of a
// network: two may bear the same instant, and clocks differ.
type tierSet struct {
	Number int          `json:"number"`
	Tiers  []storedTier `json:"tiers"`
}

type storedTier struct {
	Coin          money.Coin `json:"coin,omitempty"`
	Above         string     `json:"above"`
	AtRisk        bool       `json:"at_risk,omitempty"`
	Confirmations uint64     `json:"confirmations,omitempty"`
	Finalized     bool       `json:"finalized,omitempty"`
	Agree         int        `json:"agree,omitempty"`
}

// tiersError says that stored tiers cannot be read: what they ask is not known,
// so nothing is credited.
type tiersError struct {
	network, row string
	err          error
}

func (e *tiersError) Error() string {
	return fmt.Sprintf("payments: read tiers of %s: audit row %s: %v; call SetTiers", e.network, e.row, e.err)
}

func (e *tiersError) Unwrap() error { return e.err }

func (e *tiersError) sentence() string {
	return fmt.Sprintf("The tiers stored for %s cannot be read (%v): set them again.", e.network, e.err)
}

// tiersInForce reads the tiers that stand, in the transaction that judges by
// them: no process acts on what another one changed before. The error is the
// store's or a *tiersError.
func tiersInForce(ctx context.Context, tx Tx, r *rail) ([]Tier, error) {
	rows, err := tx.AuditOf(ctx, policySubject(r.Network.ID))
	if err != nil || len(rows) == 0 {
		return r.Tiers, err
	}
	var last tierSet
	var row AuditRow
	for _, candidate := range rows {
		var numbered struct{ Number int }
		if json.Unmarshal(candidate.Data, &numbered) == nil && numbered.Number > last.Number {
			last.Number, row = numbered.Number, candidate
		}
	}
	if last.Number != len(rows) { // they count from 1: the last is among the unreadable
		return nil, &tiersError{r.Network.ID, rows[len(rows)-1].ID, fmt.Errorf("%w: set %d", ErrNotFound, len(rows))}
	}
	dec := json.NewDecoder(bytes.NewReader(row.Data))
	dec.DisallowUnknownFields() // a demand this version does not know must not be dropped
	if err := dec.Decode(&last); err != nil {
		return nil, &tiersError{r.Network.ID, row.ID, err}
	}
	tiers := make([]Tier, len(last.Tiers))
	for i, s := range last.Tiers {
		if tiers[i], err = s.tier(r.Network); err != nil {
			return nil, &tiersError{r.Network.ID, row.ID, err}
		}
	}
	return tiers, nil
}

func (s storedTier) tier(n chain.Network) (Tier, error) {
	t := Tier{AtRisk: s.AtRisk, Confirmations: s.Confirmations, Finalized: s.Finalized, Agree: s.Agree, Above: decimal.Zero}
	if s.Above != "0" {
		var err error
		if t.Above, err = money.ParseDecimal(s.Above); err != nil {
			return t, err
		}
	}
	if s.Coin != "" {
		asset, ok := n.Asset(s.Coin)
		if !ok {
			return t, fmt.Errorf("%w: asset %s of a tier", ErrNotFound, s.Coin)
		}
		t.Asset = asset
	}
	return t, nil
}
