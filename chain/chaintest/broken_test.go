package chaintest_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/chaintest"
	"github.com/cointill/cointill/payments/money"
)

// bug is one mistake of a source that is right in everything else.
type bug struct {
	found   func(f chain.Found) chain.Found
	linked  func(run chain.Run) chain.Run
	ranged  func(run chain.Run) chain.Run
	head    func(h chain.Head, before chain.Head) chain.Head
	inspect func(i chain.Inspection) chain.Inspection
	held    func(b []money.Amount) []money.Amount
	pool    func(ids []chain.Hash) []chain.Hash
	blind   bool // contracts' payments are not seen
	utxo    bool
}

// bugs are mistakes that money was lost by.
var bugs = map[string]bug{
	"a transfer is dropped": {found: func(f chain.Found) chain.Found {
		if len(f.Transfers) > 1 {
			f.Transfers = f.Transfers[:len(f.Transfers)-1]
		}
		return f
	}},
	"an amount is wrong by one unit": transfers(func(x *chain.Transfer) {
		x.Amount, _ = x.Amount.Add(money.Units(x.Amount.Asset(), 1))
	}),
	"an amount is in another asset": transfers(func(x *chain.Transfer) {
		x.Amount = money.NewAmount(chain.BSC.Native, x.Amount.Units())
	}),
	"an id depends on the block": transfers(func(x *chain.Transfer) {
		x.ID += x.Block.Hash.String()[:1]
	}),
	"an id numbers by the block's log index": transfers(func(x *chain.Transfer) {
		x.ID = strings.Replace(x.ID, ":log:", ":log:1", 1)
		if x.Block.Height%2 == 0 {
			x.ID = strings.Replace(x.ID, ":log:1", ":log:2", 1)
		}
	}),
	"the sender is missing": transfers(func(x *chain.Transfer) { x.From = chain.Address{} }),
	"the anchor is the parent's": transfers(func(x *chain.Transfer) {
		x.Block.Hash, x.Block.Height = x.Block.Parent, x.Block.Height-1
	}),
	"a native spend is missing":   spends(chain.SpendNative),
	"a token spend is missing":    spends(chain.SpendToken),
	"gas is missing":              spends(chain.SpendGas),
	"a spent outpoint is missing": spends(chain.SpendOutpoint),
	"our own change is left out": {utxo: true, found: func(f chain.Found) chain.Found {
		f.Transfers = slices.DeleteFunc(slices.Clone(f.Transfers), func(x chain.Transfer) bool {
			return slices.ContainsFunc(f.Spends, func(s chain.Spend) bool {
				return s.TxID == x.TxID && slices.Contains(x.Inputs, s.Outpoint)
			})
		})
		return f
	}},
	"what one of ours sends another is left out": {found: func(f chain.Found) chain.Found {
		f.Transfers = slices.DeleteFunc(slices.Clone(f.Transfers), func(x chain.Transfer) bool {
			return slices.ContainsFunc(f.Spends, func(s chain.Spend) bool { return s.TxID == x.TxID && s.From == x.From })
		})
		return f
	}},
	"what one of ours sends another is told on its side alone": {found: func(f chain.Found) chain.Found {
		f.Spends = slices.DeleteFunc(slices.Clone(f.Spends), func(s chain.Spend) bool {
			return slices.ContainsFunc(f.Transfers, func(x chain.Transfer) bool { return s.TxID == x.TxID && s.To == x.To })
		})
		return f
	}},
	"a UTXO sweep mined again is not told again":     toldOnce(true),
	"a sweep mined again is not told again":          toldOnce(false),
	"a run tells the UTXO sweeps of its last blocks": lastSweeps(true),
	"a run tells the sweeps of its last blocks":      lastSweeps(false),
	"a contract's spend is missing": {found: func(f chain.Found) chain.Found {
		f.Spends = slices.DeleteFunc(slices.Clone(f.Spends), func(x chain.Spend) bool {
			return x.Kind == chain.SpendNative && !slices.ContainsFunc(f.Spends, func(gas chain.Spend) bool {
				return gas.Kind == chain.SpendGas && gas.TxID == x.TxID
			})
		})
		return f
	}},
	"gas is told as a transfer": {found: func(f chain.Found) chain.Found {
		for _, x := range f.Spends {
			if x.Kind == chain.SpendGas {
				f.Transfers = append(f.Transfers, chain.Transfer{ID: x.ID, TxID: x.TxID, To: x.From, Amount: x.Amount, Block: x.Block})
			}
		}
		return f
	}},
	"it says it looked inside, and did not": {blind: true, found: func(f chain.Found) chain.Found {
		f.Internal = true
		return f
	}},
	"fewer blocks than asked for": {linked: func(r chain.Run) chain.Run {
		if n := len(r.Anchors()); n > 1 {
			return cut{r, r.Anchors()[:n-1]}
		}
		return r
	}},
	"the first block is missing": {linked: func(r chain.Run) chain.Run {
		if n := len(r.Anchors()); n > 1 {
			return cut{r, r.Anchors()[1:]}
		}
		return r
	}},
	"a range without its last block": {ranged: func(r chain.Run) chain.Run {
		end := r.Anchors()[len(r.Anchors())-1]
		return filtered{r, func(x chain.Anchor) bool { return x.Hash != end.Hash }}
	}},
	"a range without one block inside": {ranged: func(r chain.Run) chain.Run {
		end := r.Anchors()[len(r.Anchors())-1]
		return filtered{r, func(x chain.Anchor) bool { return x.Height+5 != end.Height }}
	}},
	"the head is one call old": {head: func(h, before chain.Head) chain.Head {
		if before.IsZero() {
			return h
		}
		return before
	}},
	"the head is always syncing":      {head: func(h, _ chain.Head) chain.Head { h.Syncing = true; return h }},
	"what is final is above the head": {head: func(h, _ chain.Head) chain.Head { h.Final = h.Height + 1; return h }},
	"what is mined is told as unmined": {inspect: func(i chain.Inspection) chain.Inspection {
		i.State, i.Block = chain.TxUnmined, chain.Anchor{}
		return i
	}},
	"what failed is told as mined": {inspect: func(i chain.Inspection) chain.Inspection {
		if i.State == chain.TxFailed {
			i.State = chain.TxMined
		}
		return i
	}},
	"balances of addresses are in another order": {held: func(b []money.Amount) []money.Amount {
		slices.Reverse(b)
		return b
	}},
	"the mempool leaves one out": {utxo: true, pool: func(ids []chain.Hash) []chain.Hash { return ids[:max(0, len(ids)-1)] }},
	"inputs are missing": func() bug {
		b := transfers(func(x *chain.Transfer) { x.Inputs = nil })
		b.utxo = true
		return b
	}(),
}

func transfers(change func(x *chain.Transfer)) bug {
	return bug{found: func(f chain.Found) chain.Found {
		f.Transfers = slices.Clone(f.Transfers)
		for i := range f.Transfers {
			change(&f.Transfers[i])
		}
		return f
	}}
}

func spends(kind chain.SpendKind) bug {
	return bug{utxo: kind == chain.SpendOutpoint, found: func(f chain.Found) chain.Found {
		f.Spends = slices.DeleteFunc(slices.Clone(f.Spends), func(x chain.Spend) bool { return x.Kind == kind })
		return f
	}}
}

// toldOnce forgets a spend whose block was replaced.
func toldOnce(utxo bool) bug {
	told := map[string]chain.Hash{}
	return bug{utxo: utxo, found: func(f chain.Found) chain.Found {
		f.Spends = slices.DeleteFunc(slices.Clone(f.Spends), func(x chain.Spend) bool {
			if _, ok := told[x.ID]; !ok && !x.Block.IsZero() {
				told[x.ID] = x.Block.Hash
			}
			return !x.Block.IsZero() && told[x.ID] != x.Block.Hash
		})
		return f
	}}
}

// lastSweeps tells the spends of the highest block that has any.
func lastSweeps(utxo bool) bug {
	return bug{utxo: utxo, found: func(f chain.Found) chain.Found {
		top := uint64(0)
		for _, x := range f.Spends {
			top = max(top, x.Block.Height)
		}
		f.Spends = slices.DeleteFunc(slices.Clone(f.Spends), func(x chain.Spend) bool { return x.Block.Height < top })
		return f
	}}
}

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
