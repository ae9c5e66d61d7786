package payments

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// outcome collects what one commit tells the host.
type outcome struct {
	now    time.Time
	events []Event
	forTx  []Event // those for InTx: they change money
	audit  []AuditRow
	// ordinal counts the events the subject has had, where that is known.
	ordinal int
	err     error
}

// event adds a change of a deposit. What tells it from the deposit's other
// changes of the same kind makes its permanent id.
func (o *outcome) event(kind EventKind, d Deposit, occurrence string) Event {
	data, err := json.Marshal(d)
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("payments: event %s of %s: %w", kind, d.Key, err)
	}
	e := Event{
		ID: eventID(kind, d.Key.String(), occurrence), Kind: kind, Subject: d.Key.String(),
		Order: d.Owner.Profile, Profile: d.Owner.Profile, At: o.now, Data: data,
	}
	if e.Order == "" {
		e.Order = d.Key.Network
	}
	o.events = append(o.events, e)
	return e
}

// money adds a change of a balance, which InTx sees too.
func (o *outcome) money(kind EventKind, d Deposit, occurrence string) {
	o.forTx = append(o.forTx, o.event(kind, d, occurrence))
}

// eventID hashes the parts with their lengths, so that no two lists of parts
// share an id.
func eventID(kind EventKind, subject, occurrence string) string {
	var b strings.Builder
	for _, part := range []string{string(kind), subject, occurrence} {
		fmt.Fprintf(&b, "%d:%s", len(part), part)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

func networkEvent(kind EventKind, network, reason string, now time.Time) Event {
	data, _ := json.Marshal(map[string]string{"network": network, "reason": reason}) // strings: cannot fail
	return Event{
		ID:   eventID(kind, network, now.Format(time.RFC3339Nano)),
		Kind: kind, Subject: network, Order: network, At: now, Data: data,
	}
}

// publish stores the events and runs the host's InTx. With must, a failure of
// InTx is returned and undoes the commit; without, only the host's own rows are
// undone.
func (p *Processor) publish(ctx context.Context, tx Tx, out *outcome, must bool) error {
	if out.err != nil {
		return out.err
	}
	if _, err := tx.InsertEvents(ctx, out.events); err != nil {
		return err
	}
	if p.cfg.InTx == nil || len(out.forTx) == 0 {
		return nil
	}
	if must {
		if err := p.cfg.InTx(inside(ctx), tx, out.forTx); err != nil {
			return &hostError{err}
		}
		return nil
	}
	err := tx.Savepoint(ctx, func(tx Tx) error {
		if err := p.cfg.InTx(inside(ctx), tx, out.forTx); err != nil {
			return &hostError{err}
		}
		return nil
	})
	if isHostError(err) {
		p.cfg.Log.Error("InTx refuses a reversal; it is booked all the same", "error", err)
		return nil
	}
	return err
}

// notify wakes who waits for what a commit changed.
func (p *Processor) notify(out *outcome) {
	for _, e := range out.events {
		p.watchers.notify(e.Subject)
		if e.Profile != "" {
			p.watchers.notify(e.Profile)
		}
	}
	if len(out.events) > 0 {
		p.wakeUp()
	}
}
