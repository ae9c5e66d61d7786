package address

import "strings"

// Bech32 (BIP173) and Bech32m (BIP350) differ in one constant.
const (
	bech32Const  = 1
	bech32mConst = 0x2bc830a3
	bech32Max    = 90 // characters of a whole text
	bech32Check  = 6  // characters of the checksum
	hrpMax       = 83
)

const bech32Charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

const notBech32 = 0xff

var bech32Values = func() (t [256]byte) {
	for i := range t {
		t[i] = notBech32
	}
	for i := range len(bech32Charset) {
		t[bech32Charset[i]] = byte(i)
	}
	return t
}()

// bech32Text is a text taken apart. Data are 5-bit values without the checksum.
type bech32Text struct {
	hrp      string
	data     [bech32Max]byte
	n        int
	constant uint32 // what the checksum gives; neither constant: it is wrong
}

// splitBech32 takes text apart. It reports false for text that is not of that
// form at all: no separator, mixed case, characters outside the set, too long.
func splitBech32(text string) (t bech32Text, ok bool) {
	sep := strings.LastIndexByte(text, '1')
	if len(text) > bech32Max || sep < 1 || sep > hrpMax || len(text)-sep-1 < bech32Check {
		return t, false
	}
	lower, upper := false, false
	for i := range len(text) {
		c := text[i]
		if c <= ' ' || c > '~' {
			return t, false
		}
		lower = lower || c >= 'a' && c <= 'z'
		upper = upper || c >= 'A' && c <= 'Z'
	}
	if lower && upper {
		return t, false
	}
	if upper {
		text = strings.ToLower(text)
	}
	t.hrp = text[:sep]
	chk := hrpChecksum(t.hrp)
	for i := sep + 1; i < len(text); i++ {
		v := bech32Values[text[i]]
		if v == notBech32 {
			return t, false
		}
		chk = polymod(chk, v)
		t.data[t.n] = v
		t.n++
	}
	t.n -= bech32Check
	t.constant = chk
	return t, true
}

// appendBech32 appends the text of 5-bit values to dst.
func appendBech32(dst []byte, hrp string, data []byte, constant uint32) []byte {
	dst = append(dst, hrp...)
	dst = append(dst, '1')
	chk := hrpChecksum(hrp)
	for _, v := range data {
		chk = polymod(chk, v)
		dst = append(dst, bech32Charset[v])
	}
	for range bech32Check {
		chk = polymod(chk, 0)
	}
	chk ^= constant
	for i := range bech32Check {
		dst = append(dst, bech32Charset[chk>>(5*(bech32Check-1-i))&31])
	}
	return dst
}

func hrpChecksum(hrp string) uint32 {
	chk := uint32(1)
	for i := range len(hrp) {
		chk = polymod(chk, hrp[i]>>5)
	}
	chk = polymod(chk, 0)
	for i := range len(hrp) {
		chk = polymod(chk, hrp[i]&31)
	}
	return chk
}

// polymod takes one 5-bit value into the checksum of BIP173.
func polymod(chk uint32, v byte) uint32 {
	top := chk >> 25
	chk = chk&0x1ffffff<<5 ^ uint32(v)
	for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			chk ^= g
		}
	}
	return chk
}
