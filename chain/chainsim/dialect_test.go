package chainsim_test

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
)

func newDogecoin(merged bool) *chainsim.UTXO {
	return chainsim.NewUTXO(chain.Dogecoin, chainsim.Options{MergeMined: merged})
}

// complaint returns the error of a call.
func complaint(t *testing.T, h http.Handler, method string, args ...any) chainsim.RPCError {
	t.Helper()
	body, err := json.Marshal(map[string]any{"id": 1, "method": method, "params": args})
	require.NoError(t, err)
	_, text := post(t, h, string(body))
	var answer struct{ Error chainsim.RPCError }
	require.NoError(t, json.Unmarshal([]byte(text), &answer))
	return answer.Error
}

func TestLitecoindShowsTheHogExAsTheLastTransaction(t *testing.T) {
	c := newLitecoin()
	n := c.Network()
	c.PegOut(pay(n, 0, 0, 123_456_789))
	hash := c.Mine(1)[0].Hash.String()
	f := c.Litecoin()
	var b struct {
		Mweb struct{ Hash string }
		Tx   []struct {
			Txid, Hex string
			Vin       []struct{ Ismweb *bool }
			Vout      []struct {
				Value        json.Number
				Ismweb       *bool
				ScriptPubKey struct {
					Type      string
					Addresses []string
				}
			}
		}
	}
	require.Zero(t, ask(t, f, &b, "getblock", hash, 2))
	hogEx := b.Tx[len(b.Tx)-1]
	require.True(t, strings.HasPrefix(hogEx.Hex, "02000000"+"0008"+"01"), "marker, flag 8, one input")
	require.True(t, strings.HasSuffix(hogEx.Hex, "00"+"00000000"), "an empty MWEB part before the lock time")
	raw, err := hex.DecodeString(hogEx.Hex)
	require.NoError(t, err)
	plain := append(raw[:4:4], raw[6:len(raw)-5]...)
	require.Equal(t, doubleSHA(append(plain, raw[len(raw)-4:]...)), hogEx.Txid)
	require.Equal(t, "witness_mweb_hogaddr", hogEx.Vout[0].ScriptPubKey.Type)
	require.Equal(t, "1.23456789", hogEx.Vout[1].Value.String())
	require.Len(t, hogEx.Vout[1].ScriptPubKey.Addresses, 1)
	require.True(t, strings.HasPrefix(hogEx.Vout[1].ScriptPubKey.Addresses[0], "ltc1q"))
	require.NotNil(t, hogEx.Vin[0].Ismweb)
	require.False(t, *hogEx.Vout[1].Ismweb)
	require.Len(t, b.Mweb.Hash, 64)

	var block string
	require.Zero(t, ask(t, f, &block, "getblock", hash, 0))
	_, tail, found := strings.Cut(block, hogEx.Hex)
	require.True(t, found)
	require.True(t, strings.HasPrefix(tail, "01"+"01"), "a MWEB block of height 1 follows")
	require.Equal(t, -5, ask(t, f, nil, "getrawtransaction", hogEx.Txid), "no index")
	require.Zero(t, ask(t, f, nil, "getrawtransaction", hogEx.Txid, 1, hash))
	require.Equal(t, -32601, ask(t, f, nil, "gettxspendingprevout", []any{}))
	var info struct{ Subversion string }
	require.Zero(t, ask(t, f, &info, "getnetworkinfo"))
	require.Equal(t, "/LitecoinCore:0.21.5.5/", info.Subversion)
}

func TestDogecoin114TakesBooleansOnly(t *testing.T) {
	c := newDogecoin(false)
	id := c.Pay(pay(c.Network(), 0, 0, 5)).String()
	f, later := c.Dogecoin114(), c.Dogecoin121()
	refusal := chainsim.RPCError{Code: -1, Message: "JSON value is not a boolean as expected"}
	require.Zero(t, ask(t, f, nil, "getrawtransaction", id, 0))
	require.Equal(t, -1, ask(t, f, nil, "getrawtransaction", id, 0, c.Head().Hash))
	require.Equal(t, -1, ask(t, f, nil, "getrawmempool", false, true))
	hash := c.Mine(1)[0].Hash.String()
	for _, number := range []int{0, 1, 2} {
		require.Equal(t, refusal, complaint(t, f, "getblock", hash, number))
		require.Equal(t, refusal, complaint(t, f, "getblockheader", hash, number))
		require.Zero(t, ask(t, later, nil, "getblock", hash, number))
	}
	var raw, same string
	require.Zero(t, ask(t, f, &raw, "getblock", hash, false))
	require.Zero(t, ask(t, later, &same, "getblock", hash, 0))
	require.Equal(t, same, raw)
	var b struct {
		Tx         []string
		VersionHex string
	}
	require.Zero(t, ask(t, f, &b, "getblock", hash, true))
	require.Equal(t, id, b.Tx[1])
	require.Equal(t, "00620004", b.VersionHex, "the chain id without the bit")
	require.Equal(t, -5, ask(t, f, nil, "getblock", "xyz"), "an unknown block")
	require.Equal(t, -8, ask(t, later, nil, "getblock", "xyz"))
	require.Zero(t, ask(t, later, nil, "getrawtransaction", id, true, hash))
	require.Zero(t, ask(t, later, nil, "getrawmempool", false, true))
	require.Equal(t, -32601, ask(t, f, nil, "estimatesmartfee", 6))
}

func TestMergeMinedBlocksCarryTheProofBehindTheHeader(t *testing.T) {
	c := newDogecoin(true)
	c.Pay(pay(c.Network(), 0, 0, 5))
	hash := c.Mine(1)[0].Hash.String()
	f := c.Dogecoin114()
	var header, raw string
	require.Zero(t, ask(t, f, &header, "getblockheader", hash, false))
	require.Zero(t, ask(t, f, &raw, "getblock", hash, false))
	require.True(t, strings.HasPrefix(raw, header+"02"), "two transactions")
	require.True(t, strings.HasPrefix(header, "04016200"), "version 0x00620104")
	b, err := hex.DecodeString(header)
	require.NoError(t, err)
	require.Greater(t, len(b), 240)
	require.Equal(t, hash, doubleSHA(b[:80]))
	require.Contains(t, header, "fabe6d6d"+hash, "the parent's coinbase names the block")
}

func TestFacesOfOtherNetworksAreRefused(t *testing.T) {
	requireMisuse(t, "Litecoin", func() { newBitcoin().Litecoin() })
	requireMisuse(t, "Dogecoin114", func() { newBitcoin().Dogecoin114() })
	requireMisuse(t, "Dogecoin121", func() { newLitecoin().Dogecoin121() })
}

func TestCoreNamesWhatSpendsAnOutpointInTheMempool(t *testing.T) {
	c := newBitcoin()
	ours := chain.Outpoint{TxID: c.Pay(pay(c.Network(), 0, 0, 5))}
	spend := c.Spend([]chain.Outpoint{ours}, pay(c.Network(), 1, 0, 4))
	var out []struct{ Spendingtxid string }
	args := []any{map[string]any{"txid": ours.TxID, "vout": 0}, map[string]any{"txid": ours.TxID, "vout": 1}}
	require.Zero(t, ask(t, c.Core(), &out, "gettxspendingprevout", args))
	require.Equal(t, spend.String(), out[0].Spendingtxid)
	require.Empty(t, out[1].Spendingtxid)
	require.Equal(t, -8, ask(t, c.Core(), nil, "gettxspendingprevout", []any{}))
	require.Equal(t, -32601, ask(t, c.Btcd(), nil, "gettxspendingprevout", args))
}

func TestARestartedNodeHasNotLoadedItsMempool(t *testing.T) {
	c := newBitcoin()
	id := c.Pay(pay(c.Network(), 0, 0, 5))
	for _, f := range []*chainsim.Face{c.Core(), c.Btcd()} {
		f.ReportLoading(true)
		var pool []string
		require.Zero(t, ask(t, f, &pool, "getrawmempool"))
		require.Empty(t, pool)
		f.ReportLoading(false)
		require.Zero(t, ask(t, f, &pool, "getrawmempool"))
		require.Equal(t, []string{id.String()}, pool)
	}
	f, s := c.Core(), c.Source("a")
	f.ReportLoading(true)
	s.ReportLoading(true)
	var info struct{ Loaded *bool }
	require.Zero(t, ask(t, f, &info, "getmempoolinfo"))
	require.False(t, *info.Loaded)
	_, err := s.Mempool(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
}

func TestANodeWithAnIndexKnowsWhatIsMined(t *testing.T) {
	c := newLitecoin()
	id := c.Pay(pay(c.Network(), 0, 0, 5))
	c.Mine(1)
	f, s := c.Litecoin(), c.Source("a")
	require.Contains(t, complaint(t, f, "getrawtransaction", id).Message, "Use -txindex")
	f.Index(true)
	require.Zero(t, ask(t, f, nil, "getrawtransaction", id))
	require.NotContains(t, complaint(t, f, "getrawtransaction", chain.Hash{1}).Message, "-txindex")
	btcd := c.Btcd()
	btcd.Index(false)
	require.Equal(t, -5, ask(t, btcd, nil, "getrawtransaction", id))
	s.Index(false)
	_, err := s.Inspect(t.Context(), id, chain.NewWatched())
	require.ErrorIs(t, err, chain.ErrNotFound)
}
