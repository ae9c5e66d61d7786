package torture_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments/money"
)

// proxy changes what a node answers.
func proxy(t *testing.T, node http.Handler, change func(req []byte, w http.ResponseWriter, answer []byte) []byte) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		rec := httptest.NewRecorder()
		node.ServeHTTP(rec, r)
		out := change(body, w, rec.Body.Bytes())
		if out == nil {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(rec.Code)
		w.Write(out)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

type to map[string]bool

func (m to) Address(b []byte) bool        { return m[string(b)] }
func (m to) Outpoint(chain.Outpoint) bool { return false }

func ethTown(t *testing.T) (*chainsim.EVM, to, func(change func([]byte, http.ResponseWriter, []byte) []byte) *evm.Source) {
	eth := chainsim.NewEVM(simEthereum(), chainsim.Options{FinalLag: 64})
	eth.Mine(1)
	a, b := chainsim.Address(eth.Network(), 1), chainsim.Address(eth.Network(), 2)
	usdt, _ := eth.Network().Asset("USDT")
	dai, _ := eth.Network().Asset("DAI")
	eth.Pay(chainsim.Payment{To: a, Amount: money.Units(usdt, 5)})
	eth.Pay(chainsim.Payment{To: a, Amount: money.Units(eth.Network().Native, 7)})
	eth.Pay(chainsim.Payment{To: b, Amount: money.Units(dai, 9)})
	eth.Mine(1)
	return eth, to{a.Raw: true, b.Raw: true}, func(change func([]byte, http.ResponseWriter, []byte) []byte) *evm.Source {
		s, err := evm.NewSource(eth.Network(), evm.RPC{URL: proxy(t, eth.Geth(), change)})
		require.NoError(t, err)
		return s
	}
}

func found(s *evm.Source, m to) (int, error) {
	ctx := context.Background()
	run, err := s.Linked(ctx, 1, 2)
	if err != nil {
		return 0, err
	}
	f, err := run.Match(ctx, m)
	return len(f.Transfers), err
}

// rewrite changes the result of each answer of a batch.
func rewrite(answer []byte, change func(id string, result any) any) []byte {
	var all []map[string]any
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	if d.Decode(&all) != nil {
		return answer
	}
	for _, a := range all {
		if r, ok := a["result"]; ok {
			a["result"] = change("", r)
		}
	}
	out, _ := json.Marshal(all)
	return out
}

func logsOf(r any) ([]any, bool) {
	l, ok := r.([]any)
	if !ok || len(l) == 0 {
		return nil, false
	}
	m, ok := l[0].(map[string]any)
	if !ok {
		return nil, false
	}
	_, ok = m["topics"]
	return l, ok
}

func TestEVMNodesThatAnswerOddly(t *testing.T) {
	eth, m, source := ethTown(t)
	_ = eth
	for name, tt := range map[string]struct {
		change func([]byte, http.ResponseWriter, []byte) []byte
		err    bool // an error is right
	}{
		"as it is": {func(_ []byte, _ http.ResponseWriter, a []byte) []byte { return a }, false},
		"batch in reverse order": {func(_ []byte, _ http.ResponseWriter, a []byte) []byte {
			var all []json.RawMessage
			if json.Unmarshal(a, &all) != nil {
				return a
			}
			for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
				all[i], all[j] = all[j], all[i]
			}
			out, _ := json.Marshal(all)
			return out
		}, false},
		"gzip": {func(_ []byte, w http.ResponseWriter, a []byte) []byte {
			w.Header().Set("Content-Encoding", "gzip")
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write(a)
			z.Close()
			return b.Bytes()
		}, false},
		"one error object for a batch": {func(req []byte, _ http.ResponseWriter, a []byte) []byte {
			if strings.Count(string(req), `"method"`) > 1 {
				return []byte(`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}`)
			}
			return a
		}, true},
		"every log twice": {func(_ []byte, _ http.ResponseWriter, a []byte) []byte {
			return rewrite(a, func(_ string, r any) any {
				if l, ok := logsOf(r); ok {
					return append(l, l...)
				}
				return r
			})
		}, false},
		"all logs missing": {func(_ []byte, _ http.ResponseWriter, a []byte) []byte {
			return rewrite(a, func(_ string, r any) any {
				if _, ok := logsOf(r); ok {
					return []any{}
				}
				return r
			})
		}, false},
		"logs of another block hash": {func(_ []byte, _ http.ResponseWriter, a []byte) []byte {
			return rewrite(a, func(_ string, r any) any {
				if l, ok := logsOf(r); ok {
					for _, x := range l {
						x.(map[string]any)["blockHash"] = "0x" + strings.Repeat("ab", 32)
					}
				}
				return r
			})
		}, true},
		"receipts without logs": {func(_ []byte, _ http.ResponseWriter, a []byte) []byte {
			return rewrite(a, func(_ string, r any) any {
				if o, ok := r.(map[string]any); ok && o["status"] != nil {
					o["logs"] = []any{}
				}
				return r
			})
		}, true},
		"block without its transactions": {func(_ []byte, _ http.ResponseWriter, a []byte) []byte {
			return rewrite(a, func(_ string, r any) any {
				if o, ok := r.(map[string]any); ok && o["transactions"] != nil {
					o["transactions"] = []any{}
				}
				return r
			})
		}, true},
		"huge numbers": {func(_ []byte, _ http.ResponseWriter, a []byte) []byte {
			return rewrite(a, func(_ string, r any) any {
				if o, ok := r.(map[string]any); ok && o["transactions"] != nil {
					o["number"] = "0x" + strings.Repeat("f", 40)
				}
				return r
			})
		}, true},
		"uncles, odd fields, white space": {func(_ []byte, _ http.ResponseWriter, a []byte) []byte {
			out := rewrite(a, func(_ string, r any) any {
				if o, ok := r.(map[string]any); ok && o["transactions"] != nil {
					o["uncles"] = []any{"0x" + strings.Repeat("cd", 32)}
					o["zz\u0000😀"] = map[string]any{"number": "0x9", "hash": 1.5e300}
				}
				return r
			})
			var b bytes.Buffer
			json.Indent(&b, out, "\t", " ")
			return b.Bytes()
		}, false},
	} {
		n, err := found(source(tt.change), m)
		t.Logf("%-34s %d transfers, err %v", name, n, err)
		if err == nil && n != 3 {
			t.Errorf("%s: %d transfers of 3 and no error", name, n)
		}
		if err != nil && !tt.err {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUTXOProviderWithABatchLimit(t *testing.T) {
	btc := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	btc.Mine(300)
	for name, refuse := range map[string]func(http.ResponseWriter) []byte{
		"error object": func(w http.ResponseWriter) []byte {
			return []byte(`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch limit is 20"}}`)
		},
		"413": func(w http.ResponseWriter) []byte {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return nil
		},
	} {
		url := proxy(t, btc.Core(), func(req []byte, w http.ResponseWriter, a []byte) []byte {
			if strings.Count(string(req), `"method"`) > 20 {
				return refuse(w)
			}
			return a
		})
		s, err := utxo.NewSource(btc.Network(), utxo.RPC{URL: url})
		require.NoError(t, err)
		_, err = s.Linked(context.Background(), 1, 300)
		if err != nil {
			t.Errorf("%s: never gets past the limit: %v", name, err)
		}
	}
}

func TestUTXOBlockWithManyOutputsAndMemory(t *testing.T) {
	btc := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	a := chainsim.Address(btc.Network(), 1)
	var ps []chainsim.Payment
	for i := range 70_000 {
		p := chainsim.Payment{To: chainsim.Address(btc.Network(), 2), Amount: money.Units(btc.Network().Native, 1)}
		if i == 65_535 || i == 252 || i == 65_536 {
			p.To = a
		}
		ps = append(ps, p)
	}
	btc.Pay(ps...)
	btc.Mine(1)
	s, err := utxo.NewSource(btc.Network(), utxo.RPC{URL: proxy(t, btc.Core(), func(_ []byte, _ http.ResponseWriter, x []byte) []byte { return x })})
	require.NoError(t, err)
	run, err := s.Linked(context.Background(), 1, 1)
	require.NoError(t, err)
	f, err := run.Match(context.Background(), to{a.Raw: true})
	require.NoError(t, err)
	require.Len(t, f.Transfers, 3)
	t.Log(f.Transfers[2].ID)
	btc.Mine(2000)
	var before, after runtime.MemStats
	for i := range 2 {
		for h := uint64(2); h+100 < 2000; h += 100 {
			run, err := s.Linked(context.Background(), h, h+99)
			require.NoError(t, err)
			_, err = run.Match(context.Background(), to{a.Raw: true})
			require.NoError(t, err)
		}
		runtime.GC()
		if i == 0 {
			runtime.ReadMemStats(&before)
		} else {
			runtime.ReadMemStats(&after)
		}
	}
	t.Logf("heap after one pass of 2,000 blocks %d KiB, after two %d KiB", before.HeapAlloc>>10, after.HeapAlloc>>10)
	require.Less(t, after.HeapAlloc, before.HeapAlloc+4<<20)
}

func TestAddressTexts(t *testing.T) {
	for _, text := range []string{
		"bc1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ", "BC1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
		"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq\u200b", "\u202ebc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
		"bс1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", // cyrillic
		" bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq\n",
		"bc1" + strings.Repeat("q", 200), strings.Repeat("1", 1<<20), "1" + strings.Repeat("😀", 20),
		"bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx",
		"bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "ＢＣ１qar0", "", "\x00", "0x", "0X" + strings.Repeat("a", 40),
	} {
		a, err := address.Parse(chain.Bitcoin, text)
		short := text
		if len(short) > 60 {
			short = short[:60]
		}
		if err == nil {
			t.Errorf("%q accepted as %x", short, a.Raw)
		}
		_, err = address.Parse(chain.Ethereum, text)
		if err == nil {
			t.Logf("ethereum accepts %q", short)
		}
	}
}
