package utxo

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// node makes calls to one endpoint. It is safe for concurrent use.
type node struct {
	http    *http.Client
	name    string // host and port
	url     string
	who     *url.Userinfo
	secrets []string
	// longest is the number of calls in one request that the node last allowed, 0
	// as long as it has refused none.
	longest atomic.Int64
}

// request is one call of a batch.
type request struct {
	Method string `json:"method"`
	Params []any  `json:"params"`
}

func newNode(r RPC) (*node, error) {
	u, who, err := r.endpoint()
	if err != nil {
		return nil, err
	}
	n := &node{http: r.client(), name: u.Host, url: u.String(), who: who}
	if who != nil {
		password, _ := who.Password()
		basic := base64.StdEncoding.EncodeToString([]byte(who.Username() + ":" + password))
		n.secrets = append(n.secrets, password, url.QueryEscape(password), url.PathEscape(password), basic)
		if len(who.Username()) >= 8 {
			n.secrets = append(n.secrets, who.Username())
		}
	}
	n.secrets = append(n.secrets, strings.Trim(u.Path, "/"), strings.Trim(u.EscapedPath(), "/"), u.RawQuery)
	return n, nil
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
		cut := 200
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
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
	out := make([]reply, 0, len(reqs))
	for len(reqs) > 0 {
		size := len(reqs)
		if most := int(n.longest.Load()); most > 0 {
			size = min(size, most)
		}
		replies, err := n.together(ctx, reqs[:size])
		if errors.Is(err, errBatch) && size > 1 {
			n.longest.Store(int64(size / 2))
			continue
		}
		if err != nil {
			return nil, err
		}
		out, reqs = append(out, replies...), reqs[size:]
	}
	return out, nil
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
