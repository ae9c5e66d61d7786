package chainsim_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
)

// post sends a body and returns status and answer.
func post(t testing.TB, h http.Handler, body string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
	return w.Code, w.Body.String()
}

// ask makes one call and decodes its result; the error's code is returned.
func ask(t testing.TB, h http.Handler, result any, method string, args ...any) int {
	t.Helper()
	if args == nil {
		args = []any{}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": 1, "method": method, "params": args})
	require.NoError(t, err)
	_, text := post(t, h, string(body))
	var answer struct {
		Result json.RawMessage
		Error  *chainsim.RPCError
	}
	require.NoError(t, json.Unmarshal([]byte(text), &answer), text)
	if answer.Error != nil {
		return answer.Error.Code
	}
	if result != nil {
		d := json.NewDecoder(bytes.NewReader(answer.Result))
		d.UseNumber()
		require.NoError(t, d.Decode(result))
	}
	return 0
}

func doubleSHA(b []byte) string {
	once := sha256.Sum256(b)
	twice := sha256.Sum256(once[:])
	slices.Reverse(twice[:])
	return hex.EncodeToString(twice[:])
}

func TestBitcoinHeadersHashToTheirBlocks(t *testing.T) {
	c := newBitcoin()
	c.Pay(pay(c.Network(), 0, 0, 5))
	c.Mine(2)
	for _, f := range []http.Handler{c.Core(), c.Btcd()} {
		var hash, header, raw string
		require.Zero(t, ask(t, f, &hash, "getbestblockhash"))
		require.Equal(t, c.Head().Hash.String(), hash)
		require.Zero(t, ask(t, f, &hash, "getblockhash", 1))
		require.Zero(t, ask(t, f, &header, "getblockheader", hash, false))
		b, err := hex.DecodeString(header)
		require.NoError(t, err)
		require.Len(t, b, 80)
		require.Equal(t, hash, doubleSHA(b))
		require.Zero(t, ask(t, f, &raw, "getblock", hash, 0))
		require.True(t, strings.HasPrefix(raw, header+"02"), "header, then two transactions")
		var genesis string
		require.Zero(t, ask(t, f, &genesis, "getblockhash", 0))
		require.Equal(t, c.Network().Genesis, genesis)
	}
}

func TestBitcoinVerboseBlockNamesItsTransactionsAsEachNodeDoes(t *testing.T) {
	c := newBitcoin()
	id := c.Pay(pay(c.Network(), 0, 0, 123_456_789)).String()
	hash := c.Mine(1)[0].Hash.String()
	for field, f := range map[string]http.Handler{"tx": c.Core(), "rawtx": c.Btcd()} {
		var ids struct{ Tx []string }
		require.Zero(t, ask(t, f, &ids, "getblock", hash))
		require.Equal(t, id, ids.Tx[1])
		var full map[string]json.RawMessage
		require.Zero(t, ask(t, f, &full, "getblock", hash, 2))
		var txs []struct {
			Txid, Hex string
			Vout      []struct{ Value json.Number }
		}
		require.NoError(t, json.Unmarshal(full[field], &txs))
		require.Equal(t, id, txs[1].Txid)
		require.Equal(t, "1.23456789", txs[1].Vout[0].Value.String())
		var raw string
		require.Zero(t, ask(t, f, &raw, "getblock", hash, 0))
		require.Contains(t, raw, txs[1].Hex)
	}
}

func TestBitcoinErrorsAreThoseOfEachNode(t *testing.T) {
	c := newBitcoin()
	id := c.Pay(pay(c.Network(), 0, 0, 5)).String()
	none := chain.Hash{1}.String()
	core, btcd := c.Core(), c.Btcd()
	require.Equal(t, -8, ask(t, core, nil, "getblockhash", 9))
	require.Equal(t, -8, ask(t, core, nil, "getblockhash", -1))
	require.Equal(t, -1, ask(t, btcd, nil, "getblockhash", 9))
	require.Zero(t, ask(t, core, nil, "getnetworkinfo"))
	require.Equal(t, -1, ask(t, btcd, nil, "getnetworkinfo"))
	for _, f := range []http.Handler{core, btcd} {
		require.Equal(t, -32601, ask(t, f, nil, "estimatefoo"))
		require.Equal(t, -5, ask(t, f, nil, "getblock", none))
		require.Equal(t, -5, ask(t, f, nil, "getblockheader", none))
		require.Equal(t, -5, ask(t, f, nil, "getrawtransaction", none))
		require.NotZero(t, ask(t, f, nil, "getblock", "xyz"))
		require.NotZero(t, ask(t, f, nil, "getblock"))
		var pool []string
		require.Zero(t, ask(t, f, &pool, "getrawmempool"))
		require.Equal(t, []string{id}, pool)
		require.Zero(t, ask(t, f, nil, "getrawtransaction", id, 1))
	}
	hash := c.Mine(1)[0].Hash.String()
	require.Equal(t, -5, ask(t, core, nil, "getrawtransaction", id), "Core has no index")
	require.Zero(t, ask(t, core, nil, "getrawtransaction", id, true, hash))
	require.Zero(t, ask(t, btcd, nil, "getrawtransaction", id, 1))
	status, _ := post(t, core, `{"id":1,"method":"nothing"}`)
	require.Equal(t, http.StatusNotFound, status)
	status, _ = post(t, btcd, `{"id":1,"method":"nothing"}`)
	require.Equal(t, http.StatusOK, status)
}

func TestStaleBlocksStayKnownButUnconfirmed(t *testing.T) {
	c := newBitcoin()
	f := c.Core()
	old := c.Mine(2)[1].Hash.String()
	c.Reorg(1, chainsim.Branch{})
	var header struct{ Confirmations int }
	require.Zero(t, ask(t, f, &header, "getblockheader", old))
	require.Equal(t, -1, header.Confirmations)
	f.ServeBehind(1)
	require.Equal(t, -5, ask(t, f, nil, "getblock", c.Head().Hash.String()), "not seen yet")
}

func TestFaceFaults(t *testing.T) {
	c := newBitcoin()
	f := c.Core()
	const count = `{"id":7,"method":"getblockcount","params":[]}`
	status := func() int { s, _ := post(t, f, count); return s }
	f.LimitRate(1)
	require.Equal(t, http.StatusTooManyRequests, status())
	f.Fail(1)
	require.Equal(t, http.StatusServiceUnavailable, status())
	f.Garble(1)
	_, text := post(t, f, count)
	require.False(t, json.Valid([]byte(text)))
	f.ReportSyncing(true)
	var info struct{ Initialblockdownload bool }
	require.Zero(t, ask(t, f, &info, "getblockchaininfo"))
	require.True(t, info.Initialblockdownload)
	f.Intercept(func(m string) error {
		if m == "getblockcount" {
			return &chainsim.RPCError{Code: -28, Message: "Loading block index"}
		}
		return errors.New("odd")
	})
	require.Equal(t, -28, ask(t, f, nil, "getblockcount"))
	require.Equal(t, -32603, ask(t, f, nil, "getbestblockhash"))
	f.Intercept(nil)
	f.RequireAuth("u", "p")
	require.Equal(t, http.StatusUnauthorized, status())
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(count))
	r.SetBasicAuth("u", "p")
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	require.JSONEq(t, `{"result":0,"error":null,"id":7}`, w.Body.String())
	w = httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

func TestBatchesAreAnsweredInOrder(t *testing.T) {
	status, text := post(t, newEthereum().Geth(), `[{"jsonrpc":"2.0","id":2,"method":"eth_chainId"},{"id":"x","method":"nope"},5]`)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `[{"jsonrpc":"2.0","id":2,"result":"0x1"},
		{"jsonrpc":"2.0","id":"x","error":{"code":-32601,"message":"the method nope does not exist/is not available"}},
		{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}]`, text)
}

func FuzzFaceAnswersAnyBody(f *testing.F) {
	btc, eth := newBitcoin(), newEthereum()
	btc.Mine(1)
	eth.Pay(pay(eth.Network(), 0, 1, 1))
	eth.Mine(1)
	for _, m := range []string{"getblock", "getblockhash", "getblockheader", "getrawtransaction", "eth_getLogs", "eth_getBlockByNumber", "eth_getBalance", "eth_call",
		"eth_getTransactionCount", "eth_getTransactionByHash", "trace_block", "debug_traceBlockByHash", "gettxspendingprevout", "getrawmempool"} {
		f.Add(`{"method":"` + m + `","params":["latest",true]}`)
		f.Add(`{"method":"` + m + `","params":[{"fromBlock":"0x0","address":[],"topics":[null]}]}`)
		f.Add(`[{"method":"` + m + `","params":[18446744073709551615,null,{}]}]`)
	}
	ltc, doge := newLitecoin(), newDogecoin(true)
	ltc.PegOut(pay(ltc.Network(), 0, 0, 5))
	ltc.Mine(1)
	doge.Mine(1)
	faces := []http.Handler{
		btc.Core(), btc.Btcd(), ltc.Litecoin(), doge.Dogecoin114(), doge.Dogecoin121(), eth.Geth(), eth.Erigon(), eth.Anvil(),
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, h := range faces {
			_, text := post(t, h, body)
			require.True(t, json.Valid([]byte(text)))
		}
	})
}
