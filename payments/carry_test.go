package payments_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// TestTinyDepositsAndTheirReversalsInAnyOrderKeepTheExactValue pays dust far
// below a cent, reverses it in another order and mines it again.
func TestTinyDepositsAndTheirReversalsInAnyOrderKeepTheExactValue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBundle(t, railCases()[0], nil)
		b.cfg.InTx = (&hostRows{}).inTx
		b.restart()
		to := b.address(voice)
		b.advance()
		for range rapid.IntRange(2, 25).Draw(rt, "blocks") {
			for range rapid.IntRange(0, 3).Draw(rt, "payments") {
				units := rapid.Int64Range(1, 2_500).Draw(rt, "units") // 1000 units are a cent
				b.sim.Pay(chainsim.Payment{To: to, Amount: money.Units(b.asset, units)})
			}
			b.mine(1)
			if h := int(b.sim.Head().Height); rapid.IntRange(0, 3).Draw(rt, "storm") == 0 {
				depth := rapid.IntRange(1, min(h-3, 12)).Draw(rt, "depth")
				br := chainsim.Branch{Reverse: rapid.Bool().Draw(rt, "reverse"), Blocks: depth + rapid.IntRange(0, 2).Draw(rt, "more")}
				all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 1000)
				require.NoError(rt, err)
				for _, d := range all {
					if block, ok := blockOf(b.sim, d.TxID); ok && block.Height+uint64(depth) > b.sim.Head().Height {
						switch rapid.IntRange(0, 3).Draw(rt, "fate") {
						case 0:
							br.Later = append(br.Later, d.TxID)
						case 1:
							br.Vanish = append(br.Vanish, d.TxID)
						}
					}
				}
				b.clock.Advance(time.Second)
				b.sim.Reorg(depth, br)
				b.advance()
			}
			mustAgree(rt, b, []payments.Account{voice})
		}
		b.mine(7)
		mustAgree(rt, b, []payments.Account{voice})
		// What is owed is never more than a cent above the exact value, and the
		// carry says how much.
		record := decimal.Zero
		require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) error {
			rows, err := tx.AccountsByKey(b.ctx, []payments.Account{voice})
			record = rows[0].Carry
			return err
		}))
		require.True(rt, record.LessThan(decimal.New(1, -2)), "a whole cent is kept back: %s", record)
	})
}

// TestNegativeCarryIsPaidOffByLaterDeposits spells the one odd order out.
func TestNegativeCarryIsPaidOffByLaterDeposits(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	dust := func(units int64) chain.Hash {
		return b.sim.Pay(chainsim.Payment{To: to, Amount: money.Units(b.asset, units)})
	}
	dust(300) // 0.3 cent: kept back
	b.mine(1)
	big := dust(900) // 0.9 cent: makes a cent together with the first
	b.mine(6)
	require.Equal(t, "0.01 USD", b.balance(voice))
	b.sim.Reorg(6, chainsim.Branch{Vanish: []chain.Hash{big}})
	b.advance()
	require.Equal(t, "0.00 USD", b.balance(voice))
	dust(700)
	b.mine(6)
	require.Equal(t, "0.01 USD", b.balance(voice))
}

// TestReversalOfFinalDepositsAndNegativeBalance reverses below finality, on
// every rail, and follows the sign of the balance.
func TestReversalOfFinalDepositsBelowFinality(t *testing.T) {
	for _, c := range railCases() {
		t.Run(c.name, func(t *testing.T) {
			b := newBundle(t, c, nil)
			to := b.address(voice)
			b.advance()
			id := b.pay(to, 100)
			b.mine(125)
			require.Equal(t, payments.StateFinal, b.only(voice).State)
			b.sim.Reorg(125, chainsim.Branch{Vanish: []chain.Hash{id}})
			for range 5 {
				_ = b.p.Advance(b.ctx)
			}
			require.Equal(t, payments.StateReversed, b.only(voice).State)
			require.Equal(t, "0.00 USD", b.balance(voice))
			lines, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 10)
			require.NoError(t, err)
			require.Len(t, lines, 2)
		})
	}
}

// TestDeepReorgAfterACatchUpByRanges: anchors below finality are sparse.
func TestDeepReorgAfterACatchUpByRanges(t *testing.T) {
	for _, depth := range []int{70, 300, 700} {
		b := newBundle(t, railCases()[2], func(cfg *payments.Config) { unbroken(cfg); anyAge(cfg) })
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.sim.Mine(400)
		mid := b.pay(to, 200)
		b.sim.Mine(1_000)
		late := b.pay(to, 400)
		b.sim.Mine(100)
		b.clock.Advance(time.Hour)
		b.advance()
		require.NotEqual(t, "0.00 USD", b.balance(voice))
		before := b.balance(voice)
		b.sim.Reorg(depth, chainsim.Branch{})
		_ = mid
		_ = late
		for range 10 {
			_ = b.p.Advance(b.ctx)
		}
		b.mine(7)
		h, err := b.p.Health(b.ctx)
		require.NoError(t, err)
		require.Empty(t, h.Networks[0].Halted, "depth %d", depth)
		require.Equal(t, before, b.balance(voice), "depth %d", depth)
	}
}

// TestUnassignedCoinsGoThroughReorgs: no owner, so no currency either.
func TestUnassignedCoinsGoThroughReorgs(t *testing.T) {
	for _, c := range railCases() {
		b := newBundle(t, c, nil)
		b.address(voice) // index 0; 1 to 7 are reserved and given to nobody
		b.advance()
		id := b.pay(chainsim.Address(b.sim.Network(), 5), 100)
		b.mine(7)
		h, err := b.p.Health(b.ctx)
		require.NoError(t, err)
		require.Len(t, h.Held, 1)
		key := h.Held[0].Key
		require.Equal(t, payments.StateCredited, h.Held[0].State)
		b.sim.Reorg(7, chainsim.Branch{Later: []chain.Hash{id}})
		b.advance()
		d, err := b.p.Deposit(b.ctx, key)
		require.NoError(t, err)
		require.Equal(t, payments.StateReversed, d.State)
		b.mine(7)
		d, err = b.p.Deposit(b.ctx, key)
		require.NoError(t, err)
		require.Equal(t, payments.StateCredited, d.State)
		_, err = b.p.Explain(b.ctx, key)
		require.NoError(t, err)
		var input *payments.InputError
		require.ErrorAs(t, b.p.Release(b.ctx, key, payments.Actor{ID: "op", Reason: "x"}), &input)
	}
}

// TestAnAbsurdTokenAmountIsBookedExactly pays 2^255 units of a token.
func TestAnAbsurdTokenAmountIsBookedExactly(t *testing.T) {
	for _, c := range railCases()[1:] {
		b := newBundle(t, c, nil)
		if b.sim.Network().UTXO() {
			continue // amounts there have 63 bits
		}
		to, other := b.address(voice), b.address(sms)
		b.advance()
		huge := new(big.Int).Lsh(big.NewInt(1), 255)
		for range 3 {
			b.sim.Pay(chainsim.Payment{To: to, Amount: money.NewAmount(b.asset, huge)})
		}
		b.pay(other, 100)
		b.mine(6)
		require.Equal(t, "1000.00 USD", b.balance(sms), c.name)
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		for _, d := range all {
			require.Equal(t, payments.StateCredited, d.State)
		}
		mustAgreeBooks(t, b)
	}
}

func mustAgreeBooks(t *testing.T, b *bundle) {
	require.NoError(t, b.store.View(b.ctx, func(tx payments.Tx) error {
		rows, err := tx.Balances(b.ctx, []ledger.Account{ledger.Clearing, voice.Ledger(), sms.Ledger(), ledger.Position(b.asset.Network, "deposits")})
		sum := map[money.Asset]*big.Int{}
		for _, r := range rows {
			if sum[r.Amount.Asset()] == nil {
				sum[r.Amount.Asset()] = new(big.Int)
			}
			sum[r.Amount.Asset()].Add(sum[r.Amount.Asset()], r.Amount.Units())
		}
		for a, s := range sum {
			require.Zero(t, s.Sign(), a)
		}
		return err
	}))
}
