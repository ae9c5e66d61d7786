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
	// FetchedAt is the instant before the question was sent: no book was looked at
	// earlier.
	FetchedAt time.Time `json:"fetched_at"`
	// Rejected says why the price was not used; empty if it was. A composite's
	// reasons begin with one word and a colon: ahead book conversion crossed demoted
	// frozen last number outlier par quorum second spread stale tripwire unavailable
	// unlisted. A source may give reasons of its own. An outlier keeps
	// its rank in the plain median; it does not count in the quorum.
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
	// Operator names who set a manual rate, and Replaces is the id of the snapshot
	// it stands instead of, empty if there was none.
	Operator string `json:"operator,omitempty"`
	Replaces string `json:"replaces,omitempty"`
}

// maxLegs bounds how deep legs may have legs: a stablecoin in EUR is crossed from
// its price at par, which stands on its market, which stands on USDT/USD.
const maxLegs = 4

// NewSnapshot returns s with times in UTC milliseconds, text in valid UTF-8, a
// market equal to the rate left out, legs made the same way and its ID set: the
// same content, and the same read back from JSON, has the same ID. It refuses a
// rate that is not valid and a haircut outside [0, 10000) ([money.ErrBadNumber]),
// and a currency accounts are not kept in ([ErrUnknownPair]).
func NewSnapshot(s Snapshot) (Snapshot, error) { return newSnapshot(s, maxLegs) }

func newSnapshot(s Snapshot, depth int) (Snapshot, error) {
	if !s.Rate.Valid() {
		return Snapshot{}, fmt.Errorf("rates: snapshot of %s: %w", s.Pair, money.ErrBadNumber)
	}
	if !s.Pair.Currency.Valid() {
		return Snapshot{}, fmt.Errorf("%w: %s", ErrUnknownPair, s.Pair)
	}
	if s.HaircutBps < 0 || s.HaircutBps >= whole {
		return Snapshot{}, fmt.Errorf("rates: snapshot of %s: %w: a haircut of %d basis points", s.Pair, money.ErrBadNumber, s.HaircutBps)
	}
	if s.Market.Valid() && s.Market.Equal(s.Rate) {
		s.Market = money.Rate{}
	}
	s.Pair.Coin, s.Method, s.Operator = text(s.Pair.Coin), text(s.Method), text(s.Operator)
	s.Policy, s.Replaces = text(s.Policy), text(s.Replaces)
	s.AsOf = s.AsOf.UTC().Truncate(time.Millisecond)
	prices := make([]Price, len(s.Prices))
	for i, p := range s.Prices {
		p.Source, p.Symbol, p.Rejected = text(p.Source), text(p.Symbol), text(p.Rejected)
		p.SourceTime = p.SourceTime.UTC().Truncate(time.Millisecond)
		p.FetchedAt = p.FetchedAt.UTC().Truncate(time.Millisecond)
		prices[i] = p
	}
	s.Prices = prices
	legs, err := newLegs(s.Legs, depth)
	if err != nil {
		return Snapshot{}, fmt.Errorf("rates: snapshot of %s: %w", s.Pair, err)
	}
	s.Legs = legs
	var degraded []string
	for _, d := range s.Degraded {
		degraded = append(degraded, text(d))
	}
	s.Degraded = degraded
	s.ID = ""
	body, err := json.Marshal(s)
	if err != nil {
		return Snapshot{}, fmt.Errorf("rates: snapshot of %s: %w", s.Pair, err)
	}
	sum := sha256.Sum256(body)
	s.ID = hex.EncodeToString(sum[:])
	return s, nil
}

// newLegs makes each leg anew, so that its ID is that of its content.
func newLegs(legs []Snapshot, depth int) ([]Snapshot, error) {
	if len(legs) > 0 && depth == 0 {
		return nil, fmt.Errorf("%w: legs deeper than %d", money.ErrBadNumber, maxLegs)
	}
	var out []Snapshot
	for _, leg := range legs {
		made, err := newSnapshot(leg, depth-1)
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

// marketRate is the market, which is left out where it is the rate.
func (s Snapshot) marketRate() money.Rate {
	if s.Market.Valid() {
		return s.Market
	}
	return s.Rate
}

// text replaces bytes that are not UTF-8, as happens to a venue's message cut to
// length: JSON would change them, and with them the ID.
func text[T ~string](s T) T { return T(strings.ToValidUTF8(string(s), "\uFFFD")) }
