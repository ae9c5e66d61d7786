package evm

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// syntheticRun is a block such as busy networks make: about half of the logs
// are Transfers, of contracts with different amounts of data.
func syntheticRun(tb testing.TB, txs, logs int) (*run, [][]byte) {
	contract := strings.Repeat("b2", 20)
	n := chain.Network{
		ID: "testnet", Family: chain.FamilyEVM, ChainID: 1, Native: money.Asset{Coin: "ETH", Network: "testnet", Decimals: 18},
		Tokens: []chain.Token{{
			Asset:    money.Asset{Coin: "USDT", Network: "testnet", Decimals: 6},
			Contract: chain.Address{Family: chain.FamilyEVM, Raw: strings.Repeat("\xb2", 20)},
		}},
	}
	s, err := NewSource(n, RPC{URL: "http://node"})
	require.NoError(tb, err)
	text := `{"number":"0x10","hash":` + hex32("d1") + `,"parentHash":` + hex32("d0") + `,"timestamp":"0x65","logsBloom":"0x` + strings.Repeat("00", 256) + `","transactions":[`
	for i := range txs {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(`{"blockHash":%s,"blockNumber":"0x10","from":"0x%040x","gas":"0x5208","gasPrice":"0x3b9aca00","maxFeePerGas":"0x3b9aca00","maxPriorityFeePerGas":"0x1","hash":"0x%064x","input":"0x%s","nonce":"0x%x","to":"0x%040x","transactionIndex":"0x%x","value":"0x%x","type":"0x2","accessList":[],"chainId":"0x1","v":"0x1","yParity":"0x1","r":%s,"s":%s}`,
			hex32("d1"), i, i, strings.Repeat("5a", i%300), i, i*7, i, i, word32(2*i), word32(2*i+1))
	}
	r := &run{src: s, act: "test", blocks: make([]block, 1)}
	h, err := scanBlock([]byte(text+"]}"), func(*transaction) error { return nil })
	require.NoError(tb, err)
	r.blocks[0] = block{header: h, raw: []byte(text + "]}"), txs: txs}
	all := make([]string, logs)
	for i := range all {
		topics := []string{fmt.Sprintf("0x%x", transferTopic[:]), fmt.Sprintf("0x%064x", i), fmt.Sprintf("0x%064x", i*3)}
		data := 32
		if i%2 == 1 {
			topics[0], data = strings.Trim(hex32("77"), `"`), 32*(i%9)
		}
		t, err := json.Marshal(topics)
		require.NoError(tb, err)
		all[i] = fmt.Sprintf(`{"address":"0x%s","topics":%s,"data":"0x%s","blockNumber":"0x10","transactionHash":"0x%064x","transactionIndex":"0x%x","blockHash":%s,"blockTimestamp":"0x65","logIndex":"0x%x","removed":false}`,
			contract, t, strings.Repeat("01", data), i, i/3, hex32("d1"), i)
	}
	return r, [][]byte{[]byte("[" + strings.Join(all, ",") + "]")}
}

// word32 is 32 bytes that look like chance, as a text. It is no small number, nor
// too large for a signature.
func word32(i int) string {
	h := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
	h[0] = h[0]&0x7f | 0x10
	return fmt.Sprintf(`"0x%x"`, h)
}

// syntheticReceipts are the receipts of syntheticRun's block, with its logs.
func syntheticReceipts(tb testing.TB, txs int, logs []byte) []byte {
	var each []json.RawMessage
	require.NoError(tb, json.Unmarshal(logs, &each))
	all := make([]string, txs)
	for i := range all {
		var own []string
		for j := i * len(each) / txs; j < (i+1)*len(each)/txs; j++ {
			own = append(own, string(each[j]))
		}
		all[i] = fmt.Sprintf(`{"type":"0x2","status":"0x1","cumulativeGasUsed":"0x%x","logs":[%s],"logsBloom":"0x%s","transactionHash":"0x%064x","transactionIndex":"0x%x","contractAddress":null,"gasUsed":"0x%x","effectiveGasPrice":"0x3b9aca07","blockHash":%s,"blockNumber":"0x10","from":"0x%040x","to":"0x%040x"}`,
			21_000*(i+1), strings.Join(own, ","), strings.Repeat(strings.Trim(word32(i), `"`)[2:], 8), i, i, 21_000+i, hex32("d1"), i, i*7)
	}
	return []byte("[" + strings.Join(all, ",") + "]")
}

// BenchmarkReceipts reads a block's receipts instead of its logs, as when a node
// refuses to tell logs: what becomes of one answer to eth_getBlockReceipts.
func BenchmarkReceipts(b *testing.B) {
	r, logs := syntheticRun(b, 0, 800)
	text := syntheticReceipts(b, 300, logs[0])
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		receipts, err := scanReceipts(text)
		if err != nil || len(receipts) != 300 {
			b.Fatal(len(receipts), err)
		}
		logs = logs[:0]
		for i := range receipts {
			logs = append(logs, receipts[i].logs)
		}
		checked, err := r.src.newRun(b.Context(), r.act, r.blocks, logs)
		if err != nil || len(checked.payments) != 400 {
			b.Fatal(err)
		}
		if _, err := checked.candidates(noneWatched{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReceiptsGethTypes(b *testing.B) {
	_, logs := syntheticRun(b, 0, 800)
	text := syntheticReceipts(b, 300, logs[0])
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var out []types.Receipt
		if err := json.Unmarshal(text, &out); err != nil || len(out) != 300 {
			b.Fatal(err)
		}
	}
}

// BenchmarkLogs reads every field of every log, checks that each belongs to its
// block, and finds nothing of ours: what a step costs after its answers came.
func BenchmarkLogs(b *testing.B) {
	r, logs := syntheticRun(b, 0, 800)
	b.SetBytes(int64(len(logs[0])))
	b.ReportAllocs()
	for b.Loop() {
		checked, err := r.src.newRun(b.Context(), r.act, r.blocks, logs)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := checked.candidates(noneWatched{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLogsGethTypes(b *testing.B) {
	_, logs := syntheticRun(b, 0, 800)
	b.SetBytes(int64(len(logs[0])))
	b.ReportAllocs()
	for b.Loop() {
		var out []types.Log
		if err := json.Unmarshal(logs[0], &out); err != nil || len(out) != 800 {
			b.Fatal(err)
		}
	}
}

// BenchmarkBlock reads a block of 300 transactions and its 800 logs.
func BenchmarkBlock(b *testing.B) {
	r, logs := syntheticRun(b, 300, 800)
	b.SetBytes(int64(len(logs[0]) + len(r.blocks[0].raw)))
	b.ReportAllocs()
	for b.Loop() {
		checked, err := r.src.newRun(b.Context(), r.act, r.blocks, logs)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := checked.candidates(noneWatched{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlockGethTypes(b *testing.B) {
	r, logs := syntheticRun(b, 300, 800)
	b.SetBytes(int64(len(logs[0]) + len(r.blocks[0].raw)))
	b.ReportAllocs()
	for b.Loop() {
		var block struct{ Transactions []*types.Transaction }
		if err := json.Unmarshal(r.blocks[0].raw, &block); err != nil || len(block.Transactions) != 300 {
			b.Fatal(err)
		}
		var out []types.Log
		if err := json.Unmarshal(logs[0], &out); err != nil || len(out) != 800 {
			b.Fatal(err)
		}
	}
}

// syntheticTrace is the callTracer's answer about syntheticRun's block: a few
// calls below each transaction, with as much input as busy networks have.
func syntheticTrace(txs int) []byte {
	frame := func(i, value int, kind, more string) string {
		return fmt.Sprintf(`{"from":"0x%040x","gas":"0x5208","gasUsed":"0x5208","to":"0x%040x","input":"0x%s","output":"0x%s"%s,"value":"0x%x","type":"%s"}`,
			i, i*7, strings.Repeat("5a", 68+i%300), strings.Repeat("00", 32), more, value, kind)
	}
	all := make([]string, txs)
	for i := range all {
		inner := strings.Join([]string{
			frame(i+1, 0, "STATICCALL", ""), frame(i+2, 5, "CALL", ""),
			frame(i+3, 5, "DELEGATECALL", `,"calls":[`+frame(i+4, 0, "CALL", "")+","+frame(i+5, 0, "CALL", `,"error":"execution reverted"`)+"]"),
		}, ",")
		all[i] = fmt.Sprintf(`{"txHash":"0x%064x","result":%s}`, i, frame(i, i, "CALL", `,"calls":[`+inner+"]"))
	}
	return []byte("[" + strings.Join(all, ",") + "]")
}

// BenchmarkBlockTraced is BenchmarkBlock with the block's trace.
func BenchmarkBlockTraced(b *testing.B) {
	r, logs := syntheticRun(b, 300, 800)
	trace := syntheticTrace(300)
	b.SetBytes(int64(len(logs[0]) + len(r.blocks[0].raw) + len(trace)))
	b.ReportAllocs()
	for b.Loop() {
		checked, err := r.src.newRun(b.Context(), r.act, r.blocks, logs)
		if err != nil {
			b.Fatal(err)
		}
		checked.blocks[0].moves = nil
		if err := checked.takeTrace(dialectCalls, &checked.blocks[0], trace); err != nil {
			b.Fatal(err)
		}
		if _, err := checked.candidates(noneWatched{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTraceGeneric reads the same trace with encoding/json.
func BenchmarkTraceGeneric(b *testing.B) {
	type frame struct {
		Type, From, To, Value, Error string
		Calls                        []frame
	}
	trace := syntheticTrace(300)
	b.SetBytes(int64(len(trace)))
	b.ReportAllocs()
	for b.Loop() {
		var out []struct{ Result frame }
		if err := json.Unmarshal(trace, &out); err != nil || len(out) != 300 {
			b.Fatal(err)
		}
	}
}

// BenchmarkTrace reads a trace alone.
func BenchmarkTrace(b *testing.B) {
	trace := syntheticTrace(300)
	b.SetBytes(int64(len(trace)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		err := scanCallTraces(trace, func(t *traced, _ *chain.Hash) error { n += len(t.moves); return nil })
		if err != nil || n != 300 {
			b.Fatal(n, err)
		}
	}
}
