package utxo

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

// shallow reports whether text is nested less deep than the scanner allows.
func shallow(text []byte) bool {
	return strings.Count(string(text), "[")+strings.Count(string(text), "{") < maxDepth
}

func FuzzScannerAgreesWithEncodingJSON(f *testing.F) {
	f.Add([]byte(`[{"id":0,"result":"00","error":null},{"a":[1.5e-3,"\u00e9\n",true]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := scanner{b: text}
		_, err := s.value()
		if shallow(text) {
			require.Equal(t, json.Valid(text), err == nil && s.end())
		}
	})
}

// agrees compares a reply with its object as encoding/json reads it.
func agrees(t *testing.T, r reply, object map[string]json.RawMessage) {
	if failed, ok := object["error"]; ok && string(failed) != "null" {
		var want fault
		require.NoError(t, json.Unmarshal(failed, &want))
		require.Equal(t, want, fault{Code: r.fault.Code, Message: r.fault.Message})
		return
	}
	require.Nil(t, r.fault)
	require.Equal(t, string(object["result"]), string(r.result))
	var want string
	if got, err := r.text(); err == nil {
		require.NoError(t, json.Unmarshal(object["result"], &want))
		if !strings.ContainsRune(want, '\uFFFD') { // bytes that are no UTF-8 stay as they are
			require.Equal(t, want, string(got))
		}
	}
}

func FuzzReplies(f *testing.F) {
	f.Add([]byte(`{"result":"00","error":null,"id":0}`))
	f.Add([]byte(`{"result":null,"error":{"code":-28,"message":"Loading block index…"},"id":null}`))
	f.Add([]byte(`[{"result":"\u0030","error":null,"\u0069d":1},{"jsonrpc":"2.0","error":{"code":-5,"message":"x"},"id":0}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if !shallow(text) {
			return
		}
		var one map[string]json.RawMessage
		valid := json.Unmarshal(text, &one) == nil
		replies, err := parseReplies(text, 1)
		if err == nil {
			require.True(t, valid)
			agrees(t, replies[0], one)
		} else {
			require.True(t, errors.Is(err, chain.ErrMalformed))
			failed, result := string(one["error"]), string(one["result"])
			require.False(t, valid && string(one["id"]) == "0" && (failed == "" || failed == "null") && result != "" && result != "null",
				"a sound answer was refused: %v", err)
		}
		var all []map[string]json.RawMessage
		valid = json.Unmarshal(text, &all) == nil
		replies, err = parseReplies(text, 2)
		if err != nil || replies[0].fault != nil && replies[0].fault.whole {
			return
		}
		require.True(t, valid)
		for i, id := range []string{"0", "1"} {
			at := slices.IndexFunc(all, func(o map[string]json.RawMessage) bool { return string(o["id"]) == id })
			if at >= 0 { // an id may be written otherwise, such as -0
				agrees(t, replies[i], all[at])
			}
		}
	})
}

func FuzzHashList(f *testing.F) {
	f.Add([]byte(`["` + strings.Repeat("ab", 32) + `" , "` + strings.Repeat("\\u0030", 64) + `"]`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := parseHashes(text)
		var want []string
		sound := json.Unmarshal(text, &want) == nil && want != nil
		for _, s := range want {
			_, bad := chain.ParseHash(s)
			sound = sound && bad == nil
		}
		require.Equal(t, sound, err == nil, "%v", err)
		if err != nil {
			require.ErrorIs(t, err, chain.ErrMalformed)
			return
		}
		require.Len(t, got, len(want))
		for i, h := range got {
			require.Equal(t, strings.ToLower(want[i]), h.String())
		}
	})
}

// FuzzResults reads one text as the result of each method that answers an object
// or a number.
func FuzzResults(f *testing.F) {
	hash := strings.Repeat("ab", 32)
	f.Add([]byte(`{"blocks":7,"headers":9,"bestblockhash":"` + hash + `","initialblockdownload":false,"verificationprogress":1e-9}`))
	f.Add([]byte(`{"hash":"` + hash + `","confirmations":-1,"height":7}`))
	f.Add([]byte(`{"hex":"0200","blockhash":"` + hash + `","vout":[{"value":0.1}]}`))
	f.Add([]byte(`{"loaded":false,"size":0}`))
	f.Add([]byte(`{"subversion":"/LitecoinCore:0.21.5.4/","version":210504}`))
	f.Fuzz(func(t *testing.T, result []byte) {
		var object map[string]any
		isObject := json.Unmarshal(result, &object) == nil && object != nil
		if at, err := parseInfo(result); err == nil {
			require.True(t, isObject)
			require.NoError(t, heightKnown(at.height))
		} else {
			require.ErrorIs(t, err, chain.ErrMalformed)
		}
		if height, err := parseHeight(result); err == nil {
			require.True(t, isObject)
			require.NoError(t, heightKnown(height))
		} else {
			require.ErrorIs(t, err, chain.ErrMalformed)
		}
		if _, _, err := parseTransaction(result); err == nil {
			require.True(t, isObject)
		} else {
			require.ErrorIs(t, err, chain.ErrMalformed)
		}
		if err := poolLoaded(reply{result: result}); err != nil {
			require.True(t, errors.Is(err, chain.ErrMalformed) || errors.Is(err, chain.ErrUnavailable))
		} else if isObject {
			require.NotEqual(t, false, object["loaded"])
		}
		var version struct{ Subversion string }
		if json.Unmarshal(result, &version) == nil {
			if text, _, ok := litecoinRelease(version.Subversion); ok {
				require.Contains(t, version.Subversion, text)
			}
		}
	})
}

// FuzzErrorBodies: whatever refuses, the error is one of chain's and tells no
// secret.
func FuzzErrorBodies(f *testing.F) {
	const secret = "s3cr3t-canary"
	f.Add(503, "application/json", "120", `{"error":{"code":-1,"message":"Work queue depth exceeded"}}`, int64(-8))
	f.Add(500, "text/html", "", "Work queue depth exceeded", int64(-28))
	f.Add(429, "", "Fri, 31 Dec 1999 23:59:59 GMT", "bearer "+secret, int64(-5))
	n, err := newNode(RPC{URL: "http://node:1/" + secret + "-path", User: "user", Password: secret})
	require.NoError(f, err)
	ours := func(t *testing.T, err error) {
		require.NotContains(t, err.Error(), secret)
		for _, want := range []error{chain.ErrUnavailable, chain.ErrNotFound, chain.ErrMalformed, chain.ErrWrongNetwork} {
			if errors.Is(err, want) {
				return
			}
		}
		t.Errorf("%v wraps none of chain's errors", err)
	}
	f.Fuzz(func(t *testing.T, status int, kind, after, body string, code int64) {
		resp := &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}}
		resp.Header.Set("Content-Type", kind)
		resp.Header.Set("Retry-After", after)
		if err := n.status(resp); err != nil {
			ours(t, err)
			require.GreaterOrEqual(t, chain.RetryAfter(err), time.Duration(0))
			require.LessOrEqual(t, chain.RetryAfter(err), 13*24*time.Hour)
		}
		for _, method := range []string{getBlock, getBlockHash, getTx, "other"} {
			ours(t, n.judge(method, &fault{Code: code, Message: body}))
		}
	})
}
