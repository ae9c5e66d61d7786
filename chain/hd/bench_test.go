package hd

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

const benchKey = "xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj"

// BenchmarkLeaf measures one leaf: derivation, address and text.
func BenchmarkLeaf(b *testing.B) {
	for _, s := range []Scheme{BIP44, BIP84, BIP86} {
		w, err := OpenWallet(chain.Bitcoin, s, benchKey)
		require.NoError(b, err)
		for _, n := range []int{1, 1024} {
			b.Run(s.String()+"/batch="+strconv.Itoa(n), func(b *testing.B) { benchmarkLeaves(b, w, n) })
		}
	}
	w, err := OpenWallet(chain.Ethereum, BIP44, benchKey)
	require.NoError(b, err)
	b.Run("EVM/batch=1024", func(b *testing.B) { benchmarkLeaves(b, w, 1024) })
}

func benchmarkLeaves(b *testing.B, w *Wallet, n int) {
	b.ReportAllocs()
	for done := 0; done < b.N; done += n {
		if _, err := w.Leaves(uint32(done%(hardened-n)), n); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGoBIP32 measures one public child key without its address.
func BenchmarkGoBIP32(b *testing.B) {
	k := decodeKey(b, benchKey)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := k.child(uint32(i)); err != nil {
			b.Fatal(err)
		}
	}
}
