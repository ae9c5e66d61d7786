package chaintest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/payments/money"
)

// liar stands before an honest node and says sixteen times every quantity of one
// name: a method and the path inside its answer.
type liar struct {
	mu    sync.Mutex // one request at a time
	node  http.Handler
	about string
	names map[string]bool // of all quantities that were answered
}

// ServeHTTP implements http.Handler.
func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(asked))
	said := httptest.NewRecorder()
	l.node.ServeHTTP(said, r)
	var calls, answers any
	if json.Unmarshal(asked, &calls) != nil || json.Unmarshal(said.Body.Bytes(), &answers) != nil {
		http.Error(w, "not JSON", http.StatusInternalServerError)
		return
	}
	if batch, ok := calls.([]any); ok {
		for i, c := range batch {
			l.change(c, answers.([]any)[i])
		}
	} else {
		l.change(calls, answers)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answers)
}

func (l *liar) change(call, answer any) {
	a := answer.(map[string]any)
	a["result"] = l.lie(call.(map[string]any)["method"].(string), a["result"])
}

func (l *liar) lie(name string, v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k := range x {
			x[k] = l.lie(name+"."+k, x[k])
		}
	case []any:
		for i := range x {
			x[i] = l.lie(name, x[i])
		}
	case string:
		if isQuantity(x) && x != "0x0" {
			if l.names[name] = true; l.about == name {
				return x + "0"
			}
		}
	}
	return v
}

// isQuantity reports whether s is a number in the form of the Ethereum JSON-RPC
// specification, of less than the 20 bytes of an address.
func isQuantity(s string) bool {
	digits, ok := strings.CutPrefix(s, "0x")
	return ok && digits != "" && len(digits) < 40 && strings.Trim(digits, "0123456789abcdef") == "" &&
		(digits == "0" || digits[0] != '0')
}

// A quantity that is false wherever the node says it is contradicted by the rest
// of what it says, changes nothing, or is one of those that chain/evm's
// documentation names as believed.
func TestOneFalseQuantityIsContradictedOrIsOfTheKnownFew(t *testing.T) {
	for _, c := range []struct {
		name     string
		traces   bool
		believed string
	}{
		{"the node traces", true, "debug_traceBlockByHash.result.calls.calls.value"},
		{"the node does not trace", false, "eth_getBlockByNumber.transactions.value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sim, watched := paidInEveryWay()
			face := sim.Geth()
			face.Trace(c.traces)
			node := &liar{node: face, names: map[string]bool{}}
			server := httptest.NewServer(node)
			defer server.Close()
			read := func() ([]string, error) {
				src, err := evm.NewSource(sim.Network(), evm.RPC{URL: server.URL})
				require.NoError(t, err)
				run, err := src.Linked(context.Background(), 1, sim.Head().Height)
				if err != nil {
					return nil, err
				}
				found, err := run.Match(context.Background(), watched)
				return lines(found.Transfers, found.Spends), err
			}
			want, err := read()
			require.NoError(t, err)
			var believed []string
			for _, node.about = range slices.Sorted(maps.Keys(node.names)) {
				got, err := read()
				if err != nil {
					assert.True(t, known(err), "%s: %v", node.about, err)
				} else if !slices.Equal(want, got) {
					believed = append(believed, node.about)
				}
			}
			assert.Equal(t, []string{c.believed, "eth_getTransactionReceipt.effectiveGasPrice", "eth_getTransactionReceipt.gasUsed"}, believed)
		})
	}
}

// paidInEveryWay is a chain on which a watched address was paid in all coins, by
// contracts too, and paid.
func paidInEveryWay() (*chainsim.EVM, *chain.Watched) {
	n := chain.Ethereum
	sim := chainsim.NewEVM(n, chainsim.Options{})
	own := chainsim.Address(n, 0)
	pay := func(a money.Asset) chainsim.Payment {
		return chainsim.Payment{To: own, Amount: money.Units(a, 1234)}
	}
	sim.Mine(3)
	for _, a := range n.Assets() {
		sim.Pay(pay(a))
	}
	sim.PayInternal(pay(n.Native))
	sim.PayByDestruction(pay(n.Native))
	sim.Send(own, chainsim.Payment{To: chainsim.Address(n, 1), Amount: money.Units(n.Native, 7)})
	sim.Mine(3)
	watched := chain.NewWatched()
	watched.AddAddress(own)
	return sim, watched
}
