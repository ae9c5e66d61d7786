package utxo

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

// The forms of blocks.
var (
	bitcoinForm, _  = formOf(chain.Bitcoin)
	litecoinForm, _ = formOf(chain.Litecoin)
	dogecoinForm, _ = formOf(chain.Dogecoin)
)

// recorded adds the recorded blocks or transactions of a chain, if there are
// any, to a target's seeds.
func recorded(f *testing.F, prefix string) {
	files, err := filepath.Glob(filepath.Join(os.Getenv("COINTILL_DATA"), "blocks", prefix+"*.hex"))
	require.NoError(f, err)
	for _, name := range files {
		digits, err := os.ReadFile(name)
		require.NoError(f, err)
		raw, err := hex.DecodeString(strings.TrimSpace(string(digits)))
		require.NoError(f, err)
		f.Add(raw)
	}
}

// span adds up the bytes of the transactions it is shown.
type span struct {
	nobody
	txs, bytes int
}

func (s *span) end(t tx) { s.txs++; s.bytes += len(t.whole) }

// walkBlock is what every block from outside must stand: it is refused as
// malformed, or every byte belongs to something and the two visitors agree.
func walkBlock(t *testing.T, form form, network chain.Network, raw []byte) {
	got := &seen{hit: true}
	f := &finder{matcher: got, network: network}
	if err := walk(form, raw, f); err != nil {
		require.ErrorIs(t, err, chain.ErrMalformed)
		return
	}
	var s span
	require.NoError(t, walk(form, raw, &s))
	require.LessOrEqual(t, headerLen+1+s.bytes, len(raw))
	if !form.mweb && !form.auxPoW {
		require.Equal(t, len(raw), headerLen+len(compactSize(nil, s.txs))+s.bytes)
	}
	require.Len(t, f.found.Spends, len(got.ops))
	for _, x := range f.found.Transfers {
		require.Positive(t, x.Amount.Units().Sign())
	}
	for _, x := range f.found.Spends {
		require.NotEmpty(t, x.Tx.Inputs)
	}
	_, err := new(merkle).verify(form, raw, HashOf(raw))
	if err != nil {
		require.ErrorIs(t, err, chain.ErrMalformed)
	}
}

func FuzzBitcoinBlock(f *testing.F) {
	f.Add(ChainOf(1)[0])
	f.Add(MineBlock(chain.Hash{}, Coinbase, SpendTx([]chain.Outpoint{{}, {Vout: 3}}, []string{"a", "b"}, true)))
	f.Fuzz(func(t *testing.T, raw []byte) { walkBlock(t, bitcoinForm, chain.Bitcoin, raw) })
}

func FuzzLitecoinBlock(f *testing.F) {
	f.Add(LitecoinOf(2)[1])
	recorded(f, "ltc_testnet")
	f.Fuzz(func(t *testing.T, raw []byte) { walkBlock(t, litecoinForm, chain.Litecoin, raw) })
}

func FuzzDogecoinBlock(f *testing.F) {
	for _, raw := range DogecoinOf(2) { // without and with a merged mining proof
		f.Add(raw)
	}
	recorded(f, "doge")
	f.Fuzz(func(t *testing.T, raw []byte) { walkBlock(t, dogecoinForm, chain.Dogecoin, raw) })
}

func FuzzHeader(f *testing.F) {
	block := DogecoinOf(2)[1]
	f.Add(block[:headerLen])
	f.Add(block[:headerLen+len(Proof)])
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, form := range []form{bitcoinForm, litecoinForm, dogecoinForm} {
			h, err := form.header(raw)
			if err != nil {
				require.ErrorIs(t, err, chain.ErrMalformed)
				continue
			}
			require.Equal(t, HashOf(raw), h.hash)
			require.True(t, len(raw) == headerLen || form.auxPoW && raw[1]&1 == 1)
		}
	})
}

func FuzzTransaction(f *testing.F) {
	f.Add(Coinbase)
	f.Add(SpendTx([]chain.Outpoint{{}}, []string{"a"}, true))
	f.Add(HogEx([]chain.Outpoint{{}}, "a"))
	f.Add([]byte{2, 0, 0, 0, 0, 8, 0, 0, 1, 'm', 'w', 0, 0, 0, 0})
	recorded(f, "ltc_tx")
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, form := range []form{bitcoinForm, litecoinForm, dogecoinForm} {
			for _, where := range []place{inBlock, lastInBlock, alone} {
				x, err := walkTx(form, raw, where, &finder{matcher: &seen{hit: true}})
				if err != nil {
					require.ErrorIs(t, err, chain.ErrMalformed)
					continue
				}
				require.Equal(t, raw, x.whole)
				require.False(t, x.pegsOut() && where != lastInBlock)
				old := bytes.Join([][]byte{x.version, x.body, x.locktime}, nil)
				var h hasher
				require.Equal(t, printedHash(old), printed(h.id(x)))
				if where == inBlock && x.inputs > 0 { // the old form reads as the same transaction
					_, err = walkTx(form, old, inBlock, nobody{})
					require.NoError(t, err)
				}
			}
		}
	})
}
