package sqltx

import (
	"cmp"
	"context"
	"time"

	"github.com/cointill/cointill/payments"
)

// bindEvent describes what InsertEvents writes. The rest of the row has defaults:
// number, version 1, due at once.
func bindEvent(m *mapping, e *payments.Event) {
	text(m, "id", &e.ID)
	text(m, "kind", &e.Kind)
	text(m, "subject", &e.Subject)
	text(m, "order_key", &e.Order)
	text(m, "profile", &e.Profile)
	m.instant("at", &e.At)
	m.json("data", &e.Data)
}

var events = table[payments.Event, string]{
	name:    "cointill_events",
	bind:    bindEvent,
	bindKey: func(m *mapping, k *string) { text(m, "id", k) },
	key:     func(e payments.Event) string { return e.ID },
	compare: cmp.Compare[string],
	asGiven: true, // the order of numbers
}

// deliveries are the same rows, seen by who delivers.
var deliveries = table[payments.Delivery, string]{
	name: events.name,
	bind: func(m *mapping, d *payments.Delivery) {
		bindEvent(m, &d.Event)
		number(m, "seq", &d.Seq)
		m.fix()
		number(m, "tries", &d.Tries)
		m.instant("next_at", &d.NextAt)
		m.instant("delivered_at", &d.Delivered)
		m.flag("parked", &d.Parked)
		m.computed("waiting", new(int64), func() any { return bit(d.Delivered.IsZero() && !d.Parked) })
		number(m, "version", &d.Version)
	},
	bindKey: events.bindKey,
	key:     func(d payments.Delivery) string { return d.Event.ID },
	compare: cmp.Compare[string],
	version: func(d *payments.Delivery) *int64 { return &d.Version },
}

// InsertEvents implements payments.OutboxTx.
func (x *Tx) InsertEvents(ctx context.Context, rows []payments.Event) ([]string, error) {
	return events.insert(ctx, x, rows)
}

// DeliveriesDue implements payments.OutboxTx.
func (x *Tx) DeliveriesDue(ctx context.Context, now time.Time, limit int) ([]payments.Delivery, error) {
	return selectRows(ctx, x, deliveries.name, deliveries.bind,
		`WHERE waiting = 1 AND (next_at IS NULL OR next_at <= $1) AND NOT EXISTS (
			SELECT 1 FROM cointill_events earlier
			WHERE earlier.order_key = cointill_events.order_key AND earlier.seq < cointill_events.seq
			AND earlier.waiting = 1 AND earlier.next_at > $2)
		ORDER BY seq LIMIT $3`+x.lock(), now.UnixMilli(), now.UnixMilli(), int64(max(limit, 0)))
}

// SaveDeliveries implements payments.OutboxTx.
func (x *Tx) SaveDeliveries(ctx context.Context, rows []payments.Delivery) error {
	return deliveries.save(ctx, x, rows)
}

// EventsOf implements payments.OutboxTx.
func (x *Tx) EventsOf(ctx context.Context, subject string) ([]payments.Event, error) {
	return selectRows(ctx, x, events.name, events.bind, "WHERE subject = $1 ORDER BY seq", subject)
}

// DeliveriesParked implements payments.OutboxTx.
func (x *Tx) DeliveriesParked(ctx context.Context, limit int) ([]payments.Delivery, error) {
	return selectRows(ctx, x, deliveries.name, deliveries.bind,
		"WHERE parked = 1 ORDER BY seq LIMIT $1"+x.lock(), int64(max(limit, 0)))
}
