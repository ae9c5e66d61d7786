package chainlink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/cointill/cointill/rates"
)

const (
	requestTimeout = 5 * time.Second
	maxBody        = 1 << 20
	userAgent      = "cointill (+https://github.com/cointill/cointill)"
	// atOnce is how many questions a node is asked at the same time.
	atOnce = 2
)

// node is one JSON-RPC endpoint, asked with eth_call at its newest block.
type node struct {
	name   string
	url    string
	veil   veil
	chain  uint64
	client *http.Client
	slots  chan struct{}
	pause  pause
	ids    atomic.Uint64
	now    func() time.Time
	log    *slog.Logger
}

func newNode(name string, u *url.URL, o Options, now func() time.Time) *node {
	n := &node{name: name, url: o.URL, veil: newVeil(o.URL, u), chain: o.Network.ChainID,
		slots: make(chan struct{}, atOnce), now: now, log: o.Log}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	n.client = &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return n
}

// call asks one contract and hands what it returned to read. Every failure but a
// revert begins a pause. The instant is the one before the question was sent.
func (n *node) call(ctx context.Context, c call, read func(asked time.Time, returned []byte) error) error {
	select {
	case n.slots <- struct{}{}:
		defer func() { <-n.slots }()
	case <-ctx.Done():
		return n.unavailable(ctx.Err())
	}
	if err := n.pause.check(); err != nil {
		return n.unavailable(err)
	}
	asked := n.now()
	body, err := n.post(ctx, c)
	if err == nil {
		err = read(asked, body)
	}
	switch {
	case err == nil:
		n.pause.end()
		return nil
	case errors.Is(err, errReverted):
		n.pause.end() // the node is well; the contract refused
		return n.unavailable(err)
	case ctx.Err() != nil:
		return n.unavailable(ctx.Err()) // says nothing of the node
	}
	err = n.veil.hide(err)
	wait := n.pause.begin(err)
	n.log.Warn("price node pauses", "source", n.name, "pause", wait, "cause", err)
	return n.unavailable(err)
}

func (n *node) unavailable(err error) error {
	return fmt.Errorf("%w: %s: %w", rates.ErrUnavailable, n.name, n.veil.hide(err))
}

// post sends one eth_call and returns the bytes of its result.
func (n *node) post(ctx context.Context, c call) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	id := n.ids.Add(1)
	question := fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%d,"method":"eth_call","params":[{"to":"0x%x","data":"0x%x"},"latest"]}`, id, c.to, c.data)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := n.client.Do(req)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // without the address
		}
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // read to the end or given up
	if resp.StatusCode != http.StatusOK {
		return nil, badStatus(resp, n.now())
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("answer is longer than %d bytes", maxBody)
	}
	returned, err := parseAnswer(body, id)
	if errors.Is(err, errNotJSON) {
		return nil, fmt.Errorf("%w (content type %.40q)", err, resp.Header.Get("Content-Type"))
	}
	return returned, err
}

var (
	errNotJSON = errors.New("the answer is not json-rpc")
	// errReverted says that the contract itself refused to answer.
	errReverted = errors.New("reverted")
)

// parseAnswer opens the envelope of a JSON-RPC answer (JSON-RPC 2.0, section 5).
func parseAnswer(body []byte, id uint64) ([]byte, error) {
	var a struct {
		ID     *uint64
		Result *string
		Error  *struct {
			Code    json.RawMessage
			Message string
		}
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, errNotJSON
	}
	switch {
	case a.Error != nil && reverted(string(a.Error.Code), a.Error.Message):
		return nil, errReverted
	case a.Error != nil:
		return nil, fmt.Errorf("the node's error %.12s: %.80q", a.Error.Code, a.Error.Message)
	case a.ID == nil || *a.ID != id:
		return nil, errors.New("the node answered another question")
	case a.Result == nil:
		return nil, errors.New("the node gave no result")
	}
	return parseHex(*a.Result)
}
