package rates

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Method says how a snapshot's rate came about.
type Method string

// The methods.
const (
	// MethodFixed is a rate the host configured.
	MethodFixed Method = "fixed"
	// MethodVenue is the middle of one venue's best bid and ask.
	MethodVenue Method = "venue"
	// MethodCandle is the close of a finished one-minute candle.
	MethodCandle Method = "candle"
	// MethodMedian is the plain median of the venues' direct books.
	MethodMedian Method = "median"
	// MethodCross is the median in USD divided by EUR/USD.
	MethodCross Method = "cross"
	// MethodParSnap is 1 because a stablecoin's market lies within the snap band.
	MethodParSnap Method = "par_snap"
	// MethodParCap is 1 because a stablecoin's market lies above it.
	MethodParCap Method = "par_cap"
	// MethodCandleMedian is the median of the venues' finished one-minute candles.
	MethodCandleMedian Method = "candle_median"
	// MethodManual is a rate an operator set.
	MethodManual Method = "manual"
)

// Price is one venue's answer, kept as evidence whether it was used or not.
type Price struct {
	// Source is the venue ("kraken") and Symbol its own name of the pair.
	Source string `json:"source"`
	Symbol string `json:"symbol"`
	// Bid, Ask and Last are what it said; those it did not say are not valid.
	Bid  money.Rate `json:"bid"`
	Ask  money.Rate `json:"ask"`
	Last money.Rate `json:"last"`
	// SourceTime is the venue's own time of the price, zero if it gives none.
	SourceTime time.Time `json:"source_time"`
	// FetchedAt is when the answer arrived here.
	FetchedAt time.Time `json:"fetched_at"`
	// Rejected says why the price was not used; empty if it was.
	Rejected string `json:"rejected,omitempty"`
}

// Snapshot is one composite price with its evidence. It is immutable: make it
// with [NewSnapshot], which computes its ID.
type Snapshot struct {
	// ID is the SHA-256 of the rest, in hex.
	ID   string     `json:"id"`
	Pair Pair       `json:"pair"`
	Rate money.Rate `json:"rate"`
	// AsOf is the instant the rate is for: when the round was taken, or the
	// opening of a candle.
	AsOf   time.Time `json:"as_of"`
	Method Method    `json:"method"`
	// Market is the unsnapped, uncapped rate before any haircut; not valid where
	// it is the Rate.
	Market money.Rate `json:"market,omitzero"`
	// HaircutBps was taken off the market for credits, in basis points.
	HaircutBps int     `json:"haircut_bps,omitempty"`
	Prices     []Price `json:"prices"`
	// Legs are the composites that prices were converted with: USDT/USD, EUR/USD.
	Legs []Snapshot `json:"legs,omitempty"`
	// Policy names the settings in force.
	Policy string `json:"policy,omitempty"`
	// Degraded lists the tripwires that fired.
	Degraded []string `json:"degraded,omitempty"`
	// Operator names who set a manual rate.
	Operator string `json:"operator,omitempty"`
}

// NewSnapshot returns s with times in UTC milliseconds, text in valid UTF-8 and
// its ID set: the same content, and the same read back from JSON, has the same
// ID. It refuses a rate that is not valid ([money.ErrBadNumber]) and a currency
// accounts are not kept in ([ErrUnknownPair]).
func NewSnapshot(s Snapshot) (Snapshot, error) {
	if !s.Rate.Valid() {
		return Snapshot{}, fmt.Errorf("rates: snapshot of %s: %w", s.Pair, money.ErrBadNumber)
	}
	if !s.Pair.Currency.Valid() {
		return Snapshot{}, fmt.Errorf("%w: %s", ErrUnknownPair, s.Pair)
	}
	s.Pair.Coin, s.Method, s.Operator = text(s.Pair.Coin), text(s.Method), text(s.Operator)
	s.AsOf = s.AsOf.UTC().Truncate(time.Millisecond)
	prices := make([]Price, len(s.Prices))
	for i, p := range s.Prices {
		p.Source, p.Symbol, p.Rejected = text(p.Source), text(p.Symbol), text(p.Rejected)
		p.SourceTime = p.SourceTime.UTC().Truncate(time.Millisecond)
		p.FetchedAt = p.FetchedAt.UTC().Truncate(time.Millisecond)
		prices[i] = p
	}
	s.Prices = prices
	s.ID = ""
	body, err := json.Marshal(s)
	if err != nil {
		return Snapshot{}, fmt.Errorf("rates: snapshot of %s: %w", s.Pair, err)
	}
	sum := sha256.Sum256(body)
	s.ID = hex.EncodeToString(sum[:])
	return s, nil
}

// text replaces bytes that are not UTF-8, as happens to a venue's message cut to
// length: JSON would change them, and with them the ID.
func text[T ~string](s T) T { return T(strings.ToValidUTF8(string(s), "\uFFFD")) }
