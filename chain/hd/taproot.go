package hd

import (
	"crypto/sha256"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// tapTag begins the data of BIP341's tweak: the tag's hash, twice.
var tapTag = func() (t [2 * sha256.Size]byte) {
	h := sha256.Sum256([]byte("TapTweak"))
	copy(t[:], h[:])
	copy(t[sha256.Size:], h[:])
	return t
}()

// toOutputKeys turns affine children into BIP86's output keys: P + H(P)G for P
// with an even Y. Children without an output key are left out.
func toOutputKeys(cs []child) []child {
	out := cs[:0]
	var tweak secp256k1.ModNScalar
	var q secp256k1.JacobianPoint
	for _, c := range cs {
		var data [len(tapTag) + 32]byte
		copy(data[:], tapTag[:])
		c.point.X.PutBytesUnchecked(data[len(tapTag):])
		sum := sha256.Sum256(data[:])
		if tweak.SetBytes(&sum) != 0 {
			continue
		}
		if c.point.Y.IsOdd() {
			c.point.Y.Negate(1).Normalize()
		}
		secp256k1.ScalarBaseMultNonConst(&tweak, &q)
		p := c.point
		secp256k1.AddNonConst(&q, &p, &c.point)
		if infinite(&c.point) {
			continue
		}
		out = append(out, c)
	}
	toAffine(out)
	return out
}
