package payments_test

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/rates"
)

// The recommended tiers of Litecoin, and a limit over all customers, set while the
// processor runs.
func ExampleProcessor_SetTiers() {
	litecoin := chain.Litecoin
	litecoin.Test = true // simulated
	sim := chainsim.NewUTXO(litecoin, chainsim.Options{})
	prices, err := rates.NewFixed(map[string]string{"LTC/USD": "90"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := payments.New(payments.Config{
		Store: memstore.New(),
		Rates: prices,
		Rails: []payments.Rail{{
			Network: litecoin, Sources: []chain.Source{sim.Source("one"), sim.Source("two")},
			Wallet: testWallet{network: litecoin}, UnprovedKey: true,
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	err = p.SetTiers(ctx, litecoin, []payments.Tier{
		{Confirmations: 12},
		{Above: decimal.NewFromInt(1_000), Confirmations: 24},
		{Above: decimal.NewFromInt(50_000), Confirmations: 48, Agree: 2},
		{Above: decimal.NewFromInt(250_000), AtRisk: true, Confirmations: 48},
	}, payments.Actor{ID: "night shift", Reason: "a pool is being attacked"})
	if err != nil {
		fmt.Println(err)
		return
	}
	tiers, err := p.Tiers(ctx, litecoin)
	fmt.Println(len(tiers), "tiers in force", err)
	// Output: 4 tiers in force <nil>
}
