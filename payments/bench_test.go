package payments_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// BenchmarkCredit measures a deposit from the fetched block to the credit, its
// events included: one block of n deposits, recorded, priced and credited.
func BenchmarkCredit(b *testing.B) {
	for _, n := range []int{1, 100, 1_000} {
		b.Run(fmt.Sprintf("deposits=%d", n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				p, sim := creditWorld(b, n)
				b.StartTimer()
				sim.Mine(6)
				if err := p.Advance(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/deposit") //nolint:forbidigo // a duration, not money
		})
	}
}

func creditWorld(b *testing.B, n int) (*payments.Processor, *chainsim.UTXO) {
	b.Helper()
	c := newClock()
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: c.Now})
	prices, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, c.Now)
	if err != nil {
		b.Fatal(err)
	}
	p, err := payments.New(payments.Config{Store: memstore.New(), Rates: prices, Now: c.Now,
		Rails: []payments.Rail{{Network: sim.Network(), Sources: []chain.Source{sim.Source("a")},
			Wallet: testWallet{network: sim.Network()}, UnprovedKey: true}}})
	if err != nil {
		b.Fatal(err)
	}
	to, err := p.DepositAddress(context.Background(), voice, sim.Network())
	if err != nil {
		b.Fatal(err)
	}
	if err := p.Advance(context.Background()); err != nil {
		b.Fatal(err)
	}
	c.Advance(time.Second)
	for i := range n {
		amount := chainsim.Payment{To: to.Address, Amount: money.Units(sim.Network().Native, int64(i+1))}
		sim.Pay(amount)
	}
	return p, sim
}
