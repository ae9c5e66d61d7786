package hd_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/hd"
)

func TestLeavesAreThePublishedAddresses(t *testing.T) {
	for _, v := range accounts {
		t.Run(v.name, func(t *testing.T) {
			w, err := hd.OpenWallet(v.network, v.scheme, v.key)
			require.NoError(t, err)
			leaves, err := w.Leaves(0, len(v.leaves))
			require.NoError(t, err)
			require.Len(t, leaves, len(v.leaves))
			for i, leaf := range leaves {
				require.Equal(t, uint32(i), leaf.Index)
				require.Equal(t, v.leaves[i], leaf.Text)
				parsed, err := address.Parse(v.network, leaf.Text)
				require.NoError(t, err)
				require.Equal(t, leaf.Address, parsed)
			}
		})
	}
}

// sharedVectors is the file of collected vectors.
type sharedVectors struct {
	Invalid []struct{ Key, Reason string } `json:"bip32_official_invalid"`
	Refuse  []struct{ Key, Reason string } `json:"refuse_as_watch_only_account_key"`

	Accounts []struct {
		ID, Network string
		Path        string `json:"account_path"`
		Key         string `json:"account_xpub"`
		Standard    string `json:"account_xpub_standard_prefix"`
		Addresses   []struct {
			Change, Index uint32
			Address       string
		}
	} `json:"account_vectors"`
}

func loadShared(t *testing.T) (v sharedVectors) {
	t.Helper()
	dir := os.Getenv("COINTILL_DATA")
	if dir == "" {
		t.Skip("COINTILL_DATA does not name the folder of shared vectors")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "hd_vectors.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &v))
	return v
}

func TestEverySharedAccountGivesItsAddresses(t *testing.T) {
	networks := map[string]chain.Network{
		"bitcoin/mainnet": chain.Bitcoin, "bitcoin/testnet": bitcoinTestnet,
		"litecoin/mainnet": chain.Litecoin, "litecoin/testnet": litecoinTestnet,
		"dogecoin/mainnet": chain.Dogecoin, "dogecoin/testnet": dogecoinTestnet,
		"ethereum": chain.Ethereum,
	}
	schemes := map[string]hd.Scheme{"m/44": hd.BIP44, "m/49": hd.BIP49, "m/84": hd.BIP84, "m/86": hd.BIP86}
	v := loadShared(t)
	require.NotEmpty(t, v.Accounts)
	for _, row := range v.Accounts {
		n, known := networks[row.Network]
		require.True(t, known, row.Network)
		scheme := schemes[row.Path[:4]]
		w, err := hd.OpenWallet(n, scheme, row.Key)
		require.NoError(t, err, row.ID)
		again, err := hd.OpenWallet(n, scheme, row.Standard)
		require.NoError(t, err, row.ID)
		require.Equal(t, w.Fingerprint(), again.Fingerprint(), row.ID)
		checked := 0
		for _, a := range row.Addresses {
			if a.Change != 0 {
				continue // branch 1 is the wallet's own change
			}
			leaves, err := w.Leaves(a.Index, 1)
			require.NoError(t, err)
			require.Equal(t, a.Address, leaves[0].Text, "%s 0/%d", row.ID, a.Index)
			checked++
		}
		require.NotZero(t, checked, row.ID)
	}
}

func TestEverySharedInvalidKeyIsRefused(t *testing.T) {
	v := loadShared(t)
	require.NotEmpty(t, v.Invalid)
	require.NotEmpty(t, v.Refuse)
	for _, row := range append(v.Invalid, v.Refuse...) {
		for _, s := range []hd.Scheme{hd.BIP44, hd.BIP49, hd.BIP84, hd.BIP86} {
			for _, n := range []chain.Network{chain.Bitcoin, chain.Litecoin, chain.Dogecoin, chain.Ethereum} {
				_, err := hd.OpenWallet(n, s, row.Key)
				requireKeyError(t, err, row.Key)
			}
		}
	}
}

// requireKeyError checks that an error is a KeyError and repeats no part of the
// key, as text or as the bytes it stands for.
func requireKeyError(t *testing.T, err error, key string) *hd.KeyError {
	t.Helper()
	var refused *hd.KeyError
	require.ErrorAs(t, err, &refused)
	const leak = 8
	for i := 0; i+leak <= len(key); i++ {
		require.NotContains(t, err.Error(), key[i:i+leak])
	}
	if key != "" {
		require.NotContains(t, err.Error(), hex.EncodeToString([]byte(key)))
	}
	return refused
}
