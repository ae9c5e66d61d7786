package chaintest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments/money"
)

// keeper follows a source and keeps what it was told of the blocks that stand.
type keeper struct {
	anchors   []chain.Anchor
	transfers []chain.Transfer
	spends    []chain.Spend
	blind     map[uint64]bool // heights at which contracts' payments were not looked for
	errors    int
}

func (k *keeper) read(_ context.Context, atOrBelow uint64, limit int) ([]chain.Anchor, error) {
	var out []chain.Anchor
	for _, a := range slices.Backward(k.anchors) {
		if a.Height <= atOrBelow && len(out) < limit {
			out = append(out, a)
		}
	}
	return out, nil
}

// step takes one step. It reports whether there may be another.
func (k *keeper) step(ctx context.Context, src chain.Source, m chain.Matcher) (bool, error) {
	step, ok, err := chain.Next(ctx, src, k.read, time.Time{})
	if err != nil || !ok {
		return false, err
	}
	var found chain.Found
	if step.Run != nil {
		if found, err = step.Run.Match(ctx, m); err != nil {
			return false, err
		}
	}
	keep := step.Move.Keep
	k.anchors = slices.DeleteFunc(k.anchors, func(a chain.Anchor) bool { return a.Height > keep })
	k.transfers = slices.DeleteFunc(k.transfers, func(x chain.Transfer) bool { return x.Block.Height > keep })
	k.spends = slices.DeleteFunc(k.spends, func(x chain.Spend) bool { return x.Block.Height > keep })
	k.anchors = append(k.anchors, step.Move.Attach...)
	k.transfers = append(k.transfers, found.Transfers...)
	k.spends = append(k.spends, found.Spends...)
	if step.Run != nil {
		for h := keep + 1; h <= step.Tip().Height; h++ {
			k.blind[h] = !found.Internal
		}
	}
	return true, nil
}

// lines are what was found, each with all that matters of it.
func lines(transfers []chain.Transfer, spends []chain.Spend) []string {
	var out []string
	for _, x := range transfers {
		out = append(out, fmt.Sprintf("in %s %s %x %x %v %s %s", x.ID, x.Amount, x.From.Raw, x.To.Raw, x.Inputs, x.Origin, x.Block))
	}
	for _, x := range spends {
		out = append(out, fmt.Sprintf("out %s %s %s %x %x %v %v %s", x.ID, x.Kind, x.Amount, x.From.Raw, x.To.Raw, x.Outpoint, x.Tx, x.Block))
	}
	slices.Sort(out)
	return out
}

// inquiry is a chain that a faulty node serves.
type inquiry struct {
	source, truth chain.Source
	node          *faulty
	watched       *chain.Watched
	inside        map[chain.Hash]bool // transactions in which contracts pay
	act           func(rt *rapid.T)   // something happens on the chain
	calm          func()              // an end above every branch, all nodes honest
}

// check follows through all that happens, and compares in the end.
func (q *inquiry) check(rt *rapid.T) {
	k := &keeper{blind: map[uint64]bool{}}
	ctx := context.Background()
	for range rapid.IntRange(2, 9).Draw(rt, "acts") {
		q.act(rt)
		for range 4 {
			more, err := k.step(ctx, q.source, q.watched)
			if err != nil {
				k.errors++
				require.True(rt, known(err), "%v", err)
			} else if !more {
				break
			}
		}
	}
	q.node.honest()
	q.calm()
	for i := 0; ; i++ {
		require.Less(rt, i, 200, "never arrives")
		more, err := k.step(ctx, q.source, q.watched)
		if i > 100 {
			require.NoError(rt, err)
		}
		if err == nil && !more {
			break
		}
	}
	q.compare(rt, k)
}

func known(err error) bool {
	for _, e := range []error{chain.ErrUnavailable, chain.ErrNotFound, chain.ErrMalformed, chain.ErrWrongNetwork, chain.ErrDeepReorg} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func (q *inquiry) compare(rt *rapid.T, k *keeper) {
	head, err := q.truth.Head(context.Background())
	require.NoError(rt, err)
	require.Equal(rt, head.Anchor, k.anchors[len(k.anchors)-1])
	start := k.anchors[0].Height
	want := q.found(rt, q.truth, start+1, head.Height)
	least := chain.Found{
		Transfers: slices.DeleteFunc(slices.Clone(want.Transfers), func(x chain.Transfer) bool {
			return q.inside[x.TxID] && strings.Contains(x.ID, ":eth:")
		}),
		Spends: slices.DeleteFunc(slices.Clone(want.Spends), func(x chain.Spend) bool {
			return q.inside[x.TxID] && x.Kind == chain.SpendNative
		}),
	}
	at := func(f chain.Found, h uint64) []string {
		in := slices.DeleteFunc(slices.Clone(f.Transfers), func(x chain.Transfer) bool { return x.Block.Height != h })
		out := slices.DeleteFunc(slices.Clone(f.Spends), func(x chain.Spend) bool { return x.Block.Height != h })
		return lines(in, out)
	}
	got := chain.Found{Transfers: k.transfers, Spends: k.spends}
	require.Empty(rt, at(got, start))
	for h := start + 1; h <= head.Height; h++ {
		if !k.blind[h] {
			require.Equal(rt, at(want, h), at(got, h), "block %d", h)
			continue
		}
		require.Subset(rt, at(want, h), at(got, h), "block %d", h)
		require.Subset(rt, at(got, h), at(least, h), "block %d", h)
	}
}

func (q *inquiry) found(rt *rapid.T, src chain.Source, from, to uint64) chain.Found {
	run, err := src.Linked(context.Background(), from, to)
	require.NoError(rt, err)
	f, err := run.Match(context.Background(), q.watched)
	require.NoError(rt, err)
	return f
}

func serve(t *testing.T, rt *rapid.T, f *faulty) string {
	f.seed = rapid.Uint64().Draw(rt, "seed")
	f.rate = rapid.IntRange(3, 40).Draw(rt, "rate")
	server := httptest.NewServer(f)
	rt.Cleanup(server.Close)
	return server.URL
}

// Whatever a faulty node behind a balancer answers, a follower hears an error or
// ends with what the chain holds. What no reader of an EVM node's JSON can tell,
// a lie in agreement with itself, is not among the faults.
func TestAFaultyNodeNeverMakesAFollowerSilentlyWrong(t *testing.T) {
	t.Run("bitcoin", func(t *testing.T) { utxoInquiry(t, chain.Bitcoin, (*chainsim.UTXO).Core, (*chainsim.UTXO).Btcd) })
	t.Run("litecoin", func(t *testing.T) {
		utxoInquiry(t, chain.Litecoin, (*chainsim.UTXO).Litecoin, (*chainsim.UTXO).Litecoin)
	})
	t.Run("dogecoin", func(t *testing.T) {
		utxoInquiry(t, chain.Dogecoin, (*chainsim.UTXO).Dogecoin114, (*chainsim.UTXO).Dogecoin121)
	})
	t.Run("ethereum", func(t *testing.T) { evmInquiry(t, chain.Ethereum) })
	t.Run("bsc", func(t *testing.T) { evmInquiry(t, chain.BSC) })
}

func utxoInquiry(t *testing.T, n chain.Network, faces ...func(*chainsim.UTXO) *chainsim.Face) {
	rapid.Check(t, func(rt *rapid.T) {
		sim := chainsim.NewUTXO(n, chainsim.Options{MergeMined: rapid.Bool().Draw(rt, "merged")})
		var nodes []*chainsim.Face
		f := &faulty{spoil: wreckOrLie}
		for _, face := range faces {
			nodes = append(nodes, face(sim))
			f.faces = append(f.faces, nodes[len(nodes)-1])
		}
		f.between = func(rnd *rand.Rand) { disturb(rnd, sim.Chain, nodes[rnd.IntN(len(nodes))].Node) }
		src, err := utxo.NewSource(sim.Network(), utxo.RPC{URL: serve(t, rt, f)})
		require.NoError(rt, err)
		q := &inquiry{source: src, truth: sim.Source("truth"), node: f, watched: chain.NewWatched()}
		var ours, left []chain.Outpoint
		q.act = func(rt *rapid.T) {
			p := func(i int) chainsim.Payment {
				return chainsim.Payment{To: chainsim.Address(n, i), Amount: money.Units(n.Native, int64(rapid.IntRange(0, 5000).Draw(rt, "units")))}
			}
			switch rapid.IntRange(0, 4).Draw(rt, "act") {
			case 0:
				id := sim.Pay(p(0), p(1), p(0))
				ours = append(ours, chain.Outpoint{TxID: id}, chain.Outpoint{TxID: id, Vout: 2})
				left = append(left, ours[len(ours)-2:]...)
				q.watched.SetOutpoints(ours)
			case 1:
				if n.PegOutMaturity > 0 {
					sim.PegOut(p(0))
				}
			case 2:
				sim.MineTo(chainsim.Address(n, rapid.IntRange(0, 1).Draw(rt, "miner")))
			case 3:
				sim.Reorg(min(int(sim.Head().Height), rapid.IntRange(1, 4).Draw(rt, "depth")), chainsim.Branch{Crowd: 1, Reverse: true})
			case 4:
				if len(left) > 0 {
					sim.Spend(left[:1], p(0))
					left = left[1:]
				}
			}
			sim.Mine(rapid.IntRange(1, 3).Draw(rt, "blocks"))
		}
		q.watched.AddAddress(chainsim.Address(n, 0))
		q.calm = func() { calm(sim.Chain, nodes) }
		sim.Mine(10)
		q.check(rt)
	})
}

// disturb makes something happen between two requests.
func disturb(rnd *rand.Rand, sim *chainsim.Chain, node *chainsim.Node) {
	switch rnd.IntN(7) {
	case 0:
		sim.Mine(1)
	case 1:
		sim.Reorg(min(int(sim.Head().Height), 1+rnd.IntN(3)), chainsim.Branch{Crowd: rnd.IntN(2)})
	case 2:
		node.ServeBehind(rnd.IntN(5))
	case 3:
		node.Freeze()
	case 4:
		node.Thaw()
	case 5:
		node.Diverge(min(int(sim.Head().Height), rnd.IntN(4)))
	case 6:
		node.Rejoin()
	}
}

func calm[F interface {
	ServeBehind(int)
	Thaw()
	Rejoin()
}](sim *chainsim.Chain, nodes []F) {
	for _, n := range nodes {
		n.ServeBehind(0)
		n.Thaw()
		n.Rejoin()
	}
	sim.Mine(8)
}

// wreckOrLie changes any digit of an answer too: blocks of these networks prove
// themselves.
func wreckOrLie(rnd *rand.Rand, method string, answer map[string]any) {
	text, ok := answer["result"].(string)
	if !ok || len(text) < 2 || method == "getblockhash" || rnd.IntN(2) == 0 {
		wreck(rnd, method, answer)
		return
	}
	b := []byte(text)
	b[rnd.IntN(len(b))] = "0123456789abcdef"[rnd.IntN(16)]
	if i := rnd.IntN(len(b)); rnd.IntN(2) == 0 {
		b = slices.Insert(b, i&^1, b[i&^1:min(len(b), i&^1+2)]...)
	}
	answer["result"] = string(b)
}

func evmInquiry(t *testing.T, n chain.Network) {
	rapid.Check(t, func(rt *rapid.T) {
		sim := chainsim.NewEVM(n, chainsim.Options{NativeLogs: rapid.Bool().Draw(rt, "native logs")})
		nodes := []*chainsim.EVMFace{sim.Geth(), sim.Erigon(), sim.Anvil()}
		f := &faulty{spoil: wreckEVM}
		for _, node := range nodes {
			f.faces = append(f.faces, node)
		}
		f.between = func(rnd *rand.Rand) {
			node := nodes[rnd.IntN(len(nodes))]
			switch rnd.IntN(10) {
			case 0:
				node.HideLogs(rnd.IntN(2) == 0)
			case 1:
				node.Trace(rnd.IntN(2) == 0)
			case 2:
				node.HideFinal(rnd.IntN(2) == 0)
			case 3:
				node.LimitResults(rnd.IntN(4))
			case 4:
				node.LimitRange(uint64(rnd.IntN(9)))
			default:
				disturb(rnd, sim.Chain, node.Node)
			}
		}
		src, err := evm.NewSource(n, evm.RPC{URL: serve(t, rt, f)})
		require.NoError(rt, err)
		q := &inquiry{source: src, truth: sim.Source("truth"), node: f, watched: chain.NewWatched(), inside: map[chain.Hash]bool{}}
		own := chainsim.Address(n, 0)
		q.watched.AddAddress(own)
		assets := n.Assets()
		q.act = func(rt *rapid.T) { q.evmAct(rt, sim, own, assets) }
		q.calm = func() { calm(sim.Chain, nodes) }
		sim.Mine(10)
		q.check(rt)
	})
}

func (q *inquiry) evmAct(rt *rapid.T, sim *chainsim.EVM, own chain.Address, assets []money.Asset) {
	n := sim.Network()
	payment := func(a money.Asset) chainsim.Payment {
		return chainsim.Payment{To: own, Amount: money.Units(a, int64(rapid.IntRange(0, 5000).Draw(rt, "units")))}
	}
	asset := rapid.SampledFrom(assets).Draw(rt, "asset")
	switch rapid.IntRange(0, 9).Draw(rt, "act") {
	case 0:
		q.inside[sim.Pay(payment(asset), payment(n.Native), payment(asset))] = true
	case 1:
		sim.Pay(payment(asset))
	case 2:
		q.inside[sim.PayInternal(payment(n.Native), payment(asset), payment(n.Native))] = true
	case 3:
		sim.PayFailed(payment(asset))
	case 4:
		sim.PayReverted(payment(n.Native))
		sim.PayDelegated(payment(n.Native))
	case 5:
		q.inside[sim.PayByDestruction(payment(n.Native))] = true
	case 6:
		sim.Send(own, chainsim.Payment{To: chainsim.Address(n, 1), Amount: money.Units(asset, 7)})
	case 7:
		sim.Reorg(min(int(sim.Head().Height), rapid.IntRange(1, 4).Draw(rt, "depth")), chainsim.Branch{Crowd: 1, Reverse: true})
	case 8:
		sim.Finalize(sim.Head().Height - min(sim.Head().Height, uint64(rapid.IntRange(0, 6).Draw(rt, "unfinal"))))
	case 9:
		sim.Mine(rapid.IntRange(1, 90).Draw(rt, "many"))
		sim.Finalize(sim.Head().Height - 3)
	}
	sim.Mine(rapid.IntRange(1, 3).Draw(rt, "blocks"))
}

// wreckEVM is wreck, and mixes lists up. It leaves nothing out of a list whose
// length nothing else tells: the logs of one contract in one block, withdrawals,
// the calls within a call. A flat trace does say how many those are, but Reth
// counts the calls of precompiles that it leaves out.
func wreckEVM(rnd *rand.Rand, method string, answer map[string]any) {
	list, ok := answer["result"].([]any)
	if b, block := answer["result"].(map[string]any); block && b["logsBloom"] != nil && rnd.IntN(4) == 0 {
		delete(b, "logsBloom")
		return
	}
	if !ok || len(list) == 0 || rnd.IntN(2) == 0 {
		wreck(rnd, method, answer)
		return
	}
	i, j := rnd.IntN(len(list)), rnd.IntN(len(list))
	switch rnd.IntN(4) {
	case 0:
		answer["result"] = []any{}
	case 1:
		answer["result"] = append(list, list[i])
	case 2:
		list[i], list[j] = list[j], list[i]
	case 3:
		if method != "eth_getLogs" && method != "trace_block" {
			answer["result"] = slices.Delete(list, i, i+1)
		}
	}
}
