package evm_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
)

// respond makes the stub answer every request alike.
func respond(status int, header, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, err := w.Write([]byte(body))
		return err == nil || true
	}
}

func TestUselessAnswersAreUnavailable(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		header string
		body   string
	}{
		{"HTML", 200, "Content-Type: text/html", "<html>maintenance</html>"},
		{"HTML with status 502", 502, "", "<html>bad gateway</html>"},
		{"nothing", 200, "", ""},
		{"a cut answer", 200, "", `[{"jsonrpc":"2.0","id":1,"result":"0x5`},
		{"an empty batch", 200, "", `[]`},
		{"one error for the whole batch", 200, "", `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are not allowed"}}`},
		{"status 401", 401, "", `{"error":"bad key"}`},
		{"a redirect", 307, "Location: http://127.0.0.1:1/", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			n.serve = respond(c.status, c.header, c.body)
			_, err := n.source(t).Head(t.Context())
			require.ErrorIs(t, err, chain.ErrUnavailable)
			require.NotErrorIs(t, err, chain.ErrMalformed)
		})
	}
}

func TestThrottled(t *testing.T) {
	for _, c := range []struct {
		name  string
		serve func(http.ResponseWriter, *http.Request) bool
		wait  time.Duration
	}{
		{"429 with Retry-After", respond(429, "Retry-After: 7", "slow down"), 7 * time.Second},
		{"429 with a JSON-RPC error", respond(429, "", `{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"Too Many Requests"}}`), 0},
		{"200 with a JSON-RPC error", respond(200, "", `{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"daily request count exceeded"}}`), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			n.serve = c.serve
			_, err := n.source(t).Head(t.Context())
			require.ErrorIs(t, err, chain.ErrUnavailable)
			var throttled *evm.ThrottledError
			require.ErrorAs(t, err, &throttled)
			require.Equal(t, c.wait, chain.RetryAfter(err))
			require.Equal(t, "127.0.0.1", throttled.Source)
		})
	}
	t.Run("of one call in a batch", func(t *testing.T) {
		n := newNode(t)
		n.override = fail("finalized", rpcError{429, "rate limit"})
		_, err := n.source(t).Head(t.Context())
		var throttled *evm.ThrottledError
		require.ErrorAs(t, err, &throttled)
	})
}

func TestOversizeAnswerIsRefused(t *testing.T) {
	for name, length := range map[string]bool{"announced": true, "not announced": false} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t)
			n.serve = func(w http.ResponseWriter, _ *http.Request) bool {
				if length {
					w.Header().Set("Content-Length", "137438953472")
				}
				chunk := []byte("[" + strings.Repeat(" ", 1<<20))
				for range 130 {
					if _, err := w.Write(chunk); err != nil {
						break // the client has hung up
					}
					chunk[0] = ' '
				}
				return true
			}
			_, err := n.source(t).Head(t.Context())
			require.ErrorIs(t, err, chain.ErrUnavailable)
			require.ErrorContains(t, err, "size limit")
		})
	}
}

func TestRequestsTooLargeAreSplit(t *testing.T) {
	n := newNode(t)
	for range 20 {
		n.add()
	}
	refused := 0
	n.serve = func(w http.ResponseWriter, r *http.Request) bool {
		if r.ContentLength < 500 {
			return false
		}
		refused++
		return respond(400, "", `{"jsonrpc":"2.0","error":{"code":-32600,"message":"batch too large"}}`)(w, r)
	}
	plain := network()
	plain.Tokens = nil
	s, err := evm.NewSource(plain, evm.RPC{URL: n.URL})
	require.NoError(t, err)
	run, err := s.Linked(t.Context(), 0, 20)
	require.NoError(t, err)
	require.Len(t, run.Anchors(), 21)
	require.Positive(t, refused)
}

func TestCancelledCallIsUnavailable(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newNode(t).source(t).Head(ctx)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.ErrorIs(t, err, context.Canceled)
}

func TestNoCredentialInErrors(t *testing.T) {
	const path, query, user, password, header = "pathcanary1", "querycanary2", "usercanary3", "passcanary4", "headercanary5"
	canaries := []string{path, query, user, password, header}
	echo := strings.Join(canaries, " ")
	for name, serve := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"echoed by status":   respond(403, "", "no access for "+echo),
		"echoed by JSON-RPC": respond(200, "", `{"error":{"code":-32000,"message":"invalid key `+echo+`"}}`),
		"echoed by one call": nil,
		"redirect":           respond(302, "Location: http://other/"+path, ""),
		"HTML":               respond(200, "", "<p>"+echo),
		"closed connection":  func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t)
			n.serve = serve
			n.override = failMethod("eth_chainId", rpcError{-32000, "invalid key " + echo})
			u, err := url.Parse(n.URL)
			require.NoError(t, err)
			u.User = url.UserPassword(user, password)
			u.Path, u.RawQuery = "/v3/"+path, "key="+query
			s, err := evm.NewSource(network(), evm.RPC{URL: u.String(), Header: http.Header{"X-Key": {"Bearer " + header}}})
			require.NoError(t, err)
			_, err = s.Head(t.Context())
			require.ErrorIs(t, err, chain.ErrUnavailable)
			for _, c := range canaries {
				require.NotContains(t, err.Error(), c)
				require.NotContains(t, s.Name(), c)
			}
		})
	}
	t.Run("unreachable", func(t *testing.T) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		s, err := evm.NewSource(network(), evm.RPC{URL: gone.URL + "/v3/" + path})
		require.NoError(t, err)
		_, err = s.Head(t.Context())
		require.ErrorIs(t, err, chain.ErrUnavailable)
		require.NotContains(t, err.Error(), path)
	})
}

func TestHeaderAndUserAreSent(t *testing.T) {
	n := newNode(t)
	var key, user string
	n.serve = func(_ http.ResponseWriter, r *http.Request) bool {
		key = r.Header.Get("X-Key")
		user, _, _ = r.BasicAuth()
		return false
	}
	s, err := evm.NewSource(network(), evm.RPC{
		URL:    strings.Replace(n.URL, "http://", "http://me:pw@", 1),
		Header: http.Header{"x-key": {"k"}},
	})
	require.NoError(t, err)
	_, err = s.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, "k", key)
	require.Equal(t, "me", user)
}

// slowRanges times out on queries of logs by range, a few times.
type slowRanges struct{ left atomic.Int32 }

func (s *slowRanges) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if strings.Contains(string(body), "fromBlock") && s.left.Add(-1) >= 0 {
		return nil, os.ErrDeadlineExceeded
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return http.DefaultTransport.RoundTrip(r)
}

func TestSlowQueriesAreSplit(t *testing.T) {
	for _, left := range []int32{2, 9} { // at last one block alone, which is read by its receipts
		slow := &slowRanges{}
		slow.left.Store(left)
		n := newNode(t)
		n.bloom = fullBloom
		for range 15 {
			n.add(tx{to: usdt, logs: []obj{log(usdt, alice, 1)}})
		}
		s, err := evm.NewSource(network(), evm.RPC{URL: n.URL, HTTP: &http.Client{Transport: slow}})
		require.NoError(t, err)
		run, err := s.Range(t.Context(), 0, 15)
		require.NoError(t, err)
		found, err := run.Match(t.Context(), watching(alice))
		require.NoError(t, err)
		require.Len(t, found.Transfers, 15)
		require.Less(t, slow.left.Load(), left-1)
	}
}
