package rates_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/rates"
)

func TestAtNeverKnowsOfAnythingLater(t *testing.T) {
	at := minute.Add(20 * time.Second)
	for name, c := range map[string]struct {
		points []rates.Point
		want   string
	}{
		"nothing":                        {nil, ""},
		"at the instant":                 {[]rates.Point{live(at, "a")}, "a"},
		"a moment after":                 {[]rates.Point{live(at.Add(1), "late")}, ""},
		"at the end of its age":          {[]rates.Point{live(at.Add(-time.Minute), "b")}, "b"},
		"older":                          {[]rates.Point{live(at.Add(-time.Minute-1), "old")}, ""},
		"the later of two":               {[]rates.Point{live(at.Add(-9), "old"), live(at.Add(-8), "c")}, "c"},
		"the minute that is over":        {[]rates.Point{candle(minute.Add(-time.Minute), "d")}, "d"},
		"its own minute, not over":       {[]rates.Point{candle(minute, "late")}, ""},
		"two minutes ago":                {[]rates.Point{candle(minute.Add(-2*time.Minute), "old")}, ""},
		"live before candle":             {[]rates.Point{candle(minute.Add(-time.Minute), "no"), live(at.Add(-59*time.Second), "e")}, "e"},
		"candle, though an old live":     {[]rates.Point{live(at.Add(-61*time.Second), "old"), candle(minute.Add(-time.Minute), "f")}, "f"},
		"a live of a minute's beginning": {[]rates.Point{live(minute, "g"), candle(minute, "late")}, "g"},
	} {
		p, ok := rates.At(c.points, at.In(time.FixedZone("LMT", 1172)), time.Minute)
		require.Equal(t, c.want != "", ok, name)
		require.Equal(t, c.want, p.Snapshot, name)
	}
	_, ok := rates.At([]rates.Point{candle(minute.Add(-time.Minute), "x")}, at, 19*time.Second)
	require.False(t, ok, "it ended 20 seconds ago")
}

// A store appends live points in order of time and keeps the first candle of a
// minute. What was once answered about an instant that has passed is answered
// again, whatever came later, in whatever order it is read, after a restart.
func TestAnAnswerAboutThePastStaysWhateverComesLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var points []rates.Point
		type answer struct {
			at             time.Time
			receipt, known string
		}
		var answers []answer
		now := minute
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 45_000).Draw(t, "milliseconds")) * time.Millisecond)
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0, 1:
				points = append(points, live(now, fmt.Sprint("live ", i)))
			case 2:
				over := now.Truncate(time.Minute).Add(-time.Duration(rapid.IntRange(1, 3).Draw(t, "minutes")) * time.Minute)
				if !known(points, over) {
					points = append(points, candle(over, fmt.Sprint("candle ", i)))
				}
			case 3:
				at := now.Add(-rates.ForwardWindow - time.Duration(rapid.IntRange(0, 60_000).Draw(t, "ago"))*time.Millisecond)
				receipt, okReceipt := rates.Receipt(points, at)
				was, okAt := rates.At(points, at, 90*time.Second)
				require.False(t, okReceipt && !receipt.Candle && receipt.AsOf.Before(at))
				require.False(t, okAt && was.AsOf.After(at))
				require.False(t, okAt && was.Candle && was.AsOf.Add(time.Minute).After(at))
				answers = append(answers, answer{at, receipt.Snapshot, was.Snapshot})
			}
		}
		body, err := json.Marshal(points)
		require.NoError(t, err)
		var restarted []rates.Point
		require.NoError(t, json.Unmarshal(body, &restarted))
		restarted = rapid.Permutation(restarted).Draw(t, "order")
		for _, a := range answers {
			receipt, _ := rates.Receipt(restarted, a.at)
			was, _ := rates.At(restarted, a.at, 90*time.Second)
			if a.receipt != "" {
				require.Equal(t, a.receipt, receipt.Snapshot)
			}
			if a.known != "" {
				require.Equal(t, a.known, was.Snapshot)
			}
		}
	})
}

func known(points []rates.Point, minute time.Time) bool {
	for _, p := range points {
		if p.Candle && p.AsOf.Equal(minute) {
			return true
		}
	}
	return false
}
