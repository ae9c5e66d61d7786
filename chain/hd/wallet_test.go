package hd_test

import (
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/hd"
)

func open(t testing.TB, n chain.Network, s hd.Scheme) *hd.Wallet {
	t.Helper()
	w, err := hd.OpenWallet(n, s, xpub)
	require.NoError(t, err)
	return w
}

func TestLeavesAreTheSameHoweverTheyAreAskedFor(t *testing.T) {
	for _, s := range []hd.Scheme{hd.BIP44, hd.BIP49, hd.BIP84, hd.BIP86} {
		w := open(t, chain.Bitcoin, s)
		const n = 600 // more than two inner batches
		all, err := w.Leaves(7, n)
		require.NoError(t, err)
		require.Len(t, all, n)
		for _, i := range []int{0, 1, 255, 256, 511, 512, n - 1} {
			one, err := w.Leaves(uint32(7+i), 1)
			require.NoError(t, err)
			require.Equal(t, []chain.Leaf{all[i]}, one, "%s leaf %d", s, 7+i)
		}
	}
}

func TestEightGoroutinesDeriveWhatOneDoes(t *testing.T) {
	w := open(t, chain.Ethereum, hd.BIP44)
	want, err := w.Leaves(0, 300)
	require.NoError(t, err)
	var group sync.WaitGroup
	got := make([][]chain.Leaf, 8)
	errs := make([]error, len(got))
	for g := range got {
		group.Go(func() {
			for i := uint32(0); i < 300 && errs[g] == nil; i += 50 {
				var part []chain.Leaf
				part, errs[g] = w.Leaves(i, 50)
				got[g] = append(got[g], part...)
			}
		})
	}
	group.Wait()
	for g := range got {
		require.NoError(t, errs[g])
		require.Equal(t, want, got[g])
	}
}

func TestLeavesBeyondTheBranchAreRefused(t *testing.T) {
	w := open(t, chain.Bitcoin, hd.BIP84)
	const end = 1 << 31
	for _, c := range []struct {
		from uint32
		n    int
	}{{end, 1}, {end - 1, 2}, {math.MaxUint32, 1}, {0, end + 1}, {0, -1}, {5, math.MinInt}, {1, math.MaxInt}} {
		leaves, err := w.Leaves(c.from, c.n)
		require.ErrorIs(t, err, hd.ErrRange, "%d leaves from %d", c.n, c.from)
		require.Empty(t, leaves)
	}
	last, err := w.Leaves(end-1, 1)
	require.NoError(t, err)
	require.Equal(t, uint32(end-1), last[0].Index)
	none, err := w.Leaves(end, 0)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestFingerprintNamesKeySchemeAndFamily(t *testing.T) {
	seen := map[string]string{}
	add := func(name string, w *hd.Wallet) {
		f := w.Fingerprint()
		require.Len(t, f, 32)
		require.NotContains(t, seen, f, "%s is named as %s", name, seen[f])
		seen[f] = name
	}
	add("BIP44", open(t, chain.Bitcoin, hd.BIP44))
	add("BIP84", open(t, chain.Bitcoin, hd.BIP84))
	add("Litecoin", open(t, chain.Litecoin, hd.BIP84))
	add("Ethereum", open(t, chain.Ethereum, hd.BIP44))
	other, err := hd.OpenWallet(chain.Bitcoin, hd.BIP44, accounts[0].key)
	require.NoError(t, err)
	require.Equal(t, "BIP44", seen[other.Fingerprint()], "the same key again")

	zpub, err := hd.OpenWallet(chain.Bitcoin, hd.BIP84, withVersion(t, versionZpub))
	require.NoError(t, err)
	require.Equal(t, "BIP84", seen[zpub.Fingerprint()], "the same key with another prefix")
	require.Equal(t, "bitcoin", zpub.Network().ID)
	require.Equal(t, chain.FamilyBitcoin, zpub.Family())
	require.Equal(t, hd.BIP84, zpub.Scheme())
}
