package bitpay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxAttempts = 4
	firstWait   = 500 * time.Millisecond
	maxWait     = 30 * time.Second
)

// access says who a request is made as.
type access int

const (
	public   access = iota // no token, no signature
	keyed                  // signed, without a token
	tokened                // with the client's token, signed if there is a signer
	resource               // with the token of one invoice or refund, signed
)

// call is one request to BitPay.
type call struct {
	op     string
	method string
	path   []string // segments, escaped when sent
	query  url.Values
	body   any // marshals to an object; the token is added to it
	as     access
	token  Secret // of the resource
	hidden Secret // text of the body that no error may repeat
	safe   bool   // may be sent again without changing what happens
}

// do sends a call, again if that is safe and may help, and returns the data of the
// answer.
func (c *Client) do(ctx context.Context, r call) (json.RawMessage, error) {
	target, body, err := c.compose(&r)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		data, err := c.attempt(ctx, r, target, body)
		if err == nil {
			return data, nil
		}
		e := (*Error)(nil)
		if !r.safe || try == maxAttempts || !errors.As(err, &e) || !e.Temporary() {
			return nil, err
		}
		wait := firstWait << (try - 1)
		wait = max(wait+rand.N(wait/4), e.RetryAfter)
		if end, ok := ctx.Deadline(); wait > maxWait || ok && time.Until(end) <= wait {
			return nil, err
		}
		c.log.WarnContext(ctx, "bitpay call failed, trying again", "op", r.op, "attempt", try, "wait", wait, "cause", e)
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(wait):
		}
	}
}

// compose returns the URL and the body exactly as they will be signed and sent.
func (c *Client) compose(r *call) (string, []byte, error) {
	token := r.token
	if r.as == tokened {
		token = c.token
	}
	if token.IsZero() && (r.as == tokened || r.as == resource) {
		return "", nil, fmt.Errorf("%w: %s: no token: pair first, or fetch the resource again", ErrArgument, r.op)
	}
	target := c.base
	for _, segment := range r.path {
		target += "/" + url.PathEscape(segment)
	}
	var body []byte
	if r.method == http.MethodPost || r.method == http.MethodPut {
		var err error
		if body, err = withToken(r.body, token); err != nil {
			return "", nil, fmt.Errorf("%w: %s: body: %w", ErrArgument, r.op, err)
		}
	} else if !token.IsZero() {
		if r.query == nil {
			r.query = url.Values{}
		}
		r.query.Set("token", token.Reveal())
	}
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	return target, body, nil
}

// withToken marshals v, an object, and adds the token to it as BitPay's own
// libraries do: last.
func withToken(v any, token Secret) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil || token.IsZero() {
		return body, err
	}
	text, err := json.Marshal(token.Reveal())
	if err != nil {
		return nil, err
	}
	body = bytes.TrimSuffix(body, []byte("}"))
	if len(body) > 1 {
		body = append(body, ',')
	}
	return append(append(append(body, `"token":`...), text...), '}'), nil
}

// attempt sends a call once.
func (c *Client) attempt(ctx context.Context, r call, target string, body []byte) (json.RawMessage, error) {
	once, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(once, r.method, target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: request cannot be written", ErrArgument, r.op)
	}
	req.Header.Set("X-Accept-Version", "2.0.0") // else v1's shapes come back
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "cointill")
	req.Header.Set("X-Bitpay-Plugin-Info", "cointill")
	clean := c.cleaner(r.token, r.hidden)
	if r.as != public && c.signer != nil {
		signature, err := c.signer.Sign(once, append([]byte(req.URL.String()), body...))
		if err != nil {
			return nil, unanswered(ctx, &Error{Op: r.op}, "sign the request", err, clean)
		}
		req.Header.Set("X-Identity", c.signer.Identity())
		req.Header.Set("X-Signature", signature)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // the rest of it repeats the URL, with the token
		}
		return nil, unanswered(ctx, &Error{Op: r.op}, "no answer", err, clean)
	}
	defer resp.Body.Close()
	return read(ctx, r.op, resp, clean)
}

// unanswered completes the error of a call whose fate is unknown.
func unanswered(ctx context.Context, e *Error, what string, err error, clean *strings.Replacer) *Error {
	e.Message = tidy(what+": "+err.Error(), clean)
	e.temporary = !errors.Is(ctx.Err(), context.Canceled)
	if text := err.Error(); clean.Replace(text) == text {
		e.cause = err
	} else if ctx.Err() != nil {
		e.cause = ctx.Err()
	}
	return e
}

// cleaner takes the client's token and more secrets out of any text.
func (c *Client) cleaner(more ...Secret) *strings.Replacer {
	var pairs []string
	for _, s := range append(more, c.token) {
		if text := s.Reveal(); text != "" {
			pairs = append(pairs, text, redacted)
			if escaped := url.QueryEscape(text); escaped != text {
				pairs = append(pairs, escaped, redacted)
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// maxMessage bounds a text of somebody else's in our errors, in bytes.
const maxMessage = 300

// tidy makes a text of somebody else's fit for an error: without tokens, control
// characters and length.
func tidy(text string, clean *strings.Replacer) string {
	text = clean.Replace(text)
	if len(text) > maxMessage {
		text = text[:maxMessage-3] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == '\ufffd' {
			return ' '
		}
		return r
	}, text)
}
