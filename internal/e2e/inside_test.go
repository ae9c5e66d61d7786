package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/internal/e2e/contracts"
	"github.com/cointill/cointill/internal/e2e/gethnode"
)

// Instructions of the EVM.
const (
	opCreate, opCall, opCallCode, opDelegate = 0xf0, 0xf1, 0xf2, 0xf4
	opSelfDestruct, opRevert                 = 0xff, 0xfd
)

// creation is the code that creates a contract with a code.
func creation(code []byte) contracts.Contract {
	n := len(code)
	return contracts.Contract{Code: append([]byte{0x61, byte(n >> 8), byte(n), 0x80, 0x60, 0x0c, 0x60, 0, 0x39, 0x60, 0, 0xf3}, code...)}
}

// calling is one call of an address with a value, if the instruction takes one.
func calling(op byte, to common.Address, wei byte) []byte {
	out := []byte{0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0}
	if op != opDelegate {
		out = append(out, 0x60, wei)
	}
	return append(append(append(out, 0x73), to[:]...), 0x5a, op, 0x50)
}

// everyWay pays in every way that a contract has, and in every way that only
// looks like one.
func everyWay(to, reverting common.Address) []byte {
	code := []byte{0x33, 0x30, 0x14, 0x60, 0, 0x57} // called by itself: stop
	code = append(code, calling(opCall, to, 1)...)
	code = append(code, calling(opDelegate, to, 0)...)
	code = append(code, calling(opCallCode, to, 3)...)
	code = append(code, calling(opCall, reverting, 5)...)
	code = append(code, 0x60, 0, 0x60, 0, 0x60, 0, 0x60, 0, 0x60, 4, 0x30, 0x5a, opCall, 0x50) // 4 to itself
	code = append(code, 0x75, 0x73)                                                            // a contract with 2 that destroys itself
	code = append(code, to[:]...)
	code = append(code, opSelfDestruct, 0x60, 0, 0x52, 0x60, 22, 0x60, 10, 0x60, 2, opCreate, 0x50)
	code = append(code, calling(opCall, to, 7)...)
	code = append(append(append(code, 0x73), to[:]...), opSelfDestruct)
	code[4] = byte(len(code))
	return append(code, 0x5b, 0x00)
}

// A real node's execution, read in both dialects of traces and by the balance: a
// delegated call, a CALLCODE, a call that was taken back and a call of itself
// bring nothing, everything else is found once.
func TestEveryWayAContractMovesCoinsInBothDialects(t *testing.T) {
	e := newEVM(t, "inside", 1337, "ETH")
	to := common.HexToAddress("0x00000000000000000000000000000000a11ce000")
	reverting := e.Deploy(creation(append(calling(opCall, to, 5), 0x60, 0, 0x60, 0, opRevert)))
	payer := e.Deploy(creation(everyWay(to, reverting.Address)))
	e.Mine(1)
	tx := e.Pay(payer.Address, big.NewInt(100))
	direct := e.Pay(to, big.NewInt(11))
	e.PayFrom(gethnode.Whale, reverting.Address, big.NewInt(5)) // fails
	e.Mine(1)
	require.EqualValues(t, 1, e.Receipt(tx).Status)

	m := chain.NewWatched()
	m.AddAddress(addressOf(to))
	m.AddAddress(addressOf(payer.Address))
	read := func(src *evm.Source) chain.Found {
		head, err := src.Head(t.Context())
		require.NoError(t, err)
		run, err := src.Linked(t.Context(), head.Height, head.Height)
		require.NoError(t, err)
		f, err := run.Match(t.Context(), m)
		require.NoError(t, err)
		require.True(t, f.Internal)
		held, err := src.Balances(t.Context(), head.Anchor, []chain.Address{addressOf(to), addressOf(payer.Address)})
		require.NoError(t, err)
		require.EqualValues(t, 111, held[0].Units().Int64(), "all that was paid")
		require.Zero(t, held[1].Sign())
		return f
	}
	nested := read(e.source(t, e.net))
	var got []int64
	total := int64(0)
	for _, x := range nested.Transfers {
		if x.To != addressOf(to) {
			require.Equal(t, chain.Hash(tx.Hash()), x.TxID)
			require.EqualValues(t, 100, x.Amount.Units().Int64())
			continue
		}
		total += x.Amount.Units().Int64()
		if x.TxID == chain.Hash(tx.Hash()) {
			got = append(got, x.Amount.Units().Int64())
		} else {
			require.Equal(t, chain.Hash(direct.Hash()), x.TxID)
		}
	}
	require.Equal(t, []int64{1, 2, 7, 90}, got, "in the order of execution")
	require.EqualValues(t, 111, total)

	proxy := httptest.NewServer(flatTraces(t, e.URL))
	t.Cleanup(proxy.Close)
	src, err := evm.NewSource(e.net, evm.RPC{URL: proxy.URL, HTTP: httpClient(t)})
	require.NoError(t, err)
	require.Equal(t, nested, read(src), "one key for each, whatever tells of it")
}

// flatTraces is go-ethereum without debug_traceBlockByHash and with trace_block,
// made of its own flat traces of the same execution.
func flatTraces(t *testing.T, url string) http.Handler {
	node, err := rpc.Dial(url)
	require.NoError(t, err)
	t.Cleanup(node.Close)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var calls []struct {
			ID     json.RawMessage   `json:"id"`
			Method string            `json:"method"`
			Params []json.RawMessage `json:"params"`
		}
		if json.Unmarshal(body, &calls) != nil || !slices.Contains([]string{"trace_block", "debug_traceBlockByHash"}, calls[0].Method) {
			resp, err := http.Post(url, "application/json", bytes.NewReader(body))
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			defer resp.Body.Close()
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.Copy(w, resp.Body)
			return
		}
		var out []any
		for _, c := range calls {
			if c.Method != "trace_block" {
				out = append(out, map[string]any{"jsonrpc": "2.0", "id": c.ID, "error": map[string]any{"code": -32601, "message": "the method " + c.Method + " does not exist/is not available"}})
				continue
			}
			var traces []struct{ Result []json.RawMessage }
			err := node.CallContext(r.Context(), &traces, "debug_traceBlockByNumber", c.Params[0],
				map[string]any{"tracer": "flatCallTracer", "tracerConfig": map[string]any{"convertParityErrors": true}})
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			all := []json.RawMessage{}
			for _, x := range traces {
				all = append(all, x.Result...)
			}
			out = append(out, map[string]any{"jsonrpc": "2.0", "id": c.ID, "result": all})
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out)
	})
}
