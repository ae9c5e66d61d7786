package storetest

import (
	"errors"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

// inserting returns a function that inserts deposits, then answers err.
func inserting(s *suite, err error, numbers ...int) func(tx payments.Tx) error {
	return func(tx payments.Tx) error {
		for _, n := range numbers {
			keys, err := tx.InsertDeposits(s.Context(), []payments.Deposit{deposit(n)})
			require.NoError(s, err)
			require.Len(s, keys, 1)
		}
		return err
	}
}

// depositIDs returns the keys of all deposits.
func (s *suite) depositIDs() (ids []string) {
	for _, d := range ask(s, payments.Tx.Deposits, payments.DepositQuery{}) {
		ids = append(ids, d.Key.ID)
	}
	return ids
}

var savepointCases = cases{
	{"what returned nil stands with the transaction", func(s *suite) {
		s.write(func(tx payments.Tx) error { return tx.Savepoint(s.Context(), inserting(s, nil, 1)) })
		require.Equal(s, []string{"00000001"}, s.depositIDs())
	}},
	{"what returned nil falls with the transaction", func(s *suite) {
		err := s.store.Update(s.Context(), func(tx payments.Tx) error {
			return errors.Join(tx.Savepoint(s.Context(), inserting(s, nil, 1)), errHost)
		})
		require.ErrorIs(s, err, errHost)
		require.Empty(s, s.depositIDs())
	}},
	{"an error is returned and undoes what the function wrote, no more", func(s *suite) {
		s.write(func(tx payments.Tx) error {
			require.NoError(s, inserting(s, nil, 1)(tx))
			require.ErrorIs(s, tx.Savepoint(s.Context(), inserting(s, errHost, 2)), errHost)
			return inserting(s, nil, 3)(tx)
		})
		require.Equal(s, []string{"00000001", "00000003"}, s.depositIDs())
	}},
	{"an error undoes every kind of row", func(s *suite) {
		s.write(func(tx payments.Tx) error {
			before, err := census(s.Context(), tx)
			require.NoError(s, err)
			err = tx.Savepoint(s.Context(), func(tx payments.Tx) error {
				return errors.Join(fill(s.Context(), tx), errHost)
			})
			require.ErrorIs(s, err, errHost)
			now, err := census(s.Context(), tx)
			require.Equal(s, before, now)
			return errors.Join(err, fill(s.Context(), tx))
		})
	}},
	{"what was undone can be written again in the same transaction", func(s *suite) {
		s.write(func(tx payments.Tx) error {
			require.ErrorIs(s, tx.Savepoint(s.Context(), inserting(s, errHost, 1)), errHost)
			return tx.Savepoint(s.Context(), inserting(s, nil, 1))
		})
		require.Equal(s, []string{"00000001"}, s.depositIDs())
	}},
	{"the inner of two is undone alone", func(s *suite) {
		s.write(func(tx payments.Tx) error {
			return tx.Savepoint(s.Context(), func(tx payments.Tx) error {
				require.NoError(s, inserting(s, nil, 1)(tx))
				require.ErrorIs(s, tx.Savepoint(s.Context(), inserting(s, errHost, 2)), errHost)
				return inserting(s, nil, 3)(tx)
			})
		})
		require.Equal(s, []string{"00000001", "00000003"}, s.depositIDs())
	}},
	{"the outer of two undoes an inner that succeeded", func(s *suite) {
		s.write(func(tx payments.Tx) error {
			require.NoError(s, inserting(s, nil, 1)(tx))
			err := tx.Savepoint(s.Context(), func(tx payments.Tx) error {
				return errors.Join(tx.Savepoint(s.Context(), inserting(s, nil, 2)), errHost)
			})
			require.ErrorIs(s, err, errHost)
			return nil
		})
		require.Equal(s, []string{"00000001"}, s.depositIDs())
	}},
	{"one after the other is undone on its own", func(s *suite) {
		s.write(func(tx payments.Tx) error {
			for n := range 20 {
				var want error
				if n%2 == 1 {
					want = errHost
				}
				require.ErrorIs(s, tx.Savepoint(s.Context(), inserting(s, want, n)), want)
			}
			return nil
		})
		require.Len(s, s.depositIDs(), 10)
	}},
	{"a panic goes through and undoes the transaction", func(s *suite) {
		require.PanicsWithValue(s, "boom", func() {
			_ = s.store.Update(s.Context(), func(tx payments.Tx) error {
				require.NoError(s, inserting(s, nil, 1)(tx))
				return tx.Savepoint(s.Context(), func(tx payments.Tx) error {
					require.NoError(s, inserting(s, nil, 2)(tx))
					panic("boom")
				})
			})
		})
		require.Empty(s, s.depositIDs())
	}},
}
