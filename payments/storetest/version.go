package storetest

import (
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

var versionCases = cases{
	{"an account or a delivery that is missing is a conflict", func(s *suite) {
		s.conflicts(func(tx payments.Tx) error {
			return tx.SaveAccounts(s.Context(), []payments.AccountRecord{accountRow(voice)})
		})
		s.conflicts(func(tx payments.Tx) error {
			return tx.SaveDeliveries(s.Context(), []payments.Delivery{{Event: event(1, "acme"), Version: 1}})
		})
	}},
}

func (k keyed[T, K]) versionCases() cases {
	return cases{
		{"an insert gives version 1 whatever the row says", func(s *suite) {
			rows := k.rows(1)
			*k.version(&rows[0]) = 7
			put(s, k.insert, rows)
			k.isNew(s, k.read(s, 1)[0])
		}},
		{"a save adds one each time", func(s *suite) {
			put(s, k.insert, k.rows(1))
			for want := range int64(5) {
				rows := k.read(s, 1)
				require.Equal(s, want+1, *k.version(&rows[0]))
				require.NoError(s, save(s, k.save, rows))
			}
		}},
		{"a save changes the row and no other", func(s *suite) {
			put(s, k.insert, k.rows(1, 2, 3))
			rows := k.read(s, 2)
			k.change(&rows[0])
			require.NoError(s, save(s, k.save, rows))
			stored := k.everything(s)
			same(s, []T{k.row(1), rows[0], k.row(3)}, stored)
			require.True(s, k.changed(stored[1]))
			k.isNew(s, stored[0])
			k.isNew(s, stored[2])
		}},
		{"a stale version is a conflict, and the function that reads again succeeds", func(s *suite) {
			put(s, k.insert, k.rows(1))
			stale := k.read(s, 1)
			require.NoError(s, save(s, k.save, stale))
			runs := 0
			s.write(func(tx payments.Tx) error {
				if runs++; runs == 1 {
					err := k.save(tx, s.Context(), stale)
					require.ErrorIs(s, err, payments.ErrConflict)
					return err
				}
				rows, err := k.byKey(tx, s.Context(), k.keys(stale))
				require.NoError(s, err)
				k.change(&rows[0])
				return k.save(tx, s.Context(), rows)
			})
			require.Equal(s, 2, runs)
			stored := k.read(s, 1)
			require.EqualValues(s, 3, *k.version(&stored[0]))
			require.True(s, k.changed(stored[0]))
		}},
		{"a version from the future is a conflict", func(s *suite) {
			put(s, k.insert, k.rows(1))
			rows := k.rows(1)
			*k.version(&rows[0]) = 2
			s.conflicts(func(tx payments.Tx) error { return k.save(tx, s.Context(), rows) })
		}},
		{"a row that is missing is a conflict", func(s *suite) {
			s.conflicts(func(tx payments.Tx) error { return k.save(tx, s.Context(), k.rows(1)) })
			require.Empty(s, k.everything(s))
		}},
		{"one stale row among many saves none", func(s *suite) {
			put(s, k.insert, k.rows(1, 2, 3))
			rows := k.everything(s)
			for i := range rows {
				k.change(&rows[i])
			}
			*k.version(&rows[1]) = 9
			s.conflicts(func(tx payments.Tx) error { return k.save(tx, s.Context(), rows) })
			for _, row := range k.everything(s) {
				k.isNew(s, row)
			}
		}},
		{"a row given twice in a batch is a conflict", func(s *suite) {
			put(s, k.insert, k.rows(1, 2))
			rows := k.read(s, 1, 2)
			k.change(&rows[0])
			s.conflicts(func(tx payments.Tx) error { return k.save(tx, s.Context(), append(rows, rows[0])) })
			k.isNew(s, k.read(s, 1)[0])
		}},
		{"saves of one row at the same time are all applied", func(s *suite) {
			put(s, k.insert, k.rows(1))
			const workers, each = 4, 5
			s.together(workers, func(worker int) error {
				for range each {
					if err := s.store.Update(s.Context(), func(tx payments.Tx) error {
						rows, err := k.all(tx, s.Context())
						if worker%2 == 0 {
							rows, err = k.byKey(tx, s.Context(), k.keys(k.rows(1)))
						}
						if err != nil {
							return err
						}
						return k.save(tx, s.Context(), rows)
					}); err != nil {
						return err
					}
				}
				return nil
			})
			stored := k.read(s, 1)
			require.EqualValues(s, 1+workers*each, *k.version(&stored[0]))
		}},
		{"a save that is undone leaves the row as it was", func(s *suite) {
			put(s, k.insert, k.rows(1))
			s.write(func(tx payments.Tx) error {
				rows, err := k.byKey(tx, s.Context(), k.keys(k.rows(1)))
				require.NoError(s, err)
				k.change(&rows[0])
				require.ErrorIs(s, tx.Savepoint(s.Context(), func(tx payments.Tx) error {
					require.NoError(s, k.save(tx, s.Context(), rows))
					return errHost
				}), errHost)
				rows, err = k.all(tx, s.Context())
				require.Len(s, rows, 1)
				k.isNew(s, rows[0])
				return err
			})
			k.isNew(s, k.read(s, 1)[0])
		}},
	}
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
