package payments_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// evmWorld is a random history on an EVM network whose nodes hide contracts'
// payments now and then, and whole transactions.
type evmWorld struct {
	*bundle
	rt      *rapid.T
	sim     *chainsim.EVM
	host    *hostRows
	nodes   []*chainsim.EVMSource
	procs   []*payments.Processor
	leaves  []chain.Address // the last two are nobody's
	own     map[chain.Hash]bool
	made    []chain.Hash
	paused  int // credits told when the network was paused, -1: it is not
	mustRun bool
	// A node that omits a transaction shows its block's fee income without it, which
	// a rescan reports and leaves: so a history has one of these alone.
	proposed, omitted bool
}

// slowEthereum is a network with six blocks an hour, so that audits are due often.
func slowEthereum() chain.Network {
	n := testEthereum()
	n.BlockTime = 10 * time.Minute
	return n
}

func newEVMWorld(t *testing.T, rt *rapid.T) *evmWorld {
	w := &evmWorld{rt: rt, host: &hostRows{}, own: map[chain.Hash]bool{}, paused: -1}
	w.bundle = newBundle(t, railCase{"ethereum", "ETH", func(c *clock) (simulation, func(string) chain.Source) {
		w.sim = chainsim.NewEVM(slowEthereum(), chainsim.Options{Now: c.Now, FinalLag: 4})
		return w.sim, func(name string) chain.Source { return w.sim.Source(name) }
	}}, func(cfg *payments.Config) {
		n := cfg.Rails[0].Network
		cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: cold(n)}}
		cfg.Rails[0].Breaker, cfg.Rails[0].Final = 1_000, 10
		cfg.InTx = w.host.inTx
	})
	w.procs = make([]*payments.Processor, 2)
	w.nodes = []*chainsim.EVMSource{w.sim.Source("x"), w.sim.Source("y")}
	w.start(0)
	w.start(1)
	w.p = w.procs[0]
	w.leaves = []chain.Address{w.address(voice), w.address(sms), chainsim.Address(w.sim.Network(), 5), chainsim.Address(w.sim.Network(), 6)}
	w.advance()
	for _, leaf := range w.leaves { // enough for all that is sent later
		w.bundle.sim.Pay(w.to(leaf, 50_000))
		w.bundle.sim.Pay(chainsim.Payment{To: leaf, Amount: w.token("USDT", 50_000)})
	}
	w.sim.Mine(20)
	w.mine(1)
	w.checkBooks()
	w.host.refuse = func(e payments.Event) error {
		if !w.mustRun && e.Kind == payments.EventDepositCredited && rapid.IntRange(0, 4).Draw(rt, "host refuses") == 0 {
			return errors.New("host: no")
		}
		return nil
	}
	return w
}

func (w *evmWorld) start(i int) {
	cfg := w.cfg
	cfg.Rails = append([]payments.Rail(nil), cfg.Rails...)
	cfg.Rails[0].Sources = []chain.Source{w.nodes[i]}
	w.procs[i] = w.processor(cfg)
}

func (w *evmWorld) trace(on bool) {
	for _, n := range w.nodes {
		n.Trace(on)
	}
}

func (w *evmWorld) omit(ids ...chain.Hash) {
	for _, n := range w.nodes {
		n.Omit(ids...)
	}
}

func (w *evmWorld) draw(name string, n int) int { return rapid.IntRange(0, n-1).Draw(w.rt, name) }

func (w *evmWorld) leaf() chain.Address { return w.leaves[w.draw("leaf", len(w.leaves))] }

func (w *evmWorld) sum(to chain.Address) chainsim.Payment {
	n := int64(1 + w.draw("hundredths", 300))
	if w.draw("token", 3) == 0 {
		return chainsim.Payment{To: to, Amount: w.token("USDT", n)}
	}
	return w.to(to, n)
}

// anywhere is a leaf of ours, the treasury or a stranger.
func (w *evmWorld) anywhere() chain.Address {
	n := w.sim.Network()
	return append([]chain.Address{cold(n), stranger(n)}, w.leaves...)[w.draw("to", 2+len(w.leaves))]
}

// step lets an engine work, and checks what must hold whatever is hidden.
func (w *evmWorld) step(i int) {
	w.p = w.procs[i]
	for range 2 {
		w.advance()
	}
	w.look()
}

func (w *evmWorld) look() {
	w.checkBooks()
	mustAgree(w.rt, w.bundle, []payments.Account{voice, sms})
	credits := 0
	ids := map[string]bool{}
	for _, e := range w.events.events {
		require.False(w.rt, ids[e.ID], "%s told twice", e.Kind)
		if ids[e.ID] = true; e.Kind == payments.EventDepositCredited {
			credits++
		}
	}
	if w.paused >= 0 {
		require.Equal(w.rt, w.paused, credits, "credited while paused")
	}
	for _, d := range w.deposits() {
		if w.own[d.TxID] && d.Included() {
			require.Equal(w.rt, payments.StateInternal, d.State, "our own coins: %s", d.Key)
		}
	}
}

func (b *bundle) deposits() (rows []payments.Deposit) {
	b.Helper()
	require.NoError(b, b.store.View(b.ctx, func(tx payments.Tx) (err error) {
		rows, err = tx.Deposits(b.ctx, payments.DepositQuery{})
		return err
	}))
	return rows
}

// reveal ends all hiding: blocks are read again with traces.
func (w *evmWorld) reveal() {
	w.trace(true)
	w.omit()
	w.advance()
	w.rescan(1, w.sim.Head().Height, false)
	w.blind = false
	w.step(w.draw("who", 2))
}

func (w *evmWorld) reorganise() {
	depth := 1 + w.draw("depth", 9)
	branch := chainsim.Branch{Crowd: w.draw("crowd", 3), Reverse: w.draw("reverse", 2) == 0}
	if len(w.made) > 0 {
		id := w.made[w.draw("moved", len(w.made))]
		if at, mined := blockOf(w.sim, id); mined && at.Height+uint64(depth) > w.sim.Head().Height {
			switch w.draw("fate", 3) {
			case 0:
				branch.Later = []chain.Hash{id}
			case 1:
				branch.Vanish = []chain.Hash{id}
			}
		}
	}
	w.sim.Reorg(depth, branch)
}

func (w *evmWorld) actions() map[string]func(*rapid.T) {
	tx := func(id chain.Hash, own bool) chain.Hash {
		w.own[id] = own
		w.made = append(w.made, id)
		return id
	}
	return map[string]func(*rapid.T){
		"pay": func(*rapid.T) { tx(w.bundle.sim.Pay(w.sum(w.leaf())), false) },
		"contract pays": func(*rapid.T) {
			tx(w.sim.PayInternal(w.to(w.leaf(), int64(1+w.draw("hundredths", 300)))), false)
		},
		"send": func(*rapid.T) {
			ps := []chainsim.Payment{w.sum(w.anywhere())}
			for range w.draw("more", 2) {
				ps = append(ps, w.sum(w.anywhere()))
			}
			tx(w.sim.Send(w.leaf(), ps...), true)
		},
		"fund":   func(*rapid.T) { tx(w.sim.Send(cold(w.sim.Network()), w.sum(w.leaf())), true) },
		"fail":   func(*rapid.T) { tx(w.sim.SendFailed(w.leaf(), w.sum(w.anywhere())), true) },
		"create": func(*rapid.T) { tx(w.sim.SendCreation(w.leaf(), w.coins(int64(w.draw("hundredths", 50)))), true) },
		"grant":  func(*rapid.T) { w.sim.Withdraw(w.to(w.leaf(), int64(1+w.draw("hundredths", 50)))) },
		"propose": func(rt *rapid.T) {
			if w.omitted {
				rt.Skip()
			}
			w.proposed = true
			w.clock.Advance(15 * time.Second)
			w.sim.MineTo(w.leaf())
		},
		"mine": func(*rapid.T) {
			w.clock.Advance(time.Duration(1+w.draw("seconds", 90)) * time.Second)
			w.sim.Mine(1 + w.draw("blocks", 7))
		},
		"reorganise": func(*rapid.T) { w.reorganise() },
		"advance":    func(*rapid.T) { w.step(w.draw("who", 2)) },
		"restart":    func(*rapid.T) { w.start(w.draw("who", 2)) },
		"no traces":  func(*rapid.T) { w.trace(false); w.blind = true },
		"omit": func(rt *rapid.T) {
			if w.proposed {
				rt.Skip()
			}
			w.omitted = true
			w.omit(tx(w.sim.Send(w.leaf(), w.sum(w.anywhere())), true), tx(w.bundle.sim.Pay(w.sum(w.leaf())), false))
			w.blind = true
		},
		"show":   func(*rapid.T) { w.omit() },
		"reveal": func(*rapid.T) { w.reveal() },
		"audit": func(*rapid.T) {
			w.omit()
			w.clock.Advance(time.Hour)
			at := w.sim.Mine(1)[0].Height
			w.sim.Mine(10)
			was := w.blind
			w.blind = w.omitted && was
			w.step(w.draw("who", 2))
			require.GreaterOrEqual(w.rt, w.auditedTo(), at)
			w.blind = was
		},
		"pause": func(*rapid.T) {
			if w.paused < 0 {
				w.step(0)
				require.NoError(w.rt, w.p.Pause(w.ctx, w.sim.Network(), clerk))
				w.paused = w.told(payments.EventDepositCredited)
			}
		},
		"resume": func(*rapid.T) {
			w.paused = -1
			require.NoError(w.rt, w.p.Resume(w.ctx, w.sim.Network(), clerk))
		},
		"tiers": func(*rapid.T) {
			sets := [][]payments.Tier{nil, {{Finalized: true}}, {{Confirmations: 9, Above: decimal.New(10, 0)}},
				{{Confirmations: 12, Above: decimal.New(3_000, 0), AtRisk: true}}}
			require.NoError(w.rt, w.p.SetTiers(w.ctx, w.sim.Network(), sets[w.draw("set", len(sets))], clerk))
		},
		"assign": func(*rapid.T) {
			h, err := w.p.Health(w.ctx)
			require.NoError(w.rt, err)
			if len(h.Held) == 0 {
				w.rt.Skip()
			}
			d := h.Held[w.draw("held", len(h.Held))]
			_ = w.p.Assign(w.ctx, d.Key, []payments.Account{voice, sms}[w.draw("account", 2)], clerk)
			w.step(0)
		},
		"release": func(*rapid.T) { w.release() },
	}
}

func (w *evmWorld) release() {
	h, err := w.p.Health(w.ctx)
	require.NoError(w.rt, err)
	for _, d := range h.Held {
		if d.Hold == payments.HoldHost {
			require.NoError(w.rt, w.p.Release(w.ctx, d.Key, clerk))
		}
	}
}

// TestAnyHistoryOfAnEVMWalletKeepsTheBooks drives payments, contracts' payments,
// sends of our own, withdrawals, fee income, hidden transactions, audits, rescans,
// assignments, pauses, tiers, reorganisations, restarts and two engines. What is
// hidden must be found, nothing twice, and our own coins never be credited.
func TestAnyHistoryOfAnEVMWalletKeepsTheBooks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newEVMWorld(t, rt)
		rt.Repeat(w.actions())
		w.mustRun, w.paused = true, -1
		require.NoError(rt, w.p.Resume(w.ctx, w.sim.Network(), clerk))
		require.NoError(rt, w.p.SetTiers(w.ctx, w.sim.Network(), nil, clerk))
		w.reveal()
		w.release()
		w.mine(7)
		w.look()
		for _, d := range w.deposits() {
			if d.Included() && !d.Owner.IsZero() && d.Hold == "" {
				require.Contains(rt, []payments.DepositState{payments.StateCredited, payments.StateFinal, payments.StateInternal}, d.State, "%+v", d)
			}
		}
	})
}
