package payments_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// evmBundle is a processor on a simulated Ethereum whose address 900 is the host's
// cold store; traces says whether the node finds what contracts pay.
func evmBundle(t *testing.T, traces bool) (*bundle, *chainsim.EVM) {
	var sim *chainsim.EVM
	b := newBundle(t, railCase{"ethereum", "ETH", func(c *clock) (simulation, func(string) chain.Source) {
		sim = chainsim.NewEVM(testEthereum(), chainsim.Options{Now: c.Now, FinalLag: 8})
		return sim, func(name string) chain.Source {
			s := sim.Source(name)
			s.Trace(traces || name == "oracle")
			return s
		}
	}}, func(cfg *payments.Config) {
		cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: cold(cfg.Rails[0].Network)}}
	})
	return b, sim
}

// token is an amount of a token of the network, in hundredths.
func (b *bundle) token(c money.Coin, hundredths int64) money.Amount {
	b.Helper()
	a, ok := b.sim.Network().Asset(c)
	require.True(b, ok)
	x, err := money.ParseAmount(a, fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100))
	require.NoError(b, err)
	return x
}

func TestGasFundingAndTheSweepOfATokenAreTheHostsOwnBusiness(t *testing.T) {
	b, sim := evmBundle(t, true)
	to := b.address(voice)
	b.advance()
	b.sim.Pay(chainsim.Payment{To: to, Amount: b.token("USDT", 100)})
	b.mine(6)
	b.checkBooks()
	credited := b.balance(voice)

	fund := sim.Send(cold(sim.Network()), b.to(to, 5))
	b.mine(1)
	b.checkBooks()
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Len(t, all, 2)
	for _, d := range all {
		if d.TxID == fund {
			require.Equal(t, payments.StateInternal, d.State)
			require.Equal(t, cold(sim.Network()), d.From)
		}
	}
	require.Equal(t, "-0.050000000000000000 ETH@ethereum-sim", b.places()["cold"])
	b.mine(10)
	require.Equal(t, credited, b.balance(voice), "gas is not the customer's money")

	sim.Send(to, chainsim.Payment{To: cold(sim.Network()), Amount: b.token("USDT", 100)})
	b.mine(1)
	b.checkBooks()
	kinds := map[chain.SpendKind]string{}
	for _, s := range b.spends() {
		kinds[s.Kind] = s.Place
	}
	require.Equal(t, map[chain.SpendKind]string{chain.SpendToken: "treasury:cold", chain.SpendGas: "fee"}, kinds)
	require.Contains(t, b.places()["cold"], "1.000000 USDT@ethereum-sim")
	require.NotContains(t, b.places()["deposits"], "USDT")
	require.NotEmpty(t, b.places()["fee"])
	require.Equal(t, credited, b.balance(voice))
	require.Zero(t, b.told(payments.EventSpendUnexplained))
}

func TestEVMSweepAndItsGasReorganisedAway(t *testing.T) {
	b, sim := evmBundle(t, true)
	to := b.address(voice)
	b.advance()
	b.pay(to, 500)
	b.mine(6)
	sweep := sim.Send(to, b.to(cold(sim.Network()), 300))
	fund := sim.Send(cold(sim.Network()), b.to(to, 7))
	b.mine(1)
	b.checkBooks()
	before := b.places()
	b.sim.Reorg(1, chainsim.Branch{Later: []chain.Hash{sweep, fund}})
	b.advance()
	b.checkBooks()
	require.Equal(t, map[string]string{"deposits": "5.000000000000000000 ETH@ethereum-sim", "cold": "", "fee": "", "outflow": ""}, b.places())
	b.mine(1)
	b.checkBooks()
	require.Equal(t, before, b.places())
	for _, s := range b.spends() {
		require.Equal(t, 2, s.Incarnation)
	}
	b.sim.Reorg(3, chainsim.Branch{Vanish: []chain.Hash{sweep, fund}})
	b.advance()
	b.checkBooks()
	require.Equal(t, "", b.places()["cold"])
	require.Equal(t, "5000.00 USD", b.balance(voice))
}

func TestCoinsMovedBetweenOurAddressesAndBackFromAContractWeCalled(t *testing.T) {
	b, sim := evmBundle(t, true)
	to, other := b.address(voice), b.address(sms)
	b.advance()
	b.pay(to, 500)
	b.mine(6)
	sim.Send(to, b.to(other, 100))
	b.mine(1)
	b.checkBooks()
	require.Equal(t, payments.StateInternal, b.only(sms).State)
	sim.Send(to, b.to(other, 50), b.to(cold(sim.Network()), 150)) // through a contract that gives part of it back to us
	b.mine(8)
	b.checkBooks()
	require.Equal(t, "0.00 USD", b.balance(sms))
	require.Equal(t, "1.500000000000000000 ETH@ethereum-sim", b.places()["outflow"], "the contract is nobody we know")
	require.Equal(t, 1, b.told(payments.EventSpendUnexplained))
}

func TestAFailedTransactionOfOursCostsItsGasOnly(t *testing.T) {
	b, sim := evmBundle(t, true)
	to := b.address(voice)
	b.advance()
	b.pay(to, 500)
	b.mine(6)
	sim.SendFailed(to, b.to(cold(sim.Network()), 300))
	b.mine(1)
	b.checkBooks()
	rows := b.spends()
	require.Len(t, rows, 1)
	require.Equal(t, chain.SpendGas, rows[0].Kind)
	require.Equal(t, "", b.places()["cold"])
}

func TestWithdrawalsAndFeeIncomeWaitInSuspense(t *testing.T) {
	b, sim := evmBundle(t, true)
	to := b.address(voice)
	b.advance()
	sim.Withdraw(b.to(to, 200))
	b.mine(1)
	b.sim.Pay(b.to(stranger(sim.Network()), 1))
	b.clock.Advance(20e9)
	sim.MineTo(to)
	b.advance()
	b.checkBooks()
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Len(t, all, 2)
	for _, d := range all {
		require.Equal(t, payments.HoldOrigin, d.Hold)
		require.Contains(t, []chain.Origin{chain.OriginWithdrawal, chain.OriginFees}, d.Origin)
	}
	require.Equal(t, 2, b.told(payments.EventDepositHeld))
	b.mine(6)
	b.checkBooks()
	require.Equal(t, "0.00 USD", b.balance(voice))
	require.Contains(t, b.held(ledger.Suspense(sim.Network().ID)), "-2.0000")
}
