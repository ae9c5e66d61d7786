package storetest

import (
	"context"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// keyed is a kind of row that is inserted by key, read by key and saved by
// version: deposits, spends, hosted invoices and invoices.
type keyed[T any, K comparable] struct {
	insert func(tx payments.Tx, ctx context.Context, rows []T) ([]K, error)
	byKey  func(tx payments.Tx, ctx context.Context, keys []K) ([]T, error)
	save   func(tx payments.Tx, ctx context.Context, rows []T) error
	// all reads every row, in order of key.
	all func(tx payments.Tx, ctx context.Context) ([]T, error)
	// row returns the n-th row; its key ascends with n.
	row     func(n int) T
	key     func(T) K
	version func(*T) *int64
	// change changes what a row says, and says whether it was changed.
	change  func(*T)
	changed func(T) bool
}

var (
	keyedDeposits = keyed[payments.Deposit, payments.DepositKey]{
		insert: payments.Tx.InsertDeposits, byKey: payments.Tx.DepositsByKey, save: payments.Tx.SaveDeposits,
		all: func(tx payments.Tx, ctx context.Context) ([]payments.Deposit, error) {
			return tx.Deposits(ctx, payments.DepositQuery{})
		},
		row:     deposit,
		key:     func(d payments.Deposit) payments.DepositKey { return d.Key },
		version: func(d *payments.Deposit) *int64 { return &d.Version },
		change:  func(d *payments.Deposit) { d.State, d.Spent = payments.StateFinal, hash(9) },
		changed: func(d payments.Deposit) bool { return d.State == payments.StateFinal || d.Spent != (chain.Hash{}) },
	}
	keyedSpends = keyed[payments.Spend, payments.SpendKey]{
		insert: payments.Tx.InsertSpends, byKey: payments.Tx.SpendsByKey, save: payments.Tx.SaveSpends,
		all: func(tx payments.Tx, ctx context.Context) ([]payments.Spend, error) {
			return tx.Spends(ctx, payments.SpendQuery{})
		},
		row:     spend,
		key:     func(r payments.Spend) payments.SpendKey { return r.Key },
		version: func(r *payments.Spend) *int64 { return &r.Version },
		change:  func(r *payments.Spend) { r.Place, r.Booked = "fee", true },
		changed: func(r payments.Spend) bool { return r.Place != "" || r.Booked },
	}
	keyedHosted = keyed[payments.HostedInvoice, string]{
		insert: payments.Tx.InsertHosted, save: payments.Tx.SaveHosted,
		byKey: func(tx payments.Tx, ctx context.Context, ids []string) ([]payments.HostedInvoice, error) {
			rows, err := tx.Hosted(ctx, payments.HostedQuery{IDs: ids})
			return inOrder(rows, ids, func(r payments.HostedInvoice) string { return r.ID }), err
		},
		all: func(tx payments.Tx, ctx context.Context) ([]payments.HostedInvoice, error) {
			return tx.Hosted(ctx, payments.HostedQuery{})
		},
		row:     hosted,
		key:     func(r payments.HostedInvoice) string { return r.ID },
		version: func(r *payments.HostedInvoice) *int64 { return &r.Version },
		change: func(r *payments.HostedInvoice) {
			r.State, r.Refunds = payments.HostedComplete, []payments.HostedRefund{{ID: "r"}}
		},
		changed: func(r payments.HostedInvoice) bool {
			return r.State == payments.HostedComplete || len(r.Refunds) > 0
		},
	}
	keyedInvoices = keyed[payments.InvoiceRecord, string]{
		insert: payments.Tx.InsertInvoices, save: payments.Tx.SaveInvoices,
		byKey: func(tx payments.Tx, ctx context.Context, numbers []string) ([]payments.InvoiceRecord, error) {
			rows, err := tx.Invoices(ctx, payments.InvoiceQuery{Numbers: numbers})
			return inOrder(rows, numbers, func(r payments.InvoiceRecord) string { return r.Number }), err
		},
		all: func(tx payments.Tx, ctx context.Context) ([]payments.InvoiceRecord, error) {
			return tx.Invoices(ctx, payments.InvoiceQuery{})
		},
		row:     invoiceRow,
		key:     func(r payments.InvoiceRecord) string { return r.Number },
		version: func(r *payments.InvoiceRecord) *int64 { return &r.Version },
		change: func(r *payments.InvoiceRecord) {
			r.Standing.Status, r.Standing.SeenBy = invoice.Paid, []invoice.Way{invoice.Direct}
		},
		changed: func(r payments.InvoiceRecord) bool {
			return r.Standing.Status == invoice.Paid || len(r.Standing.SeenBy) > 0
		},
	}
)

// inOrder returns rows in the order of keys; a row that no key names comes last. It
// leaves doubles in, for the cases to find.
func inOrder[T any](rows []T, keys []string, key func(T) string) []T {
	place := func(r T) int {
		i := slices.Index(keys, key(r))
		if i < 0 {
			return len(keys)
		}
		return i
	}
	slices.SortStableFunc(rows, func(a, b T) int { return place(a) - place(b) })
	return rows
}

// rows returns the rows of numbers.
func (k keyed[T, K]) rows(numbers ...int) (out []T) {
	for _, n := range numbers {
		out = append(out, k.row(n))
	}
	return out
}

func (k keyed[T, K]) keys(rows []T) (out []K) {
	for _, r := range rows {
		out = append(out, k.key(r))
	}
	return out
}

// read returns the rows of numbers as they are stored.
func (k keyed[T, K]) read(s *suite, numbers ...int) []T {
	s.Helper()
	return ask(s, k.byKey, k.keys(k.rows(numbers...)))
}

// everything returns all rows.
func (k keyed[T, K]) everything(s *suite) (out []T) {
	s.Helper()
	s.read(func(tx payments.Tx) (err error) {
		out, err = k.all(tx, s.Context())
		return err
	})
	return out
}

// isNew requires a row as the first insert left it.
func (k keyed[T, K]) isNew(s *suite, row T) {
	s.Helper()
	require.False(s, k.changed(row))
	require.EqualValues(s, 1, *k.version(&row))
}

func (k keyed[T, K]) insertCases() cases {
	return cases{
		{"an insert returns the new keys in the order given", func(s *suite) {
			put(s, k.insert, k.rows(4, 2))
			got := put(s, k.insert, k.rows(9, 4, 1, 5, 2, 3, 9))
			require.Equal(s, k.keys(k.rows(9, 1, 5, 3)), got)
			require.Equal(s, k.keys(k.rows(1, 2, 3, 4, 5, 9)), k.keys(k.everything(s)))
		}},
		{"a refused duplicate leaves the row as it is and the transaction usable", func(s *suite) {
			put(s, k.insert, k.rows(1))
			s.write(func(tx payments.Tx) error {
				other := k.rows(1)
				k.change(&other[0])
				keys, err := k.insert(tx, s.Context(), other)
				require.NoError(s, err)
				require.Empty(s, keys)
				keys, err = k.insert(tx, s.Context(), k.rows(2))
				require.Len(s, keys, 1)
				return err
			})
			stored := k.read(s, 1)
			same(s, k.rows(1), stored)
			k.isNew(s, stored[0])
			require.Len(s, k.everything(s), 2)
		}},
		{"of two rows of one key in a batch the first is stored", func(s *suite) {
			rows := k.rows(1, 1)
			k.change(&rows[1])
			require.Equal(s, k.keys(k.rows(1)), put(s, k.insert, rows))
			k.isNew(s, k.read(s, 1)[0])
		}},
		{"rows come back in the order asked, each once, those that exist", func(s *suite) {
			put(s, k.insert, k.rows(1, 2, 3))
			require.Equal(s, k.keys(k.rows(3, 1, 2)), k.keys(k.read(s, 3, 8, 1, 3, 2)))
		}},
		{"an insert of one key at the same time is new to one", func(s *suite) {
			fresh := make(chan int, 8)
			s.together(8, func(int) error {
				n := 0
				err := s.store.Update(s.Context(), func(tx payments.Tx) error {
					keys, err := k.insert(tx, s.Context(), k.rows(1))
					n = len(keys)
					return err
				})
				fresh <- n
				return err
			})
			sum := 0
			for range 8 {
				sum += <-fresh
			}
			require.Equal(s, 1, sum)
		}},
		{"rows that were undone can be inserted again", func(s *suite) {
			s.write(func(tx payments.Tx) error {
				require.ErrorIs(s, tx.Savepoint(s.Context(), func(tx payments.Tx) error {
					_, err := k.insert(tx, s.Context(), k.rows(1, 2))
					require.NoError(s, err)
					return errHost
				}), errHost)
				rows, err := k.all(tx, s.Context())
				require.NoError(s, err)
				require.Empty(s, rows)
				keys, err := k.insert(tx, s.Context(), k.rows(2))
				require.Len(s, keys, 1)
				return err
			})
			require.Equal(s, k.keys(k.rows(2)), k.keys(k.everything(s)))
		}},
	}
}
