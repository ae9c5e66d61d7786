package evm

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

// The reference readers below take the same answers apart with encoding/json,
// encoding/hex and math/big.

func refDigits(v json.RawMessage) (string, bool) {
	var s string
	if len(v) == 0 || v[0] != '"' || json.Unmarshal(v, &s) != nil {
		return "", false
	}
	return strings.CutPrefix(s, "0x")
}

func refFixed(v json.RawMessage, n int) (string, bool) {
	s, ok := refDigits(v)
	b, err := hex.DecodeString(s)
	return string(b), ok && err == nil && len(b) == n
}

func refNumber(v json.RawMessage, bits int) (*big.Int, bool) {
	s, ok := refDigits(v)
	if !ok || s == "" || strings.ContainsAny(s, "_+-") {
		return nil, false
	}
	n, ok := new(big.Int).SetString(s, 16)
	return n, ok && n.BitLen() <= bits
}

func refObject(b []byte) (map[string]json.RawMessage, bool) {
	var m map[string]json.RawMessage
	return m, json.Unmarshal(b, &m) == nil && m != nil
}

func refArray(b []byte) ([]json.RawMessage, bool) {
	var a []json.RawMessage
	return a, json.Unmarshal(b, &a) == nil && a != nil
}

func refNull(v json.RawMessage) bool { return len(v) == 0 || string(v) == "null" }

func refEmptyRoot(v json.RawMessage) bool {
	return refNull(v) || strings.EqualFold(string(v), string(emptyRoot))
}

func refBlock(b []byte) (string, bool) {
	m, ok := refObject(b)
	if !ok {
		return "", false
	}
	number, ok1 := refNumber(m["number"], 64)
	hash, ok2 := refFixed(m["hash"], 32)
	parent, ok3 := refFixed(m["parentHash"], 32)
	stamp, ok4 := refNumber(m["timestamp"], 64)
	if !ok1 || !ok2 || !ok3 || !ok4 || stamp.Cmp(big.NewInt(1<<40)) > 0 {
		return "", false
	}
	logsBloom, ok5 := refFixed(m["logsBloom"], 256)
	if !ok5 && !refNull(m["logsBloom"]) {
		return "", false
	}
	miner, ok6 := refFixed(m["miner"], 20)
	if !ok6 && !refNull(m["miner"]) {
		return "", false
	}
	baseFee, ok7 := refNumber(m["baseFeePerGas"], 256)
	digits, _ := refDigits(m["baseFeePerGas"])
	if refNull(m["baseFeePerGas"]) {
		baseFee = new(big.Int)
	} else if !ok7 || len(digits) > 64 {
		return "", false
	}
	out := fmt.Sprintf("%s %x %x %s %t %x %x %s\n", number, hash, parent, stamp, ok5, logsBloom, miner, baseFee)
	if !refNull(m["withdrawals"]) {
		list, ok := refWithdrawals(m["withdrawals"])
		if !ok {
			return "", false
		}
		out += list
		if list == "" && !refEmptyRoot(m["withdrawalsRoot"]) {
			return "", false
		}
	} else if !refNull(m["withdrawalsRoot"]) {
		return "", false
	}
	txs, ok := refArray(m["transactions"])
	if !ok {
		return "", false
	}
	if len(txs) == 0 && !refEmptyRoot(m["transactionsRoot"]) {
		return "", false
	}
	for _, raw := range txs {
		x, ok := refObject(raw)
		if !ok {
			return "", false
		}
		h, ok1 := refFixed(x["hash"], 32)
		from, ok2 := refFixed(x["from"], 20)
		digits, ok3 := refDigits(x["value"])
		value, ok4 := refNumber(x["value"], 256)
		if !ok1 || !ok2 || !ok3 || !ok4 || len(digits) > 64 {
			return "", false
		}
		to, ok := refFixed(x["to"], 20)
		if refNull(x["to"]) {
			nonce, isNonce := refNumber(x["nonce"], 64)
			if ok = isNonce; ok {
				made := crypto.CreateAddress(common.Address([]byte(from)), nonce.Uint64())
				to = string(made[:])
			}
		}
		if !ok {
			return "", false
		}
		out += fmt.Sprintf("%x %x %x %s %t\n", h, from, to, value, refNull(x["to"]))
	}
	return out, true
}

func gotBlock(b []byte) (string, bool) {
	txs := ""
	h, err := scanBlock(b, func(tx *transaction) error {
		txs += fmt.Sprintf("%x %x %x %s %t\n", tx.hash[:], tx.from, tx.to, number(tx.value), tx.creates)
		return nil
	})
	var filter, miner []byte
	if h.hasBloom {
		filter = h.bloom[:]
	}
	if h.hasMiner {
		miner = h.miner[:]
	}
	if h.withdrawals != nil && err == nil {
		list, ok := gotWithdrawals(h.withdrawals)
		if !ok {
			return "", false
		}
		txs = list + txs
	}
	return fmt.Sprintf("%d %x %x %d %t %x %x %s\n", h.Height, h.Hash[:], h.Parent[:], h.Time.Unix(), h.hasBloom, filter, miner, number(h.baseFee)) + txs, err == nil
}

func refLogs(b []byte) (string, bool) {
	logs, ok := refArray(b)
	if !ok {
		return "", false
	}
	out := ""
	for _, raw := range logs {
		m, ok := refObject(raw)
		if !ok {
			return "", false
		}
		contract, ok1 := refFixed(m["address"], 20)
		data, ok2 := refDigits(m["data"])
		bytes, err := hex.DecodeString(data)
		height, ok3 := refNumber(m["blockNumber"], 64)
		block, ok4 := refFixed(m["blockHash"], 32)
		tx, ok5 := refFixed(m["transactionHash"], 32)
		txIndex, ok6 := refNumber(m["transactionIndex"], 64)
		index, ok7 := refNumber(m["logIndex"], 64)
		topics, ok8 := refArray(m["topics"])
		if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 || !ok7 || !ok8 || err != nil || len(topics) > 4 {
			return "", false
		}
		var removed bool
		if v := m["removed"]; len(v) > 0 && json.Unmarshal(v, &removed) != nil {
			return "", false
		}
		out += fmt.Sprintf("%x %x %s %x %x %s %s %t", contract, bytes, height, block, tx, txIndex, index, removed)
		for _, t := range topics {
			topic, ok := refFixed(t, 32)
			if !ok {
				return "", false
			}
			out += fmt.Sprintf(" %x", topic)
		}
		out += "\n"
	}
	return out, true
}

func gotLogs(b []byte) (string, bool) {
	out := ""
	err := scanLogs(b, func(e *event) error {
		data, err := hex.DecodeString(string(e.data))
		if err != nil {
			return err
		}
		out += fmt.Sprintf("%x %x %d %x %x %d %d %t", e.contract, data, e.height, e.block[:], e.tx[:], e.txIndex, e.index, e.removed)
		for _, t := range e.topics[:e.topicCount] {
			out += fmt.Sprintf(" %x", t[:])
		}
		out += "\n"
		return nil
	})
	return out, err == nil
}

func refReceipt(b []byte) (string, bool) {
	m, ok := refObject(b)
	if !ok {
		return "", false
	}
	tx, ok1 := refFixed(m["transactionHash"], 32)
	block, ok2 := refFixed(m["blockHash"], 32)
	status, ok3 := refNumber(m["status"], 1)
	logs, ok4 := refLogs(m["logs"])
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return "", false
	}
	out := fmt.Sprintf("%x %x %s\n%s", tx, block, status, logs)
	for _, name := range []string{"gasUsed", "effectiveGasPrice", "blobGasUsed", "blobGasPrice"} {
		if refNull(m[name]) {
			continue
		}
		n, ok := refNumber(m[name], 256)
		if digits, _ := refDigits(m[name]); !ok || len(digits) > 64 {
			return "", false
		}
		out += fmt.Sprintln(name, n)
	}
	return out, true
}

func gotReceipt(b []byte) (string, bool) {
	r, err := scanReceipt(b)
	if err != nil {
		return "", false
	}
	return receiptWords(r)
}

func receiptWords(r receipt) (string, bool) {
	logs, ok := gotLogs(r.logs)
	status := 0
	if r.ok {
		status = 1
	}
	out := fmt.Sprintf("%x %x %d\n%s", r.tx[:], r.block[:], status, logs)
	for i, name := range []string{"gasUsed", "effectiveGasPrice", "blobGasUsed", "blobGasPrice"} {
		if d := [][]byte{r.gas, r.price, r.blobGas, r.blobPrice}[i]; d != nil {
			out += fmt.Sprintln(name, number(d))
		}
	}
	return out, ok
}

// seeds are valid answers and ways of spoiling them.
func seeds(f *testing.F, valid ...string) {
	for _, s := range valid {
		f.Add([]byte(s))
		f.Add([]byte(" \t\r\n" + strings.ReplaceAll(s, ":", " :\n ") + " "))
		f.Add([]byte(strings.ReplaceAll(s, `"0x`, `"\u0030\u0078`)))
		f.Add([]byte(strings.ReplaceAll(s, `"hash"`, `"\u0068ash"`)))
		f.Add([]byte(strings.ReplaceAll(s, "a", "A")))
		f.Add([]byte(strings.ReplaceAll(s, "0x", "0X")))
		f.Add([]byte(s[:len(s)-1]))
		f.Add([]byte(s + "x"))
		f.Add([]byte(strings.Replace(s, "}", `,"x":[1.5e-3,-0,true,{"y":"\ud800"}],"x":{}}`, 1)))
		f.Add([]byte(strings.Replace(s, "}", `,"x":01}`, 1)))
		f.Add([]byte(strings.Replace(s, "}", ",\"x\":\"\x01\xff\"}", 1)))
		f.Add([]byte(strings.Replace(s, ",", ",,", 1)))
	}
	f.Add([]byte("null"))
	f.Add([]byte("{}"))
	f.Add([]byte("[]"))
	f.Add([]byte(strings.Repeat("[", 10001) + strings.Repeat("]", 10001)))
}

func hex32(c string) string { return `"0x` + strings.Repeat(c, 32) + `"` }

var (
	sampleTx  = `{"hash":` + hex32("a1") + `,"from":"0x` + strings.Repeat("b1", 20) + `","nonce":"0x1","to":"0x` + strings.Repeat("b2", 20) + `","value":"0x1f","type":"0x2"}`
	sampleLog = `{"address":"0x` + strings.Repeat("b2", 20) + `","topics":[` + hex32("c1") + `,` + hex32("c2") + `],"data":"0x00ff","blockNumber":"0x10","blockHash":` +
		hex32("d1") + `,"transactionHash":` + hex32("a1") + `,"transactionIndex":"0x0","logIndex":"0x3","removed":false}`
	sampleBlock = `{"number":"0x10","hash":` + hex32("d1") + `,"parentHash":` + hex32("d0") + `,"timestamp":"0x65","logsBloom":"0x` +
		strings.Repeat("00", 256) + `","transactions":[` + sampleTx + `,{"hash":` + hex32("a2") + `,"from":"0x` + strings.Repeat("b1", 20) + `","nonce":"0x2","to":null,"value":"0x0"}],"miner":"0x` +
		strings.Repeat("b9", 20) + `","baseFeePerGas":"0x7","withdrawals":` + sampleWithdrawals + `}`
	sampleWithdrawals = `[{"index":"0x1f","validatorIndex":"0x9","address":"0x` + strings.Repeat("b3", 20) + `","amount":"0x77359400"}]`
	sampleReceiptGas  = `"gasUsed":"0x5208","effectiveGasPrice":"0x3b9aca07","blobGasUsed":"0x20000","blobGasPrice":"0x1",`
	sampleReceipt     = `{` + sampleReceiptGas + `"transactionHash":` + hex32("a1") + `,"blockHash":` + hex32("d1") + `,"status":"0x1","logs":[` + sampleLog + `]}`
)

func agree(t *testing.T, b []byte, ref, got func([]byte) (string, bool)) {
	want, valid := ref(b)
	have, ok := got(b)
	if ok != valid {
		t.Fatalf("accepted %t, encoding/json %t: %q", ok, valid, b)
	}
	if valid && have != want {
		t.Fatalf("read\n%s, encoding/json\n%s", have, want)
	}
}

func FuzzBlock(f *testing.F) {
	seeds(f, sampleBlock)
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b, refBlock, gotBlock) })
}

func FuzzLogs(f *testing.F) {
	seeds(f, "["+sampleLog+"]", "["+sampleLog+","+sampleLog+"]")
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b, refLogs, gotLogs) })
}

func FuzzReceipt(f *testing.F) {
	seeds(f, sampleReceipt)
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b, refReceipt, gotReceipt) })
}

// FuzzJSON compares the grammar itself.
func FuzzJSON(f *testing.F) {
	seeds(f, sampleBlock, `{"a":[1,-1.5e+9,"\\\"\/\b\f\n\r\t\u00e9é",true,false,null]}`)
	for _, s := range []string{"-", "1.", "1e", ".5", "+1", "00", "tru", `"\x"`, `"\u12g4"`, `"`, "1 2", "[1,]", `{"a"}`, `{"a":1,}`, "\"\x1f\"", `"12345678\"90"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p := parser{b: b}
		_, err := p.value()
		if err == nil {
			err = p.end()
		}
		if (err == nil) != json.Valid(b) {
			t.Fatalf("%v, encoding/json says valid=%t: %q", err, json.Valid(b), b)
		}
	})
}

func TestSamplesAreAccepted(t *testing.T) {
	for sample, ref := range map[string]func([]byte) (string, bool){
		sampleBlock: refBlock, "[" + sampleLog + "]": refLogs, sampleReceipt: refReceipt,
	} {
		_, ok := ref([]byte(sample))
		require.True(t, ok, sample)
	}
}

// noneWatched is a matcher of nothing.
type noneWatched struct{}

func (noneWatched) Address(raw []byte) bool      { return bytes.Equal(raw, []byte("nobody")) }
func (noneWatched) Outpoint(chain.Outpoint) bool { return false }

func TestScanAllocatesNothingPerItem(t *testing.T) {
	// The payments of listed contracts are listed; everything else is free.
	allocs := func(txs, logs int) float64 {
		r, arrays := syntheticRun(t, txs, logs)
		r.src.listing.Store(list(nil))
		return testing.AllocsPerRun(10, func() {
			checked, err := r.src.newRun(t.Context(), r.act, r.blocks, arrays)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := checked.candidates(noneWatched{}); err != nil || len(c) > 0 {
				t.Fatal(len(c), err)
			}
		})
	}
	few, many := allocs(1, 1), allocs(300, 800)
	require.Equal(t, few, many)
	require.Less(t, many, 16.0)
}

func TestMatchAllocatesNothingPerPayment(t *testing.T) {
	allocs := func(txs, logs int) float64 {
		r, arrays := syntheticRun(t, txs, logs)
		checked, err := r.src.newRun(t.Context(), r.act, r.blocks, arrays)
		require.NoError(t, err)
		require.Len(t, checked.payments, (logs+1)/2)
		return testing.AllocsPerRun(10, func() {
			if c, err := checked.candidates(noneWatched{}); err != nil || len(c) > 0 {
				t.Fatal(len(c), err)
			}
		})
	}
	require.Equal(t, allocs(1, 1), allocs(300, 800))
}
