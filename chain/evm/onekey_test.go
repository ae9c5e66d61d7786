package evm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
)

// Accounts of random call trees. Contracts may be watched too: an address of
// ours acts as one since EIP-7702.
var (
	carol  = "0x00000000000000000000000000000000000ca401"
	dave   = "0x00000000000000000000000000000000000da7e0"
	actors = []string{alice, bob, carol, dave}
)

// randomCalls draws what a contract at an address calls, as an EVM could do it:
// a delegate's calls are the contract's own, a static call moves nothing, and
// nothing follows a self-destruction.
func randomCalls(t *rapid.T, self string, value int64, static bool, depth int) []frame {
	var out []frame
	for range rapid.IntRange(0, 3-depth/2).Draw(t, "calls") {
		kinds := []string{"CALL", "CALL", "CALL", "DELEGATECALL", "CALLCODE", "STATICCALL", "CREATE", "CREATE2", "SELFDESTRUCT"}
		if static {
			kinds = []string{"CALL", "DELEGATECALL", "STATICCALL"}
		}
		f := frame{
			kind: rapid.SampledFrom(kinds).Draw(t, "kind"), from: self,
			to: rapid.SampledFrom(actors).Draw(t, "to"), failed: rapid.IntRange(0, 4).Draw(t, "failed") == 0,
		}
		if !static {
			f.value = rapid.SampledFrom([]int64{0, 1, 7, 1 << 40}).Draw(t, "value")
		}
		callee, inner := f.to, static
		switch f.kind {
		case "DELEGATECALL":
			callee, f.value = self, value
		case "CALLCODE":
			callee = self
		case "STATICCALL":
			f.value, inner = 0, true
		case "SELFDESTRUCT":
			f.failed = false
			return append(out, f)
		case "CREATE", "CREATE2":
			f.to = fmt.Sprintf("0x%040x", rapid.Uint32().Draw(t, "created"))
			callee = f.to
		}
		if depth < 4 {
			f.calls = randomCalls(t, callee, f.value, inner, depth+1)
		}
		out = append(out, f)
	}
	return out
}

func randomTx(t *rapid.T) tx {
	x := tx{
		from: rapid.SampledFrom(actors).Draw(t, "sender"), to: rapid.SampledFrom(actors).Draw(t, "to"),
		failed: rapid.IntRange(0, 7).Draw(t, "failed") == 0,
		value:  hexValue(rapid.SampledFrom([]int64{0, 5, 1 << 50}).Draw(t, "value")),
	}
	self := x.to.(string)
	if rapid.IntRange(0, 7).Draw(t, "creates") == 0 {
		x.to, self = nil, foreign
	}
	x.calls = randomCalls(t, self, int64(number(x.value)), false, 0)
	return x
}

// executed is the oracle: it runs a call with a journal, as an EVM does, and
// undoes what a failed call did.
func executed(f frame, journal []frame) []frame {
	mark := len(journal)
	if f.moves() {
		journal = append(journal, f)
	}
	for _, c := range f.calls {
		journal = executed(c, journal)
	}
	if f.failed {
		return journal[:mark]
	}
	return journal
}

// expected says in words what a block did to the watched addresses.
func expected(n *node, at int, w watch, internal bool) (out []string) {
	b := n.blocks[at]
	for i, root := range n.roots[b["hash"].(string)] {
		id := b["transactions"].([]obj)[i]["hash"].(string)[2:]
		in, left := map[string]int{}, map[string]int{}
		for j, f := range executed(root, nil) {
			own := j == 0 && root.moves()
			if !own && (f.from == f.to || !internal) {
				continue // a transfer to oneself moves nothing; only the transaction's own is recorded
			}
			if w[raw(f.to)] {
				out = append(out, fmt.Sprintf("in %s:eth:%s:%d from %s %d", id, f.to, in[f.to], f.from, f.value))
			}
			if w[raw(f.from)] {
				to := f.to
				if own && root.kind == "CREATE" {
					to = "0x"
				}
				out = append(out, fmt.Sprintf("out %s:out:%s:%d to %s %d", id, f.from, left[f.from], to, f.value))
			}
			in[f.to]++
			left[f.from]++
		}
	}
	slices.Sort(out)
	return out
}

func told(f chain.Found) (out []string) {
	for _, t := range f.Transfers {
		out = append(out, fmt.Sprintf("in %s from 0x%x %s", t.ID, t.From.Raw, t.Amount.Units()))
	}
	for _, s := range f.Spends {
		if s.Kind == chain.SpendNative {
			out = append(out, fmt.Sprintf("out %s to 0x%x %s", s.ID, s.To.Raw, s.Amount.Units()))
		}
	}
	slices.Sort(out)
	return out
}

// One block is told by a node that traces in either dialect, by one that logs
// native transfers (EIP-7708), and by one that only has the transactions. Every
// transfer has one key, whoever tells of it.
func TestEveryEvidenceGivesOneKeyPerTransfer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var txs []tx
		for range rapid.IntRange(1, 3).Draw(t, "transactions") {
			txs = append(txs, randomTx(t))
		}
		w := watching(alice, bob, dave)
		tell := func(offers string, native bool) ([]string, *node, bool) {
			n := stub()
			defer n.Close()
			n.offers, n.native = offers, native
			if native {
				n.bloom = fullBloom
			}
			n.add(slices.Clone(txs)...)
			run, err := sourceOf(n).Linked(t.Context(), 1, 1)
			require.NoError(t, err)
			found, err := run.Match(t.Context(), w)
			require.NoError(t, err)
			again, err := run.Match(t.Context(), w)
			require.NoError(t, err)
			require.Equal(t, found, again)
			return told(found), n, found.Internal
		}
		calls, n, internal := tell(byCalls, false)
		require.True(t, internal)
		require.Equal(t, expected(n, 1, w, true), calls)
		flat, _, internal := tell(byFlat, false)
		require.True(t, internal)
		require.Equal(t, calls, flat)
		logs, n, internal := tell("", true)
		if internal { // false if the block logs nothing: then nothing says that logs are complete
			require.Equal(t, calls, logs)
		} else {
			require.Empty(t, ofContract(n.logs[n.blocks[1]["hash"].(string)], system))
		}
		own, n, internal := tell("", false)
		require.False(t, internal)
		require.Equal(t, expected(n, 1, w, false), own)
		for _, line := range own {
			require.Contains(t, calls, line, "a transaction's own transfer has the same key when nothing is traced")
		}
	})
}

// The order of entries in trace_block is not relied on.
func TestFlatTracesInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := stub()
		defer n.Close()
		n.offers = byFlat
		n.add(randomTx(t), randomTx(t))
		entries := rapid.Permutation(n.traceOf(n.blocks[1])).Draw(t, "order")
		n.override = answer(byFlat, entries)
		w := watching(alice, bob, dave)
		run, err := sourceOf(n).Linked(t.Context(), 1, 1)
		require.NoError(t, err)
		found, err := run.Match(t.Context(), w)
		require.NoError(t, err)
		require.True(t, found.Internal)
		require.Equal(t, expected(n, 1, w, true), told(found))
	})
}

// The same block, written out: so that a reader sees the keys.
func TestOneKeyPerTransfer(t *testing.T) {
	pay := frame{from: carol, to: alice, value: 1}
	block := []tx{{to: carol, value: "0x9", calls: []frame{
		pay,
		{from: carol, to: dave, value: 2, failed: true, calls: []frame{{from: dave, to: alice, value: 3}}},
		{kind: "DELEGATECALL", from: carol, to: alice, value: 9, calls: []frame{pay}},
		{kind: "CREATE2", from: carol, to: foreign, value: 4, calls: []frame{{kind: "SELFDESTRUCT", from: foreign, to: alice, value: 4}}},
	}}, {to: alice, value: "0x5", calls: []frame{{from: alice, to: bob, value: 5}}}}
	for name, set := range map[string]func(n *node){
		"callTracer":  func(n *node) { n.offers = byCalls },
		"trace_block": func(n *node) { n.offers = byFlat },
		"EIP-7708":    func(n *node) { n.native, n.bloom = true, fullBloom },
	} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t)
			set(n)
			n.add(slices.Clone(block)...)
			run, err := n.source(t).Linked(t.Context(), 1, 1)
			require.NoError(t, err)
			found, err := run.Match(t.Context(), watching(alice))
			require.NoError(t, err)
			require.True(t, found.Internal)
			second := strings.TrimSuffix(txid, "e8") + "e9"
			require.Equal(t, []string{
				"in " + txid + ":eth:" + alice + ":0 from " + carol + " 1",
				"in " + txid + ":eth:" + alice + ":1 from " + carol + " 1",
				"in " + txid + ":eth:" + alice + ":2 from " + foreign + " 4",
				"in " + second + ":eth:" + alice + ":0 from " + fees + " 5",
				"out " + second + ":out:" + alice + ":0 to " + bob + " 5",
			}, told(found))
		})
	}
}
