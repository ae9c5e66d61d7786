package payments_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
)

// endless is a source of a chain without an end, whose blocks are made as they are
// asked for: twenty strangers are paid in each, and as many more in the mempool.
type endless struct {
	network chain.Network
	began   time.Time
	head    *atomic.Uint64
}

func (e endless) Network() chain.Network { return e.network }
func (e endless) Name() string           { return "endless" }

func numbered(kind byte, n uint64) (h chain.Hash) {
	h[0] = kind
	binary.BigEndian.PutUint64(h[8:], n)
	return h
}

func (e endless) at(height uint64) chain.Anchor {
	a := chain.Anchor{Height: height, Hash: numbered(1, height), Time: e.began.Add(time.Duration(height) * time.Second)}
	if height > 0 {
		a.Parent = numbered(1, height-1)
	}
	return a
}

func (e endless) Head(context.Context) (chain.Head, error) {
	h := chain.Head{Anchor: e.at(e.head.Load())}
	if !e.network.UTXO() {
		h.Final = h.Height - 64
	}
	return h, nil
}

func (e endless) AnchorAt(_ context.Context, height uint64) (chain.Anchor, error) {
	if height > e.head.Load() {
		return chain.Anchor{}, chain.ErrNotFound
	}
	return e.at(height), nil
}

func (e endless) Linked(_ context.Context, from, to uint64) (chain.Run, error) {
	r := endlessRun{seed: from, strangers: 20 * int(to-from+1), raw: 22}
	for h := from; h <= to; h++ {
		r.anchors = append(r.anchors, e.at(h))
	}
	if !e.network.UTXO() {
		r.raw = 20
	}
	return r, nil
}

func (e endless) Mempool(context.Context) (ids []chain.Hash, err error) {
	for n := range uint64(20) {
		ids = append(ids, numbered(2, e.head.Load()*20+n))
	}
	return ids, nil
}

func (e endless) Unmined(_ context.Context, ids []chain.Hash) (chain.Run, error) {
	return endlessRun{strangers: len(ids), raw: 22}, nil
}

type endlessRun struct {
	anchors        []chain.Anchor
	seed           uint64
	strangers, raw int
}

func (r endlessRun) Anchors() []chain.Anchor { return r.anchors }

func (r endlessRun) Match(_ context.Context, m chain.Matcher) (chain.Found, error) {
	raw := make([]byte, r.raw)
	for i := range r.strangers {
		binary.BigEndian.PutUint64(raw, r.seed)
		binary.BigEndian.PutUint64(raw[8:], uint64(i))
		if m.Address(raw) || m.Outpoint(chain.Outpoint{TxID: numbered(3, r.seed), Vout: uint32(i)}) {
			return chain.Found{}, fmt.Errorf("a stranger is watched: %x", raw)
		}
	}
	return chain.Found{Internal: true}, nil
}

// ranging is an endless EVM chain whose node fetches by number what is final.
type ranging struct{ endless }

func (e ranging) Range(ctx context.Context, from, to uint64) (chain.Run, error) {
	run, err := e.Linked(ctx, from, to)
	r := run.(endlessRun)
	r.anchors = r.anchors[len(r.anchors)-1:]
	return r, err
}

// endlessWorld is a processor with 1,000 watched addresses on an endless chain.
func endlessWorld(t testing.TB, n chain.Network) (p *payments.Processor, head *atomic.Uint64) {
	t.Helper()
	c := newClock()
	n.Test = true
	head = new(atomic.Uint64)
	head.Store(1_000)
	e := endless{n, c.Now().Add(-1_000 * time.Second), head}
	src := chain.Source(e)
	if !n.UTXO() {
		src = ranging{e}
	}
	p, err := payments.New(payments.Config{Store: memstore.New(), Rates: &movingRates{now: c.Now}, Now: c.Now,
		Rails: []payments.Rail{{Network: n, Sources: []chain.Source{src}, Wallet: testWallet{network: n}, UnprovedKey: true}}})
	require.NoError(t, err)
	for i := range 1_000 {
		_, err := p.DepositAddress(t.Context(), payments.Account{Profile: fmt.Sprint("customer", i), Name: "voice"}, n)
		require.NoError(t, err)
	}
	require.NoError(t, p.Advance(t.Context()))
	return p, head
}

// TestMemoryStaysFlatOver100000BlocksFollowed follows 100,000 blocks, at the tip and
// catching up: what the engine keeps of a chain, in the store's trail, the watched set
// and the mempool it looked at, is at their end what it was before. They begin when
// the dense part of the trail, and the maps that hold it, are as large as they get.
func TestMemoryStaysFlatOver100000BlocksFollowed(t *testing.T) {
	const warm, blocks = 60_000, 100_000
	for _, c := range []struct {
		network chain.Network
		stride  uint64 // blocks between two passes
	}{{chain.BSC, 20}, {chain.BSC, 5_000}, {chain.Bitcoin, 5_000}} {
		t.Run(fmt.Sprintf("%s, %d blocks at a time", c.network.Name, c.stride), func(t *testing.T) {
			p, head := endlessWorld(t, c.network)
			follow := func(n uint64) (heap uint64) {
				for done := uint64(0); done < n; done += c.stride {
					head.Add(c.stride)
					require.NoError(t, p.Advance(t.Context()))
				}
				runtime.GC()
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				return m.HeapAlloc
			}
			before, began := follow(warm), time.Now()
			after := follow(blocks)
			t.Logf("%d bytes, then %d; %s per 10,000 blocks", before, after, time.Since(began)/(blocks/10_000))
			h, err := p.Health(t.Context())
			require.NoError(t, err)
			require.Equal(t, uint64(1_000+warm+blocks), h.Networks[0].Tip)
			require.Less(t, after, before+(1<<16), "bytes")
			runtime.KeepAlive(p)
		})
	}
}

// BenchmarkFollow is the engine's own work in catching up, on memory, with 1,000
// addresses watched and a node that costs nothing. Its figure is blocks per second.
func BenchmarkFollow(b *testing.B) {
	for _, n := range []chain.Network{chain.BSC, chain.Bitcoin} {
		b.Run(n.ID, func(b *testing.B) {
			p, head := endlessWorld(b, n)
			const stride = 1_000
			for b.Loop() {
				head.Add(stride)
				if err := p.Advance(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*stride)/b.Elapsed().Seconds(), "blocks/s") //nolint:forbidigo // a speed, not money
		})
	}
}
