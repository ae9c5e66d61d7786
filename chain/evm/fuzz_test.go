package evm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

func refLone(b []byte) (string, bool) {
	m, ok := refObject(b)
	if !ok {
		return "", false
	}
	hash, ok1 := refFixed(m["hash"], 32)
	value, ok2 := refNumber(m["value"], 256)
	if d, ok := refDigits(m["value"]); !ok || len(d) > 64 {
		return "", false
	}
	to, ok3 := "none", true
	if !refNull(m["to"]) {
		to, ok3 = refFixed(m["to"], 20)
	}
	from, ok0 := strings.Repeat("\x00", 20), true
	if !refNull(m["from"]) {
		from, ok0 = refFixed(m["from"], 20)
	}
	input := m["input"]
	if len(input) == 0 {
		input = m["data"]
	}
	data, ok4 := "", true
	if !refNull(input) {
		data, ok4 = refDigits(input)
		ok4 = ok4 && strings.Trim(data, "0123456789abcdefABCDEF") == ""
	}
	if !ok0 || !ok1 || !ok2 || !ok3 || !ok4 {
		return "", false
	}
	out := fmt.Sprintf("%x %x %x %s %s", hash, from, to, value, data)
	if refNull(m["blockHash"]) {
		return out, true
	}
	block, ok5 := refFixed(m["blockHash"], 32)
	height, ok6 := refNumber(m["blockNumber"], 64)
	return fmt.Sprintf("%s in %x %s", out, block, height), ok5 && ok6
}

func gotLone(b []byte) (string, bool) {
	l, err := scanLone(b)
	if err != nil {
		return "", false
	}
	to := fmt.Sprintf("%x", "none")
	if !l.creates {
		to = fmt.Sprintf("%x", l.to[:])
	}
	l.calledRecipient() // of whatever data
	out := fmt.Sprintf("%x %x %s %s %s", l.hash[:], l.from[:], to, number(l.value), l.input)
	if l.mined {
		out += fmt.Sprintf(" in %x %d", l.block[:], l.height)
	}
	return out, true
}

func FuzzTransactionByHash(f *testing.F) {
	mined := `{"hash":` + hex32("01") + `,"from":"0x` + strings.Repeat("c3", 20) + `","to":"0x` + strings.Repeat("b2", 20) + `","value":"0x5","input":"0xa9059cbb` + strings.Repeat("00", 64) +
		`","blockHash":` + hex32("d1") + `,"blockNumber":"0x10","type":"0x2"}`
	seeds(f, mined,
		`{"hash":`+hex32("01")+`,"to":null,"value":"0x0","data":"0x60"}`,
		strings.Replace(mined, `"0x10"`, `null`, 1), strings.Replace(mined, hex32("d1"), `null`, 1))
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b, refLone, gotLone) })
}

func refWord(b []byte) (string, bool) {
	if !json.Valid(b) || len(bytes.TrimSpace(b)) != len(b) {
		return "", false
	}
	n, ok := refNumber(b, 256)
	if d, digits := refDigits(b); !ok || !digits || len(d) > 64 {
		return "", false
	}
	return n.String(), true
}

func FuzzBalance(f *testing.F) {
	for _, s := range []string{`"0x0"`, `"0x00"`, `"0x` + strings.Repeat("f", 64) + `"`, `"0x` + strings.Repeat("f", 65) + `"`, `"12"`, `null`, `"0x"`, `"0x1_0"`, `"\u0030x1"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !json.Valid(b) || len(bytes.TrimSpace(b)) != len(b) {
			return // what reaches the reader is one JSON value
		}
		want, ok := refWord(b)
		got, err := word(b)
		require.Equal(t, ok, err == nil, "%q: %v", b, err)
		if ok {
			require.Equal(t, want, number(got).String())
		}
	})
}

// refAnswers takes a batch's answers apart with encoding/json.
func refAnswers(b []byte) (string, bool) {
	all, ok := refArray(b)
	if !ok {
		return "", false
	}
	told := [3]string{"cut", "cut", "cut"}
	for _, raw := range all {
		if refNull(raw) {
			continue
		}
		m, ok := refObject(raw)
		if !ok {
			return "", false
		}
		id, ok := decimal(m["id"])
		if i := id - 7; ok && i < 3 && told[i] == "cut" {
			switch {
			case !refNull(m["error"]):
				told[i] = "error"
			case refNull(m["result"]):
				told[i] = "null"
			default:
				told[i] = string(m["result"])
			}
		}
	}
	return strings.Join(told[:], " "), true
}

func gotAnswers(b []byte) (string, bool) {
	calls := make([]call, 3)
	for i := range calls {
		calls[i].err = errCut
	}
	if readAnswers(b, 7, calls) != nil {
		return "", false
	}
	told := make([]string, 3)
	for i, c := range calls {
		var said *callError
		switch {
		case errors.As(c.err, &said):
			told[i] = "error"
		case c.err != nil:
			told[i] = "cut"
		default:
			told[i] = string(c.result)
		}
	}
	return strings.Join(told, " "), true
}

func FuzzAnswers(f *testing.F) {
	seeds(f, `[]`, `[null]`,
		`[{"jsonrpc":"2.0","id":7,"result":"0x1"},{"jsonrpc":"2.0","id":9,"result":{"a":[1,2.5e3]}},{"id":8,"error":{"code":-32000,"message":"no"}}]`,
		`[{"id":"7","result":null},{"id":7,"result":"second"},{"id":10,"result":1},{"id":-7},{"id":8}]`)
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b, refAnswers, gotAnswers) })
}

// roundTrip answers every request alike.
type roundTrip struct {
	status int
	wait   string
	body   []byte
}

func (r roundTrip) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: r.status, Header: http.Header{"Retry-After": {r.wait}},
		Body: io.NopCloser(bytes.NewReader(r.body)), ContentLength: int64(len(r.body)),
	}, nil
}

// Whatever a node or what stands before it answers is an error of this package
// or an answer, bounded in length, without the credential that it may repeat.
func FuzzRefusal(f *testing.F) {
	const canary = "canary-of-a-key"
	for _, body := range []string{
		"", "<html>", "[]", "{}", `[{}]`, `{"error":{"code":-32005,"message":"query returned more than 10000 results. Try with this block range [0x1, 0x5]."}}`,
		`[{"jsonrpc":"2.0","id":1,"error":{"code":429,"message":"retry after 3s ` + canary + `"}}]`, `{"error":"text"}`, `{"error":{"code":1e99}}`,
		`[{"id":1,"error":{"code":-32602,"message":"up to a 99,999,999k block range"}}]`, `[null]`,
	} {
		for _, status := range []int{200, 400, 413, 429, 504} {
			f.Add(status, "7", []byte(body))
		}
	}
	n := chain.Ethereum
	n.Tokens, n.Unaccepted = nil, nil
	f.Fuzz(func(t *testing.T, status int, wait string, body []byte) {
		if status < 100 || status > 999 {
			return
		}
		s, err := NewSource(n, RPC{URL: "http://node/" + canary, HTTP: &http.Client{Transport: roundTrip{status, wait, body}}})
		require.NoError(t, err)
		calls := []call{{method: "eth_chainId"}, {method: "eth_syncing"}}
		err = s.few(t.Context(), "test", calls)
		errs := []error{err}
		if err == nil {
			errs = []error{calls[0].err, calls[1].err}
		}
		for _, err := range errs {
			if err == nil {
				continue
			}
			var wide *tooWideError
			require.True(t, errors.As(err, &wide) || errors.Is(err, chain.ErrUnavailable), "%v", err)
			require.NotContains(t, err.Error(), canary)
			require.Less(t, len(err.Error()), 1000)
			require.GreaterOrEqual(t, chain.RetryAfter(err), time.Duration(0))
		}
	})
}

func FuzzRefusalText(f *testing.F) {
	for _, s := range []string{"[0x1, 0x5]", "[0xffffffffffffffff, 0x0]", "up to a 10 block range", "max is 1k blocks", "retry after 99999 minutes", "wait 5", "maximum is set to 2048"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, message string) {
		require.LessOrEqual(t, suggested(message), uint64(1_000_000_000_000))
		require.GreaterOrEqual(t, waitIn(message), time.Duration(0))
		tooWide(-32602, message)
		throttled(0, message)
	})
}
