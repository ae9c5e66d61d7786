package address_test

import (
	"testing"

	"github.com/cointill/cointill/chain/address"
)

func BenchmarkParse(b *testing.B) {
	for _, c := range accepted {
		n := testNetworks[c.network]
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := address.Parse(n, c.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFormat(b *testing.B) {
	for _, c := range accepted {
		n := testNetworks[c.network]
		a, err := address.Parse(n, c.text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := address.Format(n, a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
