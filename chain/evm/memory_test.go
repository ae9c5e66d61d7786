package evm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

// endless is a node of a chain that never ends: small blocks made as they are
// asked for, each with a log of a listed token.
type endless struct{ contract string }

func (e endless) RoundTrip(r *http.Request) (*http.Response, error) {
	var calls []struct {
		ID     json.RawMessage
		Method string
		Params []json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&calls); err != nil {
		return nil, err
	}
	out := new(strings.Builder)
	for i, c := range calls {
		fmt.Fprintf(out, `%s{"jsonrpc":"2.0","id":%s,"result":`, map[bool]string{true: "[", false: ","}[i == 0], c.ID)
		switch c.Method {
		case "eth_chainId":
			out.WriteString(`"0x1"`)
		case "eth_syncing":
			out.WriteString("false")
		case "eth_getCode":
			out.WriteString(`"0x60"`)
		case "eth_call":
			out.WriteString(`"0x06"`)
		case "eth_getBlockByNumber":
			e.block(out, heightIn(c.Params[0]))
		case "eth_getLogs":
			var f logFilter
			if err := json.Unmarshal(c.Params[0], &f); err != nil {
				return nil, err
			}
			e.logs(out, heightIn([]byte(f.FromBlock)), heightIn([]byte(f.ToBlock)))
		default:
			out.WriteString("null")
		}
		out.WriteByte('}')
	}
	out.WriteByte(']')
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(out.String())), ContentLength: int64(out.Len())}, nil
}

var noBits = strings.Repeat("0", 512)

func (e endless) block(out *strings.Builder, n uint64) {
	fmt.Fprintf(out, `{"number":"0x%x","hash":"0x%064x","parentHash":"0x%064x","timestamp":"0x%x","logsBloom":"0x%s","transactions":[{"hash":"0x%064x","to":"0x%040x","value":"0x1"}]}`,
		n, n+1, n, n, noBits, n<<8, n)
}

func (e endless) logs(out *strings.Builder, from, to uint64) {
	for n := from; n <= to; n++ {
		fmt.Fprintf(out, `%s{"address":"%s","topics":["0x%x","0x%064x","0x%064x"],"data":"0x%064x","blockNumber":"0x%x","blockHash":"0x%064x","transactionHash":"0x%064x","transactionIndex":"0x0","logIndex":"0x0"}`,
			map[bool]string{true: "[", false: ","}[n == from], e.contract, transferTopic[:], n, n, n, n, n+1, n<<8)
	}
	out.WriteByte(']')
}

func heightIn(text []byte) uint64 {
	var n uint64
	if _, err := fmt.Sscanf(strings.Trim(string(text), `"`), "0x%x", &n); err != nil {
		return 0
	}
	return n
}

// Catching up over 100,000 blocks holds no more memory at its end than it did
// after 10,000.
func TestMemoryStaysFlatOver100000Blocks(t *testing.T) {
	r, _ := syntheticRun(t, 0, 1)
	network := r.src.network
	s, err := NewSource(network, RPC{URL: "http://node", HTTP: &http.Client{Transport: endless{hexBytes(network.Tokens[0].Contract.Raw)}}})
	require.NoError(t, err)
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const run = 500
	var early, blocks uint64
	var last chain.Run
	for from := uint64(1); from < 100_000; from += run {
		last, err = s.Range(t.Context(), from, from+run-1)
		require.NoError(t, err)
		found, err := last.Match(t.Context(), noneWatched{})
		require.NoError(t, err)
		require.Empty(t, found.Transfers)
		blocks += uint64(len(last.Anchors()))
		if from+run-1 == 10_000 {
			early = heap()
		}
	}
	require.EqualValues(t, 100_000, blocks)
	require.Less(t, heap(), early+8<<20, "bytes; a run of 500 blocks is held in both")
	runtime.KeepAlive(last)
	runtime.KeepAlive(s)
}
