package cointill_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// TestPeerFailuresOverHTTP holds the cases of package payments' TestPeerFailures in
// which the reading of a node or the keys of the store may fail by themselves: the
// real adapters read nodes of each kind over HTTP, into memory and into SQLite.
func TestPeerFailuresOverHTTP(t *testing.T) {
	page, err := os.ReadFile("CONFORMANCE.md")
	require.NoError(t, err)
	for _, row := range []struct {
		name string
		test func(x *till)
	}{
		{"P2 gap larger than a cap is jumped", peerGap},
		{"P10 payment in a block at or below creation height refused", peerCreation},
		{"P12 uniqueness (coin, txid, invoice)", peerOneTransaction},
		{"P13 equal amounts", peerEqual},
	} {
		require.Contains(t, string(page), "\n| "+strings.Replace(row.name, " ", " | ", 1)+" |", "CONFORMANCE.md has a line for each case")
		t.Run(row.name, func(t *testing.T) { onTills(t, peerNodes(), row.test) })
	}
}

// peerNodes are nodes of every kind; the first and the last are run with SQLite too.
func peerNodes() []tillCase {
	return append(append(bitcoins(), litecoins()...),
		on(chain.Dogecoin, "dogecoind 1.14", "DOGE", (*chainsim.UTXO).Dogecoin114),
		ethereums("USDT")[1], ethereums("GUSD")[2], ethereums("ETH")[0])
}

// unfollowed lets blocks come while nobody follows, soon enough after another for the
// stack's prices, which have no history.
func (x *till) unfollowed(n int) (last chain.Anchor) {
	for range n {
		x.now = x.now.Add(20 * time.Millisecond)
		last = x.chain().Mine(1)[0]
	}
	return last
}

func peerGap(x *till) {
	v, m := x.address(voice), x.address(sms)
	x.blocks(1)
	const gap = 1_100 // more than two ranges of an EVM node
	paid := map[chain.Hash]uint64{}
	for i := range gap {
		// The ends of every span at which anybody might cut the gap.
		if i < 2 || i >= gap-2 || i%100 == 99 || i%100 == 0 || i%64 == 0 || i%499 == 0 {
			to := []chain.Address{v.Address, m.Address}[i%2]
			paid[x.pay(to, x.coins("0.01"))] = x.unfollowed(1).Height
			continue
		}
		x.unfollowed(1)
	}
	x.restart()
	require.NoError(x, x.p.Advance(x.Context()))
	x.blocks(6)
	found, sum := map[chain.Hash]uint64{}, money.USD.Cents(0)
	for _, a := range []payments.Account{voice, sms} {
		for _, d := range x.deposits(a) {
			require.Contains(x, []payments.DepositState{payments.StateCredited, payments.StateFinal}, d.State)
			found[d.TxID] = d.Block.Height
			var err error
			sum, err = sum.Add(d.Credited)
			require.NoError(x, err)
		}
		require.Equal(x, fmt.Sprintf("%d.00 USD", 10*len(x.deposits(a))), x.balance(a))
	}
	require.Equal(x, paid, found)
	require.Equal(x, fmt.Sprintf("%d.00 USD", 10*len(paid)), sum.String())
	x.requireBooks(fmt.Sprintf("%d.%02d", len(paid)/100, len(paid)%100), "0")
}

func peerCreation(x *till) {
	m := x.address(sms)
	x.blocks(10)
	for below := range 4 {
		// Each time another account, created at this height, is paid in a block of the
		// winning branch at that height or below.
		account := payments.Account{Profile: "acme", Name: fmt.Sprint("late", below)}
		v := x.address(account)
		created := x.chain().Head().Height
		honest := x.pay(m.Address, x.coins("1"))
		x.blocks(1)
		x.chain().Reorg(below+2, chainsim.Branch{Blocks: 1, Later: []chain.Hash{honest}})
		x.chain().Rewind(1)
		id := x.pay(v.Address, x.coins("5"))
		x.chain().MineTx(id)
		at, mined := x.chain().BlockOf(id)
		require.True(x, mined)
		require.Equal(x, created-uint64(below), at.Height)
		x.blocks(below + 8)
		all := x.deposits(account)
		require.Len(x, all, 1)
		require.Equal(x, at.Hash, all[0].Block.Hash)
		require.Equal(x, "5000.00 USD", x.balance(account))
		require.Equal(x, fmt.Sprintf("%d000.00 USD", below+1), x.balance(sms))
	}
}

func peerOneTransaction(x *till) {
	v, m := x.address(voice), x.address(sms)
	x.blocks(1)
	same := x.to(v.Address, "1") // equal in everything but its place
	id := x.send(same, same, same, x.to(m.Address, "2"))
	once := func() {
		x.Helper()
		keys := map[payments.DepositKey]bool{}
		for _, a := range []payments.Account{voice, sms} {
			for _, d := range x.deposits(a) {
				require.Equal(x, id, d.TxID)
				keys[d.Key] = true
			}
		}
		require.Len(x, keys, 4)
		require.Equal(x, "3000.00 USD", x.balance(voice))
		require.Equal(x, "2000.00 USD", x.balance(sms))
		x.requireBooks("5", "0")
	}
	x.blocks(6)
	once()
	x.chain().Reorg(6, chainsim.Branch{Crowd: 4, Reverse: true}) // at another place in its block
	x.restart()
	x.blocks(7)
	once()
	x.rescan()
	once()
}

func peerEqual(x *till) {
	const crowd = 100
	number := func(i int) string { return fmt.Sprintf("2026-%03d", i) }
	to, paid := make([]payments.DepositAddress, crowd), make([]chain.Hash, crowd)
	amount := x.coins("0.1")
	atOnce := func(call func(i int) error) {
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := w; i < crowd; i += 8 {
					if err := call(i); err != nil {
						x.Errorf("invoice %d: %v", i, err)
					}
				}
			})
		}
		wg.Wait()
	}
	atOnce(func(i int) error {
		_, err := x.p.CreateInvoice(x.Context(), invoice.Invoice{Number: number(i), Profile: "acme", IssuedAt: x.now, DueAt: x.now.AddDate(0, 0, 14),
			Lines: []invoice.Line{{Description: "Server", Amount: money.USD.Cents(100_00)}}, Total: money.USD.Cents(100_00)})
		if err == nil {
			to[i], err = x.p.InvoiceAddress(x.Context(), number(i), x.network)
		}
		return err
	})
	x.blocks(1)
	atOnce(func(i int) error {
		paid[i] = x.send(chainsim.Payment{To: to[i].Address, Amount: amount})
		return nil
	})
	x.blocks(7)
	texts := map[string]bool{}
	for i := range crowd {
		texts[to[i].Text] = true
		v, err := x.p.Invoice(x.Context(), number(i))
		require.NoError(x, err)
		require.Equal(x, invoice.Paid, v.Standing.Status, number(i))
		require.Empty(x, v.Standing.Exceptions, number(i))
		require.Len(x, v.Ledger, 1, number(i))
		require.Equal(x, paid[i].String(), v.Ledger[0].Reference, "by its own payment")
		require.Equal(x, "100.00 USD", x.balance(v.Account()))
	}
	require.Len(x, texts, crowd, "each has an address of its own")
}
