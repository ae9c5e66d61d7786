package bitpaysim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// Facade is what a token may do.
type Facade string

// The facades the simulator serves.
const (
	POS      Facade = "pos"
	Merchant Facade = "merchant"
	Payout   Facade = "payout" // can be paired; its calls are not simulated
)

type token struct {
	text    string
	facade  Facade
	sins    []string // whose signatures are accepted; empty: none is asked for
	label   string
	made    time.Time
	code    string // pairing code while not approved or not claimed
	active  bool
	revoked bool
}

var (
	// ErrUnknownPairing is returned for a pairing code that was never made, is
	// approved already or is older than 24 hours.
	ErrUnknownPairing = errors.New("bitpaysim: unknown or lapsed pairing code: pair again")
	// ErrUnknownToken is returned for a token the server did not give.
	ErrUnknownToken = errors.New("bitpaysim: unknown token")
)

func (s *Server) newToken(f Facade, label string) *token {
	t := &token{text: s.fresh("token", 44), facade: f, label: label, made: s.now()}
	s.tokens[t.text] = t
	return t
}

// POSToken is a token made in the dashboard with "Require Authentication" off:
// it creates and reads invoices without signatures.
func (s *Server) POSToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.newToken(POS, "dashboard")
	t.active = true
	return t.text
}

// Grant is a whole pairing at once: an approved token of facade f for the owner
// of the public key that X-Identity will carry. The error is [ErrIdentity].
func (s *Server) Grant(f Facade, identity string) (string, error) {
	sin, err := SIN(identity)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.newToken(f, "granted")
	t.sins, t.active = []string{sin}, true
	return t.text, nil
}

// NewPairingCode is a code made in the dashboard, for a client to claim within
// 24 hours (server-initiated pairing: always a pos token that wants signatures).
func (s *Server) NewPairingCode() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.newToken(POS, "")
	t.code = s.fresh("pairing", 7)
	return t.code
}

// Approve does what a person does in the dashboard with the pairing code a
// client was given. The error is [ErrUnknownPairing].
func (s *Server) Approve(code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.pairing(code)
	if t == nil || len(t.sins) == 0 {
		return fmt.Errorf("%w: %q", ErrUnknownPairing, code)
	}
	t.active, t.code = true, ""
	return nil
}

// Revoke disables a token: calls with it get "Invalid token" from now on. The
// error is [ErrUnknownToken].
func (s *Server) Revoke(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tokens[text]
	if t == nil {
		return ErrUnknownToken
	}
	t.revoked = true
	return nil
}

func (s *Server) pairing(code string) *token {
	for _, t := range s.tokens {
		if code != "" && t.code == code && s.now().Before(t.made.Add(pairWithin)) {
			return t
		}
	}
	return nil
}

var (
	labelForm = regexp.MustCompile(`^[\p{L}\p{N} _-]{0,60}$`)
	sinForm   = regexp.MustCompile(`^T[ef][1-9A-HJ-NP-Za-km-z]{33}$`)
)

// postTokens is POST /tokens: both ways of pairing.
func (s *Server) postTokens(c *call) (any, *failure) {
	sin, label, code := c.text("id"), c.text("label"), c.text("pairingCode")
	if sin == "" {
		return nil, missing("id")
	}
	if !sinForm.MatchString(sin) {
		return nil, invalid("id")
	}
	if !labelForm.MatchString(label) {
		return nil, invalid("label")
	}
	if code != "" { // server-initiated
		t := s.pairing(code)
		if t == nil || len(t.sins) > 0 {
			return nil, plain(http.StatusNotFound, "Pairing code is invalid or has expired")
		}
		t.sins, t.label, t.active = []string{sin}, label, true
		answer := t.view("require")
		t.code = ""
		return envelope{Data: []any{answer}}, nil
	}
	facade := Facade(c.text("facade"))
	if facade == "" {
		facade = POS
	}
	if !slices.Contains([]Facade{POS, Merchant, Payout}, facade) {
		return nil, invalid("facade")
	}
	t := s.newToken(facade, label)
	t.sins, t.code = []string{sin}, s.fresh("pairing", 7)
	return envelope{Data: []any{t.view("inactive")}}, nil
}

func (t *token) view(method string) object {
	return object{
		"policies": []any{object{"policy": "id", "method": method, "params": t.sins}},
		"token":    t.text, "facade": t.facade, "label": t.label, "pairingCode": t.code,
		"dateCreated": t.made.UnixMilli(), "pairingExpiration": t.made.Add(pairWithin).UnixMilli(),
	}
}

// getTokens is GET /tokens: what the signer's key may use.
func (s *Server) getTokens(c *call) (any, *failure) {
	sin, f := c.signer()
	if f != nil {
		return nil, f
	}
	list := []any{}
	for _, t := range s.tokens {
		if t.active && !t.revoked && slices.Contains(t.sins, sin) {
			list = append(list, map[Facade]string{t.facade: t.text})
		}
	}
	slices.SortFunc(list, func(a, b any) int { return slices.Compare(encode(a), encode(b)) })
	return envelope{Data: list}, nil
}

// text reads a string parameter of the body or the query; anything else is "".
func (c *call) text(name string) string {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodDelete {
		return c.query.Get(name)
	}
	var v string
	if raw, ok := c.fields[name]; ok && json.Unmarshal(raw, &v) == nil {
		return v
	}
	return ""
}
