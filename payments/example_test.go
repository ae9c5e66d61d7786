package payments_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// A payment to a simulated network, from the address to the credit. A host uses
// real sources, its own wallet and Run instead of Advance.
func Example() {
	ctx := context.Background()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: clock})
	prices, err := rates.NewFixed(map[string]string{"BTC/EUR": "60000"}, clock)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := payments.New(payments.Config{
		Store:    memstore.New(),
		Rates:    prices,
		Currency: money.EUR,
		Now:      clock,
		Rails: []payments.Rail{{
			Network: sim.Network(), Sources: []chain.Source{sim.Source("node")},
			Wallet: testWallet{network: sim.Network()}, UnprovedKey: true,
		}},
		Deliver: func(_ context.Context, e payments.Event) error {
			fmt.Println("event:", e.Kind)
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	voice := payments.Account{Profile: "acme", Name: "voice"}
	to, err := p.DepositAddress(ctx, voice, sim.Network())
	if err != nil {
		fmt.Println(err)
		return
	}
	sim.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(sim.Network().Native, 250_000)})
	sim.Mine(6)
	if err := p.Advance(ctx); err != nil {
		fmt.Println(err)
		return
	}
	balance, err := p.Balance(ctx, voice)
	fmt.Println("0.0025 BTC at 60000 EUR:", balance, err)
	// Output:
	// event: deposit.confirming
	// event: deposit.credited
	// 0.0025 BTC at 60000 EUR: 150.00 EUR <nil>
}
