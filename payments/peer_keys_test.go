package payments_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func peerTxidIsTheKey(t *testing.T) {
	onFlatRails(t, func(t *testing.T, b *bundle) {
		third := payments.Account{Profile: "globex", Name: "voice"}
		v, s, x := b.address(voice), b.address(sms), b.address(third)
		b.advance()
		pay := func(to chain.Address, hundredths int64) chainsim.Payment {
			return chainsim.Payment{To: to, Amount: b.coins(hundredths)}
		}
		id := b.sim.Pay(pay(v, 100), pay(s, 200), pay(x, 300), pay(v, 400))
		b.mine(6)
		keys := map[payments.DepositKey]bool{}
		for _, a := range []payments.Account{voice, sms, third} {
			for _, d := range b.all(a) {
				require.Equal(t, id, d.TxID)
				keys[d.Key] = true
			}
		}
		require.Len(t, keys, 4)
		b.requireCredit(voice, "5000.00 USD")
		b.requireCredit(sms, "2000.00 USD")
		b.requireCredit(third, "3000.00 USD")
		b.sim.Reorg(6, chainsim.Branch{Vanish: []chain.Hash{id}})
		b.advance()
		for _, a := range []payments.Account{voice, sms, third} {
			b.requireCredit(a, "0.00 USD")
		}
	})
}

func peerOncePerInvoice(t *testing.T) {
	onFlatRails(t, func(t *testing.T, b *bundle) {
		v, s := b.address(voice), b.address(sms)
		b.advance()
		same := chainsim.Payment{To: v, Amount: b.coins(100)} // equal in everything but its place
		b.sim.Pay(same, same, same)
		b.pay(s, 200)
		b.mine(6)
		require.Len(t, b.all(voice), 3)
		b.requireCredit(voice, "3000.00 USD")
		b.requireCredit(sms, "2000.00 USD")
		b.sim.Reorg(6, chainsim.Branch{Crowd: 4, Reverse: true}) // at other places in the block
		b.advance()
		b.mine(6)
		require.Len(t, b.all(voice), 3)
		b.requireCredit(voice, "3000.00 USD")
		b.requireCredit(sms, "2000.00 USD")
	})
}

// peerEqualAmounts: a thousand who owe or pay the same at the same time, told apart
// by nothing but their addresses.
func peerEqualAmounts(t *testing.T) {
	t.Run("1,000 accounts, every other one pays", func(t *testing.T) {
		onFlatRails(t, func(t *testing.T, b *bundle) {
			account := func(i int) payments.Account {
				return payments.Account{Profile: fmt.Sprint("customer", i), Name: "voice"}
			}
			to := make([]chain.Address, crowd)
			atOnce(t, func(i int) error {
				got, err := b.p.DepositAddress(b.ctx, account(i), b.sim.Network())
				to[i] = got.Address
				return err
			})
			b.advance()
			amount := b.coins(100)
			b.whileFollowed(func() {
				atOnce(t, func(i int) error {
					if i%2 == 1 {
						b.sim.Pay(chainsim.Payment{To: to[i], Amount: amount})
					}
					return nil
				})
			})
			for i := range crowd {
				want := "0.00 USD"
				if i%2 == 1 {
					want = "1000.00 USD"
				}
				require.Equal(t, want, b.balance(account(i)), "account %d", i)
				require.Len(t, b.all(account(i)), i%2, "account %d", i)
			}
			require.Equal(t, b.coins(100*crowd/2).String(), b.held(ledger.Position(b.sim.Network().ID, "deposits")))
		})
	})
	t.Run("1,000 invoices, each paid once", func(t *testing.T) {
		oneOfAKind := func(c railCase) bool { return c.name == "bitcoin BTC" || c.name == "ethereum ETH" || c.coin == "USDT" }
		onRails(t, oneOfAKind, func(t *testing.T, b *bundle) {
			b.flat()
			number := func(i int) string { return fmt.Sprint("2026-", i) }
			to := make([]chain.Address, crowd)
			atOnce(t, func(i int) error {
				if _, err := b.p.CreateInvoice(b.ctx, bill(number(i), 1_000_00)); err != nil {
					return err
				}
				got, err := b.p.InvoiceAddress(b.ctx, number(i), b.sim.Network())
				to[i] = got.Address
				return err
			})
			seen := map[chain.Address]bool{}
			for _, a := range to {
				seen[a] = true
			}
			require.Len(t, seen, crowd, "each has an address of its own")
			b.advance()
			amount := b.coins(100)
			paid := make([]chain.Hash, crowd)
			b.whileFollowed(func() {
				atOnce(t, func(i int) error {
					paid[i] = b.sim.Pay(chainsim.Payment{To: to[i], Amount: amount})
					return nil
				})
			})
			for i := range crowd {
				v := b.invoice(number(i))
				require.Equal(t, invoice.Paid, v.Standing.Status, "invoice %d", i)
				require.Empty(t, v.Standing.Exceptions, "invoice %d", i)
				require.Len(t, v.Payments, 1, "invoice %d", i)
				require.Len(t, v.Ledger, 1, "invoice %d", i)
				require.Equal(t, paid[i].String(), v.Ledger[0].Reference, "invoice %d: by its own payment", i)
				require.Equal(t, "1000.00 USD", b.balance(v.Account()), "invoice %d", i)
				require.Equal(t, 1, count(b.events.kinds("invoice/"+number(i)), payments.EventInvoicePaid), "invoice %d", i)
			}
			require.Equal(t, b.coins(100*crowd).String(), b.held(ledger.Position(b.sim.Network().ID, "deposits")))
		})
	})
}

const crowd = 1_000

// atOnce calls for each of the crowd, eight at a time.
func atOnce(t *testing.T, call func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < crowd; i += 8 {
				if err := call(i); err != nil {
					t.Errorf("%d: %v", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// whileFollowed makes payments while blocks come and the engine follows them, and
// lets all of them be credited.
func (b *bundle) whileFollowed(pay func()) {
	b.Helper()
	done := make(chan struct{})
	go func() { defer close(done); pay() }()
	for paying := true; paying; {
		select {
		case <-done:
			paying = false
		default:
		}
		b.mine(1)
	}
	b.mine(6)
}

func peerSameTicker(t *testing.T) {
	b := newBundle(t, railCases()[2], nil) // USDT of 6 decimals
	b.flat()
	eth := b.sim.(*chainsim.EVM)
	bsc, source := bscSim(b.clock) // USDT of 18 decimals
	bsc.Mine(3)
	b.cfg.Rails = append(b.cfg.Rails, payments.Rail{Network: bsc.Network(), Sources: []chain.Source{source("bsc")},
		Wallet: testWallet{network: bsc.Network()}, UnprovedKey: true})
	b.restart()
	v, s := b.address(voice), b.address(sms)
	b.advance()
	usdt, ok := bsc.Network().Asset("USDT")
	require.True(t, ok)
	require.NotEqual(t, b.asset.Decimals, usdt.Decimals)
	one, err := money.ParseAmount(usdt, "1")
	require.NoError(t, err)
	// A copy of the contract, on either network, is worth nothing.
	eth.PayForeign(chainsim.Payment{To: v, Amount: b.coins(10_000)})
	bsc.(*chainsim.EVM).PayForeign(chainsim.Payment{To: v, Amount: one})
	b.pay(s, 100) // 1 USDT here
	bsc.Pay(chainsim.Payment{To: s, Amount: one})
	for range 6 {
		bsc.Mine(1)
		b.mine(1)
	}
	require.Empty(t, b.all(voice))
	require.Equal(t, "0.00 USD", b.balance(voice))
	both := b.all(sms)
	require.Len(t, both, 2)
	for _, d := range both {
		require.Equal(t, "1000.00 USD", d.Credited.String(), "one is one, however many decimals it has: %s", d.Amount)
	}
	b.requireCredit(sms, "2000.00 USD")
	require.Equal(t, one.String(), b.held(ledger.Position(bsc.Network().ID, "deposits")))
}
