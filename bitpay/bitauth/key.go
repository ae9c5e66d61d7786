package bitauth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// Errors of the package. None of them repeats its input: it may be a key.
var (
	// ErrKey says that a text or value is not a private key: 64 hexadecimal
	// characters of a number from 1 to the curve's order less one.
	ErrKey = errors.New("bitauth: not a private key of 64 hexadecimal characters")
	// ErrIdentity says that a text is not a compressed secp256k1 public key in
	// hexadecimal (66 characters, 02… or 03…).
	ErrIdentity = errors.New("bitauth: not a compressed public key of 66 hexadecimal characters")
	// ErrSignature says that a signature is not DER in hexadecimal, or not of
	// this identity over this message.
	ErrSignature = errors.New("bitauth: signature does not match")
)

// Key is a private key with its identity. The zero Key signs nothing; make one
// with [NewKey] or [ParseKey]. Keys are immutable and safe for concurrent use.
type Key struct {
	// p is behind a pointer so that printing a struct that holds a Key in an
	// unexported field shows an address, never the key.
	p *pair
}

type pair struct {
	private  *secp256k1.PrivateKey
	identity string
	sin      string
}

// NewKey makes a key from the system's random source.
func NewKey() (Key, error) {
	private, err := secp256k1.GeneratePrivateKey()
	if err != nil {
		return Key{}, fmt.Errorf("bitauth: new key: %w", err)
	}
	return newKey(private)
}

// ParseKey reads the 64 hexadecimal characters that [Key.Reveal] returned, the
// form BitPay's client libraries keep too. Everything else is [ErrKey].
func ParseKey(text string) (Key, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != secp256k1.PrivKeyBytesLen {
		return Key{}, ErrKey
	}
	var scalar secp256k1.ModNScalar
	if scalar.SetByteSlice(raw) || scalar.IsZero() { // not below the order, or no key at all
		return Key{}, ErrKey
	}
	return newKey(secp256k1.NewPrivateKey(&scalar))
}

func newKey(private *secp256k1.PrivateKey) (Key, error) {
	identity := hex.EncodeToString(private.PubKey().SerializeCompressed())
	sin, err := SIN(identity)
	if err != nil {
		return Key{}, err
	}
	return Key{p: &pair{private: private, identity: identity, sin: sin}}, nil
}

// Identity returns the compressed public key in lower-case hexadecimal, what the
// header X-Identity carries; "" for the zero Key.
func (k Key) Identity() string {
	if k.p == nil {
		return ""
	}
	return k.p.identity
}

// SIN returns the client id that pairing announces; "" for the zero Key.
func (k Key) SIN() string {
	if k.p == nil {
		return ""
	}
	return k.p.sin
}

// Sign returns the signature of a message (URL and body) in lower-case
// hexadecimal, what the header X-Signature carries. It fails with [ErrKey] for the
// zero Key; ctx is not used: a signer elsewhere may need it.
func (k Key) Sign(_ context.Context, message []byte) (string, error) {
	if k.p == nil {
		return "", fmt.Errorf("%w: the zero Key", ErrKey)
	}
	digest := sha256.Sum256(message)
	return hex.EncodeToString(ecdsa.Sign(k.p.private, digest[:]).Serialize()), nil
}

// Reveal returns the private key in 64 hexadecimal characters, to be kept where
// secrets are kept; "" for the zero Key. Nothing else in this package shows it.
func (k Key) Reveal() string {
	if k.p == nil {
		return ""
	}
	return hex.EncodeToString(k.p.private.Serialize())
}
