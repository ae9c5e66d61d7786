package cointill_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
)

// stubNode answers for a chain with blocks of 150 transactions and 600 logs each, half
// of them transfers of a listed token, at next to no cost: of each block only its
// height and hashes are written anew.
type stubNode struct {
	head         atomic.Uint64
	header, full []string // cut at their heights
	logs         []string
	traced       string
	began        int64
	contract     string
}

// In the node's texts # is 16 digits of the height, ^ of the one below, and @ of the
// block's time.
func newStubNode(contract string, began time.Time, traced bool) *stubNode {
	const transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
	wide := strings.Repeat("b", 48)
	word := func(i int) string { return fmt.Sprintf("0x10%x", sha256.Sum256([]byte(strconv.Itoa(i))))[:66] }
	head := `{"number":"0x#","hash":"0x` + wide + `#","parentHash":"0x` + wide + `^","timestamp":"0x@","logsBloom":"0x` + strings.Repeat("ff", 256) + `","transactions":[`
	txs, logs, calls := make([]string, 150), make([]string, 600), make([]string, 150)
	id := func(i int) string { return fmt.Sprintf("0x%044xdddd#", i) }
	for i := range txs {
		txs[i] = fmt.Sprintf(`{"blockHash":"0x%s#","blockNumber":"0x#","from":"0x%040x","gas":"0x5208","gasPrice":"0x3b9aca00","maxFeePerGas":"0x3b9aca00","maxPriorityFeePerGas":"0x1","hash":"%s","input":"0x%s","nonce":"0x%x","to":"0x%040x","transactionIndex":"0x%x","value":"0x%x","type":"0x2","accessList":[],"chainId":"0x38","v":"0x1","yParity":"0x1","r":"%s","s":"%s"}`,
			wide, i+1, id(i), strings.Repeat("5a", i*2), i, i*7+1, i, i, word(2*i), word(2*i+1))
		calls[i] = fmt.Sprintf(`{"txHash":"%s","result":{"type":"CALL","from":"0x%040x","to":"0x%040x","value":"0x%x","gas":"0x5208","gasUsed":"0x5208","input":"0x"}}`,
			id(i), i+1, i*7+1, i)
	}
	for i := range logs {
		topic, data := transfer, 32
		if i%2 == 1 {
			topic, data = word(7_000), 32*(i%9)
		}
		logs[i] = fmt.Sprintf(`{"address":"%s","topics":["%s","0x%064x","0x%064x"],"data":"0x%s","blockNumber":"0x#","transactionHash":"%s","transactionIndex":"0x%x","blockHash":"0x%s#","logIndex":"0x%x","removed":false}`,
			contract, topic, i+1, i*3+1, strings.Repeat("01", data), id(i/4), i/4, wide, i)
	}
	s := &stubNode{header: cut(head + "]}"), full: cut(head + strings.Join(txs, ",") + "]}"), logs: cut(strings.Join(logs, ",")), contract: contract, began: began.Unix()}
	if traced {
		s.traced = "[" + strings.Join(calls, ",") + "]"
	}
	return s
}

func cut(text string) (parts []string) {
	for i := strings.IndexAny(text, "#^@"); i >= 0; i = strings.IndexAny(text, "#^@") {
		parts, text = append(parts, text[:i], text[i:i+1]), text[i+1:]
	}
	return append(parts, text)
}

func (s *stubNode) write(out *strings.Builder, parts []string, height uint64) {
	at := map[string]string{"#": fmt.Sprintf("%016x", height), "^": fmt.Sprintf("%016x", height-1),
		"@": fmt.Sprintf("%016x", s.began+int64(height)*45/100)}
	for _, part := range parts {
		if len(part) == 1 && at[part] != "" {
			part = at[part]
		}
		out.WriteString(part)
	}
}

func (s *stubNode) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var calls []struct {
		ID     json.RawMessage
		Method string
		Params []json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&calls); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	height := func(text string) uint64 {
		switch text = strings.Trim(text, `"`); text {
		case "latest":
			return s.head.Load()
		case "finalized":
			return s.head.Load() - 2
		}
		n, err := strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 64)
		if err != nil {
			return 0
		}
		return n
	}
	out := new(strings.Builder)
	for i, c := range calls {
		fmt.Fprintf(out, `%c{"jsonrpc":"2.0","id":%s,"result":`, "[,"[min(i, 1)], c.ID)
		switch c.Method {
		case "eth_chainId":
			out.WriteString(`"0x38"`)
		case "eth_syncing":
			out.WriteString("false")
		case "eth_getCode":
			out.WriteString(`"0x60"`)
		case "eth_call":
			out.WriteString(`"0x12"`)
		case "eth_getBalance":
			out.WriteString(`"0x0"`)
		case "eth_getBlockByNumber", "eth_getBlockByHash":
			parts := s.header
			if string(c.Params[1]) == "true" {
				parts = s.full
			}
			s.write(out, parts, height(string(c.Params[0])))
		case "debug_traceBlockByHash":
			hash := strings.Trim(string(c.Params[0]), `"`)
			out.WriteString(strings.ReplaceAll(s.traced, "#", hash[len(hash)-16:]))
		case "eth_getLogs":
			var f struct {
				FromBlock, ToBlock, BlockHash string
				Address                       []string
			}
			if err := json.Unmarshal(c.Params[0], &f); err != nil || len(f.Address) != 1 || f.Address[0] != s.contract {
				out.WriteString("[]") // of the native coin there are none
				break
			}
			if n := len(f.BlockHash); n > 0 {
				f.FromBlock = f.BlockHash[n-16:]
				f.ToBlock = f.FromBlock
			}
			for n := height(f.FromBlock); n <= height(f.ToBlock); n++ {
				out.WriteByte("[,"[min(n-height(f.FromBlock), 1)])
				s.write(out, s.logs, n)
			}
			out.WriteByte(']')
		default:
			out.WriteString("null")
		}
		out.WriteByte('}')
	}
	out.WriteByte(']')
	_, _ = w.Write([]byte(out.String()))
}

// catchUpWorld is the engine with the real adapter and wallet on a stub of a 0.45 s
// chain, with 1,000 addresses watched.
func catchUpWorld(t testing.TB, traced bool) (p *payments.Processor, node *stubNode) {
	t.Helper()
	n := chain.BSC
	n.Test = true
	usdt, ok := n.Asset("USDT")
	require.True(t, ok)
	token, _ := n.Token(usdt)
	n.Tokens, n.Unaccepted = []chain.Token{token}, nil
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	node = newStubNode(fmt.Sprintf("0x%x", token.Contract.Raw), now.Add(-time.Hour), traced)
	node.head.Store(1_000)
	server := httptest.NewServer(node)
	t.Cleanup(server.Close)
	src, err := evm.NewSource(n, evm.RPC{URL: server.URL, NoTraces: !traced})
	require.NoError(t, err)
	wallet, err := hd.OpenWallet(n, hd.BIP44, testEthXpub)
	require.NoError(t, err)
	s := &stack{now: now}
	s.rate, err = money.ParseRate("1")
	require.NoError(t, err)
	p, err = payments.New(payments.Config{Store: memstore.New(), Rates: s, Now: s.clock,
		Rails: []payments.Rail{{Network: n, Sources: []chain.Source{src}, Wallet: wallet, UnprovedKey: true}}})
	require.NoError(t, err)
	for i := range 1_000 {
		_, err := p.DepositAddress(t.Context(), payments.Account{Profile: fmt.Sprint("customer", i), Name: "voice"}, n)
		require.NoError(t, err)
	}
	require.NoError(t, p.Advance(t.Context()))
	return p, node
}

// BenchmarkCatchUp is a whole engine that was away: it reads, matches and commits
// blocks of 150 transactions and 600 logs from a stub node on the same machine, whose
// own work is in the figure. Its figure is blocks per second; the chain makes 2.2.
func BenchmarkCatchUp(b *testing.B) {
	for name, traced := range map[string]bool{"blocks and logs": false, "and a trace of each": true} {
		b.Run(name, func(b *testing.B) {
			p, node := catchUpWorld(b, traced)
			const away = 500
			for b.Loop() {
				node.head.Add(away)
				if err := p.Advance(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			h, err := p.Health(b.Context())
			require.NoError(b, err)
			require.Equal(b, node.head.Load(), h.Networks[0].Tip)
			b.ReportMetric(float64(b.N*away)/b.Elapsed().Seconds(), "blocks/s") //nolint:forbidigo // a speed, not money
		})
	}
}

// TestAnEngineThatWasAwayReadsEveryBlock is the benchmark's world, once.
func TestAnEngineThatWasAwayReadsEveryBlock(t *testing.T) {
	for _, traced := range []bool{false, true} {
		p, node := catchUpWorld(t, traced)
		node.head.Add(40)
		require.NoError(t, p.Advance(t.Context()))
		h, err := p.Health(t.Context())
		require.NoError(t, err)
		require.Equal(t, uint64(1_040), h.Networks[0].Tip)
		require.Equal(t, uint64(1_038), h.Networks[0].Final)
		require.NoError(t, h.Networks[0].Err)
	}
}
