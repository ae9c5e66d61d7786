package bitpaysim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// number writes d as JSON. Small ones get an exponent ("2E-5"), as the service's
// rates have.
func number(d decimal.Decimal) json.Number {
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

func integer(n *big.Int) json.Number { return json.Number(n.String()) }

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
