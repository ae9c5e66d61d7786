package torture_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/hd"
)

const zpub = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"

func TestWalletEdges(t *testing.T) {
	w, err := hd.OpenWallet(chain.Bitcoin, hd.BIP84, zpub)
	require.NoError(t, err)
	l, err := w.Leaves(0, 1)
	require.NoError(t, err)
	require.Equal(t, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", l[0].Text)
	for _, c := range []struct {
		from uint32
		n    int
	}{{1<<31 - 1, 1}, {1<<31 - 1, 2}, {1 << 31, 1}, {1<<32 - 1, 3}, {0, 0}, {0, -1}} {
		got, err := w.Leaves(c.from, c.n)
		t.Log(c, len(got), err)
		if c.from >= 1<<31 || int(c.from)+c.n > 1<<31 || c.n < 0 {
			require.Error(t, err, "%v", c)
		}
	}
	for _, text := range []string{"", " " + zpub, zpub + "\n", strings.ToUpper(zpub), zpub[:len(zpub)-1], zpub + "1", strings.Repeat("1", 111), strings.Repeat("z", 1<<20), "zpub😀", "\x00", zpub[:50] + "0" + zpub[51:]} {
		_, err := hd.OpenWallet(chain.Bitcoin, hd.BIP84, text)
		require.Error(t, err)
		require.Less(t, len(err.Error()), 400)
	}
	_, err = hd.OpenWallet(chain.BitcoinRegtest, hd.BIP84, zpub)
	t.Log("zpub on regtest:", err)
	_, err = hd.OpenWallet(chain.Bitcoin, hd.BIP86, zpub)
	t.Log("zpub as BIP86:", err)
}

// Every change of one or two characters of a Bech32 address is noticed.
func TestBech32ChangesOfTwoCharacters(t *testing.T) {
	const good = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
	const set = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	try := []byte(good)
	n := 0
	for i := 3; i < len(good); i++ {
		for j := i + 1; j < len(good); j += 3 {
			for k := range 32 {
				try[i], try[j] = set[k], set[(k*7+3)%32]
				if string(try) != good {
					_, err := address.Parse(chain.Bitcoin, string(try))
					require.Error(t, err, string(try))
					n++
				}
				try[i], try[j] = good[i], good[j]
			}
		}
	}
	t.Log(n, "texts refused")
}
