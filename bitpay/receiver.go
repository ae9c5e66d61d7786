package bitpay

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// receiver coalesces notifications by invoice.
type receiver struct {
	Notifications

	mu     sync.Mutex
	active int // ids that some request fetches or waits for
	ids    map[string]*fetching
}

// fetching is what is known of one id: whether a request is at it, whether another
// notification came since its fetch began, and when it last ended.
type fetching struct {
	active bool
	again  bool
	last   time.Time
}

// begin notes a notification. mine says that the caller must run the fetch, ok that
// there was room for it.
func (h *receiver) begin(id string) (mine, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.ids[id]
	if f != nil && f.active {
		f.again = true
		return false, true
	}
	if h.active >= maxFetching || f == nil && !h.room() {
		return false, false
	}
	if f == nil {
		f = &fetching{}
		h.ids[id] = f
	}
	f.active, f.again = true, true
	h.active++
	return true, true
}

// room forgets ids whose last fetch is long enough ago, if there are many.
func (h *receiver) room() bool {
	if len(h.ids) < maxRemembered {
		return true
	}
	for id, f := range h.ids {
		if !f.active && time.Since(f.last) >= fetchEvery {
			delete(h.ids, id)
		}
	}
	return len(h.ids) < maxRemembered
}

// run fetches an id until no notification came since the last fetch began.
func (h *receiver) run(ctx context.Context, id string) {
	defer func() { // Fetch may panic; the server reports it
		h.mu.Lock()
		defer h.mu.Unlock()
		if f := h.ids[id]; f.active {
			f.active = false
			h.active--
		}
	}()
	for {
		wait, more := h.next(id)
		if !more {
			return
		}
		time.Sleep(wait)
		h.mu.Lock()
		h.ids[id].again = false
		h.mu.Unlock()
		h.fetch(ctx, id)
		h.mu.Lock()
		h.ids[id].last = time.Now()
		h.mu.Unlock()
	}
}

// next says how long to wait before the next fetch, or that none is due: then the id
// is free for the next request.
func (h *receiver) next(id string) (time.Duration, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.ids[id]
	if !f.again {
		f.active = false
		h.active--
		return 0, false
	}
	if f.last.IsZero() {
		return 0, true
	}
	return fetchEvery - time.Since(f.last), true
}

func (h *receiver) fetch(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	if err := h.Fetch(ctx, id); err != nil {
		h.Log.WarnContext(ctx, "bitpay notification: invoice not fetched; polling will find it", "invoice", id, "cause", err)
	}
}

// invoiceOf finds the invoice that a notification names: the member id of an
// invoice, flat or in data beside an event, or the member invoice of a refund. It is
// "" for an event of a payout or its recipient.
func invoiceOf(body []byte) (string, error) {
	var n struct {
		Event json.RawMessage
		Data  json.RawMessage
	}
	if err := json.Unmarshal(body, &n); err != nil {
		return "", fmt.Errorf("not an object: %w", err)
	}
	var event struct{ Code json.Number }
	if given(n.Event) && given(n.Data) {
		body = n.Data
		if json.Unmarshal(n.Event, &event) == nil && foreign(event.Code.String()) {
			return "", nil
		}
	}
	var about struct {
		ID      string
		Invoice string
	}
	if err := json.Unmarshal(body, &about); err != nil {
		return "", fmt.Errorf("not an object with an id: %w", err)
	}
	id := about.ID
	if about.Invoice != "" {
		id = about.Invoice
	}
	return id, checkID("read notification", "id", id)
}

// foreign reports whether an event's code is of a recipient (4001 to 4007) or a
// payout (5001 to 5005); https://developer.bitpay.com/reference/notifications.
func foreign(code string) bool {
	return len(code) == 4 && (code[0] == '4' || code[0] == '5')
}
