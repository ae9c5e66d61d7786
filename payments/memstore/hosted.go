package memstore

import (
	"cmp"
	"context"
	"time"

	"github.com/cointill/cointill/payments"
)

// hostedTrait is a property hosted invoices are found by: one of its fields is set,
// or none, which all have.
type hostedTrait struct {
	remote, profile string
	state           payments.HostedState
}

// due is a hosted invoice's place among those that are polled.
type due struct {
	at time.Time
	id string
}

// hosted keeps hosted invoices in the order of their ids, by trait, and by when they
// are polled.
type hosted struct {
	rows   *table[string, payments.HostedInvoice]
	traits *index[hostedTrait, string]
	due    *order[due]
}

func newHosted() *hosted {
	h := &hosted{
		traits: newIndex[hostedTrait](cmp.Compare[string]),
		due: &order[due]{compare: func(a, b due) int {
			return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id))
		}},
	}
	h.rows = &table[string, payments.HostedInvoice]{
		rows:    make(map[string]payments.HostedInvoice),
		key:     func(r payments.HostedInvoice) string { return r.ID },
		copied:  hostedKept,
		version: func(r *payments.HostedInvoice) *int64 { return &r.Version },
		indexed: func(r payments.HostedInvoice, add bool) {
			for _, t := range hostedTraits(r) {
				h.traits.put(t, r.ID, add)
			}
			if d := (due{r.PollAt, r.ID}); !r.PollAt.IsZero() && add {
				h.due.add(d)
			} else if !r.PollAt.IsZero() {
				h.due.remove(d)
			}
		},
	}
	return h
}

func hostedTraits(r payments.HostedInvoice) []hostedTrait {
	out := []hostedTrait{{}, {profile: r.Account.Profile}, {state: r.State}}
	if r.RemoteID != "" {
		out = append(out, hostedTrait{remote: r.RemoteID})
	}
	return out
}

func hostedKept(r payments.HostedInvoice) payments.HostedInvoice {
	r.Refunds = list(r.Refunds)
	for i := range r.Refunds {
		r.Refunds[i].RequestedAt = instant(r.Refunds[i].RequestedAt)
	}
	r.CreatedAt, r.ExpiresAt, r.RemoteAt = instant(r.CreatedAt), instant(r.ExpiresAt), instant(r.RemoteAt)
	r.PaidAt, r.CreditedAt, r.PollAt = instant(r.PaidAt), instant(r.CreditedAt), instant(r.PollAt)
	return r
}

// list returns a copy, nil for an empty list, as a store of columns gives it back.
func list[T any](of []T) []T { return append([]T(nil), of...) }

// InsertHosted implements payments.HostedTx.
func (x *tx) InsertHosted(_ context.Context, rows []payments.HostedInvoice) ([]string, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.hosted.rows.insertKeys(x, rows)
}

// SaveHosted implements payments.HostedTx.
func (x *tx) SaveHosted(_ context.Context, rows []payments.HostedInvoice) error {
	if err := x.readable(); err != nil {
		return err
	}
	return x.state.hosted.rows.save(x, rows)
}
