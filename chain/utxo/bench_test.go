package utxo

import "testing"

func BenchmarkMatch(b *testing.B) {
	raw, f := fullBlock(), &finder{matcher: none{}}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := walk(form{flags: 1}, raw, f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	raw, m := fullBlock(), &merkle{}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.verify(form{flags: 1}, raw, HashOf(raw)); err != nil {
			b.Fatal(err)
		}
	}
}
