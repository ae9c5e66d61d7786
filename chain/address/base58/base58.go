package base58

import (
	"crypto/sha256"
	"errors"
)

// MaxText is the length, in characters, beyond which text is refused: enough
// for an extended key (112), short enough to convert in a few microseconds.
const MaxText = 128

// maxPayload is the longest payload whose text cannot exceed MaxText.
const maxPayload = 88

// checkLen is the number of checksum bytes behind a payload.
const checkLen = 4

// The errors of the package. None of them repeats the text: it may be a
// private key.
var (
	// ErrMalformed says that the text is empty, too long, too short to hold a
	// checksum, or has a character outside the alphabet.
	ErrMalformed = errors.New("base58: not base58check text")
	// ErrChecksum says that the text was mistyped or cut.
	ErrChecksum = errors.New("base58: checksum does not match; copy the text again")
	// ErrTooLong says that a payload has more than 88 bytes.
	ErrTooLong = errors.New("base58: payload too long")
)

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// invalid marks bytes outside the alphabet in values.
const invalid = 0xff

var values = func() (t [256]byte) {
	for i := range t {
		t[i] = invalid
	}
	for i := range len(alphabet) {
		t[alphabet[i]] = byte(i)
	}
	return t
}()

// The conversion works on 32-bit words on one side and groups of five
// characters on the other: 58^5 is the largest power of 58 below 2^32.
const (
	group    = 5
	radix    = 58 * 58 * 58 * 58 * 58
	maxWords = (maxPayload + checkLen + 3) / 4
	// maxGroups holds both MaxText characters and maxWords words.
	maxGroups = (MaxText + group - 1) / group
)

// AppendCheck appends the text of payload to dst. The payload begins with its
// version byte or bytes and has at most 88 bytes ([ErrTooLong]). It allocates
// only to grow dst.
func AppendCheck(dst, payload []byte) ([]byte, error) {
	if len(payload) > maxPayload {
		return dst, ErrTooLong
	}
	var buf [maxPayload + checkLen]byte
	n := copy(buf[:], payload)
	sum := checksum(payload)
	n += copy(buf[n:], sum[:])
	return appendBase58(dst, buf[:n]), nil
}

// DecodeCheck appends the payload of text, without its checksum, to dst.
// With [ErrChecksum] the payload is appended all the same, for messages that
// say what the text was meant to be; with [ErrMalformed] nothing is.
func DecodeCheck(dst []byte, text string) ([]byte, error) {
	var buf [MaxText]byte
	raw, ok := decode(&buf, text)
	if !ok || len(raw) < checkLen {
		return dst, ErrMalformed
	}
	payload, check := raw[:len(raw)-checkLen], raw[len(raw)-checkLen:]
	dst = append(dst, payload...)
	if sum := checksum(payload); string(sum[:]) != string(check) {
		return dst, ErrChecksum
	}
	return dst, nil
}

func checksum(payload []byte) [checkLen]byte {
	first := sha256.Sum256(payload)
	second := sha256.Sum256(first[:])
	return [checkLen]byte(second[:checkLen])
}

func appendBase58(dst, raw []byte) []byte {
	zeros := 0
	for zeros < len(raw) && raw[zeros] == 0 {
		zeros++
		dst = append(dst, alphabet[0])
	}
	raw = raw[zeros:]
	// digits are base 58^5, least significant first.
	var digits [maxGroups]uint32
	used := 0
	for len(raw) > 0 {
		n := (len(raw)-1)%4 + 1 // a first short word, then whole ones
		var word uint64
		for _, b := range raw[:n] {
			word = word<<8 | uint64(b)
		}
		raw = raw[n:]
		for j := range used {
			t := uint64(digits[j])<<32 | word
			digits[j] = uint32(t % radix)
			word = t / radix
		}
		for ; word > 0; word /= radix {
			digits[used] = uint32(word % radix)
			used++
		}
	}
	for j := used - 1; j >= 0; j-- {
		var chars [group]byte
		d := digits[j]
		for k := group - 1; k >= 0; k-- {
			chars[k] = alphabet[d%58]
			d /= 58
		}
		text := chars[:]
		for j == used-1 && text[0] == alphabet[0] {
			text = text[1:]
		}
		dst = append(dst, text...)
	}
	return dst
}

// decode converts text into buf and returns the part it filled.
func decode(buf *[MaxText]byte, text string) ([]byte, bool) {
	if text == "" || len(text) > MaxText {
		return nil, false
	}
	zeros := 0
	for zeros < len(text) && text[zeros] == alphabet[0] {
		zeros++
	}
	rest := text[zeros:]
	// words are base 2^32, least significant first.
	var words [maxGroups]uint32
	used := 0
	for rest != "" {
		n := (len(rest)-1)%group + 1
		var digit uint64
		for i := range n {
			v := values[rest[i]]
			if v == invalid {
				return nil, false
			}
			digit = digit*58 + uint64(v)
		}
		rest = rest[n:]
		for j := range used {
			t := uint64(words[j])*radix + digit
			words[j] = uint32(t)
			digit = t >> 32
		}
		if digit > 0 {
			words[used] = uint32(digit)
			used++
		}
	}
	end := len(buf)
	for j := range used {
		w := words[j]
		for k := 0; k < 4; k++ {
			end--
			buf[end] = byte(w)
			w >>= 8
		}
	}
	for end < len(buf) && buf[end] == 0 {
		end++
	}
	// The bytes before end are zero, as the leading ones need, and there are
	// enough of them: no character stands for more than one byte.
	return buf[end-zeros:], true
}
