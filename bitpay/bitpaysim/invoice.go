package bitpaysim

import (
	"encoding/json"
	"math/big"
	"time"

	"github.com/shopspring/decimal"
)

// Status is an invoice's status in the service's words.
type Status string

// The statuses, in the order in which a payment that goes well passes them.
const (
	StatusNew       Status = "new"
	StatusPaid      Status = "paid"
	StatusConfirmed Status = "confirmed"
	StatusComplete  Status = "complete"
	StatusExpired   Status = "expired"
	StatusInvalid   Status = "invalid"
	StatusDeclined  Status = "declined"
)

// The exceptionStatus of an invoice paid wrongly.
const (
	PaidPartial = "paidPartial"
	PaidOver    = "paidOver"
	PaidLate    = "paidLate" // arrived after the invoice had ended
)

// steps are the changes of status the service makes.
var steps = map[Status][]Status{
	StatusNew:       {StatusPaid, StatusConfirmed, StatusExpired},
	StatusPaid:      {StatusConfirmed, StatusComplete, StatusInvalid, StatusDeclined},
	StatusConfirmed: {StatusComplete, StatusInvalid, StatusDeclined},
	StatusInvalid:   {StatusComplete},
}

// quote is an invoice's price in one coin.
type quote struct {
	rate           decimal.Decimal
	subtotal, base decimal.Decimal // without and with the miner fee, in base units
	total          *big.Int        // smallest units to pay
	enabled        bool
}

type transaction struct {
	units         *big.Int
	confirmations int
	txid          string
	at            time.Time
}

type invoice struct {
	id, guid  string
	owner     *token
	base      string // address the pages live at
	price     decimal.Decimal
	currency  string
	sent      map[string]json.RawMessage // as the merchant sent it
	order     string
	notifyURL string
	speed     string
	full      bool // fullNotifications
	extended  bool
	window    time.Duration
	made      time.Time
	expires   time.Time
	quotes    map[string]quote

	status    Status
	history   []Status
	exception string // empty: false
	coin      string // of the payment; empty: none yet
	paid      *big.Int
	txs       []*transaction
	needed    int // how many of txs made it paid
	lowFee    bool
	peerToo   bool // paid without the payment protocol
	fullAt    time.Time
	nextBlock time.Time
	cancelled bool
	selected  string // coin chosen on the page
	email     string
	pageMail  string // given by the buyer on the page
	sms       string
	smsOK     bool
}

// become moves an invoice on, books and announces. A step the service does not
// make is ignored.
func (s *Server) become(inv *invoice, to Status) {
	ok := false
	for _, next := range steps[inv.status] {
		ok = ok || next == to
	}
	if !ok {
		return
	}
	inv.status = to
	inv.history = append(inv.history, to)
	if to == StatusComplete {
		s.bookSale(inv)
	}
	s.announce(inv, to)
}

// expire ends the payment window. What was paid too little goes back to the
// buyer by the service itself.
func (s *Server) expire(inv *invoice) {
	s.become(inv, StatusExpired)
	if inv.paid.Sign() > 0 {
		s.refundSurplus(inv, "underpayment", inv.paid)
	}
}

// depth is the smallest number of confirmations of the payments that made it
// paid; what came after them is not waited for.
func (inv *invoice) depth() int {
	depth := 0
	for i, tx := range inv.txs[:inv.needed] {
		if i == 0 || tx.confirmations < depth {
			depth = tx.confirmations
		}
	}
	return depth
}

// mining says whether blocks still matter to it.
func (inv *invoice) mining() bool {
	return len(inv.txs) > 0 && (inv.status == StatusPaid || inv.status == StatusConfirmed || inv.status == StatusInvalid)
}

// addConfirmation mines one block over all payments of the invoice.
func (s *Server) addConfirmation(inv *invoice) {
	for _, tx := range inv.txs {
		tx.confirmations++
	}
	switch depth := inv.depth(); {
	case depth >= fullDepth:
		s.become(inv, StatusComplete)
	case depth >= 1 && inv.speed == "medium" && inv.status == StatusPaid:
		s.become(inv, StatusConfirmed)
	}
}

// due is what is left to pay in a coin, never negative.
func (inv *invoice) due(coin string) *big.Int {
	left := new(big.Int).Set(inv.quotes[coin].total)
	if inv.coin == coin {
		left.Sub(left, inv.paid)
	}
	if left.Sign() < 0 {
		left.SetInt64(0)
	}
	return left
}

// contact says whether the service can reach the buyer, for a refund.
func (inv *invoice) contact() bool { return inv.email != "" || inv.pageMail != "" || inv.smsOK }
