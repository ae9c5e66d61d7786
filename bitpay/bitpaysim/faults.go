package bitpaysim

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// NotificationFault is what may go wrong with a notification on its way.
type NotificationFault int

// The faults of notifications. Zero is none.
const (
	Drop         NotificationFault = iota + 1 // lost; BitPay believes it arrived
	Duplicate                                 // sent twice
	Reorder                                   // the newest one due overtakes all others
	Delay                                     // ten minutes late
	Forge                                     // a body that says complete and amounts ten times too high, signed with a key that is not the token's
	BadSignature                              // the right body with a wrong signature
	Unsigned                                  // no x-signature
	Truncate                                  // half a body, with that half's true signature
	SlowPost                                  // Options.SlowBy late, in real time
)

const delayBy = 10 * time.Minute

type noteFault struct {
	fault NotificationFault
	left  int
}

// FaultNotifications spoils the next n notifications; a negative n spoils all
// until [Server.ClearFaults]. Faults queue up in the order given.
func (s *Server) FaultNotifications(f NotificationFault, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n != 0 {
		s.noteFaults = append(s.noteFaults, noteFault{f, n})
	}
}

// ClearFaults ends all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteFaults, s.apiFaults = nil, nil
}

// takeNoteFault takes the next fault for a notification. A retry or one that
// was delayed already is not delayed again.
func (s *Server) takeNoteFault(n *notice) (NotificationFault, bool) {
	if len(s.noteFaults) == 0 {
		return 0, false
	}
	head := &s.noteFaults[0]
	f := head.fault
	if f == Delay && n.late {
		return 0, false
	}
	n.late = n.late || f == Delay
	if head.left > 0 {
		if head.left--; head.left == 0 {
			s.noteFaults = s.noteFaults[1:]
		}
	}
	return f, true
}

// corrupt renders a notification and does to it what the fault says.
func (s *Server) corrupt(o *outgoing, n *notice, fault NotificationFault) {
	body, key := s.payload(n), n.inv.owner.text
	if fault == Forge {
		data := body
		if inner, ok := body["data"].(object); ok {
			data = inner
			body["event"] = object{"code": statusEvents[StatusComplete].code, "name": statusEvents[StatusComplete].name}
		}
		data["status"], data["exceptionStatus"] = StatusComplete, false
		data["price"] = json.Number(n.inv.price.Shift(1).String())
		key = "forger"
	}
	o.Body = encode(body)
	switch fault {
	case Truncate:
		o.Body = o.Body[:len(o.Body)/2]
	case BadSignature:
		key = "another key"
	case Duplicate:
		o.copies = 2
	case SlowPost:
		o.slow = s.opts.SlowBy
	}
	if fault != Unsigned {
		o.Signature = Sign(key, o.Body)
	}
}

// APIFault is what may go wrong with a call.
type APIFault int

// The faults of calls. Zero is none.
const (
	BadGateway   APIFault = iota + 1 // HTTP 502 with a page in HTML; the call is not made
	Slow                             // answered after Options.SlowBy of real time
	DropRequest                      // connection closed, the call is not made
	DropAnswer                       // the call is made, the connection closed without an answer
	RateLimited                      // HTTP 429
	ServerError                      // HTTP 500 with code 000000
	OtherInvoice                     // the answer is another invoice's, where there is one
	Garbage                          // the call is made, the answer breaks off in the middle of its JSON
)

type apiFault struct {
	route string
	fault APIFault
	left  int
}

// FaultAPI spoils the next n calls whose "METHOD /path" starts with route, such
// as "POST /invoices"; an empty route is every call, a negative n all of them
// until [Server.ClearFaults].
func (s *Server) FaultAPI(route string, f APIFault, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n != 0 {
		s.apiFaults = append(s.apiFaults, apiFault{route, f, n})
	}
}

func (s *Server) takeAPIFault(r *http.Request) (APIFault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.apiFaults {
		f := &s.apiFaults[i]
		if !strings.HasPrefix(r.Method+" "+r.URL.Path, f.route) {
			continue
		}
		fault := f.fault
		if f.left > 0 {
			if f.left--; f.left == 0 {
				s.apiFaults = append(s.apiFaults[:i:i], s.apiFaults[i+1:]...)
			}
		}
		return fault, true
	}
	return 0, false
}

const gatewayPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"

// beforeCall applies faults that come before the call; false: there is no call.
func (s *Server) beforeCall(w http.ResponseWriter, r *http.Request, f APIFault) bool {
	switch f {
	case BadGateway:
		badGateway(w)
	case DropRequest:
		hangUp(w)
	case RateLimited:
		send(w, http.StatusTooManyRequests, object{"error": "Rate limited"})
	case ServerError:
		send(w, http.StatusInternalServerError, object{"status": "error", "code": "000000", "data": nil, "error": "Generic server error"})
	case Slow:
		wait(r.Context(), s.opts.SlowBy)
		return true
	default:
		return true
	}
	return false
}

// afterCall applies faults that spoil the answer; false: it was dealt with.
func (s *Server) afterCall(w http.ResponseWriter, f APIFault) bool {
	switch f {
	case DropAnswer:
		hangUp(w)
	case Garbage:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write([]byte(`{"facade":"merchant/invoice","data":{"id":"`)) // a client that hung up
	default:
		return true
	}
	return false
}

func badGateway(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusBadGateway)
	_, _ = w.Write([]byte(gatewayPage)) // a client that hung up
}

// hangUp closes the connection without an answer. Where there is none to close
// (HTTP/2, a recorder) the client gets the gateway's page.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		badGateway(w)
		return
	}
	_ = conn.Close() // that is the fault
}

// otherInvoice swaps an invoice in an answer for the newest other one.
func (s *Server) otherInvoice(c *call, e envelope) envelope {
	shown, ok := e.Data.(object)
	if !ok || !strings.HasSuffix(e.Facade, "/invoice") {
		return e
	}
	for i := len(s.order) - 1; i >= 0; i-- {
		if inv := s.order[i]; inv.id != shown["id"] {
			return s.show(c, inv)
		}
	}
	return e
}
