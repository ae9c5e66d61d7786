package bitpaysim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"time"
)

// maxDeliveries is how many tries are remembered.
const maxDeliveries = 10_000

// Delivery is one try to deliver a notification.
type Delivery struct {
	At        time.Time
	Invoice   string // id
	Refund    string // id; empty: about the invoice
	Event     string // name, such as invoice_confirmed; sent in the extended form only
	Attempt   int    // from 1; a fault's copy has its original's
	URL       string
	Signature string // x-signature as sent; empty: none
	Body      []byte
	Status    int    // HTTP status of the answer; 0: none
	Err       string // why there was no answer
	Fault     NotificationFault
}

// newClient follows no redirect and keeps no connection, as BitPay's sender.
func newClient(t http.RoundTripper) *http.Client {
	if t == nil {
		t = &http.Transport{DisableKeepAlives: true}
	}
	return &http.Client{
		Transport: t, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Sign is the x-signature of a notification: base64 of HMAC-SHA256 over the raw
// body, keyed with the API token that created the invoice.
func Sign(token string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Deliver sends every notification that is due, retries included, and says how
// many tries it made. Anything but HTTP 200 is a failure and is tried again
// after 1, 5, 14, 30 and 55 minutes of the simulated clock.
func (s *Server) Deliver(ctx context.Context) int {
	tries := 0
	for ctx.Err() == nil {
		n, d := s.nextDelivery()
		if n == nil {
			break
		}
		if d == nil { // delayed by a fault
			continue
		}
		for range d.copies {
			s.post(ctx, &d.Delivery, d.slow)
			tries++
		}
		s.settled(n, d.Status == http.StatusOK || d.Fault == Drop)
	}
	return tries
}

// Run delivers notifications when they become due and lets the clock do its
// work, until ctx ends. A program needs it; a test may call [Server.Deliver].
func (s *Server) Run(ctx context.Context) {
	beat := time.NewTicker(250 * time.Millisecond)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-beat.C:
		}
		s.Deliver(ctx)
	}
}

// Deliveries are the tries made so far, the oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deliveries)
}

// outgoing is a delivery on its way.
type outgoing struct {
	Delivery
	copies int
	slow   time.Duration
}

// nextDelivery takes the notification due first and renders it.
func (s *Server) nextDelivery() (*notice, *outgoing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	due := s.dueNotices()
	if len(due) == 0 {
		return nil, nil
	}
	n := due[0]
	fault, _ := s.takeNoteFault(n)
	switch fault {
	case Delay:
		n.first = n.first.Add(delayBy)
		n.due = n.due.Add(delayBy)
		return n, nil
	case Reorder:
		if n = due[len(due)-1]; len(due) > 1 {
			break
		}
		fault = 0
	}
	s.notices = slices.DeleteFunc(s.notices, func(o *notice) bool { return o == n })
	n.attempt++
	return n, s.outgoing(n, fault)
}

func (s *Server) dueNotices() []*notice {
	var due []*notice
	for _, n := range s.notices {
		if !n.due.After(s.now()) {
			due = append(due, n)
		}
	}
	slices.SortStableFunc(due, func(a, b *notice) int { return a.due.Compare(b.due) })
	return due
}

func (s *Server) outgoing(n *notice, fault NotificationFault) *outgoing {
	o := &outgoing{copies: 1, Delivery: Delivery{
		At: s.now(), Invoice: n.inv.id, Event: n.event.name, Attempt: n.attempt, URL: n.inv.notifyURL, Fault: fault,
	}}
	if n.refund != nil {
		o.Refund = n.refund.id
	}
	s.corrupt(o, n, fault)
	return o
}

// post makes one try and remembers it.
func (s *Server) post(ctx context.Context, o *Delivery, slow time.Duration) {
	if o.Fault != Drop {
		wait(ctx, slow)
		s.send(ctx, o)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.deliveries) == maxDeliveries {
		s.deliveries = s.deliveries[1:]
	}
	s.deliveries = append(s.deliveries, *o)
}

func (s *Server) send(ctx context.Context, d *Delivery) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		d.Err = err.Error()
		return
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if d.Signature != "" {
		req.Header.Set("X-Signature", d.Signature)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		d.Err = err.Error()
		return
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 1<<16) // read so that the peer's writer ends well; its text says nothing
	d.Status = resp.StatusCode
}

// settled puts a failed notification back.
func (s *Server) settled(n *notice, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok && n.retry() {
		s.notices = append(s.notices, n)
	}
}

// wait sleeps in real time unless ctx ends first.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
