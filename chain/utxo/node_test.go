package utxo_test

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

// stub is a node over a chain of raw blocks, speaking a dialect, Bitcoin Core
// 31's unless set. Set its fields before the first call, or between two.
type stub struct {
	blocks  [][]byte
	stale   []mined           // blocks off the best chain
	pending map[string][]byte // mempool by id; it names one more, which it has lost
	index   map[string]mined  // what a transaction index finds; nil: there is none
	dialect dialect
	loading bool                                     // the mempool is
	version string                                   // subversion
	genesis string                                   // what it calls block 0, where that is not its first block
	lacks   []string                                 // methods it does not have
	fail    func(call) *fault                        // refuses calls in its own way
	wreck   func(http.ResponseWriter, []byte) []byte // changes an answer
	before  func(http.ResponseWriter, *http.Request, []call) bool

	mu      sync.Mutex
	refused []string // methods that were called in a way it does not take
}

// mined is a block, or a transaction and its block.
type mined struct {
	raw    []byte
	block  string
	height int
}

// call is a request, as a node reads it.
type call struct {
	ID     int
	Method string
	Params []json.RawMessage
}

// fault is an error, as a node writes it.
type fault struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// speaks returns the node's dialect.
func (n *stub) speaks() dialect {
	if n.dialect.params == nil {
		return dialects["Bitcoin Core 31"]
	}
	return n.dialect
}

func (n *stub) answer(c call) (any, *fault) {
	if slices.Contains(n.lacks, c.Method) {
		return nil, &fault{-32601, "Method not found"}
	}
	if n.fail != nil {
		if f := n.fail(c); f != nil {
			return nil, f
		}
	}
	d := n.speaks()
	if f := d.refuses(c); f != nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.refused = append(n.refused, c.Method)
		return nil, f
	}
	var name string
	var height int
	if len(c.Params) > 0 {
		_, _ = json.Unmarshal(c.Params[0], &name), json.Unmarshal(c.Params[0], &height)
	}
	verbose := len(c.Params) > 1 && string(c.Params[1]) != "0" && string(c.Params[1]) != "false"
	top := len(n.blocks) - 1
	switch c.Method {
	case "getblockhash":
		switch {
		case height == 0 && n.genesis != "":
			return n.genesis, nil
		case height <= top:
			return utxo.HashOf(n.blocks[height]).String(), nil
		}
		return nil, &d.aboveHead
	case "getblock", "getblockheader":
		return n.block(c.Method, name, verbose)
	case "getblockchaininfo":
		info := map[string]any{"blocks": top, "headers": top + 3, "bestblockhash": utxo.HashOf(n.blocks[top]).String(),
			"verificationprogress": 0.5, "initialblockdownload": false}
		if d.noInitial {
			delete(info, "initialblockdownload")
		}
		return info, nil
	case "getblockcount":
		return top, nil
	case "getnetworkinfo":
		return map[string]any{"version": 210504, "subversion": n.version}, nil
	case "getmempoolinfo":
		info := map[string]any{"size": len(n.pending) + 1, "bytes": 1}
		if d.poolLoads {
			info["loaded"] = !n.loading
		}
		return info, nil
	case "getrawmempool":
		ids := []string{strings.Repeat("ab", 32)}
		for id := range n.pending {
			ids = append(ids, id)
		}
		return ids, nil
	}
	return n.transaction(name, verbose)
}

// block answers getblock and getblockheader.
func (n *stub) block(method, name string, verbose bool) (any, *fault) {
	known := slices.Clone(n.stale)
	for i, b := range n.blocks {
		known = append(known, mined{raw: b, height: i})
	}
	i := slices.IndexFunc(known, func(m mined) bool { return utxo.HashOf(m.raw).String() == name })
	switch {
	case i < 0:
		return nil, &fault{-5, "Block not found"}
	case method == "getblock":
		return hex.EncodeToString(known[i].raw), nil
	case verbose:
		return map[string]any{"hash": name, "height": known[i].height, "difficulty": 4.6e-10}, nil
	case n.speaks().network.Family == chain.FamilyDogecoin && known[i].raw[1]&1 != 0: // a merged mining proof follows the header
		return hex.EncodeToString(known[i].raw[:80+len(utxo.Proof)]), nil
	}
	return hex.EncodeToString(known[i].raw[:80]), nil
}

// transaction answers getrawtransaction.
func (n *stub) transaction(name string, verbose bool) (any, *fault) {
	at := mined{raw: n.pending[name]}
	if at.raw == nil {
		at = n.index[name]
	}
	switch {
	case at.raw == nil && n.index == nil:
		return nil, &fault{-5, n.speaks().noIndex}
	case at.raw == nil:
		return nil, &fault{-5, "No such mempool or blockchain transaction. Use gettransaction for wallet transactions."}
	case !verbose:
		return hex.EncodeToString(at.raw), nil
	}
	out := map[string]any{"txid": name, "hex": hex.EncodeToString(at.raw), "vout": []any{map[string]any{"value": 0.1}}}
	if at.block != "" {
		out["blockhash"], out["confirmations"] = at.block, 1
	}
	return out, nil
}

func (n *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body json.RawMessage
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	lone := body[0] == '{'
	if lone {
		body = slices.Concat([]byte("["), body, []byte("]"))
	}
	var calls []call
	_ = json.Unmarshal(body, &calls)
	if n.before != nil && n.before(w, r, calls) {
		return
	}
	var out []any
	for _, c := range slices.Backward(calls) { // batches are answered in reverse
		result, f := n.answer(c)
		out = append(out, map[string]any{"id": c.ID, "result": result, "error": f})
	}
	text, _ := json.Marshal(out)
	if lone {
		text, _ = json.Marshal(out[0])
	}
	w.Header().Set("Content-Type", "application/json")
	if n.wreck != nil {
		text = n.wreck(w, text)
	}
	_, _ = w.Write(text)
}

const canary = "s3cr3t-canary"

// open returns a source that speaks to the node, whose first block is the
// network's genesis.
func open(t *testing.T, n *stub) *utxo.Source {
	network := chain.BitcoinRegtest
	network.Genesis = utxo.HashOf(n.blocks[0]).String()
	return openOn(t, n, network)
}

func openOn(t *testing.T, n *stub, network chain.Network) *utxo.Source {
	server := httptest.NewServer(n)
	t.Cleanup(server.Close)
	s, err := utxo.NewSource(network, utxo.RPC{URL: server.URL + "/" + canary + "path", User: "user", Password: canary})
	require.NoError(t, err)
	return s
}

// everything watches all there is.
type everything struct{}

func (everything) Address([]byte) bool          { return true }
func (everything) Outpoint(chain.Outpoint) bool { return true }
