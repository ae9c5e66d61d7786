package utxo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cointill/cointill/chain"
)

const (
	// maxBody bounds one HTTP answer. A block has at most 4 MB, twice that in hex.
	maxBody = 64 << 20
	// maxRefusal bounds what is read of an answer that refuses.
	maxRefusal = 4 << 10
)

// post sends a body and returns the answer's, if it is JSON.
func (n *node) post(ctx context.Context, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: the request could not be made", chain.ErrUnavailable)
	}
	req.Header.Set("Content-Type", "application/json")
	if n.who != nil {
		password, _ := n.who.Password()
		req.SetBasicAuth(n.who.Username(), password)
	}
	resp, err := n.http.Do(req)
	if err != nil {
		return nil, n.transport(err)
	}
	defer func() { _ = resp.Body.Close() }() // the answer is read or given up
	if err := n.status(resp); err != nil {
		return nil, err
	}
	return n.read(resp)
}

// status refuses what cannot carry a JSON-RPC answer. Bitcoin Core answers
// errors with 400, 404 and 500 and JSON; what it refuses before it reads the
// call, such as one too many for its work queue, it refuses with 503 (before
// release 22 with 500) and a line of text.
func (n *node) status(resp *http.Response) error {
	code := resp.StatusCode
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	isJSON := err == nil && strings.Contains(kind, "json")
	switch {
	case code == http.StatusOK:
		if err == nil && (strings.Contains(kind, "html") || strings.Contains(kind, "xml")) {
			return fmt.Errorf("%w: answered with a page, not JSON: check that the URL is a node's JSON-RPC", chain.ErrUnavailable)
		}
		return nil
	case isJSON && (code == http.StatusBadRequest || code == http.StatusNotFound || code == http.StatusInternalServerError):
		return nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("%w: HTTP %d: the node refuses the credentials: check user, password and the node's allow list",
			chain.ErrUnavailable, code)
	case code == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: HTTP %d", errBatch, code)
	case code >= 300 && code < 400:
		return fmt.Errorf("%w: HTTP %d: redirects are not followed: set the final URL", chain.ErrUnavailable, code)
	}
	return n.refusal(resp)
}

// refusal reads what else an answer says that refuses the whole request.
func (n *node) refusal(resp *http.Response) error {
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	if err != nil {
		b = nil // the status says enough
	}
	text, said := strings.TrimSpace(string(b)), ""
	if text != "" {
		said = n.public(text)
	}
	after := resp.Header.Get("Retry-After")
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable && after != "" ||
		strings.Contains(strings.ToLower(text), "work queue") {
		return &ThrottledError{Source: n.name, Wait: retryAfter(after, time.Now()), Reason: said}
	}
	if said != "" {
		return fmt.Errorf("%w: HTTP %d without a JSON answer: %s", chain.ErrUnavailable, resp.StatusCode, said)
	}
	return fmt.Errorf("%w: HTTP %d without a JSON answer", chain.ErrUnavailable, resp.StatusCode)
}

// retryAfter reads a Retry-After header, seconds or a date (RFC 9110 §10.2.3). A
// wait that is not understood, or longer than twelve days, is none.
func retryAfter(header string, now time.Time) time.Duration {
	const longest = 1 << 20 * time.Second
	wait := time.Duration(0)
	if n, err := strconv.ParseUint(header, 10, 20); err == nil {
		wait = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	if wait < 0 || wait > longest {
		return 0
	}
	return wait
}

// read reads a body within the bound.
func (n *node) read(resp *http.Response) ([]byte, error) {
	if resp.ContentLength > maxBody {
		return nil, errTooLarge
	}
	var buf bytes.Buffer
	if resp.ContentLength > 0 {
		buf.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	if _, err := buf.ReadFrom(io.LimitReader(resp.Body, maxBody+1)); err != nil {
		return nil, n.transport(err)
	}
	if buf.Len() > maxBody {
		return nil, errTooLarge
	}
	return buf.Bytes(), nil
}

// transport turns an error of the HTTP client into ours. The client's own
// wrapping quotes the URL and is taken off.
func (n *node) transport(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	for _, s := range n.secrets {
		if s != "" && strings.Contains(err.Error(), s) {
			return fmt.Errorf("%w: the call failed (text withheld: it repeats a credential)", chain.ErrUnavailable)
		}
	}
	return fmt.Errorf("%w: %w", chain.ErrUnavailable, err)
}
