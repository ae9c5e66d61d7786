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

// utxoBundle is a processor on a simulated Bitcoin whose address 900 is the host's
// cold store.
func utxoBundle(t *testing.T) (*bundle, *chainsim.UTXO) {
	var sim *chainsim.UTXO
	b := newBundle(t, railCase{"bitcoin", "BTC", func(c *clock) (simulation, func(string) chain.Source) {
		sim = chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: c.Now})
		return sim, func(name string) chain.Source { return sim.Source(name) }
	}}, func(cfg *payments.Config) {
		cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: cold(cfg.Rails[0].Network)}}
	})
	return b, sim
}

func cold(n chain.Network) chain.Address     { return chainsim.Address(n, 900) }
func stranger(n chain.Network) chain.Address { return chainsim.Address(n, 901) }

func (b *bundle) to(a chain.Address, hundredths int64) chainsim.Payment {
	return chainsim.Payment{To: a, Amount: b.coins(hundredths)}
}

func out(tx chain.Hash, vout uint32) chain.Outpoint { return chain.Outpoint{TxID: tx, Vout: vout} }

// spends returns all spends on record.
func (b *bundle) spends() (rows []payments.Spend) {
	b.Helper()
	require.NoError(b, b.store.View(b.ctx, func(tx payments.Tx) (err error) {
		rows, err = tx.Spends(b.ctx, payments.SpendQuery{})
		return err
	}))
	return rows
}

// told counts the events of a kind that were delivered.
func (b *bundle) told(kind payments.EventKind) (n int) {
	b.events.mu.Lock()
	defer b.events.mu.Unlock()
	for _, e := range b.events.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func (b *bundle) places() map[string]string {
	id := b.sim.Network().ID
	return map[string]string{
		"deposits": b.held(ledger.Position(id, "deposits")), "cold": b.held(ledger.Treasury(id, "cold")),
		"fee": b.held(ledger.Fee(id)), "outflow": b.held(ledger.Outflow(id)),
	}
}

func TestASweepMovesTheCoinsToTheTreasuryAndItsFeeIsExact(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	one, two := b.pay(to, 100), b.pay(to, 250)
	b.mine(6)
	b.checkBooks()
	sweep := sim.Sweep([]chain.Outpoint{out(one, 0), out(two, 0)}, b.to(cold(sim.Network()), 349))
	b.mine(1)
	b.checkBooks()
	require.Equal(t, map[string]string{"deposits": "", "cold": "3.49000000 BTC@bitcoin-regtest",
		"fee": "0.01000000 BTC@bitcoin-regtest", "outflow": ""}, b.places())
	rows := b.spends()
	require.Len(t, rows, 2)
	for _, s := range rows {
		require.Equal(t, sweep, s.TxID)
		require.Equal(t, to, s.From)
		require.Equal(t, "several", s.Place)
		require.True(t, s.Booked)
		require.Equal(t, 1, s.Incarnation)
	}
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	for _, d := range all {
		require.Equal(t, sweep, d.Spent)
	}
	require.Equal(t, "3500.00 USD", b.balance(voice), "a sweep takes nothing from the customer")
	require.Zero(t, b.told(payments.EventSpendUnexplained))
}

func TestASweepOf500Inputs(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	var coins []chain.Outpoint
	for range 500 {
		coins = append(coins, out(b.pay(to, 1), 0))
	}
	b.mine(6)
	store := &countingStore{Store: b.store}
	b.cfg.Store = store
	b.restart()
	b.advance()
	sim.Sweep(coins, b.to(cold(sim.Network()), 499))
	store.calls = 0
	b.mine(1)
	t.Logf("%d calls for a sweep of 500", store.calls)
	require.Less(t, store.calls, 60)
	b.checkBooks()
	require.Len(t, b.spends(), 500)
	require.Equal(t, map[string]string{"deposits": "", "cold": "4.99000000 BTC@bitcoin-regtest",
		"fee": "0.01000000 BTC@bitcoin-regtest", "outflow": ""}, b.places())
	n := 0
	for key := range b.entries() {
		if key[:6] == "spend/" {
			n++
		}
	}
	require.Equal(t, 1, n, "one entry for the transaction")
}

func TestASweepToNobodyKnownIsTold(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	one := b.pay(to, 100)
	b.mine(6)
	sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(stranger(sim.Network()), 60), b.to(cold(sim.Network()), 39))
	b.mine(1)
	b.checkBooks()
	require.Equal(t, map[string]string{"deposits": "", "cold": "0.39000000 BTC@bitcoin-regtest",
		"fee": "0.01000000 BTC@bitcoin-regtest", "outflow": "0.60000000 BTC@bitcoin-regtest"}, b.places())
	require.Equal(t, 1, b.told(payments.EventSpendUnexplained))
}

func TestASweepAndItsDepositInOneBlock(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	one := b.pay(to, 100)
	sweep := sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 99))
	sim.MineTx(one, sweep)
	b.advance()
	b.checkBooks()
	require.Equal(t, "-1.00000000 BTC@bitcoin-regtest", b.places()["deposits"], "gone before it is booked as come")
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	b.mine(5)
	b.checkBooks()
	require.Equal(t, "1000.00 USD", b.balance(voice), "the payment counts although the coin is gone")
	require.Equal(t, map[string]string{"deposits": "", "cold": "0.99000000 BTC@bitcoin-regtest",
		"fee": "0.01000000 BTC@bitcoin-regtest", "outflow": ""}, b.places())
}

// P18: a peer's catching up saw only what was still unspent.
func TestP18ACoinReceivedAndSpentWhileWeWereDownIsFound(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	known := b.pay(to, 200)
	b.mine(6)
	one := b.pay(to, 100)
	sim.Mine(1)
	sim.Sweep([]chain.Outpoint{out(one, 0), out(known, 0)}, b.to(cold(sim.Network()), 299))
	sim.Mine(19)
	b.clock.Advance(3 * time.Hour)
	sim.Mine(1)
	b.restart()
	b.advance()
	b.checkBooks()
	require.Equal(t, "3002.00 USD", b.balance(voice), "each at the rate of its block")
	require.Equal(t, "", b.places()["deposits"])
	require.Len(t, b.spends(), 2)
}

func TestASweepReorganisedAwayIsTakenBackAndBookedAgainWhenMined(t *testing.T) {
	for _, depth := range []int{1, 3} {
		b, sim := utxoBundle(t)
		to := b.address(voice)
		b.advance()
		one := b.pay(to, 100)
		b.mine(6)
		sweep := sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 99))
		b.mine(depth)
		b.restart() // the coin is spent when this process first reads
		sim.Reorg(depth, chainsim.Branch{Later: []chain.Hash{sweep}})
		b.advance()
		b.checkBooks()
		require.Equal(t, "1.00000000 BTC@bitcoin-regtest", b.places()["deposits"])
		require.Zero(t, b.only(voice).Spent)
		require.False(t, b.spends()[0].Included())
		b.mine(1)
		b.checkBooks()
		require.Equal(t, sweep, b.only(voice).Spent)
		require.Equal(t, 2, b.spends()[0].Incarnation)
		require.Equal(t, "0.99000000 BTC@bitcoin-regtest", b.places()["cold"])
		require.Equal(t, "1000.00 USD", b.balance(voice))
	}
}

func TestASweepMinedAgainInTheVeryStepThatDetachesItIsBookedAgain(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	one := b.pay(to, 100)
	b.mine(6)
	sweep := sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 99))
	b.mine(2)
	b.restart() // this process never saw the coin unspent
	sim.Reorg(2, chainsim.Branch{Crowd: 2})
	b.advance()
	b.checkBooks()
	require.Equal(t, sweep, b.only(voice).Spent)
	require.Equal(t, "0.99000000 BTC@bitcoin-regtest", b.places()["cold"])
	require.Equal(t, 2, b.spends()[0].Incarnation)
}

func TestADepositAndItsChangeAppearInTheMempoolTogether(t *testing.T) {
	b, sim := utxoBundle(t)
	to, change := b.address(voice), b.address(sms)
	b.advance()
	one := b.pay(to, 100)
	sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 40), b.to(change, 60))
	b.advance()
	require.Equal(t, payments.StateSeen, b.only(voice).State)
	all, err := b.p.Deposits(b.ctx, sms, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Empty(t, all)
	b.mine(6)
	b.checkBooks()
	require.Equal(t, payments.StateInternal, b.only(sms).State)
	require.Equal(t, []payments.EventKind{payments.EventDepositInternal}, b.events.kinds(b.only(sms).Key.String()))
}

func TestASweepReplacedOnAnotherBranchIsBookedAsTheOther(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	one := b.pay(to, 300)
	b.mine(6)
	sweep := sim.Spend([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 150))
	b.mine(1)
	require.Equal(t, 1, b.told(payments.EventSpendUnexplained), "the simulator's change goes to a stranger")
	sim.Reorg(1, chainsim.Branch{Replace: map[chain.Hash][]chainsim.Payment{sweep: {b.to(cold(sim.Network()), 199)}}})
	b.advance()
	b.checkBooks()
	require.Equal(t, "1.99000000 BTC@bitcoin-regtest", b.places()["cold"])
	require.Equal(t, 1, b.told(payments.EventSpendReversed))
	require.Equal(t, 2, b.told(payments.EventSpendUnexplained))
	require.NotEqual(t, sweep, b.only(voice).Spent)
}

func TestTheCoinAndItsSweepReorganisedAwayTogether(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	one := b.pay(to, 100)
	b.mine(6)
	sweep := sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 99))
	b.mine(1)
	sim.Reorg(7, chainsim.Branch{Vanish: []chain.Hash{one}})
	b.advance()
	b.checkBooks()
	require.Equal(t, payments.StateReversed, b.only(voice).State)
	require.Equal(t, map[string]string{"deposits": "", "cold": "", "fee": "", "outflow": ""}, b.places())
	require.Equal(t, "0.00 USD", b.balance(voice))
	require.Equal(t, sweep, b.spends()[0].TxID)
}

func TestChangeSentToAnIssuedLeafIsNobodysPayment(t *testing.T) {
	b, sim := utxoBundle(t)
	to, change := b.address(voice), b.address(sms)
	b.advance()
	one := b.pay(to, 100)
	b.mine(6)
	sweep := sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 40), b.to(change, 59))
	b.advance()
	all, err := b.p.Deposits(b.ctx, sms, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Empty(t, all, "not even in the mempool")
	b.mine(1)
	b.checkBooks()
	d := b.only(sms)
	require.Equal(t, payments.StateInternal, d.State)
	require.Equal(t, []payments.EventKind{payments.EventDepositInternal}, b.events.kinds(d.Key.String()))
	b.mine(7)
	b.checkBooks()
	require.Equal(t, "0.00 USD", b.balance(sms))
	require.Equal(t, payments.StateInternal, b.only(sms).State)
	require.Equal(t, map[string]string{"deposits": "0.59000000 BTC@bitcoin-regtest", "cold": "0.40000000 BTC@bitcoin-regtest",
		"fee": "0.01000000 BTC@bitcoin-regtest", "outflow": ""}, b.places())

	// The change is a coin of ours: it is spent like any other.
	sim.Sweep([]chain.Outpoint{out(sweep, 1)}, b.to(cold(sim.Network()), 58))
	b.mine(1)
	b.checkBooks()
	require.Equal(t, "0.98000000 BTC@bitcoin-regtest", b.places()["cold"])
	require.NotZero(t, b.only(sms).Spent)
}

func TestAConsolidationWithAStrangersInput(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	one := b.pay(to, 100)
	b.mine(6)
	foreign := chain.Outpoint{TxID: chain.Hash{7}}
	sim.Sweep([]chain.Outpoint{out(one, 0), foreign}, b.to(to, 500))
	b.mine(1)
	b.checkBooks()
	require.Equal(t, "1000.00 USD", b.balance(voice), "our signature is in it: nobody's payment")
	require.Equal(t, "-4.00000000 BTC@bitcoin-regtest", b.places()["outflow"], "what strangers added is shown")
	require.Equal(t, 1, b.told(payments.EventSpendUnexplained))
}

func TestAHeldAndAnUnassignedCoinCanBeSweptBeforeTheyAreBooked(t *testing.T) {
	b, sim := utxoBundle(t)
	b.address(voice) // reserves a run
	b.advance()
	one := b.pay(chainsim.Address(sim.Network(), 3), 100) // a leaf nobody owns
	b.mine(2)
	sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 99))
	b.mine(1)
	b.checkBooks()
	b.mine(5)
	b.checkBooks()
	require.Equal(t, "-1.00000000 BTC@bitcoin-regtest", b.held(ledger.Suspense(sim.Network().ID)), "still owed to somebody")
	require.Equal(t, "", b.places()["deposits"])
}

func TestChangeThatWasCreditedBecauseANodeHidTheCoinIsTakenBackWhenTheCoinIsFound(t *testing.T) {
	b, sim := utxoBundle(t)
	node := sim.Source("hiding")
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	to, change := b.address(voice), b.address(sms)
	b.advance()
	coin := sim.Pay(b.to(to, 100))
	node.Omit(coin)
	b.mine(1)
	at := sim.Head().Height
	sim.Sweep([]chain.Outpoint{out(coin, 0)}, b.to(cold(sim.Network()), 40), b.to(change, 59))
	b.mine(7)
	require.Equal(t, payments.StateCredited, b.only(sms).State, "it looks like anybody's payment")
	node.Omit()
	_, err := b.p.Rescan(b.ctx, sim.Network(), at, sim.Head().Height, false, clerk)
	require.NoError(t, err)
	b.advance()
	b.checkBooks()
	require.Equal(t, payments.StateInternal, b.only(sms).State)
	require.Equal(t, "0.00 USD", b.balance(sms))
	require.Equal(t, 1, b.told(payments.EventDepositReversed))
	require.Equal(t, b.only(voice).Credited.String(), b.balance(voice))
	require.NotEqual(t, "0.00 USD", b.balance(voice))
	dump := b.dump()
	_, err = b.p.Rescan(b.ctx, sim.Network(), at, sim.Head().Height, false, clerk)
	require.NoError(t, err)
	require.Equal(t, withoutAudit(dump), withoutAudit(b.dump()), "once more changes nothing")
}
