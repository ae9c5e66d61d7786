package utxo_test

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

// stub is a node over a chain of raw blocks, speaking as Bitcoin Core or btcd.
// Set its fields before the first call, or between two.
type stub struct {
	blocks  [][]byte
	pending map[string][]byte // mempool by id; it names one more, which it has lost
	btcd    bool
	lacks   []string                                 // methods it does not have
	wreck   func(http.ResponseWriter, []byte) []byte // changes an answer
	before  func(http.ResponseWriter, *http.Request, []call) bool
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

func (n *stub) answer(c call) (any, *fault) {
	if slices.Contains(n.lacks, c.Method) {
		return nil, &fault{-32601, "Method not found"}
	}
	var name string
	var height int
	if len(c.Params) > 0 {
		_, _ = json.Unmarshal(c.Params[0], &name), json.Unmarshal(c.Params[0], &height)
	}
	top := len(n.blocks) - 1
	switch c.Method {
	case "getblockhash":
		switch {
		case height <= top:
			return utxo.HashOf(n.blocks[height]).String(), nil
		case n.btcd:
			return nil, &fault{-1, "Block number out of range"}
		}
		return nil, &fault{-8, "Block height out of range"}
	case "getblock", "getblockheader":
		i := slices.IndexFunc(n.blocks, func(b []byte) bool { return utxo.HashOf(b).String() == name })
		switch {
		case i < 0:
			return nil, &fault{-5, "Block not found"}
		case c.Method == "getblockheader":
			return hex.EncodeToString(n.blocks[i][:80]), nil
		case n.btcd && string(c.Params[1]) != "false":
			return nil, &fault{-1, "JSON value is not a boolean as expected"}
		}
		return hex.EncodeToString(n.blocks[i]), nil
	case "getblockchaininfo":
		if n.btcd {
			return nil, &fault{-1, "Command unimplemented"}
		}
		return map[string]any{"blocks": top, "headers": top + 3, "bestblockhash": utxo.HashOf(n.blocks[top]).String()}, nil
	case "getblockcount":
		return top, nil
	case "getrawmempool":
		ids := []string{strings.Repeat("ab", 32)}
		for id := range n.pending {
			ids = append(ids, id)
		}
		return ids, nil
	case "getrawtransaction":
		if raw, ok := n.pending[name]; ok {
			return hex.EncodeToString(raw), nil
		}
		return nil, &fault{-5, "No information available about transaction"}
	}
	return nil, &fault{-32601, "Method not found"}
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
