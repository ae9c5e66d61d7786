package hd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address/base58"
	"github.com/cointill/cointill/chain/hd"
)

func FuzzOpenWallet(f *testing.F) {
	for _, v := range invalidKeys {
		f.Add(v.key)
	}
	for _, v := range accounts {
		f.Add(v.key)
	}
	f.Add(xpub)
	f.Fuzz(func(t *testing.T, key string) {
		w, err := hd.OpenWallet(chain.Bitcoin, hd.BIP44, key)
		if err != nil {
			require.Nil(t, w)
			var refused *hd.KeyError
			require.ErrorAs(t, err, &refused)
			return
		}
		leaves, err := w.Leaves(0, 1)
		require.NoError(t, err)
		require.Len(t, leaves, 1)
	})
}

func FuzzVerifyControl(f *testing.F) {
	bitcoin, err := hd.OpenWallet(chain.Bitcoin, hd.BIP44, trezorBIP44)
	require.NoError(f, err)
	ethereum, err := hd.OpenWallet(chain.Ethereum, hd.BIP44, trezorETH)
	require.NoError(f, err)
	f.Add("another message", b64(f, sigP2PKH))
	f.Add("another message", sigETH)
	f.Fuzz(func(t *testing.T, message, signature string) {
		if message == trezorMessage {
			return // it may have real signatures
		}
		require.Error(t, bitcoin.VerifyControl(message, signature))
		require.Error(t, ethereum.VerifyControl(message, signature))
	})
}

// FuzzExtendedKey gets past the checksum: 78 bytes are read as they come.
func FuzzExtendedKey(f *testing.F) {
	for i, v := range accounts {
		raw, err := base58.DecodeCheck(nil, v.key)
		require.NoError(f, err)
		f.Add(uint8(i), uint8(v.scheme), raw)
	}
	for _, v := range invalidKeys {
		if raw, err := base58.DecodeCheck(nil, v.key); err == nil {
			f.Add(uint8(0), uint8(hd.BIP44), raw)
		}
	}
	f.Fuzz(func(t *testing.T, network, scheme uint8, raw []byte) {
		encoded, err := base58.AppendCheck(nil, raw)
		if err != nil {
			return // longer than any key
		}
		key := string(encoded)
		n := accounts[int(network)%len(accounts)].network
		w, err := hd.OpenWallet(n, hd.Scheme(scheme), key)
		if err != nil {
			require.Nil(t, w)
			var refused *hd.KeyError
			require.ErrorAs(t, err, &refused)
			require.NotContains(t, err.Error(), key)
			return
		}
		require.Len(t, raw, 78)
		require.Contains(t, []byte{2, 3}, raw[45], "a public key")
		again, err := hd.OpenWallet(n, hd.Scheme(scheme), key)
		require.NoError(t, err)
		one, err := w.Leaves(0, 2)
		require.NoError(t, err)
		two, err := again.Leaves(0, 2)
		require.NoError(t, err)
		require.Equal(t, one, two)
		require.NotEqual(t, one[0], one[1])
	})
}
