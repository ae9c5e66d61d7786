package address

import "github.com/cointill/cointill/chain"

// parseSegWit reads a SegWit address whose human-readable part is already known
// to be the network's.
func parseSegWit(n chain.Network, t *bech32Text) (chain.Address, Code) {
	if t.constant != bech32Const && t.constant != bech32mConst {
		return chain.Address{}, CodeBadChecksum
	}
	if t.n < 1 {
		return chain.Address{}, CodeMalformed
	}
	version := t.data[0]
	if version > maxVersion || witnessConstant(version) != t.constant {
		return chain.Address{}, CodeMalformed
	}
	var buf [bech32Max]byte
	program, ok := regroup8(buf[:0], t.data[1:t.n])
	a := Witness(n.Family, version, program)
	if !ok || a.IsZero() {
		return chain.Address{}, CodeMalformed
	}
	return a, ""
}

// formatSegWit writes a SegWit address.
func formatSegWit(hrp string, version byte, program string) string {
	var five, text [2 * bech32Max]byte
	data := append(five[:0], version)
	data = regroup5(data, program)
	return string(appendBech32(text[:0], hrp, data, witnessConstant(version)))
}

// witnessConstant is BIP350's rule: version 0 is Bech32, later ones Bech32m.
func witnessConstant(version byte) uint32 {
	if version == 0 {
		return bech32Const
	}
	return bech32mConst
}

// regroup8 packs 5-bit values into bytes. It reports false when more than four
// bits are left over or one of those is not zero (BIP173).
func regroup8(dst, five []byte) ([]byte, bool) {
	var acc uint32
	bits := 0
	for _, v := range five {
		acc = acc<<5 | uint32(v)
		if bits += 5; bits >= 8 {
			bits -= 8
			dst = append(dst, byte(acc>>bits))
			acc &= 1<<bits - 1
		}
	}
	return dst, bits <= 4 && acc == 0
}

// regroup5 spreads bytes over 5-bit values, filling up with zero bits.
func regroup5(dst []byte, eight string) []byte {
	var acc uint32
	bits := 0
	for i := range len(eight) {
		acc = acc<<8 | uint32(eight[i])
		for bits += 8; bits >= 5; {
			bits -= 5
			dst = append(dst, byte(acc>>bits&31))
		}
		acc &= 1<<bits - 1
	}
	if bits > 0 {
		dst = append(dst, byte(acc<<(5-bits)&31))
	}
	return dst
}
