package chain_test

import (
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
)

// BenchmarkMatch measures one look-up in a watched set, a miss as nearly all are.
func BenchmarkMatch(b *testing.B) {
	set := chain.NewWatched()
	for i := range 100_000 {
		set.AddAddress(chainsim.Address(chain.Bitcoin, i))
	}
	miss := []byte(chainsim.Address(chain.Bitcoin, 100_001).Raw)
	b.ReportAllocs()
	for b.Loop() {
		if set.Address(miss) {
			b.Fatal("a stranger")
		}
	}
}
