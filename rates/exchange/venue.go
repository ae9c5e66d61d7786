package exchange

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cointill/cointill/rates"
)

// Venue is one venue's public prices. Make it with [NewKraken] and its like,
// which do no I/O. It is safe for concurrent use; equal concurrent calls share
// one request. Its errors name the venue and wrap [rates.ErrUnavailable], or
// [rates.ErrUnknownPair] where no retry helps.
type Venue struct {
	*client
	dialect dialect
	role    rates.Role
	offer   offer
	// singly says that the venue has no question for several books.
	singly bool
	// closed says that the offer names every coin the venue is asked for.
	closed bool

	mu     sync.Mutex
	listed roster
	due    time.Time // when the list is to be read again; monotonic
}

var _ rates.Source = (*Venue)(nil)

// dialect is how one venue is asked, in its own words. Its errors come from ask
// or from the venue's rows; those of a single row are a quote's rejection.
type dialect interface {
	// list asks for the markets the venue lists.
	list(ctx context.Context) (roster, error)
	// books asks for markets, at once unless the venue is asked singly. It leaves
	// out what the answer does not hold.
	books(ctx context.Context, want roster) ([]rates.Quote, error)
	// past returns the last finished close that opened in [from, minute].
	past(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error)
}

// offer is what a venue may quote: coins by what they are quoted in. Coins that
// are not among ours are left to the venue's own list.
type offer map[string]string

// ours are the coins that an offer must name to have them.
const ours = "BTC LTC DOGE ETH BNB USDC USDT DAI GUSD EUR"

func (o offer) has(m rates.Market) bool {
	if _, ok := o[m.Quote]; !ok || string(m.Coin) == m.Quote {
		return false
	}
	return o.names(m) || !slices.Contains(strings.Fields(ours), string(m.Coin))
}

// names reports whether the offer names the market's coin.
func (o offer) names(m rates.Market) bool {
	return slices.Contains(strings.Fields(o[m.Quote]), string(m.Coin))
}

// Name returns the venue's name in evidence: "kraken".
func (v *Venue) Name() string { return v.name }

// Role returns how the venue's answers count.
func (v *Venue) Role() rates.Role { return v.role }

// Serves reports whether the venue may quote a market: the table of the package
// comment says it for the coins cointill knows, the venue's list for others. It
// does no I/O and its answer never changes.
func (v *Venue) Serves(m rates.Market) bool { return v.offer.has(m) && (!v.closed || v.offer.names(m)) }
