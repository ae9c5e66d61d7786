package sqltx

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// maxDecimalText bounds a stored decimal. The longest value a deposit can have
// is 97 digits of units times a rate of 48.
const maxDecimalText = 240

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// millis returns an instant as stores keep it, nil for the zero time.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func fromMillis(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMilli(n.Int64).UTC()
}

// ceilMillis returns the first stored instant that is not before t.
func ceilMillis(t time.Time) int64 {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return ms
}

// heightBound returns a height as a bound of a range: all stored heights are
// below 2^63.
func heightBound(h uint64) int64 { return int64(min(h, math.MaxInt64)) }

func hashText(h chain.Hash) string {
	if h.IsZero() {
		return ""
	}
	return h.String()
}

func parseHash(s string) (chain.Hash, error) {
	if s == "" {
		return chain.Hash{}, nil
	}
	return chain.ParseHash(s)
}

func rawText(raw string) string { return hex.EncodeToString([]byte(raw)) }

func parseRaw(s string) (string, error) {
	raw, err := hex.DecodeString(s)
	if err != nil {
		return "", fmt.Errorf("address bytes: %w", err)
	}
	return string(raw), nil
}

// unitsText returns an amount's units, and refuses what could not be read back.
func unitsText(a money.Amount) (string, error) {
	s := a.UnitsText()
	_, err := money.ParseUnits(a.Asset(), s)
	return s, err
}

func parseAmount(asset string, decimals int64, units string) (money.Amount, error) {
	if decimals < 0 || decimals > money.MaxDecimals {
		return money.Amount{}, fmt.Errorf("%w: amount with %d decimals", money.ErrBadNumber, decimals)
	}
	coin, network := money.SplitAssetID(asset)
	return money.ParseUnits(money.Asset{Coin: coin, Network: network, Decimals: uint8(decimals)}, units)
}

func rateText(r money.Rate) (string, error) {
	s := r.String()
	_, err := parseRate(s)
	return s, err
}

func parseRate(s string) (money.Rate, error) {
	if s == "" {
		return money.Rate{}, nil
	}
	d, err := parseDecimal(s)
	if err != nil {
		return money.Rate{}, err
	}
	return money.NewRate(d)
}

// decimalText returns plain digits. The exponent is bounded first, because
// String writes it out.
func decimalText(d decimal.Decimal) (string, error) {
	if d.Exponent() > maxDecimalText || d.Exponent() < -maxDecimalText {
		return "", fmt.Errorf("%w: decimal with exponent %d", money.ErrBadNumber, d.Exponent())
	}
	s := d.String()
	_, err := parseDecimal(s)
	return s, err
}

// parseDecimal reads plain digits with an optional sign and point, zero and
// negative numbers included, and no exponent.
func parseDecimal(s string) (decimal.Decimal, error) {
	whole, frac, dotted := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(s) > maxDecimalText || !plain(whole) || dotted && !plain(frac) {
		return decimal.Decimal{}, fmt.Errorf("%w: stored decimal of %d characters", money.ErrBadNumber, len(s))
	}
	return decimal.NewFromString(s)
}

func plain(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func outpointsText(ops []chain.Outpoint) (any, error) {
	if len(ops) == 0 {
		return "", nil
	}
	body, err := json.Marshal(ops)
	return string(body), err
}

func parseOutpoints(s string) ([]chain.Outpoint, error) {
	if s == "" {
		return nil, nil
	}
	var ops []chain.Outpoint
	if err := json.Unmarshal([]byte(s), &ops); err != nil {
		return nil, fmt.Errorf("outpoints: %w", err)
	}
	return ops, nil
}
