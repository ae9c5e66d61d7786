package hd

import (
	"crypto/sha512"
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// external is the branch of addresses shown to payers (BIP44).
const external = 0

// errNoState cannot happen with Go's own SHA-512, whose state can be saved.
var errNoState = errors.New("hd: this build's SHA-512 does not save its state; use Go's own")

// branch derives the children of one extended public key. It is immutable.
type branch struct {
	point secp256k1.JacobianPoint // affine
	// States of the two SHA-512 of the HMAC, after the padded chain code; the
	// inner one has taken the public key too. Children differ in the four bytes
	// that follow.
	inner, outer []byte
}

func newBranch(k extendedKey) (*branch, error) {
	pub, err := secp256k1.ParsePubKey(k.key[:])
	if err != nil {
		return nil, fmt.Errorf("hd: branch key: %w", err)
	}
	b := new(branch)
	pub.AsJacobian(&b.point)
	if b.inner, err = midstate(k.chainCode, 0x36, k.key[:]); err != nil {
		return nil, err
	}
	b.outer, err = midstate(k.chainCode, 0x5c, nil)
	return b, err
}

// midstate returns the state of SHA-512 after the HMAC key, padded with pad to a
// block, and more.
func midstate(key [chainCodeLen]byte, pad byte, more []byte) ([]byte, error) {
	var block [sha512.BlockSize]byte
	copy(block[:], key[:])
	for i := range block {
		block[i] ^= pad
	}
	h := sha512.New()
	h.Write(block[:])
	h.Write(more)
	m, ok := h.(encoding.BinaryMarshaler)
	if !ok {
		return nil, errNoState
	}
	state, err := m.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("hd: save SHA-512 state: %w", err)
	}
	return state, nil
}

// stateHash is a hash that can be set back to a saved state.
type stateHash interface {
	hash.Hash
	encoding.BinaryUnmarshaler
}

// tweaker computes the left half of BIP32's HMAC for one branch. It is for one
// goroutine.
type tweaker struct {
	b            *branch
	inner, outer stateHash
	sum          [sha512.Size]byte
}

func (b *branch) tweaker() (*tweaker, error) {
	inner, ok1 := sha512.New().(stateHash)
	outer, ok2 := sha512.New().(stateHash)
	if !ok1 || !ok2 {
		return nil, errNoState
	}
	return &tweaker{b: b, inner: inner, outer: outer}, nil
}

// tweak sets k to I_L of a child. It reports false when I_L is not below the
// group's order: that child does not exist.
func (t *tweaker) tweak(index uint32, k *secp256k1.ModNScalar) (bool, error) {
	if err := t.inner.UnmarshalBinary(t.b.inner); err != nil {
		return false, fmt.Errorf("hd: load SHA-512 state: %w", err)
	}
	if err := t.outer.UnmarshalBinary(t.b.outer); err != nil {
		return false, fmt.Errorf("hd: load SHA-512 state: %w", err)
	}
	binary.BigEndian.PutUint32(t.sum[:4], index)
	t.inner.Write(t.sum[:4])
	t.outer.Write(t.inner.Sum(t.sum[:0]))
	t.outer.Sum(t.sum[:0])
	overflow := k.SetBytes((*[32]byte)(t.sum[:32]))
	return overflow == 0, nil
}

// children derives count children from an index on, those that exist, as affine
// points. The indexes must lie below 2^31.
func (b *branch) children(dst []child, from uint32, count int) ([]child, error) {
	t, err := b.tweaker()
	if err != nil {
		return nil, err
	}
	parent := b.point // a copy for this goroutine
	var k secp256k1.ModNScalar
	var p secp256k1.JacobianPoint
	start := len(dst)
	for i := range count {
		index := from + uint32(i)
		ok, err := t.tweak(index, &k)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		c := child{index: index}
		secp256k1.ScalarBaseMultNonConst(&k, &p)
		secp256k1.AddNonConst(&p, &parent, &c.point)
		if infinite(&c.point) {
			continue
		}
		dst = append(dst, c)
	}
	toAffine(dst[start:])
	return dst, nil
}
