package chainlink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

const (
	// roundSize is what latestRoundData and getRoundData return: roundId, answer,
	// startedAt, updatedAt and answeredInRound, which is deprecated and not read.
	roundSize = 5 * wordSize
	// ahead is how far an update may lie after the block it is read at: a feed's
	// time is that of the reports in it.
	ahead   = 15 * time.Second
	maxUnix = 253402300799 // the end of the year 9999
	// maxRound bounds the rounds of one aggregator, which counts them in 32 bits.
	maxRound = 1<<32 - 1
)

// roundID is a proxy's number of a round: its aggregator's phase and the round
// there (phase << 64 | round).
type roundID struct {
	phase uint16
	round uint64
}

func (id roundID) word() (w [wordSize]byte) {
	binary.BigEndian.PutUint16(w[22:], id.phase)
	binary.BigEndian.PutUint64(w[24:], id.round)
	return w
}

// String returns the number as the contract has it.
func (id roundID) String() string {
	w := id.word()
	return new(big.Int).SetBytes(w[:]).String()
}

// reading is one round as a contract tells it.
type reading struct {
	id      roundID
	answer  [wordSize]byte // int256
	updated time.Time
}

// errMissing marks a round that does not exist.
var errMissing = errors.New("no such round")

// parseRound reads a round. One that does not exist is errMissing: some
// aggregators revert, some answer with zeros.
func parseRound(b []byte) (reading, error) {
	if b == nil {
		return reading{}, errMissing
	}
	if len(b) != roundSize {
		return reading{}, fmt.Errorf("%w: a round of %d bytes, not %d", errShape, len(b), roundSize)
	}
	updated, err := number(b, 3)
	if err != nil {
		return reading{}, err
	}
	if updated > maxUnix {
		return reading{}, fmt.Errorf("%w: updated at %d", errShape, updated)
	}
	if updated == 0 {
		return reading{}, errMissing
	}
	if !bytes.Equal(b[:22], make([]byte, 22)) {
		return reading{}, fmt.Errorf("%w: a round number of over 80 bits", errShape)
	}
	r := reading{id: roundID{binary.BigEndian.Uint16(b[22:]), binary.BigEndian.Uint64(b[24:])}, updated: time.Unix(int64(updated), 0).UTC()}
	if r.id.round == 0 || r.id.round > maxRound {
		return reading{}, fmt.Errorf("%w: round %d of phase %d", errShape, r.id.round, r.id.phase)
	}
	copy(r.answer[:], b[wordSize:])
	return r, nil
}

// price returns the answer as a rate.
func (r reading) price() (money.Rate, error) {
	if r.answer[0] >= 0x80 {
		return money.Rate{}, errors.New("number: the answer is negative")
	}
	rate, err := money.NewRate(decimal.NewFromBigInt(new(big.Int).SetBytes(r.answer[:]), -decimals))
	if err != nil {
		return money.Rate{}, fmt.Errorf("number: the answer is zero or has too many digits: %w", err)
	}
	return rate, nil
}

// identify checks what a feed says of itself.
func (f Feed) identify(description, places []byte) error {
	if text, err := blob(description, 0); err != nil || string(text) != f.name() {
		return fmt.Errorf("feed: its description is %.40q, not %q: check the proxy's address", text, f.name())
	}
	if n, err := number(places, 0); err != nil || n != decimals || len(places) != wordSize {
		return fmt.Errorf("feed: it has %d decimals, not %d: check the proxy's address", n, decimals)
	}
	return nil
}
