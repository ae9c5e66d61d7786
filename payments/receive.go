package payments

import "time"

// receive chooses a deposit's received-at, once, at its first inclusion. It is a
// pure function of first sight, first inclusion and the heartbeats before them.
//
// First sight counts if it was live, the transaction was mined within the window,
// and the profile had not too much under way unmined (over, see firstsight.go). Seen live in a block for the first time, it was received just then.
// What was found while catching up was received at its block's time, but not
// before the last live heartbeat (it would have been seen) and not after it was
// found.
func receive(d *Deposit, live bool, liveBefore time.Time, window time.Duration, over bool) {
	included := d.IncludedAt
	if !live {
		included = clamp(d.FirstBlock.Time, liveBefore, d.IncludedAt)
	}
	seen := d.SeenAt
	if !d.SeenLive {
		seen = clamp(d.FirstBlock.Time, d.LiveBefore, d.SeenAt)
	}
	switch {
	case included.Sub(seen) > window && d.SeenAt.Before(d.IncludedAt):
		d.ReceivedAt, d.Basis = included, BasisInclusion
		d.AlsoAt = nil // priced when mined, whatever it replaced
	case over && d.SeenAt.Before(d.IncludedAt):
		d.ReceivedAt, d.Basis = included, BasisOverLimit
		d.AlsoAt = nil
	case d.SeenLive:
		d.ReceivedAt, d.Basis = seen, BasisFirstSeen
	default:
		d.ReceivedAt, d.Basis = seen, BasisBlockTime
	}
}

// clamp returns t moved into [low, high]; high wins.
func clamp(t, low, high time.Time) time.Time {
	if t.Before(low) {
		t = low
	}
	if t.After(high) {
		t = high
	}
	return t.UTC()
}
