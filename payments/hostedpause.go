package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cointill/cointill/bitpay"
)

// bitpaySubject names what is told of BitPay as a whole.
const bitpaySubject = "bitpay"

// bitpayState is what this process knows of BitPay as a whole.
type bitpayState struct {
	wake  chan struct{}
	pass  sync.Mutex // one pass at a time
	asked string     // of pass: the last row that one asked about

	mu           sync.Mutex
	rest         time.Time // nothing is polled before it
	wait         time.Duration
	okAt, errAt  time.Time
	err          error
	refusedSince time.Time
	told         EventKind // what the store says last, empty: not known yet
	hinted       time.Time // the last notification of an unknown invoice that did something
	former       map[*bitpay.Client]formerRest
	hintsUsed    time.Time // when all that notifications had asked will be granted again
}

// accepted reports whether this process knows that the token is accepted.
func (s *bitpayState) accepted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusedSince.IsZero() && !s.okAt.IsZero()
}

// longestRest bounds how long BitPay is left alone, whatever it asks.
const longestRest = time.Hour

// room is how many rows a pass may ask about now: none while BitPay is left alone,
// one that probes after it.
func (s *bitpayState) room(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case now.Before(s.rest) && s.rest.Sub(now) <= longestRest: // farther off: the clock was set back
		return 0
	case s.wait > 0:
		return 1
	}
	return pollBatch
}

// note keeps how a call ended, and returns what BitPay's answer says of the token,
// empty if nothing.
func (s *bitpayState) note(err error, now time.Time) EventKind {
	s.mu.Lock()
	defer s.mu.Unlock()
	var e *bitpay.Error
	errors.As(err, &e)
	refused := errors.Is(err, bitpay.ErrUnauthorized)
	var mismatch *bitpay.MismatchError
	switch {
	case e == nil && err != nil && !errors.As(err, &mismatch):
		return "" // nothing was sent
	case e == nil || !refused && e.Status > 0 && !e.Temporary():
		s.okAt, s.rest, s.wait, s.refusedSince = now, time.Time{}, 0, time.Time{}
		return EventBitPayAccepted
	}
	s.err, s.errAt = err, now
	if !now.Before(s.rest) {
		s.wait = min(max(2*s.wait, firstFailure), longestFailure)
		s.rest = now.Add(s.wait)
	}
	if asked := now.Add(min(e.RetryAfter, longestRest)); asked.After(s.rest) {
		s.rest = asked
	}
	if !refused {
		return ""
	}
	if s.refusedSince.IsZero() {
		s.refusedSince = now
	}
	return EventBitPayRefused
}

// errSlow is why a call ends that nobody waits for.
var errSlow = errors.New("payments: BitPay answers too slowly")

// callerGone reports whether whoever made a call gave it up.
func callerGone(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(context.Cause(ctx), errSlow)
}

// heard keeps how a call to BitPay ended: when it may be asked again, and whether it
// accepts the token, which is told once.
func (p *Processor) heard(ctx context.Context, err error) {
	if err != nil && callerGone(ctx) {
		return // that says nothing of BitPay
	}
	kind := p.bitpay.note(err, p.now())
	p.bitpay.mu.Lock()
	known := kind == "" || kind == p.bitpay.told
	p.bitpay.mu.Unlock()
	if known {
		return
	}
	if err := p.tellBitPay(context.WithoutCancel(ctx), kind); err != nil {
		p.cfg.Log.Error("an event of BitPay's is not stored; it will be with the next answer", "event", string(kind), "error", err)
	}
}

// tellBitPay tells that the token is refused, or accepted again, unless the last word
// in the store is the same: a restart tells nothing twice.
func (p *Processor) tellBitPay(ctx context.Context, kind EventKind) error {
	ctx, cancel := context.WithTimeout(ctx, hostTimeout)
	defer cancel()
	var out *outcome
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		out = &outcome{now: now}
		before, err := tx.EventsOf(ctx, bitpaySubject)
		if err != nil {
			return err
		}
		last := EventBitPayAccepted
		if len(before) > 0 {
			last = before[len(before)-1].Kind
		}
		if last == kind {
			return nil
		}
		data, _ := json.Marshal(map[string]string{"environment": string(p.cfg.BitPay.Client.Environment())}) // strings: cannot fail
		out.events = append(out.events, Event{
			ID: eventID(kind, bitpaySubject, fmt.Sprint(len(before))), Kind: kind, Subject: bitpaySubject,
			Order: "system", At: now, Data: data,
		})
		return p.publish(ctx, tx, out)
	})
	if err != nil {
		return err
	}
	p.bitpay.mu.Lock()
	p.bitpay.told = kind
	p.bitpay.mu.Unlock()
	p.notify(out)
	return nil
}
