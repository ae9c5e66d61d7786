package bitpay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// PairRequest asks BitPay for a token that is bound to a key.
//
//   - Begun here: SIN and Facade. The token works once a person has approved the
//     pairing code at [Client.ApprovalURL]. The only way to a merchant token.
//   - Begun in the dashboard: SIN and Code. The token works at once, and is of the
//     POS facade with signatures required.
type PairRequest struct {
	SIN    string // of the key, see bitauth.Key
	Facade Facade // Merchant or POS, when begun here
	Code   string // seven characters, when begun in the dashboard
	Label  string // shown in the dashboard; letters, digits, spaces, _ and -; at most 60
}

// Pairing is a token that BitPay gave.
type Pairing struct {
	Token        Secret    `json:"token" bitpay:"need"`
	Facade       Facade    `json:"facade" bitpay:"need"`
	Label        string    `json:"label"`
	PairingCode  string    `json:"pairingCode" bitpay:"must"` // to be approved; "" if it need not be
	Expiration   time.Time `json:"pairingExpiration"`         // of PairingCode, 24 hours later
	DateCreated  time.Time `json:"dateCreated"`
	Policies     []Policy  `json:"policies"`
	ResourceName string    `json:"resource"`
	Extra        Extra     `json:"-"`
}

// Policy is a condition of a token: "sin requireSin", "id inactive" until it is
// approved.
type Policy struct {
	Policy string   `json:"policy"`
	Method string   `json:"method"`
	Params []string `json:"params"`
	Extra  Extra    `json:"-"`
}

var (
	sinForm     = regexp.MustCompile(`^T[1-9A-HJ-NP-Za-km-z]{34}$`)
	pairingForm = regexp.MustCompile(`^[A-Za-z0-9]{7}$`)
	labelForm   = regexp.MustCompile(`^[A-Za-z0-9 _-]{0,60}$`)
)

// Pair asks for a token. It is neither signed nor repeated; a token that was lost
// can be had again by pairing again. A token of another facade than asked for is a
// [*MismatchError].
//
// Source: https://developer.bitpay.com/reference/create-an-api-token.
func (c *Client) Pair(ctx context.Context, p PairRequest) (Pairing, error) {
	const op = "pair"
	switch {
	case !sinForm.MatchString(p.SIN):
		return Pairing{}, fmt.Errorf("%w: %s: SIN: use a bitauth key's", ErrArgument, op)
	case (p.Code == "") == (p.Facade == ""):
		return Pairing{}, fmt.Errorf("%w: %s: give the facade to begin here, or the dashboard's code", ErrArgument, op)
	case p.Code != "" && !pairingForm.MatchString(p.Code):
		return Pairing{}, fmt.Errorf("%w: %s: a pairing code has seven letters and digits", ErrArgument, op)
	case p.Facade != "" && p.Facade != POS && p.Facade != Merchant:
		return Pairing{}, fmt.Errorf("%w: %s: facade: use POS or Merchant", ErrArgument, op)
	case !labelForm.MatchString(p.Label):
		return Pairing{}, fmt.Errorf("%w: %s: label: use letters, digits, spaces, _ and -", ErrArgument, op)
	}
	body := struct {
		ID     string `json:"id"`
		Facade Facade `json:"facade,omitempty"`
		Code   string `json:"pairingCode,omitempty"`
		Label  string `json:"label,omitempty"`
	}{p.SIN, p.Facade, p.Code, p.Label}
	data, err := c.do(ctx, call{op: op, method: http.MethodPost, path: []string{"tokens"}, body: body})
	if err != nil {
		return Pairing{}, err
	}
	list, err := many[Pairing](c, op, data)
	switch {
	case err != nil:
		return Pairing{}, err
	case len(list) != 1 || list[0].Token.IsZero():
		return Pairing{}, c.misread(op, fmt.Errorf("%d tokens, or an empty one", len(list)))
	}
	want := p.Facade
	if p.Code != "" {
		want = POS
	}
	if list[0].Facade != want {
		return Pairing{}, &MismatchError{Op: op, Field: "facade", Asked: string(want), Got: string(list[0].Facade)}
	}
	return list[0], nil
}

// ApprovalURL returns the page where a person approves a pairing code.
func (c *Client) ApprovalURL(p Pairing) string {
	return c.base + "/dashboard/merchant/api-tokens?" + url.Values{"pairingCode": {p.PairingCode}}.Encode()
}

// Token is a token of the client's key.
type Token struct {
	Facade string // "merchant", "payout/recipient", …
	Token  Secret
}

// Tokens lists the tokens that were approved for the signer's key.
func (c *Client) Tokens(ctx context.Context) ([]Token, error) {
	const op = "list tokens"
	if c.signer == nil {
		return nil, fmt.Errorf("%w: %s: a Signer is needed", ErrArgument, op)
	}
	data, err := c.do(ctx, call{op: op, method: http.MethodGet, path: []string{"tokens"}, as: keyed, safe: true})
	if err != nil {
		return nil, err
	}
	var list []map[string]Secret
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, c.misread(op, fmt.Errorf("not a list of objects of strings"))
	}
	var all []Token
	for _, m := range list {
		for facade, token := range m {
			all = append(all, Token{facade, token})
		}
	}
	return all, nil
}
