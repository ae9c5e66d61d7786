package chaintest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

func paymentOfEachAsset(t *testing.T, s *suite) {
	for _, asset := range s.Assets {
		t.Run(string(asset.Coin), func(t *testing.T) {
			p := Payment{To: s.address(), Amount: s.amount(asset)}
			id := s.Pay(p)
			got := only(t, s.mined(t, watch(p.To)), p.To)
			require.Equal(t, id, got.TxID)
			require.True(t, p.Amount.Equal(got.Amount), "exactly what was sent: %s, not %s", p.Amount, got.Amount)
			require.Equal(t, asset, got.Amount.Asset())
			require.Equal(t, s.head(t).Anchor, got.Block)
			require.Equal(t, chain.OriginPayment, got.Origin)
			s.wellFormed(t, got)
		})
	}
}

// wellFormed checks a transfer's id against chain.Transfer's own words.
func (s *suite) wellFormed(t *testing.T, x chain.Transfer) {
	t.Helper()
	rest, ok := strings.CutPrefix(x.ID, x.TxID.String()+":")
	require.True(t, ok, "id %q of %s", x.ID, x.TxID)
	switch {
	case s.network.UTXO():
		require.Regexp(t, `^\d+$`, rest)
		require.Equal(t, chain.Address{}, x.From)
		if x.Origin != chain.OriginCoinbase {
			require.NotEmpty(t, x.Inputs, "what it spends ties it to its replacements")
		}
	case x.Amount.Asset() == s.network.Native:
		require.Regexp(t, fmt.Sprintf(`^eth:0x%x:\d+$`, x.To.Raw), rest)
		require.NotEqual(t, chain.Address{}, x.From)
	default:
		require.Regexp(t, `^log:\d+$`, rest)
		require.NotEqual(t, chain.Address{}, x.From)
	}
}

func strangersAreNotFound(t *testing.T, s *suite) {
	s.pay()
	require.Empty(t, s.mined(t, watch(s.address())).Transfers)
	head := s.head(t).Height
	require.Empty(t, s.found(t, head, head, chain.NewWatched()).Spends)
}

func matchingAgain(t *testing.T, s *suite) {
	p, _ := s.pay()
	q, _ := s.pay()
	s.Mine(1)
	head := s.head(t).Height
	run, err := s.Source.Linked(t.Context(), head, head)
	require.NoError(t, err)
	first, err := run.Match(t.Context(), watch(p.To))
	require.NoError(t, err)
	only(t, first, p.To)
	require.Len(t, first.Transfers, 1)
	both, err := run.Match(t.Context(), watch(p.To, q.To))
	require.NoError(t, err)
	require.Len(t, both.Transfers, 2)
	again, err := run.Match(t.Context(), watch(p.To))
	require.NoError(t, err)
	require.Equal(t, first, again)
}

func batch(t *testing.T, s *suite) {
	for _, asset := range s.Assets {
		a, b := s.address(), s.address()
		one, two, three := s.amount(asset), s.amount(asset), s.amount(asset)
		id := s.Batch(Payment{a, one}, Payment{b, two}, Payment{a, three})
		f := s.mined(t, watch(a, b))
		got := f.Transfers
		if !s.network.UTXO() && asset == s.network.Native && !f.Internal {
			continue // a contract pays: see the case of such payments
		}
		require.Len(t, got, 3, "each of its own")
		ids := map[string]bool{}
		for i, want := range []Payment{{a, one}, {b, two}, {a, three}} {
			x := find(t, got, want)
			require.Equal(t, id, x.TxID)
			require.Equal(t, want.To, x.To, "payment %d", i)
			ids[x.ID] = true
			s.wellFormed(t, x)
		}
		require.Len(t, ids, 3)
	}
}

// find returns the transfer that is a payment.
func find(t *testing.T, all []chain.Transfer, p Payment) chain.Transfer {
	t.Helper()
	for _, x := range all {
		if x.To == p.To && x.Amount.Equal(p.Amount) {
			return x
		}
	}
	require.FailNow(t, "no such transfer", "%s to %x", p.Amount, p.To.Raw)
	return chain.Transfer{}
}

func unminedKeepsItsID(t *testing.T, s *suite) {
	p, id := s.pay()
	pool := s.Source.(chain.Mempooler)
	ids, err := pool.Mempool(t.Context())
	require.NoError(t, err)
	require.Contains(t, ids, id)
	run, err := pool.Unmined(t.Context(), []chain.Hash{id})
	require.NoError(t, err)
	f, err := run.Match(t.Context(), watch(p.To))
	require.NoError(t, err)
	seen := only(t, f, p.To)
	require.True(t, seen.Block.IsZero())
	require.True(t, p.Amount.Equal(seen.Amount))

	mined := only(t, s.mined(t, watch(p.To)), p.To)
	require.False(t, mined.Block.IsZero())
	mined.Block = chain.Anchor{}
	require.Equal(t, seen, mined)
	ids, err = pool.Mempool(t.Context())
	require.NoError(t, err)
	require.NotContains(t, ids, id)
}

func unknownIsLeftOut(t *testing.T, s *suite) {
	p, id := s.pay()
	run, err := s.Source.(chain.Mempooler).Unmined(t.Context(), []chain.Hash{{0xfa, 1}, id, {0xfa, 2}})
	require.NoError(t, err)
	f, err := run.Match(t.Context(), watch(p.To))
	require.NoError(t, err)
	only(t, f, p.To)
	s.Mine(1)
}

func idSurvivesReorg(t *testing.T, s *suite) {
	s.Mine(1)
	var paid []Payment
	for _, asset := range s.Assets {
		p := Payment{To: s.address(), Amount: s.amount(asset)}
		s.Pay(p)
		paid = append(paid, p)
	}
	var addresses []chain.Address
	for _, p := range paid {
		addresses = append(addresses, p.To)
	}
	before := s.mined(t, watch(addresses...))
	s.Mine(1)
	s.Reorg(2)
	head := s.head(t).Height
	require.Empty(t, s.found(t, head-2, head, watch(addresses...)).Transfers, "the branch is empty")
	after := s.mined(t, watch(addresses...))
	for _, p := range paid {
		x, y := find(t, before.Transfers, p), find(t, after.Transfers, p)
		require.NotEqual(t, x.Block, y.Block)
		x.Block = y.Block
		require.Equal(t, x, y, "the same but for the block")
	}
}

func coinbase(t *testing.T, s *suite) {
	to := s.address()
	s.MineTo(to)
	head := s.head(t).Height
	got := only(t, s.found(t, head, head, watch(to)), to)
	require.Equal(t, chain.OriginCoinbase, got.Origin)
	require.Empty(t, got.Inputs)
	require.Positive(t, s.network.Maturity(got.Origin))
}

func pegOut(t *testing.T, s *suite) {
	p := Payment{To: s.address(), Amount: s.amount(s.network.Native)}
	s.PegOut(p)
	if pool, ok := s.Source.(chain.Mempooler); ok {
		ids, err := pool.Mempool(t.Context())
		require.NoError(t, err)
		run, err := pool.Unmined(t.Context(), ids)
		require.NoError(t, err)
		f, err := run.Match(t.Context(), watch(p.To))
		require.NoError(t, err)
		require.Empty(t, f.Transfers, "the payer's transaction has no output to us")
	}
	got := only(t, s.mined(t, watch(p.To)), p.To)
	require.True(t, p.Amount.Equal(got.Amount), "%s, not %s", p.Amount, got.Amount)
	require.Equal(t, chain.OriginPegOut, got.Origin)
	require.Positive(t, s.network.Maturity(got.Origin))
	s.Mine(1)
	fork := s.head(t).Height - 2
	s.Reorg(2)
	s.Mine(1)
	again := only(t, s.found(t, fork+1, s.head(t).Height, watch(p.To)), p.To)
	require.Equal(t, chain.OriginPegOut, again.Origin)
	require.True(t, p.Amount.Equal(again.Amount))
}

func failedMovesNothing(t *testing.T, s *suite) {
	for _, asset := range s.Assets {
		p := Payment{To: s.address(), Amount: s.amount(asset)}
		s.PayFailed(p)
		require.Empty(t, s.mined(t, watch(p.To)).Transfers, "%s", asset)
	}
}

func internalPayment(t *testing.T, s *suite) { s.inside(t, s.PayInternal) }
func destroyed(t *testing.T, s *suite)       { s.inside(t, s.PayByDestruction) }

// inside checks that a payment made inside a transaction is found, or that the
// source says it does not look for such and tells balances instead.
func (s *suite) inside(t *testing.T, pay func(Payment) chain.Hash) {
	t.Helper()
	p := Payment{To: s.address(), Amount: s.amount(s.network.Native)}
	id := pay(p)
	f := s.mined(t, watch(p.To))
	if !f.Internal {
		require.Empty(t, f.Transfers)
		b, audits := s.Source.(chain.Balancer)
		require.True(t, audits, "a source that does not see contracts' payments must tell balances")
		held, err := b.Balances(t.Context(), s.head(t).Anchor, []chain.Address{p.To})
		require.NoError(t, err)
		require.True(t, p.Amount.Equal(held[0]))
		return
	}
	got := only(t, f, p.To)
	require.Equal(t, id, got.TxID)
	require.True(t, p.Amount.Equal(got.Amount))
	s.wellFormed(t, got)
}

func takenBack(t *testing.T, s *suite) { s.movesNothing(t, s.PayReverted) }
func delegated(t *testing.T, s *suite) { s.movesNothing(t, s.PayDelegated) }

func (s *suite) movesNothing(t *testing.T, pay func(Payment) chain.Hash) {
	t.Helper()
	p := Payment{To: s.address(), Amount: s.amount(s.network.Native)}
	pay(p)
	require.Empty(t, s.mined(t, watch(p.To)).Transfers)
}

// sum adds amounts of one asset.
func sum(t *testing.T, amounts ...money.Amount) money.Amount {
	t.Helper()
	total := amounts[0]
	for _, a := range amounts[1:] {
		var err error
		total, err = total.Add(a)
		require.NoError(t, err)
	}
	return total
}
