package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// thin is a narrow space that does not break, before units.
const thin = "\u202f"

// fiat writes a value as people read it: "$1,234.50", with a real minus sign.
func fiat(x money.Amount) string {
	text, minus := strings.CutPrefix(x.Text(), "-")
	out := symbol(x.Asset().Currency()) + grouped(text)
	if minus {
		out = "−" + out
	}
	return out
}

// signed writes a change of a balance with its sign.
func signed(x money.Amount) string {
	if x.Sign() > 0 {
		return "+" + fiat(x)
	}
	return fiat(x)
}

func symbol(c money.Currency) string {
	switch c {
	case money.USD:
		return "$"
	case money.EUR:
		return "€"
	}
	return string(c) + thin
}

// price writes a rate with at least two and at most four decimals.
func price(r money.Rate) string {
	return symbol(currency) + grouped(trimmed(r.Decimal().Truncate(4).StringFixed(4)))
}

// coins writes an amount of coins with all decimals that say something, at least
// two, and the unit.
func coinText(x money.Amount) string {
	if x.Asset().Coin == "" {
		return ""
	}
	text, minus := strings.CutPrefix(x.Text(), "-")
	out := grouped(trimmed(text)) + thin + string(x.Asset().Coin)
	if minus {
		out = "−" + out
	}
	return out
}

// trimmed drops zeros at the end beyond two decimals.
func trimmed(s string) string {
	point := strings.IndexByte(s, '.')
	for point >= 0 && len(s) > point+3 && s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	return s
}

// grouped puts commas between thousands.
func grouped(s string) string {
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return whole
}

// fours cuts an address into groups of four characters; 0x stays with the first.
func fours(s string) []string {
	var out []string
	if rest, ok := strings.CutPrefix(s, "0x"); ok && len(rest) > 4 {
		out, s = []string{"0x" + rest[:4]}, rest[4:]
	}
	for ; len(s) > 4; s = s[4:] {
		out = append(out, s[:4])
	}
	return append(out, s)
}

// about writes a duration as an estimate, rounded up.
func about(d time.Duration) string {
	up := func(unit time.Duration) int64 { return int64((d + unit - 1) / unit) }
	switch {
	case d <= time.Minute:
		return fmt.Sprintf("about %d%ss", max(1, up(time.Second)), thin)
	case d < time.Hour:
		return fmt.Sprintf("about %d%smin", up(time.Minute), thin)
	}
	return fmt.Sprintf("about %d%sh", up(time.Hour), thin)
}

// short writes a transaction id by its ends.
func short(id string) string {
	if len(id) <= 16 {
		return id
	}
	return id[:8] + "…" + id[len(id)-6:]
}

func clockText(t time.Time) string { return t.UTC().Format("15:04:05") + " UTC" }
func dayText(t time.Time) string   { return t.UTC().Format("2 Jan 2006") }
