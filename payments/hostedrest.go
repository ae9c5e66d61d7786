package payments

import (
	"context"
	"errors"
	"time"

	"github.com/cointill/cointill/bitpay"
)

// formerRest is how long one former client is left alone after failures. It is no pause
// of the present one: BitPay may limit a token, and the others are answered.
type formerRest struct {
	until time.Time
	wait  time.Duration
	err   error // why
}

// heardOf keeps how a call of one of the clients ended. A former token neither pauses
// the present one nor speaks for it.
func (p *Processor) heardOf(ctx context.Context, c *bitpay.Client, err error) {
	switch {
	case c == p.cfg.BitPay.Client:
		p.heard(ctx, err)
	case err == nil || !callerGone(ctx):
		p.bitpay.noteFormer(c, err, p.now())
	}
}

// noteFormer keeps how a call of a former client ended.
func (s *bitpayState) noteFormer(c *bitpay.Client, err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var e *bitpay.Error
	if !errors.As(err, &e) || e.Status > 0 && !e.Temporary() {
		delete(s.former, c)
		return
	}
	r := s.former[c]
	r.err = err
	if !now.Before(r.until) {
		r.wait = min(max(2*r.wait, firstFailure), longestFailure)
		r.until = now.Add(r.wait)
	}
	if asked := now.Add(min(e.RetryAfter, longestRest)); asked.After(r.until) {
		r.until = asked
	}
	if s.former == nil {
		s.former = map[*bitpay.Client]formerRest{}
	}
	s.former[c] = r
}

// resting returns why a former client is left alone now; nil: it may be asked.
func (s *bitpayState) resting(c *bitpay.Client, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.former[c]
	if now.Before(r.until) && r.until.Sub(now) <= longestRest { // farther off: the clock was set back
		return r.err
	}
	return nil
}
