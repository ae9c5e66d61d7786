package rates

import (
	"fmt"
	"time"
)

// FindingKind names what is wrong.
type FindingKind string

// What a composite tells of itself.
const (
	// FindingSourceDown is a source that failed three rounds in a row.
	FindingSourceDown FindingKind = "source_down"
	// FindingDemoted is a source that was an outlier of a pair in more than half
	// of its last 20 rounds: it does not count until 20 clean ones.
	FindingDemoted FindingKind = "source_demoted"
	// FindingNoQuorum is a pair on which too few venues answer or agree.
	FindingNoQuorum FindingKind = "no_quorum"
	// FindingHeld is a pair whose price jumped, or lies over 10 % from a tripwire.
	FindingHeld FindingKind = "held"
	// FindingStale is a followed pair without a price for longer than
	// [Composite.Current] returns one.
	FindingStale FindingKind = "stale"
	// FindingDepegged is a stablecoin off its peg.
	FindingDepegged FindingKind = "depegged"
	// FindingTripwire is a pair that lies far from what a tripwire says.
	FindingTripwire FindingKind = "tripwire"
)

// Finding tells that something began, or is over. It is told once for each.
type Finding struct {
	Kind FindingKind
	// Source is set for source_down, source_demoted and tripwire.
	Source string
	// Pair is set for all but source_down.
	Pair  Pair
	Over  bool
	At    time.Time
	Cause string
}

// String returns the finding as a line of a log.
func (f Finding) String() string {
	s := string(f.Kind)
	if f.Over {
		s += " over"
	}
	if f.Source != "" {
		s += " " + f.Source
	}
	if f.Pair != (Pair{}) {
		s += " " + f.Pair.String()
	}
	if f.Cause != "" {
		s += fmt.Sprintf(": %s", f.Cause)
	}
	return s
}

// SourceHealth is the state of one source.
type SourceHealth struct {
	Name string
	Role Role
	// OK is whether its last answer was an answer; true before the first.
	OK bool
	// Since is when OK last changed, zero before the first answer.
	Since time.Time
	// LastError is the last failure, kept after it is over; LastAt is when it was.
	LastError string
	LastAt    time.Time
	// Failures counts the rounds failed in a row.
	Failures int
	// Demoted lists the pairs for which it does not count at present.
	Demoted []Pair
}
