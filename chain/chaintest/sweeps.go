package chaintest

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// sweepable reports whether the world can move coins of ours at all.
func (w World) sweepable() bool { return w.Spend != nil || w.Send != nil }

// leave moves most of what arrived at one of our addresses to somebody else.
func (s *suite) leave(t *testing.T, coin chain.Transfer) (id chain.Hash) {
	t.Helper()
	if s.Spend != nil {
		return s.Spend([]chain.Outpoint{outpoint(t, coin)}, Payment{To: s.address(), Amount: less(coin.Amount)})
	}
	return s.Send(coin.To, Payment{To: s.address(), Amount: money.NewAmount(s.network.Native, bigTen)})
}

// ours watches addresses of ours, and coins of ours where those are what leaves.
func (s *suite) ours(t *testing.T, coins ...chain.Transfer) *chain.Watched {
	t.Helper()
	m := watch()
	for _, x := range coins {
		if m.AddAddress(x.To); s.network.UTXO() {
			m.AddOutpoint(outpoint(t, x))
		}
	}
	return m
}

// sweepReorganised: a sweep whose block goes is told again, under the same ids, when
// it is mined again, and by no block in between.
func sweepReorganised(t *testing.T, s *suite) {
	coin := s.fund(t)
	m := s.ours(t, coin)
	s.Mine(1)
	r := &trail{source: s.Source}
	r.follow(t, m)
	id := s.leave(t, coin)
	s.Mine(2)
	r.follow(t, m)
	before := r.spends
	require.NotEmpty(t, before)
	for _, x := range before {
		require.Equal(t, id, x.TxID)
	}
	s.Reorg(2)
	r.follow(t, m)
	require.Empty(t, r.spends, "the branch is empty")
	s.Mine(1)
	r.follow(t, m)
	head := s.head(t).Anchor
	require.Len(t, r.spends, len(before))
	for i, x := range r.spends {
		require.Equal(t, head, x.Block)
		x.Block = before[i].Block
		require.Equal(t, before[i], x, "the same but for the block")
	}
}

// sweepWhileDown: what arrived and left in blocks that nobody followed is found in
// one run of them, each in its own block.
func sweepWhileDown(t *testing.T, s *suite) {
	s.Mine(1)
	from := s.head(t).Height + 1
	var coins []chain.Transfer
	left := map[chain.Hash]chain.Anchor{}
	for range 2 {
		coin := s.fund(t)
		s.Mine(1)
		id := s.leave(t, coin)
		s.Mine(1)
		coins, left[id] = append(coins, coin), s.head(t).Anchor
	}
	s.Mine(2)
	f := s.found(t, from, s.head(t).Height, s.ours(t, coins...))
	for _, coin := range coins {
		require.Equal(t, coin, only(t, f, coin.To))
	}
	told := map[chain.Hash]bool{}
	for _, x := range f.Spends {
		require.Equal(t, left[x.TxID], x.Block, "%s", x.ID)
		told[x.TxID] = true
	}
	require.Len(t, told, len(left), "each of the sweeps")
}

// changeToOurs: an output that our own coin pays to an address of ours is told as a
// transfer, tied to the coin by its inputs and by its place in the transaction.
func changeToOurs(t *testing.T, s *suite) {
	coin := s.fund(t)
	op := outpoint(t, coin)
	third := money.NewAmount(coin.Amount.Asset(), new(big.Int).Quo(coin.Amount.Units(), big.NewInt(3)))
	gone, change := Payment{To: s.address(), Amount: third}, Payment{To: s.own(), Amount: third}
	id := s.Spend([]chain.Outpoint{op}, gone, change)
	m := s.ours(t, coin)
	m.AddAddress(change.To)
	check := func(f chain.Found) chain.Transfer {
		x := only(t, f, change.To)
		require.Equal(t, id, x.TxID)
		require.Equal(t, []chain.Outpoint{op}, x.Inputs)
		require.True(t, change.Amount.Equal(x.Amount))
		require.Len(t, f.Spends, 1)
		tx := f.Spends[0].Tx
		require.Equal(t, change.To, tx.Outputs[outpoint(t, x).Vout].To, "the place is the output's own")
		require.True(t, slices.ContainsFunc(tx.Outputs, func(o chain.Output) bool { return o.To == gone.To }))
		return x
	}
	if pool, ok := s.Source.(chain.Mempooler); ok {
		run, err := pool.Unmined(t.Context(), []chain.Hash{id})
		require.NoError(t, err)
		f, err := run.Match(t.Context(), m)
		require.NoError(t, err)
		check(f)
	}
	x := check(s.mined(t, m))

	// The change is a coin like any other.
	m = s.ours(t, x)
	next := s.leave(t, x)
	got := s.mined(t, m).Spends
	require.Len(t, got, 1)
	require.Equal(t, next, got[0].TxID)
}

// gasFunding: what one of our addresses sends to another is told on both sides.
func gasFunding(t *testing.T, s *suite) {
	operator, customer := s.fund(t).To, s.own()
	m := watch(operator, customer)
	gas := Payment{To: customer, Amount: s.amount(s.network.Native)}
	s.Pay(Payment{To: operator, Amount: gas.Amount})
	s.Mine(1)
	id := s.Send(operator, gas)
	f := s.mined(t, m)
	x := only(t, f, customer)
	require.Len(t, f.Transfers, 1)
	require.Equal(t, id, x.TxID)
	require.Equal(t, operator, x.From, "it is no customer's payment, and this says so")
	require.True(t, gas.Amount.Equal(x.Amount))
	s.wellFormed(t, x)
	require.Len(t, f.Spends, 2, "what moved and its gas: %v", f.Spends)
	for _, out := range f.Spends {
		require.Equal(t, operator, out.From)
		if out.Kind == chain.SpendNative {
			require.Equal(t, customer, out.To)
			require.True(t, gas.Amount.Equal(out.Amount))
		}
	}

	// The customer's address pays for its own sweep with it.
	asset := s.Assets[len(s.Assets)-1]
	swept := Payment{To: s.address(), Amount: s.amount(asset)}
	if asset != s.network.Native {
		s.Pay(Payment{To: customer, Amount: swept.Amount})
		s.Mine(1)
	} else {
		swept.Amount = money.NewAmount(asset, bigTen)
	}
	id = s.Send(customer, swept)
	f = s.mined(t, m)
	require.Len(t, f.Spends, 2)
	for _, out := range f.Spends {
		require.Equal(t, id, out.TxID)
		require.Equal(t, customer, out.From)
	}
}

// internalSpend: what leaves a contract of ours by a call inside somebody's
// transaction is told where the source says that it looks for such.
func internalSpend(t *testing.T, s *suite) {
	p := Payment{To: s.address(), Amount: s.amount(s.network.Native)}
	id := s.PayInternal(p)
	f := s.mined(t, watch(p.To))
	if !f.Internal {
		require.Empty(t, f.Spends)
		return // its balances tell: see the case of contracts' payments
	}
	contract := only(t, f, p.To).From
	head := s.head(t)
	f = s.found(t, head.Height, head.Height, watch(contract))
	require.True(t, f.Internal)
	require.Len(t, f.Spends, 1, "the gas is the caller's: %v", f.Spends)
	x := f.Spends[0]
	require.Equal(t, chain.SpendNative, x.Kind)
	require.Equal(t, id, x.TxID)
	require.Regexp(t, fmt.Sprintf(`^%s:out:0x%x:\d+$`, id, contract.Raw), x.ID)
	require.Equal(t, contract, x.From)
	require.Equal(t, p.To, x.To)
	require.True(t, p.Amount.Equal(x.Amount), "%s, not %s", p.Amount, x.Amount)
	require.Equal(t, head.Anchor, x.Block)
}
