package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// errHost is an error of the caller's own.
var errHost = errors.New("storetest: the function's own error")

var updateCases = cases{
	{"what returned nil is committed and seen by the next transaction", func(s *suite) {
		var inside string
		empty := s.census()
		s.write(func(tx payments.Tx) (err error) {
			if err := fill(s.Context(), tx); err != nil {
				return err
			}
			inside, err = census(s.Context(), tx)
			return err
		})
		require.NotEqual(s, empty, inside, "a transaction sees its own writes")
		require.Equal(s, inside, s.census())
	}},
	{"an error from the function is returned and undoes everything", func(s *suite) {
		empty := s.census()
		err := s.store.Update(s.Context(), func(tx payments.Tx) error {
			return errors.Join(fill(s.Context(), tx), errHost)
		})
		require.ErrorIs(s, err, errHost)
		require.Equal(s, empty, s.census())
		s.write(func(tx payments.Tx) error { return fill(s.Context(), tx) })
	}},
	{"an error undoes changes of rows that were there before", func(s *suite) {
		s.write(func(tx payments.Tx) error { return fill(s.Context(), tx) })
		before := s.census()
		err := s.store.Update(s.Context(), func(tx payments.Tx) error {
			require.NoError(s, tx.SaveDeposits(s.Context(), []payments.Deposit{stored(s, tx)}))
			hosted, err := tx.Hosted(s.Context(), payments.HostedQuery{})
			require.NoError(s, err)
			hosted[0].State, hosted[0].PollAt, hosted[0].Refunds = payments.HostedComplete, after(5_000), nil
			require.NoError(s, tx.SaveHosted(s.Context(), hosted))
			invoices, err := tx.Invoices(s.Context(), payments.InvoiceQuery{})
			require.NoError(s, err)
			invoices[0].Standing.Status = invoice.Paid
			require.NoError(s, tx.SaveInvoices(s.Context(), invoices))
			require.NoError(s, tx.SaveProgress(s.Context(), nil))
			_, err = tx.ReserveIndexes(s.Context(), "key", 7)
			require.NoError(s, err)
			return errHost
		})
		require.ErrorIs(s, err, errHost)
		require.Equal(s, before, s.census())
	}},
	{"a panic undoes everything and goes on", func(s *suite) {
		empty := s.census()
		require.PanicsWithValue(s, "boom", func() {
			_ = s.store.Update(s.Context(), func(tx payments.Tx) error {
				require.NoError(s, fill(s.Context(), tx))
				panic("boom")
			})
		})
		require.Equal(s, empty, s.census())
		s.write(func(tx payments.Tx) error { return fill(s.Context(), tx) })
	}},
	{"a conflict runs the function again, each time from a fresh transaction", func(s *suite) {
		runs := 0
		s.write(func(tx payments.Tx) error {
			runs++
			keys, err := tx.InsertDeposits(s.Context(), []payments.Deposit{deposit(1)})
			require.NoError(s, err)
			require.Len(s, keys, 1, "run %d finds nothing of the run before", runs)
			if runs < 4 {
				return fmt.Errorf("wrapped: %w", payments.ErrConflict)
			}
			return nil
		})
		require.Equal(s, 4, runs)
	}},
	{"another error does not run the function again", func(s *suite) {
		runs := 0
		err := s.store.Update(s.Context(), func(payments.Tx) error { runs++; return errHost })
		require.ErrorIs(s, err, errHost)
		require.Equal(s, 1, runs)
	}},
	{"a context that ends stops the retries", func(s *suite) {
		ctx, cancel := context.WithCancel(s.Context())
		runs := 0
		err := s.store.Update(ctx, func(payments.Tx) error {
			runs++
			cancel()
			return payments.ErrConflict
		})
		require.ErrorIs(s, err, context.Canceled)
		require.Equal(s, 1, runs)
	}},
	{"a context that has ended is answered before the function runs", func(s *suite) {
		ctx, cancel := context.WithCancel(s.Context())
		cancel()
		never := func(payments.Tx) error { s.Error("the function ran"); return nil }
		require.ErrorIs(s, s.store.Update(ctx, never), context.Canceled)
		require.ErrorIs(s, s.store.View(ctx, never), context.Canceled)
	}},
	{"updates of one row at the same time are all applied", func(s *suite) {
		put(s, payments.Tx.InsertAccounts, []payments.AccountRecord{accountRow(voice)})
		const workers, each = 4, 10
		s.together(workers, func(int) error {
			for range each {
				if err := s.store.Update(s.Context(), func(tx payments.Tx) error {
					rows, err := tx.AccountsByKey(s.Context(), []payments.Account{voice})
					if err != nil {
						return err
					}
					rows[0].Carry = rows[0].Carry.Add(decimal.New(1, 0))
					return tx.SaveAccounts(s.Context(), rows)
				}); err != nil {
					return err
				}
			}
			return nil
		})
		row := ask(s, payments.Tx.AccountsByKey, []payments.Account{voice})[0]
		require.Equal(s, "40", row.Carry.String())
		require.EqualValues(s, 1+workers*each, row.Version)
	}},
	{"an insert of one key at the same time is new to one", func(s *suite) {
		var mu sync.Mutex
		fresh := 0
		s.together(8, func(int) error {
			n := 0
			err := s.store.Update(s.Context(), func(tx payments.Tx) error {
				keys, err := tx.InsertEvents(s.Context(), []payments.Event{event(1, "acme")})
				n = len(keys)
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			fresh += n
			return err
		})
		require.Equal(s, 1, fresh)
		require.Len(s, ask(s, payments.Tx.EventsOf, "subject acme"), 1)
	}},
	{"a stamp is written once", func(s *suite) {
		require.Equal(s, "test", put(s, payments.Tx.Stamp, payments.Stamp{Kind: "test"}).Kind)
		require.Equal(s, "test", put(s, payments.Tx.Stamp, payments.Stamp{Kind: "real"}).Kind)
	}},
	{"a stamp that was undone does not stand", func(s *suite) {
		err := s.store.Update(s.Context(), func(tx payments.Tx) error {
			_, err := tx.Stamp(s.Context(), payments.Stamp{Kind: "test"})
			return errors.Join(err, errHost)
		})
		require.ErrorIs(s, err, errHost)
		require.Equal(s, "real", put(s, payments.Tx.Stamp, payments.Stamp{Kind: "real"}).Kind)
	}},
}

// stored returns deposit(1) as it stands, with a change.
func stored(s *suite, tx payments.Tx) payments.Deposit {
	rows, err := tx.DepositsByKey(s.Context(), []payments.DepositKey{deposit(1).Key})
	require.NoError(s, err)
	require.Len(s, rows, 1)
	rows[0].State, rows[0].Block = payments.StateConfirming, block(0, 77)
	return rows[0]
}

// together runs fn in n goroutines and fails on the first error of each.
func (s *suite) together(n int, fn func(i int) error) {
	s.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	require.NoError(s, errors.Join(errs...))
}
