package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// Dumper is implemented by stores that can write down all they hold: every row
// by its natural key, without row numbers and versions, in an order that
// depends on nothing but the content.
type Dumper interface {
	Dump(ctx context.Context) (string, error)
}

// suite is one case at work.
type suite struct {
	*testing.T
	open  func(t *testing.T) payments.Store
	store payments.Store
}

// cases are the named cases of one part of the contract.
type cases []struct {
	name string
	run  func(s *suite)
}

// Run judges the stores that open returns.
func Run(t *testing.T, open func(t *testing.T) payments.Store) {
	parts := []struct {
		name  string
		cases cases
	}{
		{"update", updateCases}, {"view", viewCases}, {"savepoint", savepointCases}, {"batches", batchCases},
		{"versions", versionCases}, {"deposit inserts", keyedDeposits.insertCases()},
		{"deposit versions", keyedDeposits.versionCases()}, {"spend inserts", keyedSpends.insertCases()},
		{"spend versions", keyedSpends.versionCases()}, {"trail", trailCases}, {"progress", progressCases}, {"entries", entryCases},
		{"balances", balanceCases}, {"statement", statementCases}, {"snapshots", snapshotCases},
		{"points", pointCases}, {"accounts", accountCases}, {"indexes", indexCases}, {"addresses", addressCases},
		{"deposits", depositCases}, {"deposit query", depositQueryCases}, {"spends", spendCases},
		{"spend query", spendQueryCases}, {"hosted invoice inserts", keyedHosted.insertCases()},
		{"hosted invoice versions", keyedHosted.versionCases()}, {"hosted invoices", hostedCases},
		{"hosted invoice query", hostedQueryCases}, {"invoice inserts", keyedInvoices.insertCases()},
		{"invoice versions", keyedInvoices.versionCases()}, {"invoices", invoiceCases},
		{"invoice query", invoiceQueryCases}, {"events", eventCases},
		{"deliveries", deliveryCases}, {"audit", auditCases}, {"dump", dumpCases}, {"model", modelCases},
	}
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) {
			for _, c := range part.cases {
				t.Run(c.name, func(t *testing.T) { c.run(&suite{T: t, open: open, store: open(t)}) })
			}
		})
	}
}

// write commits what fn does.
func (s *suite) write(fn func(tx payments.Tx) error) {
	s.Helper()
	require.NoError(s, s.store.Update(s.Context(), fn))
}

// read runs fn in a View.
func (s *suite) read(fn func(tx payments.Tx) error) {
	s.Helper()
	require.NoError(s, s.store.View(s.Context(), fn))
}

// put calls a method that writes a batch and answers, in its own commit.
func put[A, R any](s *suite, method func(payments.Tx, context.Context, A) (R, error), arg A) (out R) {
	s.Helper()
	s.write(func(tx payments.Tx) (err error) {
		out, err = method(tx, s.Context(), arg)
		return err
	})
	return out
}

// save calls a method that only writes, in its own commit, and returns its error.
func save[A any](s *suite, method func(payments.Tx, context.Context, A) error, arg A) error {
	return s.store.Update(s.Context(), func(tx payments.Tx) error { return method(tx, s.Context(), arg) })
}

// ask calls a method that reads, in a View.
func ask[A, R any](s *suite, method func(payments.Tx, context.Context, A) (R, error), arg A) (out R) {
	s.Helper()
	s.read(func(tx payments.Tx) (err error) {
		out, err = method(tx, s.Context(), arg)
		return err
	})
	return out
}

// same compares rows by content: numbers by value, times by instant and zone, an
// empty slice like none.
func same[T any](t require.TestingT, want, got []T, about ...any) {
	require.Equal(t, len(want), len(got), about...) // before a long difference is printed
	require.Equal(t, content(t, want), content(t, got), about...)
}

// content writes rows down as JSON, one each, with the keys of objects sorted.
func content[T any](t require.TestingT, rows []T) []string {
	var out []string
	for _, row := range rows {
		switch r := any(&row).(type) {
		case *payments.Deposit:
			if len(r.Inputs) == 0 {
				r.Inputs = nil
			}
		case *payments.HostedInvoice:
			r.Refunds = append([]payments.HostedRefund(nil), r.Refunds...)
		case *payments.InvoiceRecord:
			r.Lines = append([]invoice.Line(nil), r.Lines...)
			r.Standing.Exceptions = append([]invoice.Exception(nil), r.Standing.Exceptions...)
			r.Standing.SeenBy = append([]invoice.Way(nil), r.Standing.SeenBy...)
		case *payments.Delivery:
			r.Seq = 0
		}
		text, err := json.Marshal(row)
		require.NoError(t, err)
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var tree any
		require.NoError(t, d.Decode(&tree))
		text, err = json.Marshal(tree)
		require.NoError(t, err)
		out = append(out, string(text))
	}
	return out
}

// backwards returns rows in reverse order.
func backwards[T any](rows []T) []T {
	out := slices.Clone(rows)
	slices.Reverse(out)
	return out
}

// twice returns rows with all but the first of them once more behind: in order,
// the doubles of some stand across any cut into equal parts.
func twice[T any](rows []T) []T { return append(slices.Clone(rows), rows[1:]...) }
