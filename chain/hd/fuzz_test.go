package hd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
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
			t.Skip("the real message may have real signatures")
		}
		require.Error(t, bitcoin.VerifyControl(message, signature))
		require.Error(t, ethereum.VerifyControl(message, signature))
	})
}
