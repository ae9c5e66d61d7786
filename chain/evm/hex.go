package evm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
)

const bad = 0xff

// nibble maps a byte to the value of a hex digit, or bad.
var nibble = func() (t [256]byte) {
	for i := range t {
		t[i] = bad
	}
	for i := range 10 {
		t['0'+i] = byte(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = byte(10+i), byte(10+i)
	}
	return t
}()

var errHex = errors.New("not the expected hex text")

// digits returns what follows 0x in a quoted string.
func digits(quoted []byte) ([]byte, error) {
	s, err := text(quoted)
	if err != nil {
		return nil, err
	}
	if len(s) < 2 || s[0] != '0' || s[1] != 'x' {
		return nil, errHex
	}
	return s[2:], nil
}

// fixed reads DATA of exactly len(out) bytes.
func fixed(out, quoted []byte) error {
	if len(quoted) == 2*len(out)+4 && string(quoted[:3]) == `"0x` {
		return unhex(out, quoted[3:]) // escapes would leave too few digits
	}
	s, err := digits(quoted)
	if err != nil {
		return err
	}
	if len(s) != 2*len(out) {
		return errHex
	}
	return unhex(out, s)
}

// unhex decodes 2*len(out) digits, eight at a time.
func unhex(out, s []byte) error {
	const even, quarters = 0x00ff00ff00ff00ff, 0x0000ffff0000ffff
	s = s[:2*len(out)]
	good := uint64(high)
	for len(out) >= 4 && len(s) >= 8 {
		w := binary.LittleEndian.Uint64(s)
		good &= hexLanes(w)
		// A letter's low bits count from 1, and it alone has bit 6.
		n := w&(ones*0x0f) + w>>6&ones*9
		n = (n<<4 | n>>8) & even
		n = (n | n>>8) & quarters
		binary.LittleEndian.PutUint32(out, uint32(n|n>>16))
		out, s = out[4:], s[8:]
	}
	if good&high != high {
		return errHex
	}
	for i := range out {
		h, l := nibble[s[2*i]], nibble[s[2*i+1]]
		if h|l > 15 {
			return errHex
		}
		out[i] = h<<4 | l
	}
	return nil
}

// ones and high have 0x01 and 0x80 in each byte of a word.
const ones, high = 0x0101010101010101, 0x8080808080808080

// hexLanes sets the high bit of the bytes that are hex digits; the other bits
// mean nothing. For bytes below 0x80, adding 0x80-n sets the high bit of those
// that are at least n.
func hexLanes(w uint64) uint64 {
	d := w &^ high
	l := d | ones*0x20
	digit := (d + ones*(0x80-'0')) &^ (d + ones*(0x80-'9'-1))
	letter := (l + ones*(0x80-'a')) &^ (l + ones*(0x80-'f'-1))
	return (digit | letter) &^ w
}

// hexOnly checks that s holds hex digits only.
func hexOnly(s []byte) error {
	good := uint64(high)
	for ; len(s) >= 8; s = s[8:] {
		good &= hexLanes(binary.LittleEndian.Uint64(s))
	}
	if good&high != high {
		return errHex
	}
	for _, c := range s {
		if nibble[c] == bad {
			return errHex
		}
	}
	return nil
}

// quantity reads a QUANTITY of up to 64 bits. Leading zeros, which the
// specification forbids and some nodes write, are accepted.
func quantity(quoted []byte) (uint64, error) {
	s, err := digits(quoted)
	if err != nil {
		return 0, err
	}
	if len(s) == 0 {
		return 0, errHex
	}
	var n uint64
	for _, c := range s {
		d := nibble[c]
		if d == bad || n>>60 != 0 {
			return 0, errHex
		}
		n = n<<4 | uint64(d)
	}
	return n, nil
}

// word returns the digits of a QUANTITY of up to 256 bits.
func word(quoted []byte) ([]byte, error) {
	s, err := digits(quoted)
	if err != nil {
		return nil, err
	}
	if len(s) == 0 || len(s) > 64 {
		return nil, errHex
	}
	return s, hexOnly(s)
}

// optionalWord is word for a field that may be missing: no digits then.
func optionalWord(quoted []byte) ([]byte, error) {
	if isNull(quoted) {
		return nil, nil
	}
	return word(quoted)
}

// number turns checked digits into a number.
func number(s []byte) *big.Int {
	n, ok := new(big.Int).SetString(string(s), 16)
	if !ok {
		return new(big.Int)
	}
	return n
}

// field says which field of an answer could not be read.
func field(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("field %s: %w", name, err)
}

// The specification's text for numbers and for bytes.
func hexNumber(n uint64) string               { return fmt.Sprintf("0x%x", n) }
func hexBytes[T ~string | []byte](b T) string { return fmt.Sprintf("0x%x", b) }
