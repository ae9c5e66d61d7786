package payments

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Suspension says since when an asset is not credited, and by whose decision.
type Suspension struct {
	Asset money.Asset `json:"-"`
	Coin  money.Coin  `json:"coin"`
	By    Actor       `json:"by"`
	Since time.Time   `json:"since"`
}

// Suspend stops the credits of one asset until Unsuspend: after a bad word about
// its issuer, for example. What arrives is recorded and priced, and credited
// afterwards at the rate of its receipt; addresses are shared by the assets of a
// family and are issued as before. It survives a restart and holds for every
// process on the store. An asset suspended already keeps its reason. Each call is
// an audit row under "suspended/<network>", and tells EventAssetSuspended.
//
// Errors: an *InputError for an actor without id or reason or an asset that the
// network does not have, ErrUnknownNetwork, or the store's.
func (p *Processor) Suspend(ctx context.Context, asset money.Asset, actor Actor) error {
	return p.changeSuspensions(ctx, asset, actor, "suspend", func(s *suspensions, now time.Time) bool {
		if _, already := s.of(asset.Coin); already {
			return false
		}
		s.Coins = append(s.Coins, Suspension{Coin: asset.Coin, By: actor, Since: now})
		return true
	})
}

// Unsuspend credits an asset again, and tells EventAssetUnsuspended. On one that is
// not suspended it does nothing. Errors: those of Suspend.
func (p *Processor) Unsuspend(ctx context.Context, asset money.Asset, actor Actor) error {
	return p.changeSuspensions(ctx, asset, actor, "unsuspend", func(s *suspensions, _ time.Time) bool {
		before := len(s.Coins)
		s.Coins = slices.DeleteFunc(s.Coins, func(c Suspension) bool { return c.Coin == asset.Coin })
		return len(s.Coins) < before
	})
}

// Suspended returns an asset's suspension; ok is false if it is credited. Do not
// offer a suspended asset for payment. Errors: ErrUnknownNetwork, or the store's.
func (p *Processor) Suspended(ctx context.Context, asset money.Asset) (s Suspension, ok bool, err error) {
	r, found := p.rails[asset.Network]
	if !found {
		return s, false, fmt.Errorf("%w: %q", ErrUnknownNetwork, asset.Network)
	}
	err = p.view(ctx, func(tx Tx) error {
		all, err := suspensionsOf(ctx, tx, r)
		if err == nil {
			s, ok = all.of(asset.Coin)
			s.Asset = asset
		}
		return err
	})
	return s, ok, err
}

// suspensions is what an audit row of Suspend or Unsuspend holds: all of a
// network's. Number orders the rows, as with tiers.
type suspensions struct {
	Number int          `json:"number"`
	Coins  []Suspension `json:"coins"`
}

func (s suspensions) of(coin money.Coin) (Suspension, bool) {
	i := slices.IndexFunc(s.Coins, func(c Suspension) bool { return c.Coin == coin })
	if i < 0 {
		return Suspension{}, false
	}
	return s.Coins[i], true
}

func (s Suspension) sentence() string {
	return fmt.Sprintf("Crediting of %s was suspended by %s at %s: %s.", s.Coin, s.By.ID, s.Since.UTC().Format(clockText), s.By.Reason)
}

func suspendedSubject(network string) string { return "suspended/" + network }

func (p *Processor) changeSuspensions(ctx context.Context, asset money.Asset, actor Actor, action string, change func(*suspensions, time.Time) bool) error {
	if err := actor.validate(); err != nil {
		return err
	}
	r, ok := p.rails[asset.Network]
	if !ok {
		return fmt.Errorf("%w: %q", ErrUnknownNetwork, asset.Network)
	}
	if known, ok := r.Network.Asset(asset.Coin); !ok || known != asset {
		return &InputError{Field: "asset", Reason: fmt.Sprintf("%s is not an asset of %s", asset, asset.Network)}
	}
	now, subject := p.now(), suspendedSubject(asset.Network)
	kind := EventAssetSuspended
	if action == "unsuspend" {
		kind = EventAssetUnsuspended
	}
	err := p.update(ctx, func(tx Tx) error {
		set, err := suspensionsOf(ctx, tx, r)
		if err != nil || !change(&set, now) {
			return err
		}
		set.Number++
		row := auditRow(subject, action, actor, now, asset.String())
		row.ID = eventID("audit.suspensions", subject, fmt.Sprint(set.Number))
		if row.Data, err = json.Marshal(set); err != nil {
			return err
		}
		added, err := tx.InsertAudit(ctx, []AuditRow{row})
		if err == nil && len(added) == 0 {
			err = fmt.Errorf("payments: %s %s: %w", action, asset, ErrConflict)
		}
		if err != nil {
			return err
		}
		e := networkEvent(kind, asset.Network, actor.Reason, now)
		e.ID, e.Subject = eventID(kind, subject, fmt.Sprint(set.Number)), asset.String()
		_, err = tx.InsertEvents(ctx, []Event{e})
		return err
	})
	if err == nil {
		p.unsettled.Store(true)
		p.watchers.notify(asset.Network)
		p.wakeUp()
	}
	return err
}

// suspensionsError says that stored suspensions cannot be read: which assets are
// suspended is not known, so none is credited.
type suspensionsError struct {
	network, row string
	err          error
}

func (e *suspensionsError) Error() string {
	return fmt.Sprintf("payments: read suspensions of %s: audit row %s: %v; upgrade every process on the store", e.network, e.row, e.err)
}

func (e *suspensionsError) Unwrap() error { return e.err }

// suspensionsOf reads what is suspended, in the transaction that decides by it.
// What cannot be read is an error: no suspension is lost.
func suspensionsOf(ctx context.Context, tx Tx, r *rail) (suspensions, error) {
	var last suspensions
	rows, err := tx.AuditOf(ctx, suspendedSubject(r.Network.ID))
	if err != nil {
		return last, err
	}
	for _, row := range rows {
		dec := json.NewDecoder(bytes.NewReader(row.Data))
		dec.DisallowUnknownFields()
		var set suspensions
		if err := dec.Decode(&set); err != nil {
			return last, &suspensionsError{r.Network.ID, row.ID, err}
		}
		if set.Number > last.Number {
			last = set
		}
	}
	return last, nil
}
