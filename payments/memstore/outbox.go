package memstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/payments"
)

// outbox keeps events and how far their delivery came.
type outbox struct {
	rows     *table[string, payments.Delivery] // by event id
	ids      map[int64]string                  // by number
	next     int64
	subjects *index[string, int64]
	waiting  *index[bool, int64] // undelivered: by whether they are parked
}

func newOutbox() *outbox {
	o := &outbox{
		ids:      make(map[int64]string),
		next:     1,
		subjects: newIndex[string](cmp.Compare[int64]),
		waiting:  newIndex[bool](cmp.Compare[int64]),
	}
	o.rows = &table[string, payments.Delivery]{
		rows:    make(map[string]payments.Delivery),
		key:     func(d payments.Delivery) string { return d.Event.ID },
		copied:  deliveryKept,
		version: func(d *payments.Delivery) *int64 { return &d.Version },
		indexed: func(d payments.Delivery, add bool) {
			o.subjects.put(d.Event.Subject, d.Seq, add)
			if d.Delivered.IsZero() {
				o.waiting.put(d.Parked, d.Seq, add)
			}
			if o.ids[d.Seq] = d.Event.ID; !add {
				delete(o.ids, d.Seq)
			}
		},
	}
	return o
}

func deliveryKept(d payments.Delivery) payments.Delivery {
	d.Event.At, d.Event.Data = instant(d.Event.At), jsonKept(d.Event.Data)
	d.NextAt, d.Delivered = instant(d.NextAt), instant(d.Delivered)
	return d
}

// jsonKept returns a copy; what is empty is none.
func jsonKept(body json.RawMessage) json.RawMessage {
	if len(body) == 0 {
		return nil
	}
	return slices.Clone(body)
}

// InsertEvents implements payments.OutboxTx.
func (x *tx) InsertEvents(_ context.Context, events []payments.Event) ([]string, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	o := x.state.outbox
	rows := make([]payments.Delivery, len(events))
	for i, e := range events {
		rows[i] = payments.Delivery{Event: e, Seq: o.next}
		o.next++ // a number may stay unused
	}
	return o.rows.insertKeys(x, rows)
}

// DeliveriesDue implements payments.OutboxTx.
func (x *tx) DeliveriesDue(_ context.Context, now time.Time, limit int) ([]payments.Delivery, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	o := x.state.outbox
	var out []payments.Delivery
	blocked := make(map[string]bool)
	for seq := range o.waiting.of(false).all() {
		d := o.rows.rows[o.ids[seq]]
		switch {
		case blocked[d.Event.Order]:
		case d.NextAt.After(now):
			blocked[d.Event.Order] = true
		case len(out) == limit:
			return out, nil
		default:
			out = append(out, deliveryKept(d))
		}
	}
	return out, nil
}

// SaveDeliveries implements payments.OutboxTx. Only the state of the delivery
// changes: an event stays as it was appended.
func (x *tx) SaveDeliveries(_ context.Context, rows []payments.Delivery) error {
	if len(rows) == 0 {
		return nil
	}
	if err := x.writable(); err != nil {
		return err
	}
	o := x.state.outbox
	kept := make([]payments.Delivery, len(rows))
	for i, d := range rows {
		stored, ok := o.rows.rows[d.Event.ID]
		if !ok {
			return fmt.Errorf("%w: event %q is not stored", payments.ErrConflict, d.Event.ID)
		}
		d.Event, d.Seq = stored.Event, stored.Seq
		kept[i] = d
	}
	return o.rows.save(x, kept)
}

// EventsOf implements payments.OutboxTx.
func (x *tx) EventsOf(_ context.Context, subject string) ([]payments.Event, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	o := x.state.outbox
	var out []payments.Event
	for seq := range o.subjects.of(subject).all() {
		out = append(out, deliveryKept(o.rows.rows[o.ids[seq]]).Event)
	}
	return out, nil
}

// DeliveriesParked implements payments.OutboxTx.
func (x *tx) DeliveriesParked(_ context.Context, limit int) ([]payments.Delivery, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	o := x.state.outbox
	var out []payments.Delivery
	for seq := range o.waiting.of(true).all() {
		if len(out) == limit {
			break
		}
		out = append(out, deliveryKept(o.rows.rows[o.ids[seq]]))
	}
	return out, nil
}
