package storetest

import (
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

var versionCases = cases{
	{"an insert gives version 1 whatever the row says", func(s *suite) {
		d := deposit(1)
		d.Version = 7
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{d})
		require.EqualValues(s, 1, ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{d.Key})[0].Version)
	}},
	{"a save adds one each time", func(s *suite) {
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{deposit(1)})
		for want := range int64(5) {
			d := ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{deposit(1).Key})[0]
			require.Equal(s, want+1, d.Version)
			require.NoError(s, save(s, payments.Tx.SaveDeposits, []payments.Deposit{d}))
		}
	}},
	{"a stale version is a conflict, and the function that reads again succeeds", func(s *suite) {
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{deposit(1)})
		stale := ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{deposit(1).Key})
		require.NoError(s, save(s, payments.Tx.SaveDeposits, stale))
		runs := 0
		s.write(func(tx payments.Tx) error {
			if runs++; runs == 1 {
				err := tx.SaveDeposits(s.Context(), stale)
				require.ErrorIs(s, err, payments.ErrConflict)
				return err
			}
			return tx.SaveDeposits(s.Context(), []payments.Deposit{stored(s, tx)})
		})
		require.Equal(s, 2, runs)
		require.EqualValues(s, 3, ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{deposit(1).Key})[0].Version)
	}},
	{"a version from the future is a conflict", func(s *suite) {
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{deposit(1)})
		d := deposit(1)
		d.Version = 2
		s.conflicts(func(tx payments.Tx) error { return tx.SaveDeposits(s.Context(), []payments.Deposit{d}) })
	}},
	{"a row that is missing is a conflict", func(s *suite) {
		s.conflicts(func(tx payments.Tx) error { return tx.SaveDeposits(s.Context(), []payments.Deposit{deposit(1)}) })
		s.conflicts(func(tx payments.Tx) error {
			return tx.SaveAccounts(s.Context(), []payments.AccountRecord{accountRow(voice)})
		})
		s.conflicts(func(tx payments.Tx) error {
			return tx.SaveDeliveries(s.Context(), []payments.Delivery{{Event: event(1, "acme"), Version: 1}})
		})
		require.Empty(s, s.depositIDs())
	}},
	{"one stale row among many saves none", func(s *suite) {
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{deposit(1), deposit(2), deposit(3)})
		rows := ask(s, payments.Tx.Deposits, payments.DepositQuery{})
		for i := range rows {
			rows[i].State = payments.StateFinal
		}
		rows[1].Version = 9
		s.conflicts(func(tx payments.Tx) error { return tx.SaveDeposits(s.Context(), rows) })
		for _, d := range ask(s, payments.Tx.Deposits, payments.DepositQuery{}) {
			require.Equal(s, payments.StateSeen, d.State)
			require.EqualValues(s, 1, d.Version)
		}
	}},
}

// conflicts requires ErrConflict of fn, which is run once and rolled back.
func (s *suite) conflicts(fn func(tx payments.Tx) error) {
	s.Helper()
	err := s.store.Update(s.Context(), func(tx payments.Tx) error {
		require.ErrorIs(s, fn(tx), payments.ErrConflict)
		return errHost
	})
	require.ErrorIs(s, err, errHost)
}
