package bitpaysim

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// market is a currency, fiat or coin, with its price.
type market struct {
	name, symbol string
	precision    int32           // digits displayed
	decimals     int32           // exponent of the smallest unit
	usd          decimal.Decimal // price of one
	chain        string          // empty: fiat
	scheme       string          // payment URI
	perByte      string          // miner fee
	fee          int64           // miner fee in smallest units
}

// coins and fiats are in the order in which answers list them.
var (
	coins = []string{"BTC", "BCH", "ETH", "USDC", "USDT", "DAI", "GUSD", "PAX", "XRP", "DOGE", "LTC", "MATIC", "USDC_m"}
	fiats = []string{"USD", "EUR", "GBP", "CAD", "AUD", "JPY"}
)

func startPrices() map[string]market {
	usd := func(text string) decimal.Decimal { return decimal.RequireFromString(text) } // constants below
	return map[string]market{
		"BTC":    {"Bitcoin", "₿", 6, 8, usd("50000"), "BTC", "bitcoin", "1", 100},
		"BCH":    {"Bitcoin Cash", "BCH", 6, 8, usd("500"), "BCH", "bitcoincash", "1.004", 220},
		"ETH":    {"Ethereum", "Ξ", 6, 18, usd("2500"), "ETH", "ethereum", "0", 0},
		"USDC":   {"USD Coin", "USDC", 2, 6, usd("1"), "ETH", "ethereum", "0", 0},
		"USDT":   {"Tether", "USDT", 2, 6, usd("1"), "ETH", "ethereum", "0", 0},
		"DAI":    {"Dai", "DAI", 2, 18, usd("1"), "ETH", "ethereum", "0", 0},
		"GUSD":   {"Gemini Dollar", "GUSD", 2, 2, usd("1"), "ETH", "ethereum", "0", 0},
		"PAX":    {"Paxos Standard", "PAX", 2, 18, usd("1"), "ETH", "ethereum", "0", 0},
		"XRP":    {"Ripple", "XRP", 6, 6, usd("0.5"), "XRP", "ripple", "0", 12},
		"DOGE":   {"Dogecoin", "Ð", 6, 8, usd("0.125"), "DOGE", "dogecoin", "442478.5", 100000000},
		"LTC":    {"Litecoin", "Ł", 6, 8, usd("80"), "LTC", "litecoin", "101.5", 22700},
		"MATIC":  {"Polygon", "MATIC", 6, 18, usd("0.4"), "MATIC", "matic", "0", 0},
		"USDC_m": {"USD Coin (Polygon)", "USDC", 2, 6, usd("1"), "MATIC", "matic", "0", 0},
		"USD":    {"US Dollar", "$", 2, 2, usd("1"), "", "", "", 0},
		"EUR":    {"Eurozone Euro", "€", 2, 2, usd("1.1"), "", "", "", 0},
		"GBP":    {"Pound Sterling", "£", 2, 2, usd("1.25"), "", "", "", 0},
		"CAD":    {"Canadian Dollar", "$", 2, 2, usd("0.73"), "", "", "", 0},
		"AUD":    {"Australian Dollar", "$", 2, 2, usd("0.66"), "", "", "", 0},
		"JPY":    {"Japanese Yen", "¥", 0, 0, usd("0.0067"), "", "", "", 0},
	}
}

// ErrUnknownCurrency is returned for a code the simulator does not list.
var ErrUnknownCurrency = errors.New("bitpaysim: unknown currency: take one of GET /currencies")

// SetPrice sets the price in USD of one whole coin or unit of fiat money, for
// invoices and rates from now on. usd is a positive decimal number. Errors:
// [ErrUnknownCurrency], and what the number is refused with.
func (s *Server) SetPrice(code, usd string) error {
	d, err := money.ParseDecimal(usd)
	if err != nil {
		return fmt.Errorf("bitpaysim: set price of %s: %w", code, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.prices[code]
	if !ok || code == "USD" {
		return fmt.Errorf("%w: %q", ErrUnknownCurrency, code)
	}
	m.usd = d
	s.prices[code] = m
	return nil
}

// rate is how many units of currency one unit of base is worth, as shown and as
// reckoned with: at most ten decimals.
func (s *Server) rate(base, currency string) decimal.Decimal {
	return s.prices[base].usd.DivRound(s.prices[currency].usd, 10)
}

// smallest turns an amount in base units into smallest units.
func (m market) smallest(d decimal.Decimal) *big.Int { return d.Shift(m.decimals).BigInt() }

// whole turns smallest units into base units.
func (m market) whole(units *big.Int) decimal.Decimal {
	return decimal.NewFromBigInt(units, -m.decimals)
}

func isCoin(code string) bool { return slices.Contains(coins, code) }
