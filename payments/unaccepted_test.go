package payments_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// onEveryUnacceptedToken runs a test for each token that is known and never taken,
// on each network that has one.
func onEveryUnacceptedToken(t *testing.T, test func(t *testing.T, b *bundle, token chain.Token)) {
	names := map[money.Coin]bool{}
	for _, real := range []chain.Network{chain.Ethereum, chain.BSC} {
		n := real
		n.Test = true
		for _, token := range n.Unaccepted {
			names[token.Asset.Coin] = true
			t.Run(string(token.Asset.Coin)+" on "+n.ID, func(t *testing.T) {
				t.Parallel()
				test(t, explains(t, railCase{n.ID, n.Native.Coin, func(c *clock) (simulation, func(string) chain.Source) {
					sim := chainsim.NewEVM(n, chainsim.Options{Now: c.Now, FinalLag: 64})
					return sim, func(name string) chain.Source { return sim.Source(name) }
				}}, nil), token)
			})
		}
	}
	require.Equal(t, map[money.Coin]bool{"WBTC": true, "CBBTC": true, "WETH": true, "WBNB": true,
		"BUSD": true, "FDUSD": true, "PYUSD": true, "USDS": true}, names)
}

// one is one whole coin and seven units of a token.
func oneOf(token chain.Token) money.Amount {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(token.Asset.Decimals)), nil)
	return money.NewAmount(token.Asset, unit.Add(unit, big.NewInt(7)))
}

func TestATokenThatIsKnownAndNotAcceptedIsRecordedAndHeld(t *testing.T) {
	onEveryUnacceptedToken(t, func(t *testing.T, b *bundle, token chain.Token) {
		to := b.address(voice)
		b.advance()
		paid := oneOf(token)
		id := b.sim.Pay(chainsim.Payment{To: to, Amount: paid})
		b.pay(to, 100) // the network's own coin, beside it
		b.mine(7)

		var held, taken payments.DepositView
		for _, d := range b.all(voice) {
			if d.TxID == id {
				held = d
				continue
			}
			taken = d
		}
		requireCredited(t, taken)
		require.Equal(t, payments.HoldReason("asset_not_accepted"), held.Hold)
		require.Equal(t, payments.StateCredited, held.State, "booked, and to nobody:")
		require.Equal(t, paid.Neg().String(), b.held(ledger.Suspense(b.sim.Network().ID)))
		require.True(t, paid.Equal(held.Amount), "%s, not %s", paid, held.Amount)
		require.Equal(t, payments.Owner{Account: voice}, held.Owner, "it is known whose it is")
		require.False(t, held.Valued(), "nobody prices it")
		require.Zero(t, held.Credited.Sign())
		require.Equal(t, taken.Value.String(), b.balance(voice), "nothing but the coin is credited")
		require.Equal(t, []payments.EventKind{payments.EventDepositHeld, payments.EventDepositConfirming}, b.events.kinds(held.Key.String()))
		lines, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 100)
		require.NoError(t, err)
		require.Len(t, lines, 1)
		b.checkBooks() // with the tokens among what our addresses hold
		h, err := b.p.Health(b.ctx)
		require.NoError(t, err)
		require.Len(t, h.Held, 1)
		require.Equal(t, held.Key, h.Held[0].Key)
		require.Zero(t, h.Unpriced)
		b.asks(id, payments.TxUnaccepted, paid.String(), "not accepted on this network")

		var input *payments.InputError
		clerk := payments.Actor{ID: "clerk", Reason: "the customer asks"}
		require.ErrorAs(t, b.p.Release(b.ctx, held.Key, clerk), &input, "a release would credit nobody")
		require.ErrorAs(t, b.p.Assign(b.ctx, held.Key, sms, clerk), &input, "nor would an assignment")
		rate, err := money.ParseRate("1")
		require.NoError(t, err)
		require.ErrorAs(t, b.p.SetRate(b.ctx, held.Key, rate, clerk), &input, "nor would a rate")
		b.mine(70) // final
		require.Equal(t, taken.Value.String(), b.balance(voice))
		_, err = b.p.Balance(b.ctx, sms)
		require.ErrorIs(t, err, payments.ErrNotFound, "what was refused opened no account")
		b.checkBooks()

		b.cfg.Rails[0].Breaker = 10_000
		b.restart()
		b.sim.Reorg(77, chainsim.Branch{Vanish: []chain.Hash{id}})
		b.advance()
		for _, d := range b.all(voice) {
			if d.TxID == id {
				require.Contains(t, []payments.DepositState{payments.StateOrphaned, payments.StateReversed}, d.State)
			}
		}
		require.Equal(t, "", b.held(ledger.Suspense(b.sim.Network().ID)))
		b.checkBooks()
	})
}

func TestATokenThatIsNotAcceptedAtAnAddressOfNobodyIsHeldToo(t *testing.T) {
	onEveryUnacceptedToken(t, func(t *testing.T, b *bundle, token chain.Token) {
		b.address(voice) // reserves a run of indexes
		b.advance()
		b.sim.Pay(chainsim.Payment{To: chainsim.Address(b.sim.Network(), 3), Amount: oneOf(token)})
		b.mine(7)
		h, err := b.p.Health(b.ctx)
		require.NoError(t, err)
		require.Len(t, h.Held, 1)
		require.True(t, oneOf(token).Equal(h.Held[0].Amount))
		var input *payments.InputError
		require.ErrorAs(t, b.p.Assign(b.ctx, h.Held[0].Key, voice, payments.Actor{ID: "clerk", Reason: "the customer asks"}), &input)
		require.Equal(t, "0.00 USD", b.balance(voice))
		b.checkBooks()
	})
}

func TestATokenThatIsNotAcceptedCannotBeListedByTheHost(t *testing.T) {
	onEveryUnacceptedToken(t, func(t *testing.T, b *bundle, token chain.Token) {
		require.NotContains(t, b.sim.Network().Assets(), token.Asset)
		b.cfg.Rails[0].Assets = []money.Asset{b.asset, token.Asset}
		_, err := payments.New(b.cfg)
		var config *payments.ConfigError
		require.ErrorAs(t, err, &config)
		require.True(t, strings.HasSuffix(config.Field, "Assets"), config.Field)
	})
}
