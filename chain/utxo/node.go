package utxo

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/cointill/cointill/chain"
)

// maxBody bounds one HTTP answer. A block has at most 4 MB, twice that in hex.
const maxBody = 64 << 20

// node makes calls to one endpoint. It is safe for concurrent use.
type node struct {
	http    *http.Client
	url     string
	who     *url.Userinfo
	secrets []string
}

// request is one call of a batch.
type request struct {
	Method string `json:"method"`
	Params []any  `json:"params"`
}

func newNode(r RPC) (*node, *url.URL, error) {
	u, who, err := r.endpoint()
	if err != nil {
		return nil, nil, err
	}
	n := &node{http: r.client(), url: u.String(), who: who}
	if who != nil {
		password, _ := who.Password()
		basic := base64.StdEncoding.EncodeToString([]byte(who.Username() + ":" + password))
		n.secrets = append(n.secrets, password, url.QueryEscape(password), url.PathEscape(password), basic)
		if len(who.Username()) >= 8 {
			n.secrets = append(n.secrets, who.Username())
		}
	}
	n.secrets = append(n.secrets, strings.Trim(u.Path, "/"), strings.Trim(u.EscapedPath(), "/"), u.RawQuery)
	return n, u, nil
}

// public returns text from outside for use in an error, clipped, or withholds
// it if it repeats a credential.
func (n *node) public(text string) string {
	for _, s := range n.secrets {
		if s != "" && strings.Contains(text, s) {
			return "(text withheld: it repeats a credential)"
		}
	}
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return fmt.Sprintf("%q", text)
}

// call makes one call.
func (n *node) call(ctx context.Context, method string, params ...any) (reply, error) {
	replies, err := n.batch(ctx, []request{{method, params}})
	if err != nil {
		return reply{}, err
	}
	return replies[0], replies[0].err
}

// batch makes calls in one HTTP request, or in smaller ones if the node refuses
// so many, and returns their replies in the order of the requests. A reply may
// hold an error of its own.
func (n *node) batch(ctx context.Context, reqs []request) ([]reply, error) {
	replies, err := n.together(ctx, reqs)
	half := len(reqs) / 2
	if half == 0 || !errors.Is(err, errBatch) {
		return replies, err
	}
	if replies, err = n.batch(ctx, reqs[:half]); err != nil {
		return nil, err
	}
	rest, err := n.batch(ctx, reqs[half:])
	if err != nil {
		return nil, err
	}
	return append(replies, rest...), nil
}

// together makes calls in one HTTP request.
func (n *node) together(ctx context.Context, reqs []request) ([]reply, error) {
	body, err := n.post(ctx, encode(reqs))
	if err != nil {
		return nil, err
	}
	replies, err := parseReplies(body, len(reqs))
	if err != nil {
		return nil, err
	}
	if f := replies[0].fault; f != nil && f.whole && refusesBatch(f) {
		return nil, fmt.Errorf("%w: node says %d %s", errBatch, f.Code, n.public(f.Message))
	}
	for i := range replies {
		if f := replies[i].fault; f != nil {
			replies[i].err = n.judge(reqs[i].Method, f)
		}
	}
	return replies, nil
}

// encode writes a lone call as an object, several as an array. The id is the
// request's place.
func encode(reqs []request) []byte {
	type envelope struct {
		Version string `json:"jsonrpc"`
		ID      int    `json:"id"`
		request
	}
	calls := make([]envelope, len(reqs))
	for i, r := range reqs {
		if r.Params == nil {
			r.Params = []any{}
		}
		calls[i] = envelope{"1.0", i, r}
	}
	var v any = calls
	if len(calls) == 1 {
		v = calls[0]
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil // strings, integers and booleans always have a JSON form
	}
	return b
}

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
// errors with 400, 404 and 500 and JSON.
func (n *node) status(resp *http.Response) error {
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("%w: HTTP %d: the node refuses the credentials: check user, password and the node's allow list",
			chain.ErrUnavailable, code)
	case code == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: HTTP %d", errBatch, code)
	case code >= 300 && code < 400:
		return fmt.Errorf("%w: HTTP %d: redirects are not followed: set the final URL", chain.ErrUnavailable, code)
	case code == http.StatusOK, code == http.StatusBadRequest, code == http.StatusNotFound, code == http.StatusInternalServerError:
	default:
		return fmt.Errorf("%w: HTTP %d", chain.ErrUnavailable, code)
	}
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode != http.StatusOK && (err != nil || !strings.Contains(kind, "json")) {
		return fmt.Errorf("%w: HTTP %d without a JSON answer", chain.ErrUnavailable, resp.StatusCode)
	}
	if err == nil && (strings.Contains(kind, "html") || strings.Contains(kind, "xml")) {
		return fmt.Errorf("%w: answered with a page, not JSON: check that the URL is a node's JSON-RPC", chain.ErrUnavailable)
	}
	return nil
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
