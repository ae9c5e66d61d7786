package evm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

// endless is a node of a chain that never ends: small blocks made as they are
// asked for, each with a log of a listed token.
type endless struct{ blockParts, logParts []string }

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
			fill(out, e.blockParts, heightIn(c.Params[0]))
		case "eth_getLogs":
			var f logFilter
			if err := json.Unmarshal(c.Params[0], &f); err != nil {
				return nil, err
			}
			if f.BlockHash != "" {
				out.WriteString("[]") // no native transfers by contracts
				break
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

// Numbers in the texts are written with all their zeros, so that they can be
// filled in without formatting: # is 16 digits of the height, ^ of the one below.
var (
	blockOf = `{"number":"0x#","hash":"0x` + wide + `#","parentHash":"0x` + wide + `^","timestamp":"0x#","transactions":[{"hash":"0x` + wide + `#","from":"0x` + wide[24:] + `#","to":"0x` + wide[24:] + `#","value":"0x1"}]}`
	logOf   = `{"address":"ADDRESS","topics":["TOPIC","0x` + wide + `#","0x` + wide + `#"],"data":"0x` + wide + `#","blockNumber":"0x#","blockHash":"0x` +
		wide + `#","transactionHash":"0x` + wide + `#","transactionIndex":"0x0","logIndex":"0x0"}`
	wide = strings.Repeat("0", 48)
)

// fill writes a text about block n.
func fill(out *strings.Builder, parts []string, n uint64) {
	var height, parent [16]byte
	hexDigits(&height, n)
	hexDigits(&parent, n-1)
	for _, part := range parts {
		switch part {
		case "#":
			out.Write(height[:])
		case "^":
			out.Write(parent[:])
		default:
			out.WriteString(part)
		}
	}
}

func hexDigits(out *[16]byte, n uint64) {
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = "0123456789abcdef"[n&15]
		n >>= 4
	}
}

// partsOf cuts a text at its placeholders.
func partsOf(text string) []string {
	var out []string
	for {
		i := strings.IndexAny(text, "#^")
		if i < 0 {
			return append(out, text)
		}
		out = append(out, text[:i], text[i:i+1])
		text = text[i+1:]
	}
}

func newEndless(contract string) endless {
	text := strings.NewReplacer("ADDRESS", contract, "TOPIC", hexBytes(transferTopic[:])).Replace(logOf)
	return endless{blockParts: partsOf(blockOf), logParts: partsOf(text)}
}

func (e endless) logs(out *strings.Builder, from, to uint64) {
	for n := from; n <= to; n++ {
		out.WriteString(map[bool]string{true: "[", false: ","}[n == from])
		fill(out, e.logParts, n)
	}
	out.WriteByte(']')
}

func heightIn(text []byte) uint64 {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.Trim(string(text), `"`), "0x"), 16, 64)
	if err != nil {
		return 0
	}
	return n
}

// Catching up over 100,000 blocks holds no more memory at its end than it did
// after 10,000.
func TestMemoryStaysFlatOver100000Blocks(t *testing.T) {
	r, _ := syntheticRun(t, 0, 1)
	network := r.src.network
	s, err := NewSource(network, RPC{URL: "http://node", NoTraces: true, HTTP: &http.Client{Transport: newEndless(hexBytes(network.Tokens[0].Contract.Raw))}})
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
	late := heap()
	t.Logf("%d bytes after 10,000 blocks, %d after 100,000", early, late)
	require.Less(t, late, early+(1<<20), "bytes; a run of 500 blocks is held in both")
	runtime.KeepAlive(last)
	runtime.KeepAlive(s)
}
