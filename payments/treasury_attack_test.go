package payments_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestACoinThatCameToATreasuryWhichBecameALeafStaysTheHosts(t *testing.T) {
	for _, fate := range []string{"spent", "mined again", "mined again and rescanned"} {
		t.Run(fate, func(t *testing.T) {
			b, sim := utxoBundle(t)
			leaf := chainsim.Address(sim.Network(), 8) // of the second run that is reserved
			b.cfg.Rails[0].Treasury = append(b.cfg.Rails[0].Treasury, payments.Treasury{Name: "hot", Address: leaf})
			b.restart()
			to := b.address(voice)
			b.advance()
			coin := out(b.pay(leaf, 299), 0)
			b.mine(1)
			for i := range 8 {
				b.address(payments.Account{Profile: "acme", Name: fmt.Sprint(i)})
			}
			b.mine(1)
			if fate != "spent" {
				sim.Reorg(3, chainsim.Branch{Later: []chain.Hash{coin.TxID}})
				b.advance()
				sim.MineTx(coin.TxID)
				b.advance()
			}
			if fate == "mined again and rescanned" {
				require.Empty(t, b.rescan(1, sim.Head().Height, false).Missing)
			}
			row, err := b.p.Deposit(b.ctx, payments.DepositKey{Network: sim.Network().ID, ID: coin.TxID.String() + ":0"})
			require.NoError(t, err)
			require.Equal(t, payments.StateTreasury, row.State)
			require.True(t, row.Included())
			sim.Sweep([]chain.Outpoint{coin}, b.to(to, 298))
			b.mine(8)
			require.Equal(t, payments.StateInternal, b.only(voice).State, "our keys signed it")
			require.Equal(t, "0.00 USD", b.balance(voice))
			require.Equal(t, "2.98000000 BTC@bitcoin-regtest", b.places()["deposits"])
		})
	}
}

func TestAnInternalDepositOfNobodyThatComesBackAsAPaymentIsHeld(t *testing.T) {
	b, sim := utxoBundle(t)
	b.address(sms)
	coin := b.funded(sim, false) // voice has a leaf too
	b.mine(1)
	require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
		_, err := tx.ReserveIndexes(b.ctx, "key-bitcoin", 1)
		return err
	}))
	nobodys := chainsim.Address(sim.Network(), 2)
	paid := sim.Sweep([]chain.Outpoint{coin}, b.to(nobodys, 298))
	b.mine(1)
	key := payments.DepositKey{Network: sim.Network().ID, ID: paid.String() + ":0"}
	row, err := b.p.Deposit(b.ctx, key)
	require.NoError(t, err)
	require.Equal(t, payments.StateInternal, row.State)
	b.cfg.Rails[0].Treasury = nil
	b.restart()
	sim.Reorg(1, chainsim.Branch{Later: []chain.Hash{paid}})
	b.advance()
	b.mine(8)
	b.checkBooks()
	row, err = b.p.Deposit(b.ctx, key)
	require.NoError(t, err)
	require.Equal(t, payments.HoldUnassigned, row.Hold)
	require.Equal(t, payments.StateCredited, row.State, "in suspense")
	require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk))
	require.Equal(t, "2980.00 USD", b.balance(sms))
	b.checkBooks()
}

// What only gathered was never in the host's balance: InTx must not take it back.
func TestAGatheredDepositThatTurnsOutToBeATreasurysIsNotTakenFromTheHostsBalance(t *testing.T) {
	b, sim := utxoBundle(t)
	registered := b.cfg.Rails[0].Treasury
	b.cfg.Rails[0].Treasury = nil
	b.cfg.Rails[0].Minimum = map[money.Asset]decimal.Decimal{b.asset: decimal.New(5_000, 0)}
	b.restart()
	coin := b.funded(sim, false)
	b.mine(1)
	sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298))
	b.mine(7)
	require.Equal(t, payments.StateGathered, b.only(sms).State)
	b.cfg.Rails[0].Treasury = registered
	var told []payments.EventKind
	b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		for _, e := range events {
			told = append(told, e.Kind)
		}
		return nil
	}
	b.restart()
	b.rescan(1, sim.Head().Height, false)
	b.advance()
	b.checkBooks()
	require.Equal(t, payments.StateInternal, b.only(sms).State)
	require.Empty(t, told)
	require.NotContains(t, b.events.kinds(b.only(sms).Key.String()), payments.EventDepositReversed)
	list, err := b.p.Gathering(b.ctx, sms)
	require.NoError(t, err)
	require.Empty(t, list)
}

// TestAnyHistoryOfATreasuryThatComesAndGoesKeepsTheBooks: the treasury is registered
// and not, blocks are rescanned in the midst, two engines run on one store, and some
// of what is paid goes to a leaf that nobody owns.
func TestAnyHistoryOfATreasuryThatComesAndGoesKeepsTheBooks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b, sim := utxoBundle(t)
		b.cfg.Rails[0].Breaker = 1_000
		hot := chainsim.Address(sim.Network(), 902)
		names := []payments.Treasury{{Name: "cold", Address: cold(sim.Network())}, {Name: "hot", Address: hot}}
		b.restart()
		leaves := []chain.Address{b.address(voice), b.address(sms), chainsim.Address(sim.Network(), 7)}
		b.advance()
		second := b.processor(b.cfg)
		type coin struct {
			at         chain.Outpoint
			hundredths int64
		}
		var coins []coin
		var made []chain.Hash
		there := func(id chain.Hash) bool {
			_, mined := blockOf(sim, id)
			return mined || isPending(sim, id)
		}
		check := func() {
			b.checkBooks()
			require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) error {
				rows, err := tx.Deposits(b.ctx, payments.DepositQuery{})
				for _, d := range rows {
					require.False(rt, d.Owner.IsZero() && d.Included() && d.Hold == "" &&
						d.State != payments.StateInternal && d.State != payments.StateTreasury, "nobody's and not held: %+v", d)
					require.True(rt, d.Included() || d.Spent.IsZero() || d.State == payments.StateTreasury, "spent and in no block: %+v", d)
				}
				return err
			}))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"pay": func(rt *rapid.T) {
				n := rapid.Int64Range(1, 300).Draw(rt, "hundredths")
				to := rapid.SampledFrom(append([]chain.Address{cold(sim.Network()), hot}, leaves...)).Draw(rt, "to")
				id := b.pay(to, n)
				coins, made = append(coins, coin{out(id, 0), n}), append(made, id)
			},
			"sweep": func(rt *rapid.T) {
				var from []chain.Outpoint
				var sum int64
				var rest []coin
				for _, c := range coins {
					if there(c.at.TxID) && len(from) < 4 && rapid.Bool().Draw(rt, "take") {
						from, sum = append(from, c.at), sum+c.hundredths
					} else {
						rest = append(rest, c)
					}
				}
				if sum < 3 {
					rt.Skip()
				}
				coins = rest
				sum -= rapid.Int64Range(0, 1).Draw(rt, "fee")
				change := rapid.Int64Range(1, sum-1).Draw(rt, "change")
				to := rapid.SampledFrom([]chain.Address{cold(sim.Network()), hot, leaves[0], leaves[2]}).Draw(rt, "to")
				back := rapid.SampledFrom(append([]chain.Address{hot}, leaves...)).Draw(rt, "back")
				id := sim.Sweep(from, b.to(to, sum-change), b.to(back, change))
				made = append(made, id)
				coins = append(coins, coin{out(id, 0), sum - change}, coin{out(id, 1), change})
			},
			"mine": func(rt *rapid.T) {
				b.clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
				sim.Mine(rapid.IntRange(1, 7).Draw(rt, "blocks"))
			},
			"reorganise": func(rt *rapid.T) {
				depth := rapid.IntRange(1, min(int(sim.Head().Height)-1, 12)).Draw(rt, "depth")
				branch := chainsim.Branch{Crowd: rapid.IntRange(0, 2).Draw(rt, "crowd")}
				if len(made) > 0 {
					id := rapid.SampledFrom(made).Draw(rt, "moved")
					at, mined := blockOf(sim, id)
					switch fate := rapid.IntRange(0, 2).Draw(rt, "fate"); {
					case !there(id):
					case fate == 0:
						branch.Later = []chain.Hash{id}
					case fate == 1 && (!mined || at.Height > sim.Head().Height-uint64(depth)):
						branch.Vanish = []chain.Hash{id}
					}
				}
				sim.Reorg(depth, branch)
			},
			"configure": func(rt *rapid.T) {
				b.cfg.Rails[0].Treasury = names[:rapid.IntRange(0, 2).Draw(rt, "registered")]
				b.restart()
				if rapid.Bool().Draw(rt, "both") {
					second = b.processor(b.cfg)
				}
			},
			"rescan": func(rt *rapid.T) {
				b.advance()
				from := rapid.Uint64Range(1, sim.Head().Height).Draw(rt, "from")
				b.rescan(from, rapid.Uint64Range(from, sim.Head().Height).Draw(rt, "to"), rapid.Bool().Draw(rt, "dry"))
				check()
			},
			"advance": func(*rapid.T) { b.advance(); check() },
			"second":  func(*rapid.T) { require.NoError(rt, second.Advance(b.ctx)); check() },
		})
		b.cfg.Rails[0].Treasury = names
		b.restart()
		b.clock.Advance(time.Minute)
		sim.Mine(7)
		b.advance()
		b.rescan(1, sim.Head().Height, false)
		b.advance()
		check()
		// Everything is known now: what our keys signed is nobody's payment.
		before := b.dump()
		again := b.rescan(1, sim.Head().Height, false)
		require.Empty(rt, again.Missing)
		require.Empty(rt, again.MissingSpends)
		require.Empty(rt, again.NotShown)
		require.Empty(rt, again.SpendsNotShown)
		require.Empty(rt, again.Differing)
		require.Equal(rt, withoutAudit(before), withoutAudit(b.dump()), "once more")
		signed := map[chain.Hash]bool{}
		for _, s := range b.spends() {
			signed[s.TxID] = signed[s.TxID] || s.Included()
		}
		require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) error {
			rows, err := tx.Deposits(b.ctx, payments.DepositQuery{Network: sim.Network().ID, Included: true, MaxHeight: 1 << 40})
			for _, d := range rows {
				switch {
				case d.To == cold(sim.Network()) || d.To == hot:
					require.Equal(rt, payments.StateTreasury, d.State, "%s", d.Key)
				case signed[d.TxID]:
					require.Equal(rt, payments.StateInternal, d.State, "%s", d.Key)
				default:
					require.NotContains(rt, []payments.DepositState{payments.StateInternal, payments.StateTreasury}, d.State, "%s", d.Key)
				}
			}
			return err
		}))
	})
}

// Else what the host brings to its own store from elsewhere would be that customer's.
func TestATreasurysAddressIsNeverGivenToACustomer(t *testing.T) {
	for _, c := range railCases()[:2] {
		t.Run(c.name, func(t *testing.T) {
			b := newBundle(t, c, nil)
			own := chainsim.Address(b.sim.Network(), 1)
			b.cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: own}}
			b.restart()
			require.Equal(t, chainsim.Address(b.sim.Network(), 0), b.address(voice))
			require.Equal(t, chainsim.Address(b.sim.Network(), 2), b.address(sms))
			b.advance()
			id := b.pay(own, 500)
			b.mine(13)
			for _, a := range []payments.Account{voice, sms} {
				all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 10)
				require.NoError(t, err)
				require.Empty(t, all)
			}
			h, err := b.p.Health(b.ctx)
			require.NoError(t, err)
			require.Len(t, h.Held, 1, "a leaf that nobody owns: %s", id)
			require.Equal(t, payments.HoldUnassigned, h.Held[0].Hold)
			b.checkBooks()
		})
	}
}

func TestWhoMerelyPaysATreasuryTooIsStillCredited(t *testing.T) {
	for name, mined := range map[string]bool{"each mined first": true, "all in the mempool": false} {
		t.Run(name, func(t *testing.T) {
			b, sim := utxoBundle(t)
			b.address(voice)
			to, other := b.address(sms), b.address(voice)
			b.advance()
			next := func() {
				if b.advance(); mined {
					b.mine(1)
				}
			}
			// One transaction pays a customer's address, the treasury, and the payer's change.
			both := b.sim.Pay(b.to(to, 100), b.to(cold(sim.Network()), 7), b.to(stranger(sim.Network()), 300))
			next()
			// The change is spent, and its change again: outpoints beside the treasury's.
			more := sim.Sweep([]chain.Outpoint{out(both, 2)}, b.to(to, 50), b.to(cold(sim.Network()), 1), b.to(stranger(sim.Network()), 200))
			next()
			last := sim.Sweep([]chain.Outpoint{out(more, 2)}, b.to(other, 40), b.to(stranger(sim.Network()), 9))
			next()
			b.restart()
			// An outpoint that is not there, of a transaction that paid the treasury.
			fake := sim.Sweep([]chain.Outpoint{out(both, 3)}, b.to(other, 60))
			b.mine(8)
			b.checkBooks()
			for id, n := range map[chain.Hash]int{both: 1, more: 1, last: 1, fake: 1} {
				f := b.asks(id, payments.TxCredited)
				require.Len(t, f.Deposits, n)
				require.Empty(t, f.Spends)
				require.Empty(t, f.Unrecorded)
			}
			require.Empty(t, b.spends())
			require.Equal(t, map[string]string{"deposits": "2.50000000 BTC@bitcoin-regtest", "cold": "", "fee": "", "outflow": ""}, b.places())
		})
	}
}

// The treasury's coin is mined in a block that is followed only after the look at the
// mempool that finds what spends it.
func TestATreasurysCoinMinedJustBeforeTheMempoolIsLookedAt(t *testing.T) {
	b, sim := utxoBundle(t)
	b.address(voice)
	to := b.address(sms)
	b.advance()
	coin := out(b.pay(cold(sim.Network()), 299), 0)
	b.advance()
	node := b.source("a").(forgetful)
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	b.advance()
	mined := false
	node.Intercept(func(method string) error {
		if method == "Mempool" && !mined {
			mined = true
			sim.MineTx(coin.TxID)
			sim.Sweep([]chain.Outpoint{coin}, b.to(to, 298))
		}
		return nil
	})
	b.advance()
	require.True(t, mined)
	all, err := b.p.Deposits(b.ctx, sms, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Empty(t, all)
	b.mine(8)
	b.nobodyWasPaid()
	require.NotContains(t, b.events.kinds(b.only(sms).Key.String()), payments.EventDepositSeen)
}

func TestAnInvoiceThatATreasuryPaidSaysThatThePaymentWasTakenBack(t *testing.T) {
	b, sim := utxoBundle(t)
	registered := b.cfg.Rails[0].Treasury
	b.cfg.Rails[0].Treasury = nil
	b.restart()
	b.priced(1000)
	record, err := b.p.CreateInvoice(b.ctx, bill("2026-0117", 100_00))
	require.NoError(t, err)
	to := b.billed("2026-0117")
	b.advance()
	coin := out(b.pay(cold(sim.Network()), 11), 0)
	b.mine(1)
	sim.Sweep([]chain.Outpoint{coin}, b.to(to, 10))
	b.mine(7)
	require.Equal(t, invoice.Paid, b.standing("2026-0117").Status)
	b.cfg.Rails[0].Treasury = registered
	b.restart()
	b.rescan(1, sim.Head().Height, false)
	b.advance()
	b.checkBooks()
	require.Equal(t, "0.00 USD", b.balance(record.Account()))
	require.Equal(t, invoice.Unpaid, b.standing("2026-0117").Status)
	require.Contains(t, b.standing("2026-0117").Exceptions, invoice.ReversedPayment)
	require.Contains(t, b.events.kinds("invoice/2026-0117"), payments.EventKind("invoice.reversed"))
}

func TestAStepOfManyCoinsOfATreasuryAsksTheStoreNoMoreOften(t *testing.T) {
	calls := func(n int) int {
		b, sim := utxoBundle(t)
		to := b.address(sms)
		store := &countingStore{Store: b.store}
		b.cfg.Store = store
		b.restart()
		b.advance()
		var coins []chain.Outpoint
		for range n {
			coins = append(coins, out(b.pay(cold(sim.Network()), 2), 0))
		}
		sim.Mine(1)
		store.calls = 0
		b.advance()
		sim.Sweep(coins, b.to(to, int64(n)), b.to(cold(sim.Network()), int64(n)))
		sim.Mine(1)
		b.advance()
		did := store.calls
		b.mine(6)
		b.nobodyWasPaid()
		return did
	}
	require.Equal(t, calls(1), calls(300))
}

func TestAnEVMTreasurysPaymentThatComesBackUnregisteredIsHeldIfItIsNobodys(t *testing.T) {
	for name, owned := range map[string]bool{"owned": true, "nobody's": false} {
		t.Run(name, func(t *testing.T) {
			b, sim := evmBundle(t, true)
			b.address(voice)
			to := chainsim.Address(sim.Network(), 5)
			if owned {
				to = b.address(sms)
			}
			b.advance()
			b.mine(1)
			id := sim.Send(cold(sim.Network()), chainsim.Payment{To: to, Amount: b.coins(100)})
			b.mine(1)
			var rows []payments.Deposit
			read := func() payments.Deposit {
				require.NoError(t, b.store.View(b.ctx, func(tx payments.Tx) (err error) {
					rows, err = tx.Deposits(b.ctx, payments.DepositQuery{TxIDs: []chain.Hash{id}})
					return err
				}))
				require.Len(t, rows, 1)
				return rows[0]
			}
			require.Equal(t, payments.StateInternal, read().State)
			b.checkBooks()
			b.cfg.Rails[0].Treasury = nil
			b.restart()
			sim.Reorg(1, chainsim.Branch{Later: []chain.Hash{id}})
			b.advance()
			require.Equal(t, payments.StateOrphaned, read().State)
			b.checkBooks()
			b.mine(14)
			b.checkBooks()
			require.Equal(t, payments.StateCredited, read().State)
			if owned {
				require.Empty(t, read().Hold)
				require.Equal(t, read().Credited.String(), b.balance(sms))
				require.Positive(t, read().Credited.Sign())
			} else {
				require.Equal(t, payments.HoldUnassigned, read().Hold)
			}
		})
	}
}
