package chainsim_test

import (
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// nativeMove is one transfer of value as a trace or a log tells it.
type nativeMove struct{ tx, from, to, value string }

// keys names moves as chain.Transfer and chain.Spend do, of all addresses.
func keys(moves []nativeMove) []string {
	count, out := map[string]int{}, []string{}
	for _, m := range moves {
		for _, side := range []string{m.tx + ":eth:" + m.to, m.tx + ":out:" + m.from} {
			out = append(out, fmt.Sprintf("%s:%d %s", side, count[side], m.value))
			count[side]++
		}
	}
	slices.Sort(out)
	return out
}

type nestedFrame struct {
	Type, From, To, Value, Error string
	Calls                        []nestedFrame
}

func (f nestedFrame) moves(tx string, root bool) []nativeMove {
	if f.Error != "" {
		return nil
	}
	var out []nativeMove
	if f.Value != "0x0" && f.Type != "DELEGATECALL" && (root || f.From != f.To) {
		out = append(out, nativeMove{tx, f.From, f.To, f.Value})
	}
	for _, c := range f.Calls {
		out = append(out, c.moves(tx, false)...)
	}
	return out
}

func nestedMoves(t testing.TB, h http.Handler, block string) []nativeMove {
	var traces []struct {
		TxHash string
		Result nestedFrame
	}
	require.Zero(t, ask(t, h, &traces, "debug_traceBlockByHash", block, map[string]string{"tracer": "callTracer"}))
	var out []nativeMove
	for _, tr := range traces {
		out = append(out, tr.Result.moves(tr.TxHash[2:], true)...)
	}
	return out
}

func flatMoves(t testing.TB, h http.Handler, number string) []nativeMove {
	var traces []struct {
		Type, Error, TransactionHash string
		TraceAddress                 []int
		Action                       struct{ CallType, From, To, Value, Address, RefundAddress, Balance string }
		Result                       *struct{ Address string }
	}
	require.Zero(t, ask(t, h, &traces, "trace_block", number))
	var out []nativeMove
	var dead []int // the failed call whose subtree is being read
	failed := ""
	for _, tr := range traces {
		below := failed == tr.TransactionHash && len(tr.TraceAddress) >= len(dead) && slices.Equal(tr.TraceAddress[:len(dead)], dead)
		if below {
			continue
		}
		if tr.Error != "" {
			dead, failed = tr.TraceAddress, tr.TransactionHash
			continue
		}
		m := nativeMove{tr.TransactionHash[2:], tr.Action.From, tr.Action.To, tr.Action.Value}
		switch tr.Type {
		case "create":
			m.to = tr.Result.Address
		case "suicide":
			m.from, m.to, m.value = tr.Action.Address, tr.Action.RefundAddress, tr.Action.Balance
		}
		if m.value != "0x0" && tr.Action.CallType != "delegatecall" && (len(tr.TraceAddress) == 0 || m.from != m.to) {
			out = append(out, m)
		}
	}
	return out
}

// others are the transfers to another account: the others are not logged.
func others(moves []nativeMove) []nativeMove {
	return slices.DeleteFunc(moves, func(m nativeMove) bool { return m.from == m.to })
}

// loggedMoves reads the logs of EIP-7708.
func loggedMoves(t testing.TB, h http.Handler, block string) []nativeMove {
	var logs []struct {
		Data, TransactionHash string
		Topics                []string
	}
	require.Zero(t, ask(t, h, &logs, "eth_getLogs", map[string]any{
		"blockHash": block, "address": "0xfffffffffffffffffffffffffffffffffffffffe",
	}))
	var out []nativeMove
	for _, l := range logs {
		units, ok := new(big.Int).SetString(l.Data[2:], 16)
		require.True(t, ok)
		out = append(out, nativeMove{l.TransactionHash[2:], "0x" + l.Topics[1][26:], "0x" + l.Topics[2][26:], "0x" + units.Text(16)})
	}
	return out
}

// everybody matches every address and no outpoint.
type everybody struct{}

func (everybody) Address([]byte) bool          { return true }
func (everybody) Outpoint(chain.Outpoint) bool { return false }

func nativeKeys(f chain.Found) []string {
	out := []string{}
	add := func(id string, units *big.Int) { out = append(out, id+" 0x"+units.Text(16)) }
	for _, t := range f.Transfers {
		if strings.Contains(t.ID, ":eth:") {
			add(t.ID, t.Amount.Units())
		}
	}
	for _, s := range f.Spends {
		if s.Kind == chain.SpendNative {
			add(s.ID, s.Amount.Units())
		}
	}
	slices.Sort(out)
	return out
}

func TestTracesOfEveryDialectAndNativeLogsTellTheSame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := chainsim.NewEVM(chain.BSC, chainsim.Options{NativeLogs: true})
		for range rapid.IntRange(1, 12).Draw(r, "acts") {
			actOnEVM(r, c)
		}
		c.Mine(1)
		geth, erigon, anvil, source := c.Geth(), c.Erigon(), c.Anvil(), c.Source("a")
		for h := range c.Head().Height + 1 {
			run, err := source.Linked(t.Context(), h, h)
			require.NoError(r, err)
			found, err := run.Match(t.Context(), everybody{})
			require.NoError(r, err)
			want := nativeKeys(found)
			hash, number := "0x"+run.Anchors()[0].Hash.String(), fmt.Sprintf("0x%x", h)
			require.Equal(r, want, keys(nestedMoves(t, geth, hash)))
			require.Equal(r, want, keys(nestedMoves(t, anvil, hash)))
			require.Equal(r, want, keys(flatMoves(t, erigon, number)))
			require.Equal(r, want, keys(flatMoves(t, anvil, number)))
			require.Equal(r, keys(others(nestedMoves(t, geth, hash))), keys(loggedMoves(t, geth, hash)))
		}
	})
}

func TestEachNodeTracesItsOwnWayOrNotAtAll(t *testing.T) {
	c := newEthereum()
	for method, h := range map[string]*chainsim.EVMFace{"trace_block": c.Erigon(), "debug_traceBlockByNumber": c.Geth()} {
		other := map[string]string{"trace_block": "debug_traceBlockByNumber", "debug_traceBlockByNumber": "trace_block"}[method]
		require.Zero(t, ask(t, h, nil, method, "0x0"))
		require.Equal(t, -32601, ask(t, h, nil, other, "0x0"))
		h.Trace(false)
		require.Equal(t, -32601, ask(t, h, nil, method, "0x0"))
		require.Contains(t, complaint(t, h, method, "0x0").Message, method)
	}
	anvil := c.Anvil()
	require.Zero(t, ask(t, anvil, nil, "trace_block", "0x0"))
	require.Zero(t, ask(t, anvil, nil, "debug_traceBlockByNumber", "0x0"))
	anvil.Trace(false)
	require.Equal(t, chainsim.RPCError{Code: -32601, Message: "Method not found"}, complaint(t, anvil, "trace_block", "0x0"))
}
