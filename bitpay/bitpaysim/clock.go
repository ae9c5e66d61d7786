package bitpaysim

import "time"

// How long things take at BitPay.
const (
	payWindow     = 15 * time.Minute // an invoice's rate is locked for it
	confirmWithin = time.Hour        // paid and unconfirmed for longer: invalid
	pairWithin    = 24 * time.Hour   // a pairing code not approved is void
	publicFor     = 72 * time.Hour   // an invoice can be read without a token
	fullDepth     = 6                // confirmations at which BitPay credits
)

// Now is the simulated time, in UTC.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time { return s.opts.Now().Add(s.ahead).UTC() }

// Advance moves the clock forward: invoices expire or turn invalid, pairing
// codes lapse, notifications become due (sent by [Server.Deliver] or
// [Server.Run]). A negative duration is ignored.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += max(d, 0)
	s.tick()
	s.nudge()
}

// tick brings every invoice up to the clock. It runs before each call, so that
// nobody sees an invoice that should have expired.
func (s *Server) tick() {
	now := s.now()
	for _, inv := range s.order {
		if s.opts.BlockTime > 0 && inv.mining() {
			for inv.nextBlock.Before(now) && inv.mining() {
				s.passTime(inv, inv.nextBlock)
				s.addConfirmation(inv)
				inv.nextBlock = inv.nextBlock.Add(s.opts.BlockTime)
			}
		}
		s.passTime(inv, now)
	}
}

// passTime applies the two time limits of an invoice.
func (s *Server) passTime(inv *invoice, now time.Time) {
	switch {
	case inv.status == StatusNew && !now.Before(inv.expires):
		s.expire(inv)
	case (inv.status == StatusPaid || inv.status == StatusConfirmed) && inv.depth() == 0 && !now.Before(inv.fullAt.Add(confirmWithin)):
		s.become(inv, StatusInvalid)
	}
}

// nudge wakes Run.
func (s *Server) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
