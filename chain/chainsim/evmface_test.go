package chainsim_test

import (
	"encoding/hex"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/sha3"
)

type gethLog struct {
	Address, TransactionHash, LogIndex, BlockHash string
	Topics                                        []string
}

func logsOf(t *testing.T, g *chainsim.EVMFace, filter map[string]any) []gethLog {
	t.Helper()
	var out []gethLog
	require.Zero(t, ask(t, g, &out, "eth_getLogs", filter))
	return out
}

func TestGethLogsAreFilteredByRangeAddressAndTopics(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	c.Pay(pay(n, 0, 1, 5), pay(n, 1, 2, 6))
	c.Mine(1)
	c.PayForeign(pay(n, 0, 1, 5))
	c.PayFailed(pay(n, 0, 1, 5))
	second := c.Mine(1)[0]
	g := c.Geth()
	usdc := "0x" + hex.EncodeToString([]byte(n.Tokens[0].Contract.Raw))
	to := "0x" + hex.EncodeToString(make([]byte, 12)) + hex.EncodeToString([]byte(chainsim.Address(n, 0).Raw))
	whole := map[string]any{"fromBlock": "0x0", "toBlock": "latest"}
	require.Len(t, logsOf(t, g, whole), 3)
	require.Len(t, logsOf(t, g, map[string]any{"fromBlock": "0x0", "toBlock": "0x63", "address": []string{usdc}}), 1)
	require.Len(t, logsOf(t, g, map[string]any{"fromBlock": "0x0", "topics": []any{nil, nil, []string{to}}}), 2)
	require.Empty(t, logsOf(t, g, map[string]any{"fromBlock": "0x0", "topics": []any{nil, nil, nil, nil}}))
	require.Len(t, logsOf(t, g, map[string]any{"blockHash": "0x" + second.Hash.String()}), 1)
	require.Equal(t, -32000, ask(t, g, nil, "eth_getLogs", map[string]any{"blockHash": "0x" + chain.Hash{1}.String()}))
	g.LimitRange(2)
	require.Equal(t, -32000, ask(t, g, nil, "eth_getLogs", whole))
}

func TestGethLogIndexMovesInTheBlock(t *testing.T) {
	c := newEthereum()
	c.Pay(pay(c.Network(), 0, 1, 5))
	c.Mine(1)
	g := c.Geth()
	filter := map[string]any{"fromBlock": "0x1", "toBlock": "0x1"}
	before := logsOf(t, g, filter)
	c.Reorg(1, chainsim.Branch{Crowd: 2})
	after := logsOf(t, g, filter)
	require.Equal(t, "0x0", before[0].LogIndex)
	require.Equal(t, "0x2", after[2].LogIndex)
	require.Equal(t, before[0].TransactionHash, after[2].TransactionHash)
}

func TestGethBloomHoldsEveryLog(t *testing.T) {
	c := newEthereum()
	c.Pay(pay(c.Network(), 0, 1, 5))
	c.Mine(1)
	var block struct{ LogsBloom, Hash string }
	require.Zero(t, ask(t, c.Geth(), &block, "eth_getBlockByNumber", "latest", false))
	bits, err := hex.DecodeString(block.LogsBloom[2:])
	require.NoError(t, err)
	log := logsOf(t, c.Geth(), map[string]any{"blockHash": block.Hash})[0]
	set := 0
	for _, b := range bits {
		for ; b != 0; b &= b - 1 {
			set++
		}
	}
	require.LessOrEqual(t, set, 12, "one address and three topics, three bits each")
	for _, item := range append(log.Topics, log.Address) {
		raw, err := hex.DecodeString(item[2:])
		require.NoError(t, err)
		h := sha3.NewLegacyKeccak256()
		h.Write(raw)
		sum := h.Sum(nil)
		for i := 0; i < 6; i += 2 {
			bit := (int(sum[i])*256 + int(sum[i+1])) % 2048
			require.NotZero(t, bits[255-bit/8]&(1<<(bit%8)))
		}
	}
}

func TestGethAnswersNullForWhatItDoesNotKnow(t *testing.T) {
	c := newEthereum()
	id := c.Pay(pay(c.Network(), 0, 0, 5)).String()
	g := c.Geth()
	for _, args := range [][]any{
		{"eth_getBlockByNumber", "0x9", false}, {"eth_getBlockByHash", "0x" + id, true},
		{"eth_getBlockReceipts", "0x9"}, {"eth_getTransactionReceipt", "0x" + id},
	} {
		result := any("unset")
		require.Zero(t, ask(t, g, &result, args[0].(string), args[1:]...))
		require.Nil(t, result, args[0])
	}
}

func TestGethReceiptsTracesAndState(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	failed := c.PayFailed(pay(n, 0, 0, 5)).String()
	c.PayReverted(pay(n, 0, 0, 6))
	c.Pay(pay(n, 0, 0, 7), pay(n, 1, 0, 8))
	c.Mine(1)
	g := c.Geth()
	var receipt struct{ Status string }
	require.Zero(t, ask(t, g, &receipt, "eth_getTransactionReceipt", "0x"+failed))
	require.Equal(t, "0x0", receipt.Status)
	var traces []struct {
		Result struct {
			Error string
			Calls []struct {
				Error, Value string
				Calls        []struct{ Error, Value string }
			}
		}
	}
	require.Zero(t, ask(t, g, &traces, "debug_traceBlockByNumber", "0x1", map[string]string{"tracer": "callTracer"}))
	require.NotEmpty(t, traces[0].Result.Error)
	require.NotEmpty(t, traces[1].Result.Calls[0].Error)
	require.Empty(t, traces[1].Result.Calls[0].Calls[0].Error, "an inner frame does not know that it is undone")
	require.Equal(t, "0x7", traces[2].Result.Calls[0].Value)
	var s string
	to := "0x" + hex.EncodeToString([]byte(chainsim.Address(n, 0).Raw))
	require.Zero(t, ask(t, g, &s, "eth_getBalance", to, "latest"))
	require.Equal(t, "0x7", s)
	usdc := "0x" + hex.EncodeToString([]byte(n.Tokens[0].Contract.Raw))
	require.Zero(t, ask(t, g, &s, "eth_call", map[string]string{"to": usdc, "data": "0x313ce567"}, "latest"))
	require.Equal(t, "0x0000000000000000000000000000000000000000000000000000000000000006", s)
	require.Zero(t, ask(t, g, &s, "eth_getCode", usdc, "latest"))
	require.NotEqual(t, "0x", s)
	require.Zero(t, ask(t, g, &s, "eth_getCode", to, "latest"))
	require.Equal(t, "0x", s)
}
