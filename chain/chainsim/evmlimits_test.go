package chainsim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
)

func TestProvidersRefuseLogsInTheirOwnWords(t *testing.T) {
	c := newEthereum()
	for range 3 {
		c.Pay(pay(c.Network(), 0, 1, 5))
		c.Mine(1)
	}
	g := c.Geth()
	whole := map[string]any{"fromBlock": "0x0", "toBlock": "0x3"}
	for provider, want := range map[chainsim.Provider]struct {
		wide, large int
		text        string
	}{
		chainsim.ProviderNode:      {-32000, -32005, "query returned more than 2 results"},
		chainsim.ProviderAlchemy:   {-32600, -32602, "Log response size exceeded"},
		chainsim.ProviderInfura:    {-32602, -32005, "query returned more than 2 results"},
		chainsim.ProviderQuickNode: {-32614, -32602, "query exceeds max results 2"},
		chainsim.ProviderAnkr:      {-32062, -32000, "response size"},
	} {
		g.SpeakAs(provider)
		g.LimitRange(3)
		require.Equal(t, want.wide, ask(t, g, nil, "eth_getLogs", whole), provider)
		g.LimitRange(4)
		require.Zero(t, ask(t, g, nil, "eth_getLogs", whole), provider)
		g.LimitResults(2)
		refused := complaint(t, g, "eth_getLogs", whole)
		require.Equal(t, want.large, refused.Code, provider)
		require.Contains(t, refused.Message, want.text)
		g.LimitResults(3)
		require.Zero(t, ask(t, g, nil, "eth_getLogs", whole), provider)
		g.LimitRange(0)
		g.LimitResults(0)
	}
}

func TestBatchesThatAreTooLongAreRefusedAsEachNodeDoes(t *testing.T) {
	const two = `[{"jsonrpc":"2.0","id":7,"method":"eth_chainId"},{"jsonrpc":"2.0","id":8,"method":"eth_chainId"}]`
	g, b := newEthereum().Geth(), newBitcoin().Core()
	g.LimitBatch(1)
	b.LimitBatch(1)
	_, text := post(t, g, two)
	require.JSONEq(t, `[{"jsonrpc":"2.0","id":7,"error":{"code":-32600,"message":"batch too large"}}]`, text)
	_, text = post(t, b, two)
	require.JSONEq(t, `{"id":null,"result":null,"error":{"code":-32600,"message":"batch too large"}}`, text)
	g.LimitBatch(2)
	_, text = post(t, g, two)
	var answers []any
	require.NoError(t, json.Unmarshal([]byte(text), &answers))
	require.Len(t, answers, 2)
}

func TestTooManyRequestsMayNameATimeToWait(t *testing.T) {
	g := newEthereum().Geth()
	refused := func() http.Header {
		g.LimitRate(1)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"method":"eth_chainId"}`)))
		require.Equal(t, http.StatusTooManyRequests, w.Code)
		return w.Header()
	}
	require.Empty(t, refused().Get("Retry-After"))
	g.RetryAfter(7 * time.Second)
	require.Equal(t, "7", refused().Get("Retry-After"))
}

func TestALoadBalancerAsksItsNodesInTurn(t *testing.T) {
	c := newEthereum()
	c.Mine(3)
	late := c.Geth()
	late.ServeBehind(2)
	h := chainsim.LoadBalancer(c.Geth(), late)
	for _, want := range []string{"0x3", "0x1", "0x3"} {
		var height string
		require.Zero(t, ask(t, h, &height, "eth_blockNumber"))
		require.Equal(t, want, height)
	}
	requireMisuse(t, "LoadBalancer", func() { chainsim.LoadBalancer() })
}

func TestTransactionsAreKnownByHashBeforeTheyAreMined(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	id := "0x" + c.Send(chainsim.Address(n, 0), pay(n, 1, 0, 5)).String()
	g := c.Geth()
	var tx struct {
		From, To, Value              string
		BlockHash, BlockNumber       *string
		TransactionIndex, Hash, Type string
	}
	require.Zero(t, ask(t, g, &tx, "eth_getTransactionByHash", id))
	require.Nil(t, tx.BlockHash)
	require.Equal(t, hexOf(chainsim.Address(n, 0)), tx.From)
	require.Equal(t, "0x5", tx.Value)
	var nonce string
	require.Zero(t, ask(t, g, &nonce, "eth_getTransactionCount", tx.From, "latest"))
	require.Equal(t, "0x0", nonce)
	require.Zero(t, ask(t, g, &nonce, "eth_getTransactionCount", tx.From, "pending"))
	require.Equal(t, "0x1", nonce)
	at := c.Mine(1)[0]
	require.Zero(t, ask(t, g, &tx, "eth_getTransactionByHash", id))
	require.Equal(t, "0x"+at.Hash.String(), *tx.BlockHash)
	var none *struct{}
	require.Zero(t, ask(t, g, &none, "eth_getTransactionByHash", "0x"+chain.Hash{1}.String()))
	require.Nil(t, none)
}

func TestBalancesAreAskedForByBlockHash(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	c.Withdraw(ether(n, 0, 3))
	old := c.Mine(1)[0]
	g := c.Geth()
	var block struct {
		Miner       string
		Withdrawals []struct{ Index, Address, Amount string }
	}
	require.Zero(t, ask(t, g, &block, "eth_getBlockByNumber", "0x1", false))
	require.Equal(t, hexOf(chainsim.Address(n, 0)), block.Withdrawals[0].Address)
	require.Equal(t, "0x2dc6c0", block.Withdrawals[0].Amount, "three million gwei")

	who := hexOf(chainsim.Address(n, 0))
	byHash := map[string]any{"blockHash": "0x" + old.Hash.String()}
	var held string
	require.Zero(t, ask(t, g, &held, "eth_getBalance", who, byHash))
	require.Equal(t, "0xaa87bee538000", held)
	c.Reorg(1, chainsim.Branch{})
	require.Zero(t, ask(t, g, &held, "eth_getBalance", who, byHash))
	byHash["requireCanonical"] = true
	require.Equal(t, -32000, ask(t, g, nil, "eth_getBalance", who, byHash))
	unknown := map[string]any{"blockHash": "0x" + chain.Hash{1}.String()}
	require.Equal(t, -32000, ask(t, g, nil, "eth_getBalance", who, unknown))
	require.Equal(t, -32001, ask(t, c.Anvil(), nil, "eth_getBalance", who, unknown))
	require.Equal(t, -32602, ask(t, g, nil, "eth_getBalance", "0x12", "latest"))
}

func TestAnvilHasNoLogsForABlockItDoesNotKnow(t *testing.T) {
	c := newEthereum()
	filter := map[string]any{"blockHash": "0x" + chain.Hash{1}.String()}
	require.Empty(t, logsOf(t, c.Anvil(), filter))
	require.Equal(t, -32000, ask(t, c.Erigon(), nil, "eth_getLogs", filter))
}

func TestANodeMayHideWhatIsFinal(t *testing.T) {
	c := newEthereum()
	g := c.Geth()
	require.Zero(t, ask(t, g, nil, "eth_getBlockByNumber", "finalized", false))
	g.HideFinal(true)
	require.Equal(t, -32602, ask(t, g, nil, "eth_getBlockByNumber", "finalized", false))
	require.Equal(t, -32602, ask(t, g, nil, "eth_getBlockByNumber", "safe", false))
}
