package evm

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkCatchUp reads final blocks of 150 transactions and 600 logs each
// from a stub node on the same machine: blocks, logs, proof of the end. Its
// figure is blocks per second.
func BenchmarkCatchUp(b *testing.B) { catchUp(b, nil) }

// BenchmarkCatchUpTraced is the same with a node that traces every block at
// once; a real one's own work is not in the figure.
func BenchmarkCatchUpTraced(b *testing.B) { catchUp(b, syntheticTrace(150)) }

func catchUp(b *testing.B, trace []byte) {
	const count = 128
	sample, logs := syntheticRun(b, 150, 600)
	hash := func(n int) string { return fmt.Sprintf(`"0x%064x"`, 0xb10c00+n) }
	blocks, arrays := make([]string, count), make([]string, count)
	for n := range count {
		number := fmt.Sprintf(`umber":"0x%x"`, n)
		of := strings.NewReplacer(hex32("d1"), hash(n), hex32("d0"), hash(n-1), `umber":"0x10"`, number)
		blocks[n] = of.Replace(string(sample.blocks[0].raw))
		arrays[n] = strings.Trim(of.Replace(string(logs[0])), "[]")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var calls []struct {
			ID     json.RawMessage
			Method string
			Params []json.RawMessage
		}
		if json.NewDecoder(r.Body).Decode(&calls) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		height := func(text string) int {
			n, err := strconv.ParseUint(strings.TrimPrefix(strings.Trim(text, `"`), "0x"), 16, 31)
			if err != nil {
				return 0
			}
			return int(n)
		}
		var out strings.Builder
		out.WriteByte('[')
		for i, c := range calls {
			if i > 0 {
				out.WriteByte(',')
			}
			if trace == nil && strings.Contains(c.Method, "trace") {
				fmt.Fprintf(&out, `{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no such method"}}`, c.ID)
				continue
			}
			fmt.Fprintf(&out, `{"jsonrpc":"2.0","id":%s,"result":`, c.ID)
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
				out.WriteString(blocks[height(string(c.Params[0]))])
			case "debug_traceBlockByHash":
				out.Write(trace)
			case "eth_getLogs":
				var f logFilter
				if json.Unmarshal(c.Params[0], &f) != nil {
					return
				}
				out.WriteString("[" + strings.Join(arrays[height(f.FromBlock):height(f.ToBlock)+1], ",") + "]")
			}
			out.WriteString("}")
		}
		out.WriteString("]")
		if _, err := w.Write([]byte(out.String())); err != nil {
			return
		}
	}))
	b.Cleanup(server.Close)
	s, err := NewSource(sample.src.network, RPC{URL: server.URL})
	require.NoError(b, err)
	n := 0
	for b.Loop() {
		r, err := s.Range(b.Context(), 0, count-1)
		if err != nil {
			b.Fatal(err)
		}
		found, err := r.Match(b.Context(), noneWatched{})
		if err != nil || found.Internal != (trace != nil) {
			b.Fatal(found.Internal, err)
		}
		n += count
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "blocks/s")
}
