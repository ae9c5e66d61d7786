package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcutil/v2/hdkeychain"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/chaintest"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/internal/e2e/daemon"
	"github.com/cointill/cointill/internal/e2e/litecoinnode"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// dogecoin is a chain without SegWit on a real node that speaks as Dogecoin Core
// 1.14 does. No Dogecoin node can be installed here: it is Litecoin Core, whose
// chain and rules below MWEB and without witnesses are the same, behind a proxy
// that refuses what 1.14 refuses.
type dogecoin struct {
	*litecoinnode.Node
	t   testing.TB
	url string
	net chain.Network
}

func newDogecoin(t testing.TB) dogecoin {
	t.Helper()
	n := litecoinnode.StartPlain(t)
	proxy := httptest.NewServer(dogecoin114{n.URL, httpClient(t)})
	t.Cleanup(proxy.Close)
	return dogecoin{n, t, proxy.URL, chain.Network{
		ID: "dogecoin-regtest", Name: "Dogecoin (regtest)", Family: chain.FamilyDogecoin, Test: true,
		Genesis:   n.HashAt(0),
		Native:    money.Asset{Coin: "DOGE", Network: "dogecoin-regtest", Decimals: 8},
		BlockTime: chain.Dogecoin.BlockTime,
		Address:   chain.AddressParams{PubKeyHash: 0x6f, ScriptHash: 0xc4},
		URIScheme: "dogecoin", CoinType: 1, CoinbaseMaturity: 60,
	}}
}

func (d dogecoin) network() chain.Network { return d.net }
func (d dogecoin) asset() money.Asset     { return d.net.Native }

func (d dogecoin) source(n chain.Network) *utxo.Source {
	d.t.Helper()
	s, err := utxo.NewSource(n, utxo.RPC{URL: d.url, User: daemon.User, Password: daemon.Password, HTTP: httpClient(d.t)})
	require.NoError(d.t, err)
	return s
}

func (d dogecoin) rail(t testing.TB) payments.Rail {
	t.Helper()
	key, err := hdkeychain.NewKeyFromString(accountPrivateKey(t, 44))
	require.NoError(t, err)
	public, err := key.Neuter()
	require.NoError(t, err)
	w, err := hd.OpenWallet(d.net, hd.BIP44, public.String())
	require.NoError(t, err)
	return payments.Rail{Network: d.net, Sources: []chain.Source{d.source(d.net)}, Wallet: w, UnprovedKey: true}
}

func (d dogecoin) pay(to chain.Address, x money.Amount) chain.Hash {
	id, err := chain.ParseHash(d.Pay(d.text(to), x.Text()))
	require.NoError(d.t, err)
	return id
}

func (d dogecoin) text(to chain.Address) string {
	d.t.Helper()
	text, err := address.Format(d.net, to)
	require.NoError(d.t, err)
	return text
}

// dogecoin114 refuses what Dogecoin Core 1.14, a descendant of Bitcoin Core 0.14,
// refuses.
type dogecoin114 struct {
	node string
	http *http.Client
}

type rpcCall struct {
	JSONRPC string            `json:"jsonrpc,omitempty"`
	ID      json.RawMessage   `json:"id"`
	Method  string            `json:"method"`
	Params  []json.RawMessage `json:"params"`
}

func (d dogecoin114) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	var calls []rpcCall
	if batch := bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")); !batch {
		var one rpcCall
		if err := json.Unmarshal(body, &one); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		status, answer := d.answer(r, one)
		w.WriteHeader(status)
		_, _ = w.Write(answer)
		return
	}
	if err := json.Unmarshal(body, &calls); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answers := make([]json.RawMessage, len(calls))
	for i, c := range calls {
		_, answers[i] = d.answer(r, c)
	}
	_ = json.NewEncoder(w).Encode(answers)
}

func (d dogecoin114) answer(r *http.Request, c rpcCall) (int, json.RawMessage) {
	boolean := func(i int) bool {
		return len(c.Params) <= i || slices.Contains([]string{"true", "false"}, string(c.Params[i]))
	}
	switch c.Method {
	case "getblock":
		if len(c.Params) > 2 {
			return refusal(c, -1, "getblock \"blockhash\" ( verbose )")
		}
		if !boolean(1) {
			return refusal(c, -1, "JSON value is not a boolean as expected")
		}
	case "getblockheader":
		if !boolean(1) {
			return refusal(c, -1, "JSON value is not a boolean as expected")
		}
	case "getrawtransaction":
		if len(c.Params) > 2 {
			return refusal(c, -1, "getrawtransaction \"txid\" ( verbose )")
		}
	case "getblockcount", "getblockhash", "getbestblockhash", "getblockchaininfo", "getrawmempool", "getmempoolinfo",
		"getnetworkinfo", "getchaintips", "getinfo":
	default:
		return refusal(c, -32601, "Method not found")
	}
	body, err := json.Marshal(c)
	if err != nil {
		return refusal(c, -32700, err.Error())
	}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, d.node, bytes.NewReader(body))
	if err != nil {
		return refusal(c, -32603, err.Error())
	}
	req.Header.Set("Authorization", r.Header.Get("Authorization"))
	resp, err := d.http.Do(req)
	if err != nil {
		return refusal(c, -32603, err.Error())
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return refusal(c, -32603, err.Error())
	}
	return resp.StatusCode, older(c.Method, answer)
}

func refusal(c rpcCall, code int, message string) (int, json.RawMessage) {
	answer, err := json.Marshal(map[string]any{"result": nil, "id": c.ID,
		"error": map[string]any{"code": code, "message": message}})
	if err != nil {
		panic(err) // a call's id came from JSON
	}
	return http.StatusInternalServerError, answer
}

// older leaves out what 1.14 does not say.
func older(method string, answer []byte) json.RawMessage {
	missing := map[string][]string{
		"getblockchaininfo": {"initialblockdownload", "size_on_disk", "warnings"},
		"getmempoolinfo":    {"loaded", "unbroadcastcount"},
	}[method]
	var whole map[string]json.RawMessage
	var result map[string]json.RawMessage
	if missing == nil || json.Unmarshal(answer, &whole) != nil || json.Unmarshal(whole["result"], &result) != nil {
		return answer
	}
	for _, key := range missing {
		delete(result, key)
	}
	var err error
	if whole["result"], err = json.Marshal(result); err != nil {
		panic(err) // parts of JSON
	}
	out, err := json.Marshal(whole)
	if err != nil {
		panic(err)
	}
	return out
}

func dogecoinWorld(t *testing.T) chaintest.World {
	node := newDogecoin(t)
	return ofLitecoin(t, node.Node, node.net, chaintest.World{
		Source:  node.source(node.net),
		Address: func(i int) chain.Address { return chainsim.Address(node.net, i) },
		Pay:     func(p chaintest.Payment) chain.Hash { return node.pay(p.To, p.Amount) },
		Mine:    node.Mine,
		Reorg:   func(depth int) { node.Undo(depth); node.MineEmpty(depth + 1) },
		MineTo:  func(to chain.Address) { node.MineTo(node.text(to)) },
		Other:   func(n chain.Network) chain.Source { return node.source(n) },
	})
}
