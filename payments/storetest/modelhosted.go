package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

// insertRows inserts fresh rows beside those the model has, and returns what the
// model has then.
func insertRows[T any](w *walk, tx payments.Tx, k keyed[T, string], have, fresh []T) []T {
	var want []string
	for _, r := range fresh {
		if !slices.ContainsFunc(have, func(o T) bool { return k.key(o) == k.key(r) }) {
			have, want = append(have, r), append(want, k.key(r))
		}
	}
	got, err := k.insert(tx, w.Context(), fresh)
	require.NoError(w.rt, err)
	require.Equal(w.rt, want, got)
	return have
}

// saveRows saves a few rows with the content of fresh ones, now and then one that
// another was faster with: then none of them changes.
func saveRows[T any](w *walk, tx payments.Tx, k keyed[T, string], have []T, fresh func(*rand.Rand, int) []T) []T {
	if len(have) == 0 {
		return have
	}
	first := w.draw(len(have), "row")
	last := min(len(have), first+1+w.draw(3, "rows"))
	rows := slices.Clone(have[first:last])
	// The n-th fresh row has the n-th key: of as many as there are keys, those of the
	// rows chosen are among them.
	for _, f := range fresh(w.random(), 10) {
		if i := slices.IndexFunc(rows, func(o T) bool { return k.key(o) == k.key(f) }); i >= 0 {
			*k.version(&f) = *k.version(&rows[i])
			rows[i] = f
		}
	}
	if w.draw(4, "stale") == 0 {
		*k.version(&rows[len(rows)-1])--
		// A savepoint, because the conflict of one attempt ends no transaction here.
		require.ErrorIs(w.rt, tx.Savepoint(w.Context(), func(tx payments.Tx) error {
			return k.save(tx, w.Context(), rows)
		}), payments.ErrConflict)
		return have
	}
	require.NoError(w.rt, k.save(tx, w.Context(), rows))
	for i := range rows {
		*k.version(&rows[i])++
	}
	return slices.Replace(slices.Clone(have), first, last, rows...)
}

func (w *walk) compareHosted(tx payments.Tx, r *rand.Rand) {
	for range 5 {
		q := payments.HostedQuery{}
		if len(w.m.hosted) > 0 {
			q = hostedQuestion(r, w.m.hosted)
		}
		got, err := tx.Hosted(w.Context(), q)
		require.NoError(w.rt, err)
		same(w.rt, naiveHosted(w.m.hosted, q), got, fmt.Sprintf("%+v", q))
	}
}

func (w *walk) compareInvoices(tx payments.Tx, r *rand.Rand) {
	for range 5 {
		q := payments.InvoiceQuery{}
		if len(w.m.invoices) > 0 {
			q = invoiceQuestion(r, w.m.invoices)
		}
		got, err := tx.Invoices(w.Context(), q)
		require.NoError(w.rt, err)
		same(w.rt, naiveInvoices(w.m.invoices, q), got, fmt.Sprintf("%+v", q))
	}
}
