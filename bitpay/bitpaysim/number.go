package bitpaysim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// number writes d as JSON, in no more digits than JavaScript keeps. Small ones get an
// exponent ("2E-5"), as the service's rates have.
func number(d decimal.Decimal) json.Number {
	if d.NumDigits() > exactDigits {
		if kept, err := decimal.NewFromString(new(big.Float).SetPrec(53).SetRat(d.Rat()).Text('e', -1)); err == nil {
			d = kept
		}
	}
	if !d.IsZero() && d.Abs().LessThan(decimal.New(1, -4)) {
		digits, shift := d.Coefficient(), int64(d.Exponent())
		for ten, rest := big.NewInt(10), new(big.Int); ; shift++ {
			q, r := new(big.Int).QuoRem(digits, ten, rest)
			if r.Sign() != 0 {
				break
			}
			digits = q
		}
		return json.Number(digits.String() + "E" + big.NewInt(shift).String())
	}
	return json.Number(d.String())
}

// exactDigits is how many digits every JavaScript number keeps.
const exactDigits = 15

// integer writes n as the service's JSON.stringify does (ECMAScript, Number::toString):
// rounded to the 53 bits of its numbers, in the fewest digits that name them, and with
// an exponent from 10^21 on: 1000 DAI are 1e+21.
func integer(n *big.Int) json.Number {
	const plainBelow = 21 // digits
	if len(n.Text(10)) <= exactDigits {
		return json.Number(n.Text(10))
	}
	mantissa, exponent, _ := strings.Cut(new(big.Float).SetPrec(53).SetInt(n).Text('e', -1), "e+")
	power, err := strconv.Atoi(exponent)
	if err != nil { // of an integer above 10^15: cannot be
		return json.Number(n.Text(10))
	}
	if power >= plainBelow {
		return json.Number(mantissa + "e+" + strconv.Itoa(power))
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	return json.Number(whole + frac + strings.Repeat("0", power-len(frac)))
}

// readNumber takes a positive JSON number; a text is refused, as the fields it
// serves are documented as numbers.
func readNumber(raw json.RawMessage) (decimal.Decimal, bool) {
	if len(raw) == 0 || raw[0] == '"' {
		return decimal.Decimal{}, false
	}
	d, err := money.ParseDecimal(string(raw))
	return d, err == nil
}

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// name makes n characters out of the parts: the same parts, the same name.
func name(n int, parts ...string) string {
	var b strings.Builder
	for block := uint64(0); b.Len() < n; block++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(strings.Join(parts, "\x00")), block))
		for _, c := range sum {
			if int(c) < 4*len(alphabet) && b.Len() < n { // no character more likely than another
				b.WriteByte(alphabet[int(c)%len(alphabet)])
			}
		}
	}
	return b.String()
}

// fresh makes a name nobody had before.
func (s *Server) fresh(kind string, n int) string {
	s.made++
	return name(n, s.opts.Seed, kind, hex.EncodeToString(binary.BigEndian.AppendUint64(nil, s.made)))
}

// hexName is a transaction id: 64 hexadecimal digits.
func hexName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}
