package money_test

import (
	"testing"

	"github.com/cointill/cointill/payments/money"
)

func BenchmarkParseDecimal(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.ParseDecimal("64012.51000000"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValue(b *testing.B) {
	r, err := money.ParseRate("64012.51")
	if err != nil {
		b.Fatal(err)
	}
	x := money.Units(btc, 123456)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Value(x, money.USD); err != nil {
			b.Fatal(err)
		}
	}
}
