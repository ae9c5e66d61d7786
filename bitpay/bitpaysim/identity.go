package bitpaysim

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/ripemd160" // what the client id is defined by

	"github.com/cointill/cointill/chain/address/base58"
)

// ErrIdentity is returned for an X-Identity that is no compressed secp256k1
// public key of 66 hexadecimal digits.
var ErrIdentity = errors.New("bitpaysim: identity is no compressed public key: send 66 hexadecimal digits")

// SIN is the client id of a public key as X-Identity carries it (BitAuth, type 2
// SIN): 35 characters that start with Te or Tf. The error is [ErrIdentity].
func SIN(identity string) (string, error) {
	key, _, err := parseIdentity(identity)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(key)
	h := ripemd160.New()
	h.Write(sum[:])
	sin, err := base58.AppendCheck(nil, h.Sum([]byte{0x0f, 0x02}))
	if err != nil {
		return "", ErrIdentity
	}
	return string(sin), nil
}

func parseIdentity(identity string) ([]byte, *secp256k1.PublicKey, error) {
	raw, err := hex.DecodeString(identity)
	if err != nil || len(raw) != secp256k1.PubKeyBytesLenCompressed {
		return nil, nil, ErrIdentity
	}
	key, err := secp256k1.ParsePubKey(raw)
	if err != nil {
		return nil, nil, ErrIdentity
	}
	return raw, key, nil
}

// Verify says whether signature (hexadecimal, strict DER) is identity's over
// message: the whole URL as sent followed by the body. A high S is as good as a
// low one, because half of what BitPay's Node client up to 8.0 signs has it.
func Verify(identity, signature string, message []byte) bool {
	_, key, err := parseIdentity(identity)
	if err != nil {
		return false
	}
	der, err := hex.DecodeString(signature)
	if err != nil {
		return false
	}
	sig, err := ecdsa.ParseDERSignature(der)
	if err != nil {
		return false
	}
	digest := sha256.Sum256(message)
	return sig.Verify(digest[:], key)
}
