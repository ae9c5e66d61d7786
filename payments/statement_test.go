package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestStatementPagesAddUpToTheBalance(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	var last chain.Hash
	for i := range 7 { // three of them in one block: equal instants
		last = b.pay(to, int64(100+i))
		if i > 2 {
			b.mine(1)
		}
	}
	b.mine(6)
	b.sim.Reorg(6, chainsim.Branch{Vanish: []chain.Hash{last}})
	b.advance()
	for _, size := range []int{1, 2, 3, 100} {
		var all []payments.Line
		from := ledger.Cursor{}
		for {
			page, next, err := b.p.Statement(b.ctx, voice, from, size)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			all, from = append(all, page...), next
		}
		require.Equal(t, b.balance(voice), all[0].Balance.String(), "pages of %d", size)
		for i := 1; i < len(all); i++ {
			before, err := all[i-1].Balance.Sub(all[i-1].Amount)
			require.NoError(t, err)
			require.True(t, before.Equal(all[i].Balance), "line %d, pages of %d", i, size)
			require.False(t, all[i].At.After(all[i-1].At))
		}
		require.True(t, all[len(all)-1].Amount.Equal(all[len(all)-1].Balance), "begins at zero")
	}
	_, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 0)
	var input *payments.InputError
	require.ErrorAs(t, err, &input)
	_, _, err = b.p.Statement(b.ctx, sms, ledger.Cursor{}, 10)
	require.ErrorIs(t, err, payments.ErrNotFound)
}

func TestExplainTellsTheWholeStory(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 150)
	b.rates.setDown(true) // no price at first sight either
	b.advance()
	key := b.only(voice).Key
	story := func() string {
		x, err := b.p.Explain(b.ctx, key)
		require.NoError(t, err)
		require.Contains(t, x.Text, "1.50000000 BTC@bitcoin-regtest arrived for account acme/voice in transaction "+id.String())
		return x.Text
	}
	require.Contains(t, story(), "No block holds it yet.")
	b.sim.Mine(1)
	require.Error(t, b.p.Advance(b.ctx))
	require.Contains(t, story(), "No price for that instant could be had yet")
	b.rates.setDown(false)
	b.clock.Advance(time.Minute)
	b.mine(2)
	require.Contains(t, story(), "It counts as received at 2026-11-21 12:00:00 UTC (first seen).")
	require.Contains(t, story(), "from testvenue: 1500.00 USD.")
	require.Contains(t, story(), "It has 3 of 6 confirmations.")
	b.mine(3)
	require.Contains(t, story(), "It was credited with 1500.00 USD")
	b.clock.Advance(time.Minute)
	b.sim.Reorg(6, chainsim.Branch{Vanish: []chain.Hash{id}})
	b.advance()
	require.Contains(t, story(), "after the credit, which was taken back")
	x, err := b.p.Explain(b.ctx, key)
	require.NoError(t, err)
	require.Equal(t, "testvenue", x.Price.Prices[0].Source)
	require.Len(t, x.Events, 4)
	_, err = b.p.Explain(b.ctx, payments.DepositKey{Network: "bitcoin", ID: "none"})
	require.ErrorIs(t, err, payments.ErrNotFound)
}

func TestTinyDepositsAddUpThroughTheCarry(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	for range 1_000 { // 0.0084 USD each
		b.sim.Pay(chainsim.Payment{To: to, Amount: money.Units(b.asset, 840)})
	}
	b.mine(6)
	require.Equal(t, "8.40 USD", b.balance(voice))
}
