package chainlink

import "time"

// Currency markets rest from Friday 17:00 to Sunday 18:00 in New York, and feeds
// of them with them (Chainlink, "Selecting quality data feeds", market hours).
// The two hours are reckoned here and not by the system's time zones, so that a
// price is judged alike on every machine.

// forexRest returns the last rest of the currency markets that began at or before
// t: until may lie after t.
func forexRest(t time.Time) (from, until time.Time) {
	sunday := dayOf(t).AddDate(0, 0, 7-int(t.UTC().Weekday())) // of this week or, on a Sunday, the next
	for {
		from = newYork(sunday.AddDate(0, 0, -2), 17)
		if !from.After(t) {
			return from, newYork(sunday, 18)
		}
		sunday = sunday.AddDate(0, 0, -7)
	}
}

func dayOf(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// newYork returns an hour of the afternoon of a day there.
func newYork(day time.Time, hour int) time.Time {
	standard := day.Add(time.Duration(hour+5) * time.Hour)
	if y := day.Year(); !standard.Before(sundayOf(y, time.March, 2).Add(7*time.Hour)) && standard.Before(sundayOf(y, time.November, 1).Add(6*time.Hour)) {
		return standard.Add(-time.Hour) // summer time, by the Energy Policy Act of 2005
	}
	return standard
}

// sundayOf returns the n-th Sunday of a month.
func sundayOf(year int, m time.Month, n int) time.Time {
	first := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (7-int(first.Weekday()))%7+7*(n-1))
}
