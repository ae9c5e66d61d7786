package storetest

import (
	"reflect"
	"time"

	"github.com/stretchr/testify/require"

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
}
