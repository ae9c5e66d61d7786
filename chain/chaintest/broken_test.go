package chaintest_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/chaintest"
	"github.com/cointill/cointill/payments/money"
)

// cut is a run that names some of its blocks.
type cut struct {
	chain.Run
	anchors []chain.Anchor
}

func (c cut) Anchors() []chain.Anchor { return c.anchors }

// filtered is a run that finds what is in some of its blocks.
type filtered struct {
	chain.Run
	keep func(chain.Anchor) bool
}

func (r filtered) Match(ctx context.Context, m chain.Matcher) (chain.Found, error) {
	f, err := r.Run.Match(ctx, m)
	f.Transfers = slices.DeleteFunc(f.Transfers, func(x chain.Transfer) bool { return !r.keep(x.Block) })
	return f, err
}

// spoilt is a run with a bug.
type spoilt struct {
	chain.Run
	bug bug
}

func (r spoilt) Match(ctx context.Context, m chain.Matcher) (chain.Found, error) {
	f, err := r.Run.Match(ctx, m)
	if err == nil && r.bug.found != nil {
		f = r.bug.found(f)
	}
	return f, err
}

// broken is a source with a bug.
type broken struct {
	chain.Source
	bug    bug
	mu     sync.Mutex
	before chain.Head
}

func (s *broken) Head(ctx context.Context) (chain.Head, error) {
	h, err := s.Source.Head(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.before
	s.before = h
	if err == nil && s.bug.head != nil {
		h = s.bug.head(h, before)
	}
	return h, err
}

func (s *broken) Linked(ctx context.Context, from, to uint64) (chain.Run, error) {
	return s.run(s.bug.linked)(s.Source.Linked(ctx, from, to))
}

// run spoils a run that was fetched.
func (s *broken) run(change func(chain.Run) chain.Run) func(chain.Run, error) (chain.Run, error) {
	return func(r chain.Run, err error) (chain.Run, error) {
		if err != nil {
			return nil, err
		}
		if change != nil {
			r = change(r)
		}
		return spoilt{r, s.bug}, nil
	}
}

func (s *broken) Inspect(ctx context.Context, id chain.Hash, m chain.Matcher) (chain.Inspection, error) {
	i, err := s.Source.(chain.Inspector).Inspect(ctx, id, m)
	if err == nil && s.bug.inspect != nil {
		i = s.bug.inspect(i)
	}
	return i, err
}

type brokenUTXO struct{ *broken }

func (s brokenUTXO) Mempool(ctx context.Context) ([]chain.Hash, error) {
	ids, err := s.Source.(chain.Mempooler).Mempool(ctx)
	if err == nil && s.bug.pool != nil {
		ids = s.bug.pool(ids)
	}
	return ids, err
}

func (s brokenUTXO) Unmined(ctx context.Context, ids []chain.Hash) (chain.Run, error) {
	return s.run(nil)(s.Source.(chain.Mempooler).Unmined(ctx, ids))
}

type brokenEVM struct{ *broken }

func (s brokenEVM) Range(ctx context.Context, from, to uint64) (chain.Run, error) {
	return s.run(s.bug.ranged)(s.Source.(chain.Ranger).Range(ctx, from, to))
}

func (s brokenEVM) Balances(ctx context.Context, at chain.Anchor, of []chain.Address) ([]money.Amount, error) {
	b, err := s.Source.(chain.Balancer).Balances(ctx, at, of)
	if err == nil && s.bug.held != nil {
		b = s.bug.held(b)
	}
	return b, err
}

// bugVariable names the bug with which this test binary is to run the suite.
const bugVariable = "COINTILL_CHAINTEST_BUG"

// TestTheSuiteOnABrokenSource is run by TestTheSuiteFindsEveryBug, in a process of
// its own, as it has to fail.
func TestTheSuiteOnABrokenSource(t *testing.T) {
	name, ok := os.LookupEnv(bugVariable)
	if !ok {
		t.Skip("run by TestTheSuiteFindsEveryBug")
	}
	b := bugs[name] // none: nothing is broken
	if b.utxo {
		sim := chainsim.NewUTXO(chain.Bitcoin, chainsim.Options{})
		chaintest.Run(t, chaintest.OnUTXO(sim, brokenUTXO{&broken{Source: sim.Source("broken"), bug: b}}))
		return
	}
	sim := chainsim.NewEVM(chain.Ethereum, chainsim.Options{})
	src := sim.Source("broken")
	src.Trace(!b.blind)
	chaintest.Run(t, chaintest.OnEVM(sim, brokenEVM{&broken{Source: src, bug: b}}))
}

func TestTheSuiteFindsEveryBug(t *testing.T) {
	suite := func(name string) (string, error) {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTheSuiteOnABrokenSource$")
		c.Env = append(os.Environ(), bugVariable+"="+name)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	out, err := suite("none")
	require.NoError(t, err, "the wrappers alone break nothing: %s", out)
	for name := range bugs {
		t.Run(name, func(t *testing.T) {
			out, err := suite(name)
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "the suite passes a source of which this is true: %s", out)
			require.Contains(t, out, "--- FAIL: TestTheSuiteOnABrokenSource/", "%s", out)
			require.NotContains(t, out, "panic:")
		})
	}
}
