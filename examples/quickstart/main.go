// Quickstart prints a payment's whole life in a second, on a simulated Bitcoin
// network: an address, a payment seen, six confirmations, the credit, a deep
// reorganisation that takes it back, and the credit again. Every figure can be
// checked by hand: 0.0125 BTC at 64,000 USD is 800.00 USD.
//
//	go run ./examples/quickstart
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// demoKey is the account key of BIP 84's test vectors, in its form for test
// networks. Everybody knows its private key.
const demoKey = "vpub5Y6cjg78GGuNLsaPhmYsiw4gYX3HoQiRBiSwDaBXKUafCt9bNwWQiitDk5VZ5BVxYnQdwoTyXSs2JHRPAgjAvtbBrf8ZhDYe2jWAqvZVnsc"

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: clock})
	network := sim.Network()

	wallet, err := hd.OpenWallet(network, hd.BIP84, demoKey)
	if err != nil {
		return err
	}
	prices, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, clock)
	if err != nil {
		return err
	}
	p, err := payments.New(payments.Config{
		Store: memstore.New(),
		Rates: prices,
		Rails: []payments.Rail{{
			Network: network, Sources: []chain.Source{sim.Source("node")}, Wallet: wallet,
			UnprovedKey: true, // this key is public; with your own, call Prove once
		}},
		Terms: "2026-11",
		Now:   clock,
		Deliver: func(_ context.Context, e payments.Event) error {
			_, err := fmt.Fprintf(out, "  event    %s\n", e.Kind)
			return err
		},
	})
	if err != nil {
		return err
	}

	voice := payments.Account{Profile: "acme", Name: "voice"}
	if err := p.AcceptTerms(ctx, voice.Profile, "2026-11"); err != nil {
		return err
	}
	addr, err := p.DepositAddress(ctx, voice, network)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "address    %s belongs to %s for ever\n", addr.Text, voice)

	amount, err := money.ParseAmount(network.Native, "0.0125")
	if err != nil {
		return err
	}
	life := life{out: out, p: p, account: voice, advance: func() error { return p.Advance(ctx) }}
	life.step("nothing has arrived")
	tx := sim.Pay(chainsim.Payment{To: addr.Address, Amount: amount})
	life.step("a customer pays " + amount.Text() + " BTC")
	for n := 1; n <= 6; n++ {
		now = now.Add(10 * time.Minute)
		sim.Mine(1)
		life.step(fmt.Sprintf("block %d", n))
	}
	now = now.Add(10 * time.Minute)
	sim.Reorg(6, chainsim.Branch{Later: []chain.Hash{tx}})
	life.step("the network replaces the last six blocks")
	for n := 1; n <= 6; n++ {
		now = now.Add(10 * time.Minute)
		sim.Mine(1)
	}
	life.step("six new blocks hold the payment again")
	if life.err != nil {
		return life.err
	}

	lines, _, err := p.Statement(ctx, voice, ledger.Cursor{}, 10)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "statement  newest first")
	for _, l := range lines {
		fmt.Fprintf(out, "  %s  %-8s  %9s USD  balance %s  tx %s…\n",
			l.At.Format("15:04"), l.Kind, l.Amount.Text(), l.Balance.Text(), l.Reference[:8])
	}
	return nil
}

// life prints where the deposit stands after each step.
type life struct {
	out     io.Writer
	p       *payments.Processor
	account payments.Account
	advance func() error
	err     error
}

func (l *life) step(what string) {
	if l.err != nil {
		return
	}
	fmt.Fprintln(l.out, what)
	if l.err = l.advance(); l.err != nil {
		return
	}
	all, err := l.p.Deposits(context.Background(), l.account, payments.DepositKey{}, 1)
	if err != nil {
		l.err = err
		return
	}
	balance, err := l.p.Balance(context.Background(), l.account)
	if err != nil {
		l.err = err
		return
	}
	if len(all) == 0 {
		fmt.Fprintf(l.out, "  balance  %s\n", balance)
		return
	}
	d := all[0]
	fmt.Fprintf(l.out, "  deposit  %s, %d of %d confirmations\n  balance  %s\n", d.State, d.Confirmations, d.Required, balance)
}
