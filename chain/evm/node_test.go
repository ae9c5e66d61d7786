package evm_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/payments/money"
)

// Contracts of the test network.
const (
	usdt    = "0x00000000000000000000000000000000000000a1" // 6 decimals
	dai     = "0x00000000000000000000000000000000000000a2" // 18 decimals
	gusd    = "0x00000000000000000000000000000000000000a3" // 2 decimals
	foreign = "0x00000000000000000000000000000000000000ff"
	system  = "0xfffffffffffffffffffffffffffffffffffffffe"

	alice = "0x00000000000000000000000000000000000a11ce"
	bob   = "0x0000000000000000000000000000000000000b0b"
	fees  = "0x0000000000000000000000000000000000000fee"

	transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
)

func raw(s string) string {
	b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil {
		panic(err)
	}
	return string(b)
}

func addr(s string) chain.Address { return chain.Address{Family: chain.FamilyEVM, Raw: raw(s)} }

func asset(c money.Coin, decimals uint8) money.Asset {
	return money.Asset{Coin: c, Network: "testnet", Decimals: decimals}
}

func network() chain.Network {
	return chain.Network{
		ID: "testnet", Family: chain.FamilyEVM, Test: true, ChainID: 1337, Native: asset("ETH", 18),
		Tokens: []chain.Token{
			{Asset: asset("USDT", 6), Contract: addr(usdt)},
			{Asset: asset("DAI", 18), Contract: addr(dai)},
			{Asset: asset("GUSD", 2), Contract: addr(gusd)},
		},
	}
}

// watch is a matcher of a few addresses.
type watch map[string]bool

func watching(addresses ...string) watch {
	w := watch{}
	for _, a := range addresses {
		w[raw(a)] = true
	}
	return w
}

func (w watch) Address(b []byte) bool        { return w[string(b)] }
func (w watch) Outpoint(chain.Outpoint) bool { return false }

type obj = map[string]any

// tx is a transaction of the stub node. fill sets what the block decides.
type tx struct {
	to     any // string, or nil for a contract creation
	value  string
	failed bool
	logs   []obj
	hash   string
	kind   string
	data   string  // of the call
	from   string  // fees if empty
	calls  []frame // made by the transaction
	gas    obj     // what its receipt says of its price
}

func (x tx) input() string { return "0x" + x.data }

// call is the data of transfer(address,uint256).
func call(to string, amount int64) string { return "a9059cbb" + pad(to)[2:] + uint256(amount)[2:] }

func pad(address string) string { return "0x" + strings.Repeat("0", 24) + address[2:] }

func uint256(n int64) string { return fmt.Sprintf("0x%064x", n) }

func log(contract, to string, amount int64) obj {
	return obj{"address": contract, "topics": []string{transfer, pad(fees), pad(to)}, "data": uint256(amount)}
}

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// node is a JSON-RPC stub that serves a crafted chain. Its fields may be
// changed between calls.
type node struct {
	*httptest.Server
	mu       sync.Mutex
	blocks   []obj
	logs     map[string][]obj // by block hash
	receipts map[string]obj   // by transaction hash
	decimals map[string]int
	final    any
	calls    map[string]int
	bloom    string
	pool     []obj              // unmined transactions
	balances map[string]int     // after block 0; each block adds one
	roots    map[string][]frame // the transactions' calls, by block hash
	native   bool               // EIP-7708 is active
	offers   string             // the method by which it traces
	// override answers a method in place of the stub, if it says so.
	override func(method string, params []any) (any, *rpcError, bool)
	// serve answers a whole request in place of the stub, if it says so.
	serve func(w http.ResponseWriter, r *http.Request) bool
	// refuse answers a request of so many calls in place of the stub.
	refuse func(w http.ResponseWriter, calls int) bool
	// reorder changes the answers of a request.
	reorder func([]obj) []obj
}

func newNode(t testing.TB) *node {
	n := stub()
	t.Cleanup(n.Close)
	return n
}

func stub() *node {
	n := &node{
		logs: map[string][]obj{}, receipts: map[string]obj{}, calls: map[string]int{}, roots: map[string][]frame{},
		decimals: map[string]int{usdt: 6, dai: 18, gusd: 2},
		bloom:    "0x" + strings.Repeat("00", 256),
	}
	n.Server = httptest.NewServer(http.HandlerFunc(n.answer))
	n.add()
	return n
}

// add mines a block.
func (n *node) add(txs ...tx) *node {
	height := len(n.blocks)
	hash := fmt.Sprintf("0x%064x", 0xb10c0000+height)
	full := []obj{}
	index := 0
	n.logs[hash] = []obj{}
	for i, x := range txs {
		if x.hash == "" {
			x.hash = fmt.Sprintf("0x%064x", 0x7a000000+height*1000+i)
		}
		kind := x.kind
		if kind == "" {
			kind = "0x2"
		}
		value := x.value
		if value == "" {
			value = "0x0"
		}
		from := x.from
		if from == "" {
			from = fees
		}
		full = append(full, obj{"hash": x.hash, "to": x.to, "value": value, "type": kind, "from": from, "input": x.input(), "nonce": fmt.Sprintf("0x%x", i), "transactionIndex": fmt.Sprintf("0x%x", i)})
		status := "0x1"
		if x.failed {
			status = "0x0"
		}
		if n.native && !x.failed {
			x.logs = append(nativeLogs(x.root(from, value, i)), x.logs...)
		}
		n.roots[hash] = append(n.roots[hash], x.root(from, value, i))
		for _, l := range x.logs {
			l["blockHash"], l["blockNumber"] = hash, fmt.Sprintf("0x%x", height)
			l["transactionHash"], l["transactionIndex"] = x.hash, fmt.Sprintf("0x%x", i)
			l["logIndex"], l["removed"] = fmt.Sprintf("0x%x", index), false
			n.logs[hash] = append(n.logs[hash], l)
			index++
		}
		logs := x.logs
		if logs == nil {
			logs = []obj{}
		}
		n.receipts[x.hash] = obj{"transactionHash": x.hash, "blockHash": hash, "status": status, "logs": logs,
			"gasUsed": "0x5208", "effectiveGasPrice": "0x3b9aca07"}
		for k, v := range x.gas {
			n.receipts[x.hash][k] = v
		}
	}
	n.blocks = append(n.blocks, obj{
		"number": fmt.Sprintf("0x%x", height), "hash": hash, "timestamp": fmt.Sprintf("0x%x", 1_700_000_000+12*height),
		"parentHash": fmt.Sprintf("0x%064x", 0xb10c0000+height-1), "logsBloom": n.bloom, "transactions": full,
	})
	return n
}

func (n *node) answer(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.serve != nil && n.serve(w, r) {
		return
	}
	var reqs []struct {
		ID     json.RawMessage
		Method string
		Params []any
	}
	if err := json.NewDecoder(r.Body).Decode(&reqs); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if n.refuse != nil && n.refuse(w, len(reqs)) {
		return
	}
	out := make([]obj, len(reqs))
	for i, q := range reqs {
		n.calls[q.Method]++
		result, no, ok := any(nil), (*rpcError)(nil), false
		if n.override != nil {
			result, no, ok = n.override(q.Method, q.Params)
		}
		if !ok {
			result, no = n.result(q.Method, q.Params)
		}
		out[i] = obj{"jsonrpc": "2.0", "id": q.ID, "result": result}
		if no != nil {
			out[i] = obj{"jsonrpc": "2.0", "id": q.ID, "error": no}
		}
	}
	if n.reorder != nil {
		out = n.reorder(out)
	}
	body, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	if _, err := w.Write(body); err != nil {
		return // the client has given up
	}
}

func (n *node) source(t testing.TB) *evm.Source {
	t.Helper()
	return sourceOf(n)
}

func sourceOf(n *node) *evm.Source {
	s, err := evm.NewSource(network(), evm.RPC{URL: n.URL})
	if err != nil {
		panic(err)
	}
	return s
}
