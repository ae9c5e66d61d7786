package storetest

import (
	"errors"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

var viewCases = cases{
	{"an error from the function is returned, and it runs once", func(s *suite) {
		runs := 0
		err := s.store.View(s.Context(), func(payments.Tx) error { runs++; return errHost })
		require.ErrorIs(s, err, errHost)
		require.Equal(s, 1, runs)
	}},
	{"every method that writes answers ErrReadOnly and changes nothing", func(s *suite) {
		empty := s.census()
		for _, w := range writers() {
			err := s.store.View(s.Context(), func(tx payments.Tx) error {
				err := w.do(s.Context(), tx)
				require.ErrorIs(s, err, payments.ErrReadOnly, w.name)
				return nil
			})
			require.NoError(s, err, w.name)
		}
		require.Equal(s, empty, s.census())
	}},
	{"a save of a row that exists answers ErrReadOnly", func(s *suite) {
		s.write(func(tx payments.Tx) error { return fill(s.Context(), tx) })
		before := s.census()
		for name, save := range map[string]func(tx payments.Tx) error{
			"deposit": func(tx payments.Tx) error {
				return tx.SaveDeposits(s.Context(), []payments.Deposit{stored(s, tx)})
			},
			"hosted invoice": func(tx payments.Tx) error {
				rows, err := tx.Hosted(s.Context(), payments.HostedQuery{})
				return errors.Join(err, tx.SaveHosted(s.Context(), rows))
			},
			"invoice": func(tx payments.Tx) error {
				rows, err := tx.Invoices(s.Context(), payments.InvoiceQuery{})
				return errors.Join(err, tx.SaveInvoices(s.Context(), rows))
			},
		} {
			require.ErrorIs(s, s.store.View(s.Context(), save), payments.ErrReadOnly, name)
		}
		require.Equal(s, before, s.census())
	}},
	{"a write in a savepoint of a view answers ErrReadOnly", func(s *suite) {
		err := s.store.View(s.Context(), func(tx payments.Tx) error {
			return tx.Savepoint(s.Context(), func(tx payments.Tx) error {
				_, err := tx.InsertEvents(s.Context(), []payments.Event{event(1, "acme")})
				return err
			})
		})
		require.ErrorIs(s, err, payments.ErrReadOnly)
		require.Empty(s, ask(s, payments.Tx.EventsOf, "subject acme"))
	}},
	{"a view sees one snapshot while an update commits", func(s *suite) {
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{deposit(1)})
		committed := make(chan error, 1)
		s.read(func(tx payments.Tx) error {
			first, err := tx.Deposits(s.Context(), payments.DepositQuery{})
			if err != nil {
				return err
			}
			go func() {
				committed <- s.store.Update(s.Context(), func(tx payments.Tx) error {
					_, err := tx.InsertDeposits(s.Context(), []payments.Deposit{deposit(2)})
					return errors.Join(err, tx.SaveDeposits(s.Context(), []payments.Deposit{stored(s, tx)}))
				})
			}()
			// Stores may hold the update back until the view ends, so this cannot
			// wait for it longer than a moment.
			var early error
			select {
			case early = <-committed:
				committed <- early
			case <-time.After(50 * time.Millisecond):
			}
			second, err := tx.Deposits(s.Context(), payments.DepositQuery{})
			same(s, first, second)
			return errors.Join(early, err)
		})
		require.NoError(s, <-committed)
		require.Len(s, ask(s, payments.Tx.Deposits, payments.DepositQuery{}), 2)
	}},
}
