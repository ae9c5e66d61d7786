package hd_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/stretchr/testify/require"
	"github.com/tyler-smith/go-bip32"
	"golang.org/x/crypto/sha3"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address/base58"
	"github.com/cointill/cointill/chain/hd"
)

// holder is whoever has the seed: it derives privately, by go-bip32, what the
// wallet derives publicly.
type holder struct {
	account string // extended public key
	leaf    *secp256k1.PrivateKey
}

func newHolder(t testing.TB, version uint32) holder {
	t.Helper()
	key, err := bip32.NewMasterKey([]byte("a seed for tests, of no value at all"))
	require.NoError(t, err)
	for range 3 {
		key, err = key.NewChildKey(bip32.FirstHardenedChild)
		require.NoError(t, err)
	}
	raw, err := key.PublicKey().Serialize()
	require.NoError(t, err)
	raw = raw[:len(raw)-4]
	binary.BigEndian.PutUint32(raw, version)
	text, err := base58.AppendCheck(nil, raw)
	require.NoError(t, err)
	for range 2 {
		key, err = key.NewChildKey(0)
		require.NoError(t, err)
	}
	return holder{account: string(text), leaf: secp256k1.PrivKeyFromBytes(key.Key)}
}

// signCoin signs as Bitcoin's wallets and their descendants do.
func (h holder) signCoin(coin, message string, header byte) string {
	data := appendText(nil, coin+" Signed Message:\n")
	first := sha256.Sum256(appendText(data, message))
	digest := sha256.Sum256(first[:])
	sig := ecdsa.SignCompact(h.leaf, digest[:], false)
	sig[0] += header - 27
	return base64.StdEncoding.EncodeToString(sig)
}

func appendText(dst []byte, s string) []byte {
	if len(s) < 0xfd {
		dst = append(dst, byte(len(s)))
	} else {
		dst = binary.LittleEndian.AppendUint16(append(dst, 0xfd), uint16(len(s)))
	}
	return append(dst, s...)
}

// signEVM signs as personal_sign does.
func (h holder) signEVM(message string) string {
	k := sha3.NewLegacyKeccak256()
	k.Write([]byte("\x19Ethereum Signed Message:\n" + strconv.Itoa(len(message)) + message))
	sig := ecdsa.SignCompact(h.leaf, k.Sum(nil), false)
	return "0x" + hex.EncodeToString(append(sig[1:], sig[0]))
}

func TestAnyMessageSignedByLeaf0ProvesControl(t *testing.T) {
	const xpubVersion = 0x0488b21e
	h := newHolder(t, xpubVersion)
	wallets := map[string]*hd.Wallet{}
	for coin, n := range map[string]chain.Network{
		"Bitcoin": chain.Bitcoin, "Litecoin": chain.Litecoin, "Dogecoin": chain.Dogecoin, "": chain.Ethereum,
	} {
		w, err := hd.OpenWallet(n, hd.BIP44, h.account)
		require.NoError(t, err)
		wallets[coin] = w
	}
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.StringN(0, 400, 1000).Draw(t, "message")
		// The headers of BIP137: uncompressed, compressed, nested, native.
		header := rapid.SampledFrom([]byte{27, 31, 35, 39}).Draw(t, "header")
		for coin, w := range wallets {
			if coin == "" {
				require.NoError(t, w.VerifyControl(message, h.signEVM(message)))
				continue
			}
			require.NoError(t, w.VerifyControl(message, h.signCoin(coin, message, header)), coin)
		}
		// A signature made for one coin is none for another.
		err := wallets["Litecoin"].VerifyControl(message, h.signCoin("Dogecoin", message, header))
		require.ErrorIs(t, err, hd.ErrOtherKey)
	})
}

func TestControlIsProvedUnderEveryScheme(t *testing.T) {
	h := newHolder(t, 0x0488b21e)
	const message = "cointill wallet control"
	for scheme, header := range map[hd.Scheme]byte{hd.BIP44: 31, hd.BIP49: 35, hd.BIP84: 39, hd.BIP86: 31} {
		w, err := hd.OpenWallet(chain.Bitcoin, scheme, h.account)
		require.NoError(t, err)
		require.NoError(t, w.VerifyControl(message, h.signCoin("Bitcoin", message, header)), scheme)
	}
}
