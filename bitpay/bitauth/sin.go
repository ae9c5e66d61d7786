package bitauth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/ripemd160" // what a SIN is defined by

	"github.com/cointill/cointill/chain/address/base58"
)

// A SIN is base58check over these two bytes and the hash of the public key.
const (
	sinPrefix = 0x0f
	sinType   = 0x02 // bound to a key, not to a transaction
)

// SIN returns the client id of an identity: 35 characters that begin with Te or
// Tf. Upper-case hexadecimal is read too. It fails with [ErrIdentity].
func SIN(identity string) (string, error) {
	public, err := parseIdentity(identity)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(public.SerializeCompressed())
	hash := ripemd160.New()
	hash.Write(sum[:])
	text, err := base58.AppendCheck(nil, hash.Sum([]byte{sinPrefix, sinType}))
	if err != nil {
		return "", fmt.Errorf("bitauth: write SIN: %w", err)
	}
	return string(text), nil
}

// Verify reports whether signature (DER in hexadecimal, S high or low) is the
// identity's over message: nil, [ErrIdentity] or [ErrSignature]. It is what a
// server does.
func Verify(identity, signature string, message []byte) error {
	public, err := parseIdentity(identity)
	if err != nil {
		return err
	}
	raw, err := hex.DecodeString(signature)
	if err != nil {
		return fmt.Errorf("%w: not hexadecimal", ErrSignature)
	}
	sig, err := ecdsa.ParseDERSignature(raw)
	if err != nil {
		return fmt.Errorf("%w: not DER", ErrSignature)
	}
	digest := sha256.Sum256(message)
	if !sig.Verify(digest[:], public) {
		return fmt.Errorf("%w: of another key, URL or body", ErrSignature)
	}
	return nil
}

func parseIdentity(identity string) (*secp256k1.PublicKey, error) {
	raw, err := hex.DecodeString(identity)
	if err != nil || len(raw) != secp256k1.PubKeyBytesLenCompressed {
		return nil, ErrIdentity
	}
	public, err := secp256k1.ParsePubKey(raw)
	if err != nil {
		return nil, ErrIdentity
	}
	return public, nil
}
