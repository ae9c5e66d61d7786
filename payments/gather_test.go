package payments_test

import (
	"context"
	"errors"
	"slices"
	"strings"
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

// least sets the minimum of the rail's asset.
func (b *bundle) least(minimum string) {
	b.cfg.Rails[0].Minimum = map[money.Asset]decimal.Decimal{b.asset: decimal.RequireFromString(minimum)}
	b.restart()
}

func (b *bundle) account(a payments.Account) (row payments.AccountRecord) {
	require.NoError(b.T, b.store.View(b.ctx, func(tx payments.Tx) error {
		rows, err := tx.AccountsByKey(b.ctx, []payments.Account{a})
		if err == nil {
			row = rows[0]
		}
		return err
	}))
	return row
}

func (b *bundle) dust(a payments.Account) string { return b.held(ledger.Dust(a.Profile, a.Name)) }

func TestSmallDepositsGatherAtTheirOwnRatesUntilTogetherTheyReachTheMinimum(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.least("25")
		to := b.address(voice)
		b.advance()
		rates := []int{1000, 700, 1100}
		for i := range rates {
			b.priced(rates[i])
			b.pay(to, 1) // a hundredth: 10, 7 and 11
			b.mine(6)
			b.checkBooks()
			switch i {
			case 0:
				require.Equal(t, payments.StateGathered, b.only(voice).State)
				require.Equal(t, "10.00 USD", b.dust(voice))
				x, err := b.p.Explain(b.ctx, b.only(voice).Key)
				require.NoError(t, err)
				require.Contains(t, x.Text, "below the minimum of 25 USD and gathers with 0 others, 10.00 USD together")
				found, err := b.p.ExplainTx(b.ctx, chain.Network{}, x.Deposit.TxID.String())
				require.NoError(t, err)
				require.Equal(t, payments.TxGathering, found.Verdict)
			case 1:
				require.Equal(t, "0.00 USD", b.balance(voice))
				require.Equal(t, "17.00 USD", b.dust(voice))
				list, err := b.p.Gathering(b.ctx, voice)
				require.NoError(t, err)
				require.Len(t, list, 1)
				require.Equal(t, 2, list[0].Count)
				require.Contains(t, list[0].Text, "worth 17.00 USD together, gather until they reach the minimum of 25")
			}
		}
		require.Equal(t, "28.00 USD", b.balance(voice))
		require.Empty(t, b.dust(voice))
		lines, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 10)
		require.NoError(t, err)
		require.Len(t, lines, 3)
		for _, l := range lines {
			require.Equal(t, ledger.KindDeposit, l.Kind)
			require.Equal(t, b.coins(1).String(), l.Coin.String())
		}
	})
}

func TestADepositThatReachesTheMinimumAloneTakesTheGatheredAlong(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.least("20")
	b.priced(1000)
	to := b.address(voice)
	b.advance()
	b.pay(to, 1)
	b.mine(7)
	require.Equal(t, "0.00 USD", b.balance(voice))
	b.pay(to, 2)
	b.mine(6)
	require.Equal(t, "30.00 USD", b.balance(voice))
	b.checkBooks()
}

func TestAccountsGatherApart(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.least("20")
	b.priced(1000)
	v, s := b.address(voice), b.address(sms)
	b.advance()
	b.pay(v, 1)
	b.pay(s, 1)
	b.mine(7)
	require.Equal(t, []string{"10.00 USD", "10.00 USD"}, []string{b.dust(voice), b.dust(sms)})
	require.Equal(t, "0.00 USD", b.balance(voice))
}

func TestALoweredMinimumReleasesWhatItKept(t *testing.T) {
	for _, now := range []string{"10", "0"} {
		b := newBundle(t, railCases()[0], nil)
		b.least("20")
		b.priced(1000)
		to := b.address(voice)
		b.advance()
		b.pay(to, 1)
		b.mine(7)
		require.Equal(t, "0.00 USD", b.balance(voice))
		b.least(now)
		b.advance()
		require.Equal(t, "10.00 USD", b.balance(voice))
		b.checkBooks()
	}
}

func TestAReorganisationTakesAGatheredDepositOutOfTheDust(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.least("20")
	b.priced(1000)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 1)
	b.mine(6)
	require.Equal(t, "10.00 USD", b.dust(voice))
	b.sim.Reorg(6, chainsim.Branch{Later: []chain.Hash{id}})
	b.advance()
	require.Equal(t, payments.StateOrphaned, b.only(voice).State)
	require.Empty(t, b.dust(voice))
	b.checkBooks()
	b.mine(7)
	require.Equal(t, payments.StateGathered, b.only(voice).State)
	b.checkBooks()
}

func TestTheHostThatRefusesWhatGatheredHoldsItAndNothingElse(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	refuse := true
	b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		for _, e := range events {
			if refuse && e.Profile == "acme" {
				return errors.New("no")
			}
		}
		return nil
	}
	b.least("20")
	b.priced(1000)
	other := payments.Account{Profile: "globex", Name: "voice"}
	v, o := b.address(voice), b.address(other)
	b.advance()
	b.pay(v, 1)
	b.mine(7)
	b.pay(v, 1)
	b.pay(o, 5)
	b.mine(7)
	require.Equal(t, "50.00 USD", b.balance(other))
	require.Equal(t, "0.00 USD", b.balance(voice))
	h, err := b.p.Health(b.ctx)
	require.NoError(t, err)
	require.NotEmpty(t, h.Held)
	refuse = false
	for _, d := range h.Held {
		require.NoError(t, b.p.Release(b.ctx, d.Key, payments.Actor{ID: "op", Reason: "repaired"}))
	}
	b.advance()
	require.Equal(t, "20.00 USD", b.balance(voice))
	b.checkBooks()
}

// Whatever small payments arrive, gather, are reversed and mined again in whatever
// order: at every step the books hold what they say, and the account's balance,
// its carry and the dust together are the exact value of what is booked.
func TestSmallDepositsAndTheirReversalsInAnyOrderKeepTheExactValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := newBundle(t, railCases()[0], nil)
		b.least("0.05")
		to := b.address(voice)
		b.advance()
		exact := func() {
			all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 1000)
			require.NoError(rt, err)
			credited, small := decimal.Zero, decimal.Zero
			for _, d := range all {
				switch d.State {
				case payments.StateCredited, payments.StateFinal:
					credited = credited.Add(d.Exact)
				case payments.StateGathered:
					small = small.Add(d.Exact)
				}
			}
			require.True(rt, small.LessThan(decimal.New(5, -2)), "%s gathers", small)
			carry := b.account(voice).Carry
			balance, err := b.p.Balance(b.ctx, voice)
			require.NoError(rt, err)
			require.True(rt, balance.Decimal().Add(carry).Equal(credited), "%s and %s for %s", balance, carry, credited)
			reversed := slices.ContainsFunc(all, func(d payments.DepositView) bool {
				return d.Incarnation > 1 || d.Incarnation == 1 && !d.Included()
			})
			require.True(rt, reversed || carry.LessThan(decimal.New(1, -2)), "%s is kept back", carry)
			b.checkBooks()
		}
		for range rapid.IntRange(2, 18).Draw(rt, "blocks") {
			for range rapid.IntRange(0, 3).Draw(rt, "payments") {
				units := rapid.Int64Range(1, 7_000).Draw(rt, "units") // 1000 units are a cent
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
			exact()
		}
		b.mine(7)
		exact()
		b.sim.Pay(chainsim.Payment{To: to, Amount: money.Units(b.asset, 50_000)})
		b.mine(7)
		carry := b.account(voice).Carry
		require.True(rt, carry.LessThan(decimal.New(1, -2)), "the next credit brings what reversals left: %s", carry)
	})
}

func TestAMinimumThatMakesNoSenseIsRefused(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	other, _ := chain.Litecoin.Asset("LTC")
	for _, bad := range []map[money.Asset]decimal.Decimal{
		{b.asset: decimal.New(-1, 0)}, {b.asset: decimal.New(1, 60)}, {other: decimal.New(1, 0)},
	} {
		b.cfg.Rails[0].Minimum = bad
		_, err := payments.New(b.cfg)
		require.ErrorContains(t, err, "Rails[0].Minimum")
	}
	require.False(t, strings.Contains(b.dump(), "dust/"))
}
