package memstore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// Dump returns everything the store holds as text, one row a line: the table's
// name and the row as JSON. Lines are sorted; row numbers and versions are left
// out and times are in UTC, so two stores of equal content have equal dumps,
// whatever way led there.
func (s *Store) Dump(ctx context.Context) (string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	d := &dump{}
	st := s.state
	if st.stamped {
		d.row("stamp", st.stamp)
	}
	for _, p := range st.trails.anchors.rows {
		d.row("anchor", map[string]any{"network": p.network, "anchor": p.anchor})
	}
	rowsOf(d, "progress", st.progress, nil)
	rowsOf(d, "entry", st.book.entries, nil)
	for account, held := range st.book.balances {
		for _, amount := range held {
			d.row("balance", ledger.Balance{Account: account, Amount: amount})
		}
	}
	rowsOf(d, "snapshot", st.prices.snapshots, nil)
	rowsOf(d, "point", st.prices.points, nil)
	rowsOf(d, "account", st.people.accounts, func(r *payments.AccountRecord) { r.Version = 0 })
	rowsOf(d, "terms", st.people.terms, nil)
	for key, next := range st.issued.counters {
		d.row("counter", map[string]any{"key": key, "next": next})
	}
	rowsOf(d, "address", st.issued.addresses, nil)
	rowsOf(d, "deposit", st.deposits.rows, func(r *payments.Deposit) { r.Version = 0 })
	rowsOf(d, "delivery", st.outbox.rows, func(r *payments.Delivery) { r.Version, r.Seq = 0, 0 })
	rowsOf(d, "spend", st.spends.rows, func(r *payments.Spend) { r.Version = 0 })
	rowsOf(d, "hosted", st.hosted.rows, func(r *payments.HostedInvoice) { r.Version = 0 })
	rowsOf(d, "invoice", st.invoices.rows, func(r *payments.InvoiceRecord) { r.Version = 0 })
	rowsOf(d, "audit", st.audit.rows, nil)
	if d.err != nil {
		return "", d.err
	}
	slices.Sort(d.lines)
	return strings.Join(d.lines, ""), nil
}

// dump collects lines, and the first error.
type dump struct {
	lines []string
	err   error
}

func (d *dump) row(table string, row any) {
	text, err := json.Marshal(row)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("memstore: dump %s: %w", table, err)
	}
	d.lines = append(d.lines, table+" "+string(text)+"\n")
}

// rowsOf dumps a table; plain clears what a dump leaves out.
func rowsOf[K comparable, T any](d *dump, name string, t *table[K, T], plain func(*T)) {
	for row := range maps.Values(t.rows) {
		if plain != nil {
			plain(&row)
		}
		d.row(name, row)
	}
}
