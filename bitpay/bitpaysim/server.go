package bitpaysim

import (
	"net/http"
	"sync"
	"time"
)

// Options choose what a [Server] is. The zero value is a test environment with
// a clock that only [Server.Advance] moves.
type Options struct {
	// Now is the clock. Nil stands at 2026-11-21 12:00 UTC until advanced.
	Now func() time.Time
	// BaseURL is the address clients use, without a slash at the end: it is part
	// of what they sign and of the pages' URLs. Empty takes http:// and the Host
	// of each request.
	BaseURL string
	// Production refuses PUT /invoices/pay, as the real production service does.
	Production bool
	// Speed is the account's transactionSpeed for invoices that name none:
	// "high", "medium" or "low"; empty is "medium".
	Speed string
	// BlockTime, if positive, adds a confirmation to every payment each time it
	// passes. Zero leaves that to [Server.Confirm].
	BlockTime time.Duration
	// InvoicesPerHour limits creation as the service does (documented: 100).
	// Zero does not limit.
	InvoicesPerHour int
	// Seed makes ids and tokens. Two servers with one seed and the same calls
	// give the same answers.
	Seed string
	// Transport carries notifications; nil is a plain one that keeps no
	// connection open.
	Transport http.RoundTripper
	// SlowBy is how long the fault [Slow] waits in real time; zero is 2 seconds.
	SlowBy time.Duration
}

// Server is BitPay for one merchant, in memory. All methods may be called from
// several goroutines, also while requests are served.
type Server struct {
	opts   Options
	client *http.Client
	wake   chan struct{}

	mu          sync.Mutex
	ahead       time.Duration // by how much Advance moved the clock
	made        uint64        // ids made so far
	prices      map[string]market
	quirks      Quirks
	tokens      map[string]*token
	invoices    map[string]*invoice
	order       []*invoice // as created
	guids       map[ownedGUID]*invoice
	refunds     []*refund
	entries     []entry
	settlements []*settlement
	notices     []*notice
	deliveries  []Delivery
	noteFaults  []noteFault
	apiFaults   []apiFault
}

// New makes a server with BitPay's coins at round prices, no token and no
// invoice.
func New(o Options) *Server {
	if o.Now == nil {
		start := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
		o.Now = func() time.Time { return start }
	}
	if o.Speed == "" {
		o.Speed = "medium"
	}
	if o.SlowBy == 0 {
		o.SlowBy = 2 * time.Second
	}
	return &Server{
		opts: o, client: newClient(o.Transport), wake: make(chan struct{}, 1),
		prices: startPrices(), tokens: map[string]*token{}, invoices: map[string]*invoice{}, guids: map[ownedGUID]*invoice{},
	}
}

// Quirks are ways in which the service's answers vary and which a client must
// survive. The others of the service (exceptionStatus false or a text, integers
// above 64 bits and with an exponent, rates with one, "cancelled" beside "canceled", members
// left out) are always there.
type Quirks struct {
	// StringAmounts writes amountPaid and price of notifications as text.
	StringAmounts bool
	// RefundInfoObject writes refundInfo as one object instead of a list.
	RefundInfoObject bool
	// BareLists answers lists of ledger entries without the data envelope.
	BareLists bool
}

// SetQuirks changes how later answers look.
func (s *Server) SetQuirks(q Quirks) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quirks = q
}
