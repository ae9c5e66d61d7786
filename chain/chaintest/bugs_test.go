package chaintest_test

import (
	"slices"
	"strings"

	"github.com/cointill/cointill/chain"
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
