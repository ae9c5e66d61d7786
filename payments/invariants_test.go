package payments_test

import (
	"context"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// walletLeaves is how many addresses of a test's wallet the oracle looks at.
const walletLeaves = 64

// openMatcher is the oracle's own, exact set.
type openMatcher struct {
	addresses map[string]bool
	outpoints map[chain.Outpoint]bool
}

func (m openMatcher) Address(raw []byte) bool         { return m.addresses[string(raw)] }
func (m openMatcher) Outpoint(op chain.Outpoint) bool { return m.outpoints[op] }

// truth asks a source of its own what the chain holds up to a height: what ever
// arrived at the wallet's addresses, and what they hold of each asset.
func (b *bundle) truth(upTo uint64) (arrived []chain.Transfer, held map[money.Asset]*big.Int) {
	b.Helper()
	m := openMatcher{map[string]bool{}, map[chain.Outpoint]bool{}}
	var ours []chain.Address
	for i := range walletLeaves {
		a := chainsim.Address(b.sim.Network(), i)
		m.addresses[a.Raw], ours = true, append(ours, a)
	}
	src := b.source("oracle")
	run, err := src.Linked(b.ctx, 1, upTo)
	require.NoError(b, err)
	found, err := run.Match(b.ctx, m)
	require.NoError(b, err)
	held = map[money.Asset]*big.Int{}
	add := func(x money.Amount, sign int64) {
		if held[x.Asset()] == nil {
			held[x.Asset()] = new(big.Int)
		}
		held[x.Asset()].Add(held[x.Asset()], new(big.Int).Mul(x.Units(), big.NewInt(sign)))
	}
	coins := map[chain.Outpoint]money.Amount{}
	for _, t := range found.Transfers {
		add(t.Amount, 1)
		if b.sim.Network().UTXO() {
			var op chain.Outpoint
			op.TxID = t.TxID
			require.NoError(b, json.Unmarshal([]byte(t.ID[strings.Index(t.ID, ":")+1:]), &op.Vout))
			coins[op], m.outpoints[op] = t.Amount, true
		}
	}
	if b.sim.Network().UTXO() {
		spent, err := run.Match(b.ctx, m)
		require.NoError(b, err)
		for _, s := range spent.Spends {
			add(coins[s.Outpoint], -1)
		}
		return found.Transfers, held
	}
	for _, s := range found.Spends {
		add(s.Amount, -1)
	}
	native := b.sim.Network().Native
	tip := run.Anchors()[len(run.Anchors())-1]
	balances, err := src.(chain.Balancer).Balances(b.ctx, tip, ours)
	require.NoError(b, err)
	held[native] = new(big.Int) // contracts' payments too
	for _, x := range balances {
		held[native].Add(held[native], x.Units())
	}
	return found.Transfers, held
}

// entries reads every entry there is.
func (b *bundle) entries() map[string]ledger.Entry {
	b.Helper()
	text := b.dump()
	out := map[string]ledger.Entry{}
	for _, line := range strings.Split(text, "\n") {
		if row, ok := strings.CutPrefix(line, "entry "); ok {
			var e ledger.Entry
			require.NoError(b, json.Unmarshal([]byte(row), &e))
			out[e.Key] = e
		}
	}
	return out
}

// checkBooks checks the invariants of the books against each other and against
// the chain at the height committed: L1 to L5, L10 and L12, the last two not while
// a node hides something (b.blind).
func (b *bundle) checkBooks() {
	b.Helper()
	entries := b.entries()
	sums := map[ledger.Account]map[money.Asset]*big.Int{}
	move := func(a ledger.Account, x money.Amount, sign int64) {
		if sums[a] == nil {
			sums[a] = map[money.Asset]*big.Int{}
		}
		if sums[a][x.Asset()] == nil {
			sums[a][x.Asset()] = new(big.Int)
		}
		sums[a][x.Asset()].Add(sums[a][x.Asset()], new(big.Int).Mul(x.Units(), big.NewInt(sign)))
	}
	live := map[string]int{}
	for key, e := range entries {
		require.NoError(b, e.Validate(), "L1")
		for _, post := range e.Postings {
			move(post.From, post.Amount, -1)
			move(post.To, post.Amount, 1)
		}
		if undone, ok := strings.CutPrefix(key, "reversal/"); ok {
			live[undone[:strings.LastIndex(undone, "/")]]--
			require.Contains(b, entries, undone, "what is reversed was booked")
		} else {
			live[key[:strings.LastIndex(key, "/")]]++
		}
	}
	for key, e := range b.booked {
		require.Contains(b, entries, key, "L3: entries never disappear")
		require.Equal(b, e.Digest(), entries[key].Digest(), "L3: entries never change")
	}
	b.booked = entries
	var deposits []payments.Deposit
	var tip uint64
	unposted := map[money.Asset]*big.Int{}
	require.NoError(b, b.store.Update(b.ctx, func(tx payments.Tx) error {
		accounts := slices.Sorted(maps.Keys(sums))
		rows, err := tx.Balances(b.ctx, accounts)
		require.NoError(b, err)
		got := map[ledger.Account]map[money.Asset]string{}
		for _, r := range rows {
			if got[r.Account] == nil {
				got[r.Account] = map[money.Asset]string{}
			}
			got[r.Account][r.Amount.Asset()] = r.Amount.UnitsText()
		}
		for account, of := range sums {
			for asset, sum := range of {
				if sum.Sign() != 0 {
					require.Equal(b, sum.String(), got[account][asset], "L2: balance of %s", account)
				} else {
					require.Empty(b, got[account][asset], "L2: balance of %s", account)
				}
			}
		}
		all := slices.Collect(maps.Values(entries))
		again, err := tx.InsertEntries(b.ctx, all)
		require.NoError(b, err)
		require.Empty(b, again, "L5: what is booked is not booked again")
		deposits, err = tx.Deposits(b.ctx, payments.DepositQuery{Network: b.sim.Network().ID})
		require.NoError(b, err)
		tips, err := tx.Anchors(b.ctx, b.sim.Network().ID, 1<<62, 1)
		tip = tips[0].Height
		return err
	}))
	known := map[string]payments.Deposit{}
	dust := map[payments.Account]decimal.Decimal{}
	items := map[chain.Address]bool{} // open ones stand for transfers that nobody showed us
	for _, d := range deposits {
		known[d.Key.ID] = d
		items[d.To] = items[d.To] || strings.HasPrefix(d.Key.ID, "balance:") && d.Included()
		want := 0
		switch {
		case d.State == payments.StateCredited, d.State == payments.StateFinal:
			want = 1
		case d.State == payments.StateGathered:
			want = 1
			value, err := money.Floor(d.Exact, d.Currency)
			require.NoError(b, err)
			dust[d.Owner.Account] = dust[d.Owner.Account].Add(value.Decimal())
		case d.State == payments.StateTreasury: // the host's, and not at our addresses
			require.True(b, d.Owner.IsZero() && d.Hold == "" && d.Changes == 0 && d.Incarnation == 0, "%+v", d)
		case d.State == payments.StateInternal:
			want = live["deposit/"+d.Key.String()] // 0 or 1: taken from a treasury, or from ourselves
		case d.Included():
			if unposted[d.Amount.Asset()] == nil {
				unposted[d.Amount.Asset()] = new(big.Int)
			}
			unposted[d.Amount.Asset()].Add(unposted[d.Amount.Asset()], d.Amount.Units())
		}
		if d.Hold == "" && want == 1 && live["deposit/"+d.Key.String()] == 2 { // suspense and what took it out
			want = 2
		}
		require.Equal(b, want, live["deposit/"+d.Key.String()], "L4: live credits of %s, %s %s", d.Key, d.State, d.Hold)
	}
	for account, of := range sums {
		if !strings.HasPrefix(string(account), "dust/") {
			continue
		}
		parts := strings.Split(string(account), "/")
		want := dust[payments.Account{Profile: parts[1], Name: parts[2]}]
		for _, sum := range of {
			require.True(b, decimal.NewFromBigInt(sum, -2).Equal(want), "%s holds %s cents, %s gathers", account, sum, want)
		}
	}
	for key, n := range live {
		require.Contains(b, []int{0, 1, 2}, n, "L4: %s", key)
		if strings.HasPrefix(key, "spend/") {
			require.LessOrEqual(b, n, 1, "L4: %s", key)
		}
	}
	if b.blind {
		return
	}
	arrived, held := b.truth(tip)
	for _, t := range arrived {
		if d := known[t.ID]; !d.Included() && items[t.To] && t.Amount.Asset() == b.sim.Network().Native {
			continue
		}
		require.Contains(b, known, t.ID, "L12: %s is on record", t.Amount)
		require.True(b, known[t.ID].Included(), "L12: %s is in a block", t.ID)
	}
	position := sums[ledger.Position(b.sim.Network().ID, "deposits")]
	for _, asset := range append(b.sim.Network().Assets(), slices.Collect(maps.Keys(held))...) {
		sum := new(big.Int)
		for _, part := range []*big.Int{position[asset], unposted[asset]} {
			if part != nil {
				sum.Add(sum, part)
			}
		}
		want := held[asset]
		if want == nil {
			want = new(big.Int)
		}
		require.Equal(b, want.String(), sum.String(), "L10: %s at our addresses at height %d", asset, tip)
	}
}

// dump is the store's content as text.
func (b *bundle) dump() string {
	b.Helper()
	text, err := b.store.(interface {
		Dump(context.Context) (string, error)
	}).Dump(b.ctx)
	require.NoError(b, err)
	return text
}

// held returns what is in an account of the books, as text.
func (b *bundle) held(account ledger.Account) string {
	b.Helper()
	var out []string
	require.NoError(b, b.store.View(b.ctx, func(tx payments.Tx) error {
		rows, err := tx.Balances(b.ctx, []ledger.Account{account})
		out = nil
		for _, r := range rows {
			out = append(out, r.Amount.String())
		}
		return err
	}))
	return strings.Join(out, ", ")
}
