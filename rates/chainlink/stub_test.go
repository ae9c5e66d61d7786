package chainlink_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/sha3"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/chainlink"
)

var (
	btcUSD  = rates.Market{Coin: "BTC", Quote: "USD"}
	ethUSD  = rates.Market{Coin: "ETH", Quote: "USD"}
	usdcUSD = rates.Market{Coin: "USDC", Quote: "USD"}
	eurUSD  = rates.Market{Coin: "EUR", Quote: "USD"}
	// noon is a Thursday.
	noon = time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
)

// endpoint holds a key in every part that may.
const endpoint = "https://operator:pass%20word@node.example/v3/0123456789abcdef?apikey=qwertyuiop"

// round is one of an aggregator's; a zero updated time does not exist.
type round struct {
	answer  string // in units of 10⁻⁸
	updated time.Time
}

// oracle is one proxy: phases[p][r-1] is round r of phase p+1.
type oracle struct {
	description string
	decimals    int64
	phases      [][]round
	reverts     bool // for missing rounds; else zeros
	silent      int  // the phase whose aggregator refuses
	gone        int  // the phase whose aggregator was destroyed
}

// stub is a node as a transport, with Multicall3 and oracles. It knows functions
// by the hash of their signatures.
type stub struct {
	mu      sync.Mutex
	chain   int64
	block   time.Time
	oracles map[string]*oracle // by proxy
	http    http.HandlerFunc   // in place of the node
	result  func(string) string
	gas     int // how many calls of an aggregate succeed; zero is all
	posts   int
	reads   int // rounds read
}

// newStub returns a node of Ethereum at noon whose feeds are a minute old.
func newStub() *stub {
	s := &stub{chain: 1, block: noon, oracles: map[string]*oracle{}}
	answers := map[string]string{"BTC": "6400512345678", "ETH": "318712000000", "BNB": "61012000000", "USDC": "99991234",
		"USDT": "100010000", "DAI": "99990000", "EUR": "108765000"}
	for _, f := range chainlink.Ethereum().Feeds {
		s.oracles[lower(f.Proxy)] = &oracle{description: string(f.Market.Coin) + " / USD", decimals: 8,
			phases: [][]round{{}, {{"1", noon.Add(-time.Hour)}, {answers[string(f.Market.Coin)], noon.Add(-time.Minute)}}}}
	}
	return s
}

func (s *stub) oracle(m rates.Market) *oracle {
	for _, f := range chainlink.Ethereum().Feeds {
		if f.Market == m {
			return s.oracles[lower(f.Proxy)]
		}
	}
	return nil
}

// set replaces an oracle's newest round.
func (s *stub) set(m rates.Market, answer string, updated time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.oracle(m).phases
	last := p[len(p)-1]
	last[len(last)-1] = round{answer, updated}
}

func (s *stub) does(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.http = h
}

func (s *stub) asked() (posts, reads int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	posts, reads = s.posts, s.reads
	s.posts, s.reads = 0, 0
	return posts, reads
}

func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts++
	w := httptest.NewRecorder()
	if s.http != nil {
		s.http(w, r)
	} else {
		s.serve(w, r)
	}
	return w.Result(), r.Context().Err()
}

func (s *stub) serve(w http.ResponseWriter, r *http.Request) {
	var q struct {
		ID     int64
		Method string
		Params []json.RawMessage
	}
	body, _ := io.ReadAll(r.Body)
	var call struct{ To, Data string }
	if json.Unmarshal(body, &q) != nil || q.Method != "eth_call" || len(q.Params) != 2 ||
		json.Unmarshal(q.Params[0], &call) != nil || string(q.Params[1]) != `"latest"` {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	out, err := s.contract(call.To, unhex(call.Data), true)
	if err != nil {
		fmt.Fprintf(w, `{"jsonrpc":"2.0","id":%d,"error":{"code":3,"message":"execution reverted","data":"0x"}}`, q.ID)
		return
	}
	result := "0x" + hex.EncodeToString(out)
	if s.result != nil {
		result = s.result(result)
	}
	fmt.Fprintf(w, `{"jsonrpc":"2.0","id":%d,"result":%q}`, q.ID, result)
}

var errRevert = errors.New("revert")

// contract runs one call; outside says that it came from no contract.
func (s *stub) contract(to string, data []byte, outside bool) ([]byte, error) {
	is := func(signature string) bool { return string(data[:4]) == string(selector(signature)) }
	if to == "0xca11bde05977b3631167028862be2a173976ca11" {
		switch {
		case is("aggregate3((address,bool,bytes)[])"):
			return s.aggregate(data[4:]), nil
		case is("getCurrentBlockTimestamp()"):
			return word(s.block.Unix()), nil
		case is("getChainId()"):
			return word(s.chain), nil
		}
		return nil, errRevert
	}
	if o, ok := s.oracles[to]; ok {
		return s.proxy(to, o, data, is)
	}
	for proxy, o := range s.oracles {
		for p, rounds := range o.phases {
			if to != aggregator(proxy, p+1) {
				continue
			}
			if o.gone == p+1 {
				return nil, nil
			}
			if o.silent == p+1 || !outside || !is("latestRoundData()") || len(rounds) == 0 {
				return nil, errRevert // "No access", or "No data present"
			}
			return s.tell(0, len(rounds), rounds[len(rounds)-1]), nil
		}
	}
	return nil, nil // nothing there
}

func (s *stub) proxy(to string, o *oracle, data []byte, is func(string) bool) ([]byte, error) {
	switch n := len(o.phases); {
	case is("description()"):
		out := append(word(32), word(int64(len(o.description)))...)
		return append(out, pad([]byte(o.description))...), nil
	case is("decimals()"):
		return word(o.decimals), nil
	case is("latestRoundData()"):
		rounds := o.phases[n-1]
		if len(rounds) == 0 {
			return nil, errRevert
		}
		return s.tell(n, len(rounds), rounds[len(rounds)-1]), nil
	case is("phaseAggregators(uint16)"):
		p := int(new(big.Int).SetBytes(data[4:36]).Int64())
		if p < 1 || p > n || len(o.phases[p-1]) == 0 {
			return word(0), nil
		}
		return append(make([]byte, 12), unhex(aggregator(to, p))...), nil
	case is("getRoundData(uint80)"):
		s.reads++
		id := new(big.Int).SetBytes(data[4:36])
		p := int(new(big.Int).Rsh(id, 64).Int64())
		r := int(new(big.Int).And(id, new(big.Int).SetUint64(1<<64-1)).Int64())
		if p < 1 || p > n || r < 1 || r > len(o.phases[p-1]) || o.phases[p-1][r-1].updated.IsZero() {
			if o.reverts {
				return nil, errRevert
			}
			return s.tell(p, 0, round{answer: "0", updated: time.Unix(0, 0)}), nil
		}
		return s.tell(p, r, o.phases[p-1][r-1]), nil
	}
	return nil, errRevert
}

// tell encodes a round; answeredInRound is nonsense on purpose.
func (s *stub) tell(phase, n int, r round) []byte {
	id := new(big.Int).Lsh(big.NewInt(int64(phase)), 64)
	id.Or(id, big.NewInt(int64(n)))
	answer, _ := new(big.Int).SetString(r.answer, 10)
	if answer.Sign() < 0 {
		answer.Add(answer, new(big.Int).Lsh(big.NewInt(1), 256))
	}
	out := id.FillBytes(make([]byte, 32))
	out = append(out, answer.FillBytes(make([]byte, 32))...)
	out = append(out, word(r.updated.Unix())...)
	out = append(out, word(r.updated.Unix())...)
	return append(out, word(7)...)
}

// aggregate is Multicall3's.
func (s *stub) aggregate(b []byte) []byte {
	at := func(b []byte, i int) int { return int(new(big.Int).SetBytes(b[32*i : 32*i+32]).Int64()) }
	list := b[at(b, 0):]
	n := at(list, 0)
	list = list[32:]
	head, tail := []byte{}, []byte{}
	for i := range n {
		one := list[at(list, i):]
		data := one[at(one, 2):]
		data = data[32 : 32+at(data, 0)]
		out, err := s.contract("0x"+hex.EncodeToString(one[12:32]), data, false)
		success := int64(1)
		if s.gas > 0 && i >= s.gas {
			out, err = nil, errRevert
		}
		if err != nil {
			if at(one, 1) == 0 {
				panic("a call that must not fail did")
			}
			success = 0
		}
		head = append(head, word(int64(32*n+len(tail)))...)
		tail = append(tail, word(success)...)
		tail = append(tail, word(64)...)
		tail = append(tail, word(int64(len(out)))...)
		tail = append(tail, pad(out)...)
	}
	out := append(word(32), word(int64(n))...)
	return append(append(out, head...), tail...)
}

func aggregator(proxy string, phase int) string {
	return fmt.Sprintf("0x%s%02x", proxy[4:], phase)
}

func keccak(s string) []byte {
	h := sha3.NewLegacyKeccak256()
	_, _ = h.Write([]byte(s))
	return h.Sum(nil)
}

func selector(signature string) []byte { return keccak(signature)[:4] }

func word(n int64) []byte { return big.NewInt(n).FillBytes(make([]byte, 32)) }

func pad(b []byte) []byte { return append(b[:len(b):len(b)], make([]byte, (32-len(b)%32)%32)...) }

func unhex(s string) []byte {
	b, err := hex.DecodeString(s[2:])
	if err != nil {
		panic(err)
	}
	return b
}

func lower(s string) string { return "0x" + hex.EncodeToString(unhex(s)) }

// source returns a source over the stub whose clock stands at the stub's block.
func source(t require.TestingT, s *stub) *chainlink.Source {
	return sourceOf(t, s, chainlink.Options{Network: chainlink.Ethereum()})
}

// sourceOf returns one with other options.
func sourceOf(t require.TestingT, s *stub, o chainlink.Options) *chainlink.Source {
	o.URL = endpoint
	if o.Transport == nil {
		o.Transport = s
	}
	o.Now = func() time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.block.Add(2 * time.Second)
	}
	c, err := chainlink.New(o)
	require.NoError(t, err)
	return c
}

// one asks for one market.
func one(t *testing.T, c *chainlink.Source, m rates.Market) rates.Quote {
	t.Helper()
	quotes, err := c.Quotes(t.Context(), []rates.Market{m})
	require.NoError(t, err)
	require.Len(t, quotes, 1)
	require.Equal(t, m, quotes[0].Market)
	return quotes[0]
}

// number turns "phase:round" into the proxy's number.
func number(where string) string {
	var p, r int64
	if _, err := fmt.Sscanf(where, "%d:%d", &p, &r); err != nil {
		panic(err)
	}
	id := new(big.Int).Lsh(big.NewInt(p), 64)
	return id.Or(id, big.NewInt(r)).String()
}

// money8 writes units of 10⁻⁸.
func money8(units string) string {
	n, _ := decimal.NewFromString(units)
	return n.Shift(-8).String()
}

// swap replaces round a's number by b's in a result, both of phase 1.
func swap(result string, a, b int64) string {
	one := func(n int64) string {
		id := new(big.Int).Lsh(big.NewInt(1), 64)
		return fmt.Sprintf("%064x", id.Or(id, big.NewInt(n)))
	}
	return strings.ReplaceAll(result, one(a), one(b))
}

// ServeHTTP is the node behind a socket.
func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serve(w, r)
}
