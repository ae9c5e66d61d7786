package payments_test

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// TestAnyHistoryEndsWithTheChainsTruth drives a random history: payments, blocks,
// reorganisations, replacements, restarts, price outages. A naive oracle knows
// only who was paid in which transaction, and asks the simulated chain what
// stands in the end.
func TestAnyHistoryEndsWithTheChainsTruth(t *testing.T) {
	t.Parallel()
	for _, c := range railCases() {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { history(t, rt, c) })
		})
	}
}

type paid struct {
	account payments.Account
	amount  money.Amount
}

func history(t *testing.T, rt *rapid.T, c railCase) {
	b := newBundle(t, c, unbroken)
	accounts := []payments.Account{voice, sms, {Profile: "globex", Name: "voice"}}
	to := make([]chain.Address, len(accounts))
	for i, a := range accounts {
		to[i] = b.address(a)
	}
	b.advance()
	oracle := map[chain.Hash]paid{}
	var pending []chain.Hash
	pay := func() (chain.Hash, chainsim.Payment, paid) {
		i := rapid.IntRange(0, len(accounts)-1).Draw(rt, "account")
		amount := b.coins(rapid.Int64Range(1, 500).Draw(rt, "hundredths"))
		return chain.Hash{}, chainsim.Payment{To: to[i], Amount: amount}, paid{accounts[i], amount}
	}
	advance := func() {
		for range 3 { // prices may be down, a source may have lost its branch
			if b.p.Advance(b.ctx) == nil {
				return
			}
		}
	}
	rt.Repeat(map[string]func(*rapid.T){
		"pay": func(*rapid.T) {
			_, p, who := pay()
			id := b.sim.Pay(p)
			oracle[id] = who
			pending = append(pending, id)
		},
		"replace": func(rt *rapid.T) {
			var unmined []chain.Hash
			for _, id := range pending {
				if _, mined := blockOf(b.sim, id); !mined {
					unmined = append(unmined, id)
				}
			}
			if len(unmined) == 0 {
				rt.Skip()
			}
			_, p, who := pay()
			old := rapid.SampledFrom(unmined).Draw(rt, "replaced")
			if !isPending(b.sim, old) {
				rt.Skip()
			}
			id := b.sim.Replace(old, p)
			oracle[id] = who
			pending = append(pending, id)
		},
		"mine": func(rt *rapid.T) {
			b.clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
			b.sim.Mine(rapid.IntRange(1, 3).Draw(rt, "blocks"))
		},
		"reorganise": func(rt *rapid.T) {
			height := int(b.sim.Head().Height)
			depth := rapid.IntRange(1, min(height-1, 30)).Draw(rt, "depth")
			b.sim.Reorg(depth, chainsim.Branch{
				Reverse: rapid.Bool().Draw(rt, "reverse"), Crowd: rapid.IntRange(0, 3).Draw(rt, "crowd")})
		},
		"advance": func(*rapid.T) { advance() },
		"restart": func(*rapid.T) { b.restart() },
		"prices":  func(rt *rapid.T) { b.rates.setDown(rapid.Bool().Draw(rt, "down")) },
		"":        func(*rapid.T) { booksBalance(t, rt, b, accounts) },
	})
	b.rates.setDown(false)
	b.clock.Advance(2 * time.Minute) // every candle is finished
	for range 8 {
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		advance()
	}
	want := map[payments.Account]*big.Int{}
	held := new(big.Int)
	for _, a := range accounts {
		want[a] = new(big.Int)
		all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 1_000)
		require.NoError(rt, err)
		for _, d := range all {
			if _, mined := blockOf(b.sim, d.TxID); !mined {
				continue
			}
			require.Equal(rt, oracle[d.TxID].account, a)
			require.True(rt, oracle[d.TxID].amount.Equal(d.Amount))
			value, err := d.Rate.Value(d.Amount, money.USD)
			require.NoError(rt, err)
			want[a].Add(want[a], value.Units())
			held.Add(held, d.Amount.Units())
			delete(oracle, d.TxID)
		}
	}
	for id := range oracle {
		_, mined := blockOf(b.sim, id)
		require.False(rt, mined, "transaction %s is mined and was never recorded", id)
	}
	for _, a := range accounts {
		require.Equal(rt, money.NewAmount(money.USD.Asset(), want[a]).String(), b.balance(a), "account %s", a)
	}
	require.Equal(rt, money.NewAmount(b.asset, held).String(), position(rt, b).String())
}

// blockOf asks the simulated chain which block holds a transaction.
func blockOf(s simulation, id chain.Hash) (chain.Anchor, bool) {
	return s.(interface {
		BlockOf(chain.Hash) (chain.Anchor, bool)
	}).BlockOf(id)
}

func isPending(s simulation, id chain.Hash) bool {
	for _, p := range s.(interface{ Pending() []chain.Hash }).Pending() {
		if p == id {
			return true
		}
	}
	return false
}

func position(rt *rapid.T, b *bundle) money.Amount {
	out := money.Units(b.asset, 0)
	require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) error {
		rows, err := tx.Balances(b.ctx, []ledger.Account{ledger.Position(b.asset.Network, "deposits")})
		for _, r := range rows {
			if r.Amount.Asset() == b.asset {
				out = r.Amount
			}
		}
		return err
	}))
	return out
}

// booksBalance checks that each asset sums to zero over all accounts, whatever
// happened so far.
func booksBalance(t *testing.T, rt *rapid.T, b *bundle, accounts []payments.Account) {
	t.Helper()
	names := []ledger.Account{ledger.Clearing, ledger.Position(b.asset.Network, "deposits"), ledger.Suspense(b.asset.Network)}
	for _, a := range accounts {
		names = append(names, a.Ledger())
	}
	require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) error {
		rows, err := tx.Balances(b.ctx, names)
		sums := map[money.Asset]*big.Int{}
		for _, r := range rows {
			if sums[r.Amount.Asset()] == nil {
				sums[r.Amount.Asset()] = new(big.Int)
			}
			sums[r.Amount.Asset()].Add(sums[r.Amount.Asset()], r.Amount.Units())
		}
		for asset, sum := range sums {
			if sum.Sign() != 0 {
				return fmt.Errorf("%s sums to %s over all accounts", asset, sum)
			}
		}
		return err
	}))
}
