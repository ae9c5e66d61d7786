package rates

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Errors of providers.
var (
	// ErrUnavailable says that no acceptable price could be had now; the call may
	// be tried again. Nothing is ever priced with an older rate instead.
	ErrUnavailable = errors.New("rates: no price available")
	// ErrUnknownPair says that no source quotes the pair; no retry helps.
	ErrUnknownPair = errors.New("rates: pair is not quoted")
	// ErrDepegged says that a stablecoin's market left the band in which its
	// credits are priced without an operator: see [DepeggedError].
	ErrDepegged = errors.New("rates: stablecoin is off its peg")
	// ErrBadPolicy says that a [Policy], a [Rule] or the set of sources makes no
	// sense; nothing was started.
	ErrBadPolicy = errors.New("rates: policy is not usable")
)

// DepeggedError carries the market that a depegged coin has: in USD, also when
// its price in EUR was asked for. An operator who decides by it sets a [Manual]
// rate. It wraps [ErrDepegged] and [ErrUnavailable].
type DepeggedError struct {
	Market Snapshot
}

func (e *DepeggedError) Error() string {
	return fmt.Sprintf("%s: %s at %s; decide by hand", ErrDepegged, e.Market.Pair, e.Market.Rate)
}

// Unwrap returns both errors.
func (e *DepeggedError) Unwrap() []error { return []error{ErrDepegged, ErrUnavailable} }

// Pair is a coin priced in a currency.
type Pair struct {
	Coin     money.Coin
	Currency money.Currency
}

// String returns "BTC/USD".
func (p Pair) String() string { return string(p.Coin) + "/" + string(p.Currency) }

// ParsePair reads what [Pair.String] writes.
func ParsePair(s string) (Pair, bool) {
	coin, currency, ok := strings.Cut(s, "/")
	p := Pair{Coin: money.Coin(coin), Currency: money.Currency(currency)}
	return p, ok && coin != "" && p.Currency.Valid()
}

// Provider gives composite prices. Methods may be called from several
// goroutines. A provider does I/O; the engine never calls it inside a
// transaction.
type Provider interface {
	// Latest returns a snapshot of each pair as the venues see it now, in the
	// order asked. A pair that cannot be priced now is left out; when none can,
	// the error is ErrUnavailable, or ErrUnknownPair if none ever will.
	Latest(ctx context.Context, pairs []Pair) ([]Snapshot, error)
	// Candle returns the close of the finished one-minute candle that contains
	// at, or ErrUnavailable while it is not finished or cannot be had.
	Candle(ctx context.Context, pair Pair, at time.Time) (Snapshot, error)
}
