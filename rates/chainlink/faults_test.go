package chainlink_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/chainlink"
)

func zeros(n int) string { return strings.Repeat("0", n) }

// delayed answers at once but delivers when deliver is closed.
type delayed struct {
	*stub
	deliver chan struct{}
}

func (d *delayed) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.stub.RoundTrip(r)
	<-d.deliver
	return resp, err
}

func says(status int, kind, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func rpcError(code, message string) http.HandlerFunc {
	return says(200, "application/json", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"error":{"code":%s,"message":%q}}`, code, message))
}

func TestAnAnswerThatIsNoneIsUnavailable(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stub)
		why    string
	}{
		"html":           {func(s *stub) { s.http = says(200, "text/html", "<html>") }, `not json-rpc (content type "text/html")`},
		"html as json":   {func(s *stub) { s.http = says(200, "application/json", "<html>") }, "not json-rpc"},
		"429":            {func(s *stub) { s.http = says(429, "text/plain", "slow down") }, "http status 429"},
		"451":            {func(s *stub) { s.http = says(451, "text/plain", "") }, "http status 451"},
		"a redirect":     {func(s *stub) { s.http = says(302, "text/plain", "", "Location", "https://elsewhere.example/") }, "http status 302"},
		"too long":       {func(s *stub) { s.http = says(200, "application/json", zeros(1<<20+1)) }, "longer than 1048576 bytes"},
		"cut":            {func(s *stub) { s.http = says(200, "application/json", `{"jsonrpc":"2.0","id":1,"res`) }, "not json-rpc"},
		"an rpc error":   {func(s *stub) { s.http = rpcError("-32005", "limit exceeded") }, `-32005: "limit exceeded"`},
		"a null result":  {func(s *stub) { s.http = says(200, "application/json", `{"id":1,"result":null}`) }, "no result"},
		"another answer": {func(s *stub) { s.http = says(200, "application/json", `{"id":9,"result":"0x"}`) }, "answered another question"},
		"not hex":        {func(s *stub) { s.result = func(string) string { return "0x0" } }, "not hexadecimal"},
		"no prefix":      {func(s *stub) { s.result = func(r string) string { return r[2:] } }, "not hexadecimal"},
		"no multicall":   {func(s *stub) { s.result = func(string) string { return "0x" } }, "no Multicall3"},
		"short":          {func(s *stub) { s.result = func(r string) string { return r[:len(r)-64*12] } }, "not as documented"},
		"half":           {func(s *stub) { s.result = func(r string) string { return r[:258] } }, "not as documented"},
		"another chain":  {func(s *stub) { s.chain = 56 }, "the endpoint is of chain 56, not 1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStub()
			c.change(s)
			quotes, err := source(t, s).Quotes(t.Context(), []rates.Market{btcUSD})
			require.Empty(t, quotes)
			require.ErrorIs(t, err, rates.ErrUnavailable)
			require.ErrorContains(t, err, c.why)
			require.ErrorContains(t, err, "chainlink/ethereum")
			_, err = source(t, s).Candle(t.Context(), btcUSD, noon.Add(-time.Hour))
			require.ErrorIs(t, err, rates.ErrUnavailable)
			require.NotErrorIs(t, err, rates.ErrUnknownPair)
		})
	}
}

func TestAShortRoundIsRejected(t *testing.T) {
	s := newStub()
	// The length of the answer to latestRoundData is the first of 160.
	s.result = func(r string) string {
		return strings.Replace(r, fmt.Sprintf("%064x", 160), fmt.Sprintf("%064x", 159), 1)
	}
	quotes, err := source(t, s).Quotes(t.Context(), []rates.Market{btcUSD, ethUSD})
	require.NoError(t, err)
	require.Equal(t, "shape: latest round: not as documented: a round of 159 bytes, not 160", quotes[0].Price.Rejected)
	require.Empty(t, quotes[1].Price.Rejected)
}

func TestANodeThatIsBehindOrAheadIsNotBelieved(t *testing.T) {
	for now, why := range map[time.Time]string{
		noon.Add(3*time.Minute + time.Second): "the node's newest block is 3m1s old",
		noon.Add(-time.Minute):                "1m0s in the future",
	} {
		c, err := chainlink.New(chainlink.Options{URL: endpoint, Network: chainlink.Ethereum(), Transport: newStub(),
			Now: func() time.Time { return now }})
		require.NoError(t, err)
		_, err = c.Quotes(t.Context(), []rates.Market{btcUSD})
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.ErrorContains(t, err, why)
	}
}

func TestAfterAFailureTheNodeIsLeftAlone(t *testing.T) {
	for name, c := range map[string]struct {
		fault http.HandlerFunc
		least time.Duration
	}{
		"a server error":            {says(500, "text/plain", ""), 5 * time.Second},
		"a wish in seconds":         {says(429, "text/plain", "", "Retry-After", "90"), 90 * time.Second},
		"a refusal":                 {says(403, "text/plain", ""), time.Hour},
		"a wish for ever":           {says(503, "text/plain", "", "Retry-After", "4000000000"), time.Hour},
		"a wish that was yesterday": {says(503, "text/plain", "", "Retry-After", "Wed, 18 Nov 2026 12:00:00 GMT"), 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub()
				c0 := source(t, s)
				ask := func() error {
					_, err := c0.Quotes(t.Context(), []rates.Market{btcUSD})
					return err
				}
				s.does(c.fault)
				require.ErrorIs(t, ask(), rates.ErrUnavailable)
				s.does(nil)
				<-time.After(c.least - time.Second)
				require.ErrorContains(t, ask(), "pausing")
				posts, _ := s.asked()
				require.Equal(t, 1, posts)
				<-time.After(c.least/5 + time.Second)
				require.NoError(t, ask())
			})
		})
	}
}

func TestPausesDouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		c := source(t, s)
		s.does(says(500, "text/plain", ""))
		for _, least := range []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second} {
			_, err := c.Quotes(t.Context(), []rates.Market{btcUSD})
			require.ErrorContains(t, err, "status 500")
			<-time.After(least - time.Second)
			_, err = c.Quotes(t.Context(), []rates.Market{btcUSD})
			require.ErrorContains(t, err, "pausing")
			<-time.After(least/5 + time.Second)
		}
	})
}

func TestNoErrorHoldsACredential(t *testing.T) {
	secrets := []string{"pass word", "pass%20word", "0123456789abcdef", "qwertyuiop", "operator"}
	for name, transport := range map[string]roundTripper{
		"the transport repeats the address": func(*http.Request) (*http.Response, error) {
			return nil, errors.New("cannot reach " + endpoint)
		},
		"the transport repeats the path": func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("no route to %s", r.URL.Path)
		},
		"the node repeats the key": func(r *http.Request) (*http.Response, error) {
			s := newStub()
			s.http = rpcError("-32000", "key qwertyuiop is out of credit")
			return s.RoundTrip(r)
		},
		"the content type repeats the key": func(r *http.Request) (*http.Response, error) {
			s := newStub()
			s.http = says(200, "text/0123456789abcdef", "")
			return s.RoundTrip(r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			c, err := chainlink.New(chainlink.Options{URL: endpoint, Network: chainlink.Ethereum(), Transport: transport,
				Now: func() time.Time { return noon }, Log: logTo(&log)})
			require.NoError(t, err)
			for range 2 { // the second is told of the pause
				_, err = c.Quotes(t.Context(), []rates.Market{btcUSD})
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, "withheld")
				for _, secret := range secrets {
					require.NotContains(t, err.Error()+log.String(), secret)
				}
			}
			require.Contains(t, log.String(), "price node pauses")
		})
	}
}

func TestAFailureWithoutSecretsSaysWhatItWas(t *testing.T) {
	fault := errors.New("connection refused")
	c, err := chainlink.New(chainlink.Options{URL: endpoint, Network: chainlink.Ethereum(),
		Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, fault })})
	require.NoError(t, err)
	_, err = c.Quotes(t.Context(), []rates.Market{btcUSD})
	require.ErrorIs(t, err, fault)
}

func TestTheKeyInTheAddressIsSent(t *testing.T) {
	var got *http.Request
	c, err := chainlink.New(chainlink.Options{URL: endpoint, Network: chainlink.Ethereum(),
		Transport: roundTripper(func(r *http.Request) (*http.Response, error) { got = r; return nil, io.EOF })})
	require.NoError(t, err)
	_, _ = c.Quotes(t.Context(), []rates.Market{btcUSD})
	user, password, _ := got.BasicAuth()
	require.Equal(t, []string{"operator", "pass word", "/v3/0123456789abcdef", "apikey=qwertyuiop"},
		[]string{user, password, got.URL.Path, got.URL.RawQuery})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
