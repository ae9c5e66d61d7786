package storetest

import (
	"reflect"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

var depositCases = cases{
	{"every field comes back when all are set", func(s *suite) {
		want := fullDeposit()
		fields := reflect.ValueOf(want)
		for i := range fields.NumField() {
			require.False(s, fields.Field(i).IsZero(), "the case must set %s", fields.Type().Field(i).Name)
		}
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{want})
		same(s, []payments.Deposit{want}, ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{want.Key}))
		same(s, []payments.Deposit{want}, ask(s, payments.Tx.Deposits, payments.DepositQuery{}))
	}},
	{"every field comes back when none is set", func(s *suite) {
		want := payments.Deposit{Key: payments.DepositKey{Network: "n", ID: "i"}, Version: 1}
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{want})
		got := ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{want.Key})
		same(s, []payments.Deposit{want}, got)
		require.True(s, got[0].Block.IsZero() && got[0].SeenAt.IsZero() && got[0].Block.Time.IsZero())
		require.False(s, got[0].Valued())
		require.True(s, got[0].Owner.IsZero())
	}},
	{"a save stores every field that changes in a deposit's life", func(s *suite) {
		want := fullDeposit()
		start := payments.Deposit{Key: want.Key, TxID: want.TxID, To: want.To, Amount: want.Amount, Inputs: want.Inputs,
			State: payments.StateSeen}
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{start})
		require.NoError(s, save(s, payments.Tx.SaveDeposits, []payments.Deposit{want}))
		want.Version = 2
		same(s, []payments.Deposit{want}, ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{want.Key}))
		start.Version = 2
		require.NoError(s, save(s, payments.Tx.SaveDeposits, []payments.Deposit{start}), "and back to nothing")
		start.Version = 3
		same(s, []payments.Deposit{start}, ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{want.Key}))
	}},
	{"times are kept in UTC, cut to the millisecond", func(s *suite) {
		zone := time.FixedZone("west", -9*3600)
		d := deposit(1)
		d.SeenAt = time.Date(2026, 3, 1, 3, 0, 0, 123_999_999, zone)
		d.ReceivedAt = time.Date(2026, 3, 1, 3, 0, 0, 1_000_000, zone)
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{d})
		got := ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{d.Key})[0]
		require.Equal(s, time.Date(2026, 3, 1, 12, 0, 0, 123_000_000, time.UTC), got.SeenAt)
		require.Equal(s, time.Date(2026, 3, 1, 12, 0, 0, 1_000_000, time.UTC), got.ReceivedAt)
	}},
	{"one id on two networks is two deposits", func(s *suite) {
		a, b := deposit(1), deposit(1)
		b.Key.Network = "litecoin"
		b.Amount = money.Units(money.Asset{Coin: "LTC", Network: "litecoin", Decimals: 8}, 5)
		require.Len(s, put(s, payments.Tx.InsertDeposits, []payments.Deposit{b, a}), 2)
		a.Version, b.Version = 1, 1
		same(s, []payments.Deposit{b}, ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{b.Key}))
		same(s, []payments.Deposit{a, b}, ask(s, payments.Tx.Deposits, payments.DepositQuery{}))
	}},
	{"a coin is unspent while a block holds it and no block spends it", func(s *suite) {
		unspent := payments.DepositQuery{Network: "bitcoin", Unspent: true}
		d := deposit(1)
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{d})
		require.Empty(s, ask(s, payments.Tx.Deposits, unspent), "in no block")
		d.Version = 1
		for _, step := range []struct {
			what  string
			block chain.Anchor
			spent chain.Hash
			found int
		}{
			{"mined", block(0, 5), chain.Hash{}, 1},
			{"spent", block(0, 5), hash(8), 0},
			{"the block that spent it is gone", block(0, 5), chain.Hash{}, 1},
			{"spent by another", block(0, 5), hash(9), 0},
			{"both blocks are gone", chain.Anchor{}, chain.Hash{}, 0},
			{"spent, and in no block", chain.Anchor{}, hash(9), 0},
			{"mined again elsewhere", block(1, 6), chain.Hash{}, 1},
			{"mined in the first block of all", block(0, 0), chain.Hash{}, 1},
		} {
			d.Block, d.Spent = step.block, step.spent
			require.NoError(s, save(s, payments.Tx.SaveDeposits, []payments.Deposit{d}))
			d.Version++
			got := ask(s, payments.Tx.Deposits, unspent)
			require.Len(s, got, step.found, step.what)
			if step.found > 0 {
				same(s, []payments.Deposit{d}, got)
			}
		}
	}},
	{"a coin whose spending is undone is unspent", func(s *suite) {
		d := deposit(1)
		d.Block = block(0, 5)
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{d})
		s.write(func(tx payments.Tx) error {
			require.ErrorIs(s, tx.Savepoint(s.Context(), func(tx payments.Tx) error {
				d.Spent, d.Version = hash(8), 1
				require.NoError(s, tx.SaveDeposits(s.Context(), []payments.Deposit{d}))
				rows, err := tx.Deposits(s.Context(), payments.DepositQuery{Network: "bitcoin", Unspent: true})
				require.NoError(s, err)
				require.Empty(s, rows)
				return errHost
			}), errHost)
			rows, err := tx.Deposits(s.Context(), payments.DepositQuery{Network: "bitcoin", Unspent: true})
			require.Len(s, rows, 1)
			return err
		})
		require.Len(s, ask(s, payments.Tx.Deposits, payments.DepositQuery{Network: "bitcoin", Unspent: true}), 1)
	}},
	{"one address in two families receives apart", func(s *suite) {
		a, b := deposit(1), deposit(2)
		b.To = chain.Address{Family: chain.FamilyLitecoin, Raw: a.To.Raw}
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{a, b})
		same(s, []payments.Deposit{a}, ask(s, payments.Tx.Deposits, payments.DepositQuery{To: []chain.Address{a.To}}))
		same(s, []payments.Deposit{b}, ask(s, payments.Tx.Deposits, payments.DepositQuery{To: []chain.Address{b.To}}))
		same(s, []payments.Deposit{a, b}, ask(s, payments.Tx.Deposits, payments.DepositQuery{To: []chain.Address{b.To, a.To}}))
	}},
	{"who sent is not who received", func(s *suite) {
		d := deposit(1)
		d.From = address(2)
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{d})
		require.Empty(s, ask(s, payments.Tx.Deposits, payments.DepositQuery{To: []chain.Address{address(2)}}))
	}},
}
