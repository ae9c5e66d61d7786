package sqltx

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// Dump returns everything stored as text, one row a line: the table's name and
// the row as JSON, sorted, without row numbers and versions. It is the text
// memstore's Dump gives for the same content.
func (x *Tx) Dump(ctx context.Context) (string, error) {
	d := &dump{}
	stamps, err := selectRows(ctx, x, "cointill_stamp", func(m *mapping, s *payments.Stamp) { text(m, "kind", &s.Kind) }, "")
	add(d, "stamp", stamps, err)
	anchors, err := selectRows(ctx, x, anchorsTable, bindAnchor, "")
	for _, a := range anchors {
		add(d, "anchor", []any{map[string]any{"network": a.network, "anchor": a.Anchor}}, nil)
	}
	d.fail(err)
	all(ctx, x, d, "progress", &progress, nil)
	d.fail(x.dumpEntries(ctx, d))
	all(ctx, x, d, "snapshot", &snapshots, nil)
	points, err := selectRows(ctx, x, pointsTable, bindPoint, "")
	add(d, "point", points, err)
	all(ctx, x, d, "account", &accounts, func(r *payments.AccountRecord) { r.Version = 0 })
	all(ctx, x, d, "terms", &terms, nil)
	leaves, err := selectRows(ctx, x, counters.name, counters.bind, "")
	for _, c := range leaves {
		add(d, "counter", []any{map[string]any{"key": c.key, "next": c.next}}, nil)
	}
	d.fail(err)
	all(ctx, x, d, "address", &addresses, nil)
	all(ctx, x, d, "deposit", &deposits, func(r *payments.Deposit) { r.Version = 0 })
	all(ctx, x, d, "spend", &spends, func(r *payments.Spend) { r.Version = 0 })
	all(ctx, x, d, "hosted", &hosted, func(r *payments.HostedInvoice) { r.Version = 0 })
	all(ctx, x, d, "invoice", &invoices, func(r *payments.InvoiceRecord) { r.Version = 0 })
	all(ctx, x, d, "delivery", &deliveries, func(r *payments.Delivery) { r.Version, r.Seq = 0, 0 })
	all(ctx, x, d, "audit", &audit, nil)
	if d.err != nil {
		return "", fmt.Errorf("payments: dump: %w", d.err)
	}
	slices.Sort(d.lines)
	return strings.Join(d.lines, ""), nil
}

// dumpEntries adds all entries and all balances, those without a row too.
func (x *Tx) dumpEntries(ctx context.Context, d *dump) error {
	booked, err := selectRows(ctx, x, heads.name, heads.bind, "")
	if err != nil {
		return err
	}
	keys := make([]string, len(booked))
	for i, h := range booked {
		keys[i] = h.Key
	}
	entries, err := x.EntriesByKey(ctx, keys)
	add(d, "entry", entries, err)
	names, err := selectRows(ctx, x, touchesTable, func(m *mapping, a *ledger.Account) { text(m, "account", a) }, "GROUP BY account")
	if err != nil {
		return err
	}
	balances, err := x.Balances(ctx, names)
	add(d, "balance", balances, err)
	return nil
}

// dump collects lines, and the first error.
type dump struct {
	lines []string
	err   error
}

func (d *dump) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func add[T any](d *dump, name string, rows []T, err error) {
	d.fail(err)
	for _, r := range rows {
		body, err := json.Marshal(r)
		d.fail(err)
		d.lines = append(d.lines, name+" "+string(body)+"\n")
	}
}

// all adds a table; plain clears what a dump leaves out.
func all[T any, K comparable](ctx context.Context, x *Tx, d *dump, name string, t *table[T, K], plain func(*T)) {
	rows, err := selectRows(ctx, x, t.name, t.bind, "")
	for i := range rows {
		if plain != nil {
			plain(&rows[i])
		}
	}
	add(d, name, rows, err)
}
