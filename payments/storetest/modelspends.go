package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

func (w *walk) insertSpends(tx payments.Tx) {
	rows := exodus(w.random(), 1+w.draw(10, "spends"))
	var want []payments.SpendKey
	for _, r := range rows {
		if !slices.ContainsFunc(w.m.spends, func(o payments.Spend) bool { return o.Key == r.Key }) {
			w.m.spends, want = append(w.m.spends, r), append(want, r.Key)
		}
	}
	got, err := tx.InsertSpends(w.Context(), rows)
	require.NoError(w.rt, err)
	require.Equal(w.rt, want, got)
}

// saveSpends saves a few spends, now and then one that another was faster with:
// then none of them changes.
func (w *walk) saveSpends(tx payments.Tx) {
	if len(w.m.spends) == 0 {
		return
	}
	first := w.draw(len(w.m.spends), "spend")
	last := min(len(w.m.spends), first+1+w.draw(3, "spends"))
	rows := slices.Clone(w.m.spends[first:last])
	for i, fresh := range exodus(w.random(), len(rows)) {
		rows[i].Block, rows[i].Place, rows[i].Booked, rows[i].Incarnation = fresh.Block, fresh.Place, fresh.Booked, fresh.Incarnation
	}
	if w.draw(4, "stale") == 0 {
		rows[len(rows)-1].Version--
		// A savepoint, because the conflict of one attempt ends no transaction here.
		require.ErrorIs(w.rt, tx.Savepoint(w.Context(), func(tx payments.Tx) error {
			return tx.SaveSpends(w.Context(), rows)
		}), payments.ErrConflict)
		return
	}
	require.NoError(w.rt, tx.SaveSpends(w.Context(), rows))
	for i := range rows {
		rows[i].Version++
	}
	copy(w.m.spends[first:], rows)
}

func (w *walk) compareSpends(tx payments.Tx, r *rand.Rand) {
	for range 5 {
		q := payments.SpendQuery{}
		if len(w.m.spends) > 0 {
			q = spendQuestion(r, w.m.spends)
		}
		got, err := tx.Spends(w.Context(), q)
		require.NoError(w.rt, err)
		same(w.rt, naiveSpends(w.m.spends, q), got, fmt.Sprintf("%+v", q))
	}
}
