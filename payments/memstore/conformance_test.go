package memstore_test

import (
	"testing"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(*testing.T) payments.Store { return memstore.New() })
}

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, func(*testing.B) payments.Store { return memstore.New() })
}
