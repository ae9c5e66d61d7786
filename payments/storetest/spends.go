package storetest

import (
	"math"
	"reflect"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

var spendCases = cases{
	{"every field comes back when all are set", func(s *suite) {
		want := fullSpend()
		fields := reflect.ValueOf(want)
		for i := range fields.NumField() {
			require.False(s, fields.Field(i).IsZero(), "the case must set %s", fields.Type().Field(i).Name)
		}
		require.Equal(s, []payments.SpendKey{want.Key}, put(s, payments.Tx.InsertSpends, []payments.Spend{want}))
		same(s, []payments.Spend{want}, ask(s, payments.Tx.SpendsByKey, []payments.SpendKey{want.Key}))
		same(s, []payments.Spend{want}, ask(s, payments.Tx.Spends, payments.SpendQuery{}))
	}},
	{"every field comes back when none is set", func(s *suite) {
		want := payments.Spend{Key: payments.SpendKey{Network: "n", ID: "i"}, Version: 1}
		put(s, payments.Tx.InsertSpends, []payments.Spend{want})
		got := ask(s, payments.Tx.SpendsByKey, []payments.SpendKey{want.Key})
		same(s, []payments.Spend{want}, got)
		require.False(s, got[0].Included() || got[0].Booked)
		require.True(s, got[0].Block.Time.IsZero() && got[0].From.IsZero() && got[0].To.IsZero())
	}},
	{"a save stores every field but the key", func(s *suite) {
		want := fullSpend()
		start := payments.Spend{Key: want.Key, Version: 1}
		put(s, payments.Tx.InsertSpends, []payments.Spend{start})
		require.NoError(s, save(s, payments.Tx.SaveSpends, []payments.Spend{want}))
		same(s, []payments.Spend{want}, ask(s, payments.Tx.SpendsByKey, []payments.SpendKey{want.Key}))
		start.Version = 2
		require.NoError(s, save(s, payments.Tx.SaveSpends, []payments.Spend{start}), "and back to nothing")
		same(s, []payments.Spend{start}, ask(s, payments.Tx.SpendsByKey, []payments.SpendKey{want.Key}))
	}},
	{"one id on two networks is two spends", func(s *suite) {
		a, b := spend(1), spend(1)
		b.Key.Network = "litecoin"
		b.Amount = money.Units(money.Asset{Coin: "LTC", Network: "litecoin", Decimals: 8}, 5)
		require.Equal(s, []payments.SpendKey{b.Key, a.Key}, put(s, payments.Tx.InsertSpends, []payments.Spend{b, a}))
		same(s, []payments.Spend{b}, ask(s, payments.Tx.SpendsByKey, []payments.SpendKey{b.Key}))
		same(s, []payments.Spend{a, b}, ask(s, payments.Tx.Spends, payments.SpendQuery{}))
	}},
	{"a spend and a deposit of one key do not meet", func(s *suite) {
		put(s, payments.Tx.InsertDeposits, []payments.Deposit{deposit(1)})
		require.Len(s, put(s, payments.Tx.InsertSpends, []payments.Spend{spend(1)}), 1)
		require.Len(s, s.depositIDs(), 1)
	}},
	{"an input's number is kept up to the highest", func(s *suite) {
		r := spend(1)
		r.Outpoint.Vout, r.Block.Height, r.Block.Hash = math.MaxUint32, math.MaxInt64, hash(5)
		put(s, payments.Tx.InsertSpends, []payments.Spend{r})
		same(s, []payments.Spend{r}, ask(s, payments.Tx.Spends, payments.SpendQuery{
			Included: true, MinHeight: math.MaxInt64, MaxHeight: math.MaxUint64}))
	}},
	{"two thousand inputs of a sweep in one batch, and all of them asked for", func(s *suite) {
		const n = 2_000
		var rows []payments.Spend
		var from []chain.Address
		for i := range n {
			r := spend(i)
			r.TxID, r.Block = hash(i/500), block(0, 7)
			rows, from = append(rows, r), append(from, r.From)
		}
		require.Len(s, put(s, payments.Tx.InsertSpends, backwards(rows)), n)
		got := ask(s, payments.Tx.Spends, payments.SpendQuery{From: backwards(from)})
		same(s, rows, got)
		for i := range got {
			got[i].Booked = true
		}
		require.NoError(s, save(s, payments.Tx.SaveSpends, got))
		same(s, got[500:1_500], ask(s, payments.Tx.Spends, payments.SpendQuery{TxIDs: []chain.Hash{hash(2), hash(1)}}))
	}},
}
