package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// funded brings coins to the treasury, by a sweep of a customer's deposit if that
// is what is asked, and returns the outpoint.
func (b *bundle) funded(sim *chainsim.UTXO, sweep bool) chain.Outpoint {
	b.Helper()
	to := b.address(voice)
	b.address(sms)
	b.advance()
	if !sweep {
		return out(b.pay(cold(sim.Network()), 299), 0)
	}
	one := b.pay(to, 300)
	b.mine(6)
	return out(sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 299)), 0)
}

// nobodyWasPaid checks that sms got nothing but coins of the host's own.
func (b *bundle) nobodyWasPaid() {
	b.Helper()
	b.checkBooks()
	d := b.only(sms)
	require.Equal(b, payments.StateInternal, d.State)
	require.Equal(b, "0.00 USD", b.balance(sms))
	require.Zero(b, b.told(payments.EventSpendUnexplained))
	kinds := b.events.kinds(d.Key.String())
	require.NotContains(b, kinds, payments.EventDepositCredited)
	require.NotContains(b, kinds, payments.EventDepositConfirming)
}

func TestWhatATreasuryPaysToADepositAddressIsNobodysPayment(t *testing.T) {
	for _, sweep := range []bool{true, false} {
		b, sim := utxoBundle(t)
		coin := b.funded(sim, sweep)
		b.mine(1)
		paid := sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298))
		b.advance()
		all, err := b.p.Deposits(b.ctx, sms, payments.DepositKey{}, 10)
		require.NoError(t, err)
		require.Empty(t, all, "not even in the mempool")
		b.mine(8)
		b.nobodyWasPaid()
		require.Equal(t, []payments.EventKind{payments.EventDepositInternal}, b.events.kinds(b.only(sms).Key.String()))
		want := map[string]string{"deposits": "2.98000000 BTC@bitcoin-regtest", "cold": "0.01000000 BTC@bitcoin-regtest",
			"fee": "0.01000000 BTC@bitcoin-regtest", "outflow": ""}
		if !sweep { // what came from elsewhere was never booked: the treasury's account is what went to and fro
			want["cold"], want["fee"] = "-2.98000000 BTC@bitcoin-regtest", ""
		}
		require.Equal(t, want, b.places())

		// It is a coin of ours again, and swept like any other.
		sim.Sweep([]chain.Outpoint{out(paid, 0)}, b.to(cold(sim.Network()), 297))
		b.mine(1)
		b.checkBooks()
		require.Equal(t, "", b.places()["deposits"])
	}
}

func TestATreasurysCoinIsKnownAfterARestartAndToASecondEngine(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, false)
	second := b.processor(b.cfg)
	require.NoError(t, second.Advance(b.ctx))
	b.mine(3)
	sim.Pay(b.to(stranger(sim.Network()), 1)) // something to match at this very tip
	require.NoError(t, second.Advance(b.ctx))
	b.restart()
	sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298))
	sim.Mine(1)
	require.NoError(t, second.Advance(b.ctx))
	b.nobodyWasPaid()
	b.restart()
	sim.Reorg(1, chainsim.Branch{Crowd: 2})
	b.mine(7)
	b.nobodyWasPaid()
	require.Equal(t, "-2.98000000 BTC@bitcoin-regtest", b.places()["cold"])
}

func TestATreasuryFundedAndSpentWhileWeWereDown(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, true)
	sim.Mine(1)
	sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298))
	sim.Mine(19)
	b.clock.Advance(3 * time.Hour)
	sim.Mine(1)
	b.restart()
	b.advance()
	b.nobodyWasPaid()
}

func TestATreasuryFundedAndSpentInOneBlock(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, true)
	sim.MineTx(coin.TxID, sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298)))
	b.mine(7)
	b.nobodyWasPaid()
}

func TestATreasurysCoinNotYetMinedIsKnownInTheMempool(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, false)
	b.advance() // seen in a look of its own
	sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 200), b.to(cold(sim.Network()), 98))
	b.advance()
	b.restart()
	b.advance()
	all, err := b.p.Deposits(b.ctx, sms, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Empty(t, all)
	b.mine(7)
	b.nobodyWasPaid()
}

func TestATreasurysFundingReorganisedAwayAndBack(t *testing.T) {
	for name, restart := range map[string]bool{"one process": false, "restarted": true} {
		t.Run(name, func(t *testing.T) {
			b, sim := utxoBundle(t)
			again := func() {
				if restart {
					b.restart()
				}
				b.advance()
			}
			coin := b.funded(sim, false)
			b.mine(1)
			paid := sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298))
			b.mine(1)
			require.Equal(t, payments.StateInternal, b.only(sms).State)
			again()
			sim.Reorg(2, chainsim.Branch{Later: []chain.Hash{coin.TxID}}) // and what spends it
			again()
			b.checkBooks()
			require.Equal(t, payments.StateOrphaned, b.only(sms).State)
			require.Equal(t, map[string]string{"deposits": "", "cold": "", "fee": "", "outflow": ""}, b.places())
			sim.MineTx(coin.TxID)
			again()
			sim.MineTx(paid)
			again()
			b.mine(7)
			b.nobodyWasPaid()
			sim.Reorg(9, chainsim.Branch{Later: []chain.Hash{paid}}) // the payment alone
			again()
			require.Equal(t, payments.StateOrphaned, b.only(sms).State)
			b.mine(8)
			b.nobodyWasPaid()
			require.Equal(t, "-2.98000000 BTC@bitcoin-regtest", b.places()["cold"])
		})
	}
}

func TestATreasurysFundingThatVanishesTakesItsPaymentAlong(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, false)
	b.mine(1)
	sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298))
	b.mine(1)
	sim.Reorg(2, chainsim.Branch{Vanish: []chain.Hash{coin.TxID}})
	b.advance()
	b.checkBooks()
	require.Equal(t, map[string]string{"deposits": "", "cold": "", "fee": "", "outflow": ""}, b.places())
	require.Equal(t, payments.StateOrphaned, b.only(sms).State)
	require.False(t, b.spends()[0].Included())
}

func TestATreasurysPaymentToOthersIsNotBooked(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, true)
	b.mine(1)
	before := b.places()
	paid := sim.Sweep([]chain.Outpoint{coin}, b.to(stranger(sim.Network()), 298))
	b.mine(1)
	b.checkBooks()
	require.Equal(t, before, b.places())
	require.Zero(t, b.told(payments.EventSpendUnexplained))
	var row payments.Spend
	for _, s := range b.spends() {
		if s.TxID == paid {
			row = s
		}
	}
	require.Equal(t, cold(sim.Network()), row.From)
	require.Equal(t, "elsewhere", row.Place)
	require.False(t, row.Booked)
	b.asks(paid, payments.TxOutgoing, "elsewhere")
}

func TestACustomersAndATreasurysCoinsInOneTransaction(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, false)
	mine := b.pay(b.address(voice), 100)
	b.mine(7)
	b.checkBooks()
	sim.Sweep([]chain.Outpoint{out(mine, 0), coin}, b.to(b.address(sms), 350), b.to(cold(sim.Network()), 48))
	b.mine(7)
	b.nobodyWasPaid()
	require.Equal(t, map[string]string{"deposits": "3.50000000 BTC@bitcoin-regtest", "cold": "-2.50000000 BTC@bitcoin-regtest",
		"fee": "", "outflow": ""}, b.places(), "1.00 was there, the rest is the treasury's")
}

func TestATreasurysCoinsAndAStrangersInOneTransaction(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, false)
	b.mine(1)
	sim.Sweep([]chain.Outpoint{coin, {TxID: chain.Hash{7}}}, b.to(b.address(sms), 500))
	b.mine(7)
	b.checkBooks()
	require.Equal(t, payments.StateInternal, b.only(sms).State, "our signature is in it")
	require.Equal(t, "-2.99000000 BTC@bitcoin-regtest", b.places()["cold"])
	require.Equal(t, "-2.01000000 BTC@bitcoin-regtest", b.places()["outflow"], "what strangers added is shown")
	require.Equal(t, 1, b.told(payments.EventSpendUnexplained))
}

func TestCoinsOfSeveralTreasuriesAreTakenFromEach(t *testing.T) {
	b, sim := utxoBundle(t)
	hot := chainsim.Address(sim.Network(), 902)
	b.cfg.Rails[0].Treasury = append(b.cfg.Rails[0].Treasury, payments.Treasury{Name: "hot", Address: hot})
	b.restart()
	coin := b.funded(sim, false)
	warm := b.pay(hot, 100)
	b.mine(1)
	sim.Sweep([]chain.Outpoint{out(warm, 0), coin}, b.to(b.address(sms), 350))
	b.mine(7)
	b.nobodyWasPaid()
	require.Equal(t, "-2.99000000 BTC@bitcoin-regtest", b.places()["cold"], "in the order of the configuration")
	require.Equal(t, "-0.51000000 BTC@bitcoin-regtest", b.held(ledger.Treasury(sim.Network().ID, "hot")))
	dump := b.dump()
	b.rescan(0, sim.Head().Height, false)
	requireSameDump(t, withoutAudit(dump), withoutAudit(b.dump()), "a rescan")
}

func TestARescanMakesATreasurysEarlierCoinsKnownAndTakesTheCreditBack(t *testing.T) {
	b, sim := utxoBundle(t)
	registered := b.cfg.Rails[0].Treasury
	b.cfg.Rails[0].Treasury = nil
	b.restart()
	coin := b.funded(sim, false)
	later := b.pay(cold(sim.Network()), 150)
	b.mine(1)
	sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298))
	b.mine(7)
	require.Equal(t, payments.StateCredited, b.only(sms).State, "nobody registered it")
	b.cfg.Rails[0].Treasury = registered
	b.restart()
	b.advance()
	report := b.rescan(1, sim.Head().Height, false)
	require.Empty(t, report.Missing, "nobody's payment is missing")
	require.Len(t, report.MissingSpends, 1)
	b.checkBooks()
	require.Equal(t, payments.StateInternal, b.only(sms).State)
	require.Equal(t, "0.00 USD", b.balance(sms))
	require.Equal(t, "-2.98000000 BTC@bitcoin-regtest", b.places()["cold"])

	// What was not spent yet is watched from now on.
	sim.Sweep([]chain.Outpoint{out(later, 0)}, b.to(b.address(voice), 149))
	b.mine(7)
	b.checkBooks()
	require.Equal(t, payments.StateInternal, b.only(voice).State)
	dump := b.dump()
	report = b.rescan(1, sim.Head().Height, false)
	require.Empty(t, report.Missing)
	require.Empty(t, report.MissingSpends)
	require.Empty(t, report.NotShown)
	require.Empty(t, report.SpendsNotShown)
	requireSameDump(t, withoutAudit(dump), withoutAudit(b.dump()), "once more")
}

func TestAnAddressThatIsNoTreasuryAnyMorePaysLikeAnybody(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, false)
	b.mine(1)
	b.cfg.Rails[0].Treasury = nil
	b.restart()
	sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298))
	b.mine(7)
	b.checkBooks()
	require.Equal(t, payments.StateCredited, b.only(sms).State)
	require.Empty(t, b.spends())
	report := b.rescan(1, sim.Head().Height, false)
	require.Empty(t, report.NotShown)
	require.Empty(t, report.MissingSpends)
	b.checkBooks()
	require.Equal(t, payments.StateCredited, b.only(sms).State)
}

func TestATreasurysCoinsAreNobodysDeposits(t *testing.T) {
	b, sim := utxoBundle(t)
	coin := b.funded(sim, false)
	b.mine(8)
	b.checkBooks()
	for _, a := range []payments.Account{voice, sms} {
		all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 10)
		require.NoError(t, err)
		require.Empty(t, all)
	}
	row, err := b.p.Deposit(b.ctx, payments.DepositKey{Network: sim.Network().ID, ID: coin.TxID.String() + ":0"})
	require.NoError(t, err)
	require.Equal(t, payments.StateTreasury, row.State)
	require.True(t, row.Owner.IsZero())
	require.Empty(t, b.entries())
	require.Empty(t, b.events.kinds(row.Key.String()))
	h, err := b.p.Health(b.ctx)
	require.NoError(t, err)
	require.Empty(t, h.Held)
	require.Zero(t, h.Unpriced)
	require.Zero(t, h.Networks[0].Waiting)
	b.asks(coin.TxID, payments.TxNotOurs, "pays none of our addresses")
	require.Error(t, b.p.Assign(b.ctx, row.Key, voice, clerk))
}
