package hd

import (
	"encoding/binary"
	"errors"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address/base58"
)

// The layout of BIP32's serialisation: version, depth, parent fingerprint,
// child number, chain code, key.
const (
	extendedLen  = 78
	atDepth      = 4
	atParent     = 5
	atIndex      = 9
	atChainCode  = 13
	atKey        = 45
	keyLen       = 33
	chainCodeLen = 32
)

const (
	hardened     = 1 << 31
	accountDepth = 3
)

// extendedKey is a public key with its chain code.
type extendedKey struct {
	key       [keyLen]byte
	chainCode [chainCodeLen]byte
}

// parseAccount reads an account's extended public key for a network and scheme.
// It takes what BIP32 calls valid and nothing else.
func parseAccount(n chain.Network, s Scheme, text string) (extendedKey, error) {
	refuse := func(r Reason, p string) (extendedKey, error) {
		return extendedKey{}, &KeyError{Reason: r, Network: n.ID, Scheme: s, Prefix: p}
	}
	var buf [base58.MaxText]byte
	raw, err := base58.DecodeCheck(buf[:0], text)
	if len(raw) != extendedLen {
		return refuse(ReasonMalformed, "")
	}
	p, private, known := prefixOf(binary.BigEndian.Uint32(raw))
	switch {
	case private, raw[atKey] == 0:
		return refuse(ReasonPrivate, "")
	case errors.Is(err, base58.ErrChecksum):
		return refuse(ReasonChecksum, "")
	case err != nil:
		return refuse(ReasonMalformed, "")
	case !known:
		return refuse(ReasonVersion, "")
	}
	k := extendedKey{
		key:       [keyLen]byte(raw[atKey:]),
		chainCode: [chainCodeLen]byte(raw[atChainCode:atKey]),
	}
	// The library reads 33 bytes as a compressed point on the curve or not at all.
	if _, err := secp256k1.ParsePubKey(k.key[:]); err != nil {
		return refuse(ReasonPoint, p.text)
	}
	depth, index := raw[atDepth], binary.BigEndian.Uint32(raw[atIndex:])
	parent := binary.BigEndian.Uint32(raw[atParent:])
	switch {
	case depth == 0 && (index != 0 || parent != 0):
		return refuse(ReasonParent, p.text)
	case p.multisig:
		return refuse(ReasonMultisig, p.text)
	case !p.fits(n):
		return refuse(ReasonNetwork, p.text)
	case !offers(n, s), p.scheme != 0 && p.scheme != s:
		return refuse(ReasonScheme, p.text)
	case depth != accountDepth, index < hardened:
		return refuse(ReasonDepth, p.text)
	}
	return k, nil
}
