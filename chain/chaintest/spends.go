package chaintest

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// fund pays one of our own addresses and returns what arrived.
func (s *suite) fund(t *testing.T) chain.Transfer {
	t.Helper()
	p := Payment{To: s.own(), Amount: s.amount(s.network.Native)}
	s.Pay(p)
	return only(t, s.mined(t, watch(p.To)), p.To)
}

// less is an amount that leaves a fee.
func less(a money.Amount) money.Amount {
	fee := new(big.Int).Quo(a.Units(), bigTen)
	return money.NewAmount(a.Asset(), fee.Sub(a.Units(), fee))
}

func outpointSpent(t *testing.T, s *suite) {
	ours := s.fund(t)
	op := outpoint(t, ours)
	to := Payment{To: s.address(), Amount: less(ours.Amount)}
	id := s.Spend([]chain.Outpoint{op}, to)
	m := watch()
	m.SetOutpoints([]chain.Outpoint{op})
	if pool, ok := s.Source.(chain.Mempooler); ok {
		run, err := pool.Unmined(t.Context(), []chain.Hash{id})
		require.NoError(t, err)
		f, err := run.Match(t.Context(), m)
		require.NoError(t, err)
		require.Len(t, f.Spends, 1)
		require.True(t, f.Spends[0].Block.IsZero())
	}
	got := s.mined(t, m).Spends
	require.Len(t, got, 1)
	x := got[0]
	require.Equal(t, fmt.Sprintf("%s:in:0", id), x.ID)
	require.Equal(t, chain.SpendOutpoint, x.Kind)
	require.Equal(t, id, x.TxID)
	require.Equal(t, op, x.Outpoint)
	require.Equal(t, s.head(t).Anchor, x.Block)
	require.Equal(t, []chain.Outpoint{op}, x.Tx.Inputs)
	out := x.Tx.Outputs[0]
	require.Equal(t, to.To, out.To)
	require.True(t, to.Amount.Equal(out.Amount))
}

func spentAtOnce(t *testing.T, s *suite) {
	p := Payment{To: s.own(), Amount: s.amount(s.network.Native)}
	op := chain.Outpoint{TxID: s.Pay(p)}
	pool, ok := s.Source.(chain.Mempooler)
	if ok {
		run, err := pool.Unmined(t.Context(), []chain.Hash{op.TxID})
		require.NoError(t, err)
		f, err := run.Match(t.Context(), watch(p.To))
		require.NoError(t, err)
		op = outpoint(t, only(t, f, p.To))
	}
	id := s.Spend([]chain.Outpoint{op}, Payment{To: s.address(), Amount: less(p.Amount)})
	m := watch(p.To)
	m.SetOutpoints([]chain.Outpoint{op})
	f := s.mined(t, m)
	only(t, f, p.To)
	require.Len(t, f.Spends, 1)
	require.Equal(t, id, f.Spends[0].TxID)
	require.Equal(t, s.head(t).Anchor, f.Spends[0].Block)
}

func sweep(t *testing.T, s *suite) {
	const n = 500
	to := s.own()
	var paid []Payment
	for range n {
		paid = append(paid, Payment{To: to, Amount: s.amount(s.network.Native)})
	}
	s.Batch(paid...)
	var ops []chain.Outpoint
	var held []money.Amount
	for _, x := range s.mined(t, watch(to)).Transfers {
		ops, held = append(ops, outpoint(t, x)), append(held, x.Amount)
	}
	require.Len(t, ops, n)
	id := s.Spend(ops, Payment{To: s.address(), Amount: less(sum(t, held...))})
	m := watch()
	m.SetOutpoints(ops)
	got := s.mined(t, m).Spends
	require.Len(t, got, n)
	for i, x := range got {
		require.Equal(t, fmt.Sprintf("%s:in:%d", id, i), x.ID)
		require.Equal(t, ops[i], x.Outpoint)
		require.Same(t, got[0].Tx, x.Tx, "one transaction is told once")
	}
	require.Equal(t, ops, got[0].Tx.Inputs)
}

func senderSpends(t *testing.T, s *suite) {
	from := s.fund(t).To
	for _, asset := range s.Assets {
		p := Payment{To: s.address(), Amount: s.amount(asset)}
		if asset != s.network.Native {
			s.Pay(Payment{To: from, Amount: p.Amount})
			s.Mine(1)
		} else {
			p.Amount = money.NewAmount(asset, bigTen)
		}
		id := s.Send(from, p)
		f := s.mined(t, watch(from))
		require.Empty(t, f.Transfers, "it went to somebody else")
		kinds := map[chain.SpendKind]chain.Spend{}
		for _, x := range f.Spends {
			require.Equal(t, id, x.TxID)
			require.Equal(t, from, x.From)
			require.Equal(t, s.head(t).Anchor, x.Block)
			kinds[x.Kind] = x
		}
		require.Len(t, f.Spends, 2, "what moved and its gas: %v", f.Spends)
		require.Equal(t, id.String()+":gas", kinds[chain.SpendGas].ID)
		require.Equal(t, s.network.Native, kinds[chain.SpendGas].Amount.Asset())
		require.Positive(t, kinds[chain.SpendGas].Amount.Sign())
		moved, want := kinds[chain.SpendToken], `^`+id.String()+`:log:\d+$`
		if asset == s.network.Native {
			moved, want = kinds[chain.SpendNative], fmt.Sprintf(`^%s:out:0x%x:0$`, id, from.Raw)
		}
		require.Regexp(t, want, moved.ID)
		require.Equal(t, p.To, moved.To)
		require.True(t, p.Amount.Equal(moved.Amount), "%s, not %s", p.Amount, moved.Amount)
	}
}

func balances(t *testing.T, s *suite) {
	b := s.Source.(chain.Balancer)
	p, _ := s.pay()
	before := s.head(t)
	s.Mine(1)
	after := s.head(t)
	stranger := s.address()
	got, err := b.Balances(t.Context(), after.Anchor, []chain.Address{stranger, p.To, p.To})
	require.NoError(t, err)
	require.Len(t, got, 3)
	require.Zero(t, got[0].Sign())
	require.True(t, p.Amount.Equal(got[1]), "%s, not %s", p.Amount, got[1])
	require.True(t, got[1].Equal(got[2]))
	got, err = b.Balances(t.Context(), before.Anchor, []chain.Address{p.To})
	require.NoError(t, err)
	require.Zero(t, got[0].Sign(), "before it arrived")
	strange := after.Anchor
	strange.Hash[0] ^= 1
	_, err = b.Balances(t.Context(), strange, []chain.Address{p.To})
	require.Error(t, err, "a block nobody knows has no balances")
	none, err := b.Balances(t.Context(), after.Anchor, nil)
	require.NoError(t, err)
	require.Empty(t, none)
}
