package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// model is a store as one would write it without thinking of speed: lists.
type model struct {
	deposits   []payments.Deposit
	spends     []payments.Spend
	hosted     []payments.HostedInvoice
	invoices   []payments.InvoiceRecord
	entries    []ledger.Entry
	deliveries []payments.Delivery
	trail      []chain.Anchor
	next       uint32
}

func (m model) clone() model {
	return model{slices.Clone(m.deposits), slices.Clone(m.spends), slices.Clone(m.hosted), slices.Clone(m.invoices), slices.Clone(m.entries), slices.Clone(m.deliveries), slices.Clone(m.trail), m.next}
}

var modelCases = cases{
	{"random transactions answer like a list", func(s *suite) {
		rapid.Check(s.T, func(rt *rapid.T) {
			w := &walk{suite: &suite{T: s.T, open: s.open, store: s.open(s.T)}, rt: rt}
			for range rapid.IntRange(1, 12).Draw(rt, "transactions") {
				w.transaction()
				w.compare()
			}
		})
	}},
}

// walk drives a store and the model side by side.
type walk struct {
	*suite
	rt   *rapid.T
	m    model
	seed uint64
}

func (w *walk) draw(limit int, what string) int { return rapid.IntRange(0, limit-1).Draw(w.rt, what) }

// transaction runs some commands in one Update, some of them in savepoints, any
// of which may be undone.
func (w *walk) transaction() {
	before := w.m.clone()
	fail := w.draw(4, "rollback") == 0
	err := w.store.Update(w.Context(), func(tx payments.Tx) error {
		w.m = before.clone() // the function may run again
		for range 1 + w.draw(4, "commands") {
			if w.draw(3, "savepoint") > 0 {
				w.command(tx)
				continue
			}
			kept := w.m.clone()
			var want error
			if w.draw(2, "undo") == 0 {
				want = errHost
			}
			require.ErrorIs(w.rt, tx.Savepoint(w.Context(), func(tx payments.Tx) error { w.command(tx); return want }), want)
			if want != nil {
				w.m = kept
			}
		}
		if fail {
			return errHost
		}
		return nil
	})
	if fail {
		require.ErrorIs(w.rt, err, errHost)
		w.m = before
		return
	}
	require.NoError(w.rt, err)
}

func (w *walk) command(tx payments.Tx) {
	switch w.draw(12, "command") {
	case 0:
		w.insertDeposits(tx)
	case 1:
		w.saveDeposit(tx)
	case 2:
		w.insertEntry(tx)
	case 3:
		w.insertEvent(tx)
	case 4:
		w.saveDelivery(tx)
	case 5:
		w.moveTrail(tx)
		first, err := tx.ReserveIndexes(w.Context(), "key", 3)
		require.NoError(w.rt, err)
		require.Equal(w.rt, w.m.next, first)
		w.m.next += 3
	case 6:
		w.insertSpends(tx)
	case 7:
		w.saveSpends(tx)
	case 8:
		w.m.hosted = insertRows(w, tx, keyedHosted, w.m.hosted, counter(w.random(), 1+w.draw(10, "hosted invoices")))
	case 9:
		w.m.hosted = saveRows(w, tx, keyedHosted, w.m.hosted, counter)
	case 10:
		w.m.invoices = insertRows(w, tx, keyedInvoices, w.m.invoices, desk(w.random(), 1+w.draw(10, "invoices")))
	case 11:
		w.m.invoices = saveRows(w, tx, keyedInvoices, w.m.invoices, desk)
	}
}

func (w *walk) random() *rand.Rand {
	return rand.New(rand.NewPCG(rapid.Uint64().Draw(w.rt, "seed"), 1))
}

func (w *walk) insertDeposits(tx payments.Tx) {
	rows := crowd(w.random(), 1+w.draw(10, "rows"))
	var want []payments.DepositKey
	for _, d := range rows {
		if !slices.ContainsFunc(w.m.deposits, func(o payments.Deposit) bool { return o.Key == d.Key }) {
			w.m.deposits, want = append(w.m.deposits, d), append(want, d.Key)
		}
	}
	got, err := tx.InsertDeposits(w.Context(), rows)
	require.NoError(w.rt, err)
	require.Equal(w.rt, len(want), len(got))
	for i := range want {
		require.Equal(w.rt, want[i], got[i])
	}
}

func (w *walk) saveDeposit(tx payments.Tx) {
	if len(w.m.deposits) == 0 {
		return
	}
	d := &w.m.deposits[w.draw(len(w.m.deposits), "deposit")]
	fresh := crowd(w.random(), 1)[0]
	d.State, d.Owner, d.Hold, d.Block, d.Screened = fresh.State, fresh.Owner, fresh.Hold, fresh.Block, fresh.Screened
	d.Rate, d.Currency, d.ReceivedAt, d.Spent = fresh.Rate, fresh.Currency, fresh.ReceivedAt, fresh.Spent
	require.NoError(w.rt, tx.SaveDeposits(w.Context(), []payments.Deposit{*d}))
	d.Version++
}

func (w *walk) insertEntry(tx payments.Tx) {
	n := w.draw(40, "entry")
	from, to := books[n%len(books)], books[(n/5+n+1)%len(books)]
	if from == to {
		to = "elsewhere"
	}
	e := shift(fmt.Sprint("e", n), from, to, money.Units(dai, int64(n)+1))
	e.At = after(n / 4)
	var want int
	if !slices.ContainsFunc(w.m.entries, func(o ledger.Entry) bool { return o.Key == e.Key }) {
		w.m.entries, want = append(w.m.entries, e), 1
	}
	keys, err := tx.InsertEntries(w.Context(), []ledger.Entry{e})
	require.NoError(w.rt, err)
	require.Len(w.rt, keys, want)
}

func (w *walk) insertEvent(tx payments.Tx) {
	n := w.draw(30, "event")
	e := event(n, fmt.Sprint(n%3))
	var want int
	if !slices.ContainsFunc(w.m.deliveries, func(o payments.Delivery) bool { return o.Event.ID == e.ID }) {
		w.m.deliveries, want = append(w.m.deliveries, payments.Delivery{Event: e, Version: 1}), 1
	}
	got, err := tx.InsertEvents(w.Context(), []payments.Event{e})
	require.NoError(w.rt, err)
	require.Len(w.rt, got, want)
}

func (w *walk) saveDelivery(tx payments.Tx) {
	due, err := tx.DeliveriesDue(w.Context(), after(50), 100)
	require.NoError(w.rt, err)
	if len(due) == 0 {
		return
	}
	d := due[w.draw(len(due), "delivery")]
	switch w.draw(3, "outcome") {
	case 0:
		d.Delivered = after(50)
	case 1:
		d.Tries, d.NextAt = d.Tries+1, after(w.draw(100, "next"))
	case 2:
		d.Parked = true
	}
	require.NoError(w.rt, tx.SaveDeliveries(w.Context(), []payments.Delivery{d}))
	i := slices.IndexFunc(w.m.deliveries, func(o payments.Delivery) bool { return o.Event.ID == d.Event.ID })
	d.Version++
	w.m.deliveries[i] = d
}

func (w *walk) moveTrail(tx payments.Tx) {
	move := chain.TrailMove{Network: "bitcoin"}
	if n := len(w.m.trail); n > 0 {
		move.From = w.m.trail[n-1]
		move.Keep = w.m.trail[max(0, n-1-w.draw(3, "detach"))].Height
	} else {
		move.Keep = 995
	}
	w.seed++
	branch := int(w.seed) % 100
	move.Attach = blocks(branch, int(move.Keep)+1, int(move.Keep)+1+w.draw(5, "attach"))
	move.Dense = move.Keep - min(move.Keep, uint64(w.draw(6, "dense")))
	w.m.trail = slices.DeleteFunc(w.m.trail, func(a chain.Anchor) bool { return a.Height > move.Keep })
	w.m.trail = slices.DeleteFunc(append(w.m.trail, move.Attach...), func(a chain.Anchor) bool {
		return a.Height < move.Dense && a.Height%chain.SparseEvery != 0
	})
	require.NoError(w.rt, tx.SaveTrail(w.Context(), move))
}

// compare asks the store and the model the same questions.
func (w *walk) compare() {
	r := w.random()
	require.NoError(w.rt, w.store.View(w.Context(), func(tx payments.Tx) error {
		ctx := w.Context()
		for range 5 {
			q := payments.DepositQuery{}
			if len(w.m.deposits) > 0 {
				q = question(r, w.m.deposits)
			}
			got, err := tx.Deposits(ctx, q)
			require.NoError(w.rt, err)
			same(w.rt, naive(w.m.deposits, q), got, fmt.Sprintf("%+v", q))
		}
		w.compareSpends(tx, r)
		w.compareHosted(tx, r)
		w.compareInvoices(tx, r)
		now, limit := after(r.IntN(120)), 1+r.IntN(10)
		due, err := tx.DeliveriesDue(ctx, now, limit)
		require.NoError(w.rt, err)
		var want []payments.Delivery
		waits := make(map[string]bool)
		for _, d := range w.m.deliveries {
			switch {
			case d.Parked || !d.Delivered.IsZero():
			case d.NextAt.After(now):
				waits[d.Event.Order] = true
			case !waits[d.Event.Order] && len(want) < limit:
				want = append(want, d)
			}
		}
		same(w.rt, want, due)
		anchors, err := tx.Anchors(ctx, "bitcoin", math.MaxUint64, 1_000)
		require.NoError(w.rt, err)
		same(w.rt, backwards(w.m.trail), anchors)
		return nil
	}))
	w.compareBooks()
}

func (w *walk) compareBooks() {
	accounts := append(slices.Clone(books), "elsewhere")
	for _, a := range accounts {
		net := money.Units(dai, 0)
		for _, e := range w.m.entries {
			net = sum(net, e.Net(a, dai))
		}
		var want []ledger.Balance
		if !net.IsZero() {
			want = append(want, ledger.Balance{Account: a, Amount: net})
		}
		same(w.rt, want, ask(w.suite, payments.Tx.Balances, []ledger.Account{a}))
	}
	BooksBalance(w.suite, w.Context(), w.store, accounts)
}
