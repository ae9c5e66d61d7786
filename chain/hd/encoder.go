package hd

import (
	"crypto/sha256"
	"hash"

	"golang.org/x/crypto/ripemd160" // what legacy and SegWit addresses are defined by
	"golang.org/x/crypto/sha3"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
)

// encoder turns public keys into addresses. It is for one goroutine.
type encoder struct {
	family  chain.Family
	scheme  Scheme
	hash    hash.Hash // RIPEMD-160 or Keccak-256
	scratch [64]byte
}

func newEncoder(f chain.Family, s Scheme) *encoder {
	e := &encoder{family: f, scheme: s}
	if f == chain.FamilyEVM {
		e.hash = sha3.NewLegacyKeccak256()
	} else {
		e.hash = ripemd160.New()
	}
	return e
}

// address returns the address of an affine child; for BIP86 of an output key.
func (e *encoder) address(c *child) chain.Address {
	if e.family == chain.FamilyEVM {
		return e.evm(c)
	}
	if e.scheme == BIP86 {
		c.point.X.PutBytesUnchecked(e.scratch[:32])
		return address.Witness(e.family, 1, e.scratch[:32])
	}
	key := c.compressed()
	h := e.hash160(key[:])
	switch e.scheme {
	case BIP84:
		return address.Witness(e.family, 0, h[:])
	case BIP49:
		redeem := append([]byte{0, byte(len(h))}, h[:]...)
		return address.ScriptHash(e.family, e.hash160(redeem))
	}
	return address.PubKeyHash(e.family, h)
}

func (e *encoder) hash160(data []byte) [20]byte {
	sum := sha256.Sum256(data)
	e.hash.Reset()
	e.hash.Write(sum[:])
	return [20]byte(e.hash.Sum(e.scratch[:0]))
}

// evm returns the last 20 bytes of the Keccak-256 of the uncompressed point.
func (e *encoder) evm(c *child) chain.Address {
	c.point.X.PutBytesUnchecked(e.scratch[:32])
	c.point.Y.PutBytesUnchecked(e.scratch[32:])
	e.hash.Reset()
	e.hash.Write(e.scratch[:])
	sum := e.hash.Sum(e.scratch[:0])
	return chain.Address{Family: e.family, Raw: string(sum[12:])}
}
