package hd

import "github.com/decred/dcrd/dcrec/secp256k1/v4"

// child is a derived public key.
type child struct {
	index uint32
	point secp256k1.JacobianPoint
}

// compressed returns the 33 bytes of an affine child.
func (c *child) compressed() (key [keyLen]byte) {
	key[0] = secp256k1.PubKeyFormatCompressedEven
	if c.point.Y.IsOdd() {
		key[0] = secp256k1.PubKeyFormatCompressedOdd
	}
	c.point.X.PutBytesUnchecked(key[1:])
	return key
}

func infinite(p *secp256k1.JacobianPoint) bool {
	return p.Z.IsZero() || p.X.IsZero() && p.Y.IsZero()
}

// toAffine brings all points to Z = 1 with one field inversion: the product of
// all Z is inverted, and each Z's inverse is unwound from it (Montgomery). No
// point may be infinite: one zero would spoil the whole batch.
func toAffine(cs []child) {
	if len(cs) == 0 {
		return
	}
	// products[i] is the product of the Z before i.
	products := make([]secp256k1.FieldVal, len(cs))
	var acc secp256k1.FieldVal
	acc.SetInt(1)
	for i := range cs {
		products[i].Set(&acc)
		acc.Mul(&cs[i].point.Z)
	}
	acc.Inverse()
	var inv, power secp256k1.FieldVal
	for i := len(cs) - 1; i >= 0; i-- {
		p := &cs[i].point
		inv.Mul2(&acc, &products[i])
		acc.Mul(&p.Z)
		power.SquareVal(&inv)
		p.X.Mul(&power).Normalize()
		p.Y.Mul(power.Mul(&inv)).Normalize()
		p.Z.SetInt(1)
	}
}
