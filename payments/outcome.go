package payments

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// outcome collects what one commit tells the host.
type outcome struct {
	now    time.Time
	events []Event
	forTx  []Event // those for InTx: they change money
	audit  []AuditRow
	more   bool // a batch was full: there may be more to settle
	full   bool // everything that gathers is looked at too
	past   bool // blocks passed before: no heartbeat says what was seen in them
	// touched are the accounts of invoices that a payment of changed: they are folded
	// anew in the same commit.
	touched map[Account]bool
	err     error
}

// event adds a change of a deposit and counts it.
func (o *outcome) event(kind EventKind, d *Deposit) Event {
	d.Changes++
	data, err := json.Marshal(d)
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("payments: event %s of %s: %w", kind, d.Key, err)
	}
	e := Event{
		ID: eventID(kind, d.Key.String(), fmt.Sprint(d.Changes)), Kind: kind, Subject: d.Key.String(),
		Order: d.Owner.Profile, Profile: d.Owner.Profile, At: o.now, Data: data,
	}
	if e.Order == "" {
		e.Order = d.Key.Network
	}
	o.events = append(o.events, e)
	o.touch(d.Owner.Account)
	return e
}

// hosted adds a change of a hosted invoice and counts it.
func (o *outcome) hosted(kind EventKind, h *HostedInvoice) Event {
	h.Changes++
	data, err := json.Marshal(h)
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("payments: event %s of hosted invoice %s: %w", kind, h.ID, err)
	}
	subject := hostedSubject(h.ID)
	e := Event{ID: eventID(kind, subject, fmt.Sprint(h.Changes)), Kind: kind, Subject: subject,
		Order: h.Account.Profile, Profile: h.Account.Profile, At: o.now, Data: data}
	o.events = append(o.events, e)
	o.touch(h.Account)
	return e
}

// hostedMoney adds a change of a balance by a hosted invoice, which InTx sees too.
func (o *outcome) hostedMoney(kind EventKind, h *HostedInvoice) {
	o.forTx = append(o.forTx, o.hosted(kind, h))
}

// hostedSubject names a hosted invoice in events, audit rows and Watch.
func hostedSubject(id string) string { return "hosted/" + id }

func (o *outcome) touch(a Account) {
	if !a.ofInvoice() {
		return
	}
	if o.touched == nil {
		o.touched = map[Account]bool{}
	}
	o.touched[a] = true
}

// money adds a change of a balance, which InTx sees too.
func (o *outcome) money(kind EventKind, d *Deposit) {
	o.forTx = append(o.forTx, o.event(kind, d))
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

// publish folds the invoices that were touched, stores the events and runs the
// host's InTx; its failure is returned and undoes the commit. It comes last: it reads
// the deposits and hosted invoices that the commit has saved. A commit that moves no
// money is not undone because the host refuses what it makes of an invoice's status.
func (p *Processor) publish(ctx context.Context, tx Tx, out *outcome) error {
	statuses, err := p.storeEvents(ctx, tx, out)
	if err != nil || p.cfg.InTx == nil {
		return err
	}
	if len(out.forTx) == 0 {
		return p.offer(ctx, tx, statuses)
	}
	return p.inTx(ctx, tx, slices.Concat(out.forTx, statuses))
}

// storeEvents stores a commit's events, those of invoices included, and returns the
// latter.
func (p *Processor) storeEvents(ctx context.Context, tx Tx, out *outcome) (statuses []Event, err error) {
	if statuses, err = p.foldInvoices(ctx, tx, out); err != nil {
		return nil, err
	}
	out.events = append(out.events, statuses...)
	if out.err != nil {
		return nil, out.err
	}
	_, err = tx.InsertEvents(ctx, out.events)
	return statuses, err
}

// offer shows the host what became of invoices although it moved no money. Its refusal
// undoes what it wrote itself and nothing else.
func (p *Processor) offer(ctx context.Context, tx Tx, statuses []Event) error {
	if len(statuses) == 0 {
		return nil
	}
	err := tx.Savepoint(ctx, func(tx Tx) error { return p.inTx(ctx, tx, statuses) })
	if !isHostError(ctx, err) || errors.Is(err, ErrConflict) {
		return err
	}
	p.cfg.Log.Error("InTx refuses the status of an invoice; it stands", "invoice", statuses[0].Subject, "error", err)
	return nil
}

// inTx runs the host's InTx. A panic of the host's is its failure, not ours.
func (p *Processor) inTx(ctx context.Context, tx Tx, events []Event) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &hostError{fmt.Errorf("panic: %v", r)}
		}
	}()
	if err := p.cfg.InTx(inside(ctx), tx, events); err != nil {
		return &hostError{err}
	}
	return nil
}

// publishReversals is publish for a step whose InTx failed and which now holds
// reversals only. They stand whatever the host says: each is offered by itself,
// and a deposit the host still refuses is held, so that it is seen and not
// credited a second time unnoticed.
func (p *Processor) publishReversals(ctx context.Context, tx Tx, out *outcome) error {
	statuses, err := p.storeEvents(ctx, tx, out)
	if err != nil || p.cfg.InTx == nil {
		return err
	}
	var refused []DepositKey
	for _, e := range out.forTx {
		err := tx.Savepoint(ctx, func(tx Tx) error { return p.inTx(ctx, tx, []Event{e}) })
		if err == nil {
			continue
		}
		if ctx.Err() != nil || !isHostError(ctx, err) {
			return err
		}
		p.cfg.Log.Error("InTx refuses a reversal; it is booked and the deposit is held", "deposit", e.Subject, "error", err)
		network, id, _ := strings.Cut(e.Subject, "/")
		refused = append(refused, DepositKey{Network: network, ID: id})
	}
	if err := p.offer(ctx, tx, statuses); err != nil {
		return err
	}
	rows, err := tx.DepositsByKey(ctx, refused)
	if err != nil {
		return err
	}
	held := &outcome{now: out.now}
	for i := range rows {
		rows[i].Hold = HoldHost
		held.event(EventDepositHeld, &rows[i])
	}
	if err := tx.SaveDeposits(ctx, rows); err != nil {
		return err
	}
	out.events = append(out.events, held.events...)
	return p.publish(ctx, tx, held)
}

// notify wakes who waits for what a commit changed.
func (p *Processor) notify(out *outcome) {
	for _, e := range out.events {
		p.watchers.notify(e.Subject)
		if e.Profile != "" {
			p.watchers.notify(e.Profile)
		}
	}
	if out.more {
		p.unsettled.Store(true)
	}
	if len(out.events) > 0 {
		p.wakeUp()
	}
}
