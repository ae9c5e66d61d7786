package exchange

import (
	"strings"
	"sync"
	"time"
)

// keepHistory is how long the rows of an answer serve for other minutes.
const keepHistory = 10 * time.Minute

// history remembers the newest answer of finished minutes of each market, so that
// catching up after an outage asks once for hours and not once for each minute.
type history struct {
	mu    sync.Mutex
	pages map[string]page // by symbol
}

// page is one answer: the rows from an instant on.
type page struct {
	rows     []candle
	from     time.Time
	asked    time.Time
	arrived  time.Time // monotonic
	lastOpen time.Time
}

// keep remembers rows that begin at from, where the answer says whose they are.
func (h *history) keep(rows []candle, a answer, from time.Time) {
	if a.symbol == "" || len(rows) == 0 {
		return
	}
	p := page{rows: rows, from: from, asked: a.asked, arrived: time.Now()}
	for _, r := range rows {
		if r.open.After(p.lastOpen) {
			p.lastOpen = r.open
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pages == nil {
		h.pages = make(map[string]page)
	}
	h.pages[strings.ToUpper(a.symbol)] = p
}

// find returns the page that holds [from, minute] finally: minute had settled
// when it was asked for, and a later row shows that the venue was past it.
func (h *history) find(symbol string, from, minute time.Time) (page, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.pages[strings.ToUpper(symbol)]
	ok = ok && time.Since(p.arrived) < keepHistory && !from.Before(p.from) && p.lastOpen.After(minute) &&
		!p.asked.Before(minute.Add(time.Minute+settled))
	return p, ok
}
