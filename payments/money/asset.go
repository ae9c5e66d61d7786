package money

import "strings"

// Coin is what is priced, by its ticker in capitals: "BTC", "USDT". One coin
// may exist as several assets.
type Coin string

// Currency is a fiat currency by its ISO 4217 code: "USD", "EUR".
type Currency string

// The currencies an account may be kept in.
const (
	USD Currency = "USD"
	EUR Currency = "EUR"
)

// Valid reports whether accounts can be kept in c.
func (c Currency) Valid() bool { return c == USD || c == EUR }

// Asset returns the asset in which values of c are counted: its minor unit,
// with two decimals, on no network.
func (c Currency) Asset() Asset { return Asset{Coin: Coin(c), Decimals: 2} }

// Cents returns n minor units of c as an amount.
func (c Currency) Cents(n int64) Amount { return Units(c.Asset(), n) }

// Asset is what is counted: a coin on one network, with the decimals it has
// there. Network is the network's id ("bitcoin", "bsc") and empty for fiat.
// Assets are comparable and may be map keys.
type Asset struct {
	Coin     Coin
	Network  string
	Decimals uint8
}

// MaxDecimals is the largest number of decimals an asset may have.
const MaxDecimals = 18

// Fiat reports whether the asset is a currency.
func (a Asset) Fiat() bool { return a.Network == "" }

// Currency returns the currency the asset counts, or "" if it is not fiat.
func (a Asset) Currency() Currency {
	if !a.Fiat() {
		return ""
	}
	return Currency(a.Coin)
}

// String returns the asset's id: "USDT@bsc", or "USD" for a currency.
func (a Asset) String() string {
	if a.Fiat() {
		return string(a.Coin)
	}
	return string(a.Coin) + "@" + a.Network
}

// SplitAssetID splits an asset's id ("USDT@bsc") into coin and network. The
// network is empty for a currency.
func SplitAssetID(id string) (Coin, string) {
	coin, network, _ := strings.Cut(id, "@")
	return Coin(coin), network
}
