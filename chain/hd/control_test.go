package hd_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/hd"
)

// Accounts of the seed "all all … all" and messages that a Trezor signed with
// their leaf 0.
const (
	trezorBIP44 = "xpub6BiVtCpG9fQPxnPmHXG8PhtzQdWC2Su4qWu6XW9tpWFYhxydCLJGrWBJZ5H6qTAHdPQ7pQhtpjiYZVZARo14qHiay2fvrX996oEP42u8wZy"
	trezorBIP84 = "zpub6rszzdAK6RuafeRwyN8z1cgWcXCuKbLmjjfnrW4fWKtcoXQ8787214pNJjnBG5UATyghuNzjn6Lfp5k5xymrLFJnCy46bMYJPyZsbpFGagT"
	trezorETH   = "xpub6CNFa58kEQJu2hwMVoofpDEKVVSg6gfwqBqE2zHAianaUnQkrJzJJ42iLDp7Dmg2aP88qCKoFZ4jidk3tECdQuF4567NGHDfe7iBRwHxgke"

	trezorMessage = "This is an example of a signed message."
	sigP2PKH      = "20fd8f2f7db5238fcdd077d5204c3e6949c261d700269cefc1d9d2dcef6b95023630ee617f6c8acf9eb40c8edd704c9ca74ea4afc393f43f35b4e8958324cbdd1c"
	sigP2WPKH     = "28b55d7600d9e9a7e2a49155ddf3cfdb8e796c207faab833010fa41fb7828889bc47cf62348a7aaa0923c0832a589fab541e8f12eb54fb711c90e2307f0f66b194"
	sigElectrum   = "20b55d7600d9e9a7e2a49155ddf3cfdb8e796c207faab833010fa41fb7828889bc47cf62348a7aaa0923c0832a589fab541e8f12eb54fb711c90e2307f0f66b194"
	sigLongP2WPKH = "28c6f86e255eaa768c447d635d91da01631ac54af223c2c182d4fa3676cfecae4a199ad33a74fe04fb46c39432acb8d83de74da90f5f01123b3b7d8bc252bc7f71"
	sigETH        = "af4eac50f21acc6daeb0ab036f616f5d19fccade46e47100642b3dfc798c9b740d5873887bdc2f02502c90777a082d10dca113bd1ec29d08108396401421c8cc1b"
	sigLongETH    = "e9b3648fe10146a7c5c73ae1e42468273b945554b13769be19c3658e5b55c62d7036b56c1e094dc364060b798b120a528f31d91e815d0612c367bf7471519c761c"
)

var longMessage = strings.Repeat("VeryLongMessage!", 64)

func b64(t testing.TB, digits string) string {
	t.Helper()
	raw, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(raw)
}

func TestSignaturesOfRealWalletsProveControl(t *testing.T) {
	cases := []struct {
		name               string
		network            chain.Network
		scheme             hd.Scheme
		key                string
		message, signature string
	}{
		{"P2PKH", chain.Bitcoin, hd.BIP44, trezorBIP44, trezorMessage, b64(t, sigP2PKH)},
		{"P2WPKH", chain.Bitcoin, hd.BIP84, trezorBIP84, trezorMessage, b64(t, sigP2WPKH)},
		{"P2WPKH with a P2PKH header", chain.Bitcoin, hd.BIP84, trezorBIP84, trezorMessage, b64(t, sigElectrum)},
		{"long message", chain.Bitcoin, hd.BIP84, trezorBIP84, longMessage, b64(t, sigLongP2WPKH)},
		{"personal_sign", chain.Ethereum, hd.BIP44, trezorETH, trezorMessage, sigETH},
		{"personal_sign with 0x", chain.Ethereum, hd.BIP44, trezorETH, trezorMessage, "0x" + sigETH},
		{"personal_sign with recovery 0", chain.Ethereum, hd.BIP44, trezorETH, trezorMessage, sigETH[:128] + "00"},
		{"long message, personal_sign", chain.Ethereum, hd.BIP44, trezorETH, longMessage, sigLongETH},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, err := hd.OpenWallet(c.network, c.scheme, c.key)
			require.NoError(t, err)
			require.NoError(t, w.VerifyControl(c.message, c.signature))
			require.ErrorIs(t, w.VerifyControl(c.message+".", c.signature), hd.ErrOtherKey)
			require.Error(t, w.VerifyControl(c.message, flip(c.signature)))

			stranger := open(t, c.network, c.scheme)
			require.ErrorIs(t, stranger.VerifyControl(c.message, c.signature), hd.ErrOtherKey)
		})
	}
}

// flip changes one character in the middle of a signature.
func flip(s string) string {
	c := byte('a')
	if s[20] == c {
		c = 'b'
	}
	return s[:20] + string(c) + s[21:]
}

func TestWhatIsNoSignatureIsRefusedAsSuch(t *testing.T) {
	bitcoin, err := hd.OpenWallet(chain.Bitcoin, hd.BIP44, trezorBIP44)
	require.NoError(t, err)
	ethereum, err := hd.OpenWallet(chain.Ethereum, hd.BIP44, trezorETH)
	require.NoError(t, err)
	for _, c := range []struct {
		name, signature string
		wallet          *hd.Wallet
	}{
		{"empty", "", bitcoin},
		{"hex for Bitcoin", sigP2PKH, bitcoin},
		{"64 bytes", b64(t, sigP2PKH[2:]), bitcoin},
		{"header 26", b64(t, "1a"+sigP2PKH[2:]), bitcoin},
		{"header 43", b64(t, "2b"+sigP2PKH[2:]), bitcoin},
		{"r is zero", b64(t, "1f"+strings.Repeat("00", 32)+sigP2PKH[66:]), bitcoin},
		{"s is zero", b64(t, sigP2PKH[:66]+strings.Repeat("00", 32)), bitcoin},
		{"empty", "", ethereum},
		{"base64 for Ethereum", b64(t, sigETH), ethereum},
		{"64 bytes", sigETH[:128], ethereum},
		{"recovery 2", sigETH[:128] + "02", ethereum},
		{"recovery 29", sigETH[:128] + "1d", ethereum},
		{"r of the group's order", "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141" + sigETH[64:], ethereum},
	} {
		t.Run(c.wallet.Network().ID+": "+c.name, func(t *testing.T) {
			require.ErrorIs(t, c.wallet.VerifyControl(trezorMessage, c.signature), hd.ErrSignature)
		})
	}
}
