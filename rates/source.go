package rates

import (
	"context"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Market is a book of a venue: a coin, priced in a currency or in another coin.
// USDT/USD and BTC/USDT together give BTC/USD.
type Market struct {
	Coin money.Coin
	// Quote is "USD", "EUR", or the coin the book is kept in: "USDT".
	Quote string
}

// String returns "BTC/USDT".
func (m Market) String() string { return string(m.Coin) + "/" + m.Quote }

// Market returns the pair as a direct book.
func (p Pair) Market() Market { return Market{p.Coin, string(p.Currency)} }

// Quote is one venue's answer about one market.
type Quote struct {
	Market Market
	// Price is the answer as evidence. Price.Rejected says why it must not be
	// counted; the source sets it for what it alone can know (a closed market, a
	// crossed symbol), [Check] for the rest.
	Price Price
	// Value is what to count: the middle of bid and ask, or a candle's close. It
	// is not valid when the answer was rejected.
	Value money.Rate
}

// Role says what a source's answers are good for.
type Role string

// The roles.
const (
	// RoleMember counts towards the median and the quorum.
	RoleMember Role = "member"
	// RoleOracle counts like a member and has no book: its price moves by rules of
	// its own, so its source alone judges how old it may be.
	RoleOracle Role = "oracle"
	// RoleTripwire never counts: a composite that lies far from it is degraded.
	// Aggregators, oracles and central banks are tripwires.
	RoleTripwire Role = "tripwire"
)

// counts reports whether answers of the role enter the median and the quorum.
func (r Role) counts() bool { return r == RoleMember || r == RoleOracle }

// Source is one venue. Its methods may be called from several goroutines; equal
// concurrent calls share one request. Errors wrap [ErrUnavailable] or
// [ErrUnknownPair], name the source, and hold no credential.
type Source interface {
	// Name is the venue's name in evidence: "kraken". What stands before a slash is
	// one venue: "chainlink/ethereum" and "chainlink/bsc" count once.
	Name() string
	// Role says how its answers count.
	Role() Role
	// Serves reports whether the venue may quote a market, by what is known
	// without asking it. A market it is found not to list is simply left out of
	// answers.
	Serves(m Market) bool
	// Quotes asks for the markets as the venue has them now, in one call where the
	// venue has one. What the venue does not quote is left out; what it quotes and
	// must not be believed is returned rejected. Price.FetchedAt is the instant
	// before the question was sent.
	Quotes(ctx context.Context, markets []Market) ([]Quote, error)
	// Candle returns the close of the finished one-minute candle that contains at,
	// or ErrUnavailable while it is not finished, or the venue does not reach back
	// that far.
	Candle(ctx context.Context, m Market, at time.Time) (Quote, error)
}
