package utxo

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
)

// seen gathers what a matcher is asked; hit says what it answers.
type seen struct {
	hit     bool
	scripts []string
	ops     []chain.Outpoint
}

func (s *seen) Address(raw []byte) bool         { s.scripts = append(s.scripts, string(raw)); return s.hit }
func (s *seen) Outpoint(op chain.Outpoint) bool { s.ops = append(s.ops, op); return s.hit }

// none watches nothing.
type none struct{}

func (none) Address([]byte) bool          { return false }
func (none) Outpoint(chain.Outpoint) bool { return false }

func TestWalkShowsExactlyWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want seen
		txs := [][]byte{Coinbase}
		want.scripts = append(want.scripts, "miner")
		for range rapid.IntRange(0, 5).Draw(t, "txs") {
			var ops []chain.Outpoint
			for range rapid.IntRange(1, 300).Draw(t, "inputs") {
				ops = append(ops, chain.Outpoint{TxID: chain.Hash{byte(len(ops)), 1}, Vout: rapid.Uint32().Draw(t, "vout")})
			}
			scripts := rapid.SliceOfN(rapid.StringN(0, 300, 300), 1, 5).Draw(t, "scripts")
			txs = append(txs, SpendTx(ops, scripts, rapid.Bool().Draw(t, "witness")))
			want.ops, want.scripts = append(want.ops, ops...), append(want.scripts, scripts...)
		}
		raw := MineBlock(chain.Hash{}, txs...)
		got := &seen{}
		require.NoError(t, walk(form{flags: 1}, raw, &finder{matcher: got}))
		require.Equal(t, want.scripts, got.scripts)
		require.Equal(t, want.ops, got.ops)
		_, err := new(merkle).verify(form{flags: 1}, raw, HashOf(raw))
		require.NoError(t, err)
		cut := rapid.IntRange(0, len(raw)-1).Draw(t, "cut")
		require.ErrorIs(t, walk(form{flags: 1}, raw[:cut], nobody{}), chain.ErrMalformed)
		require.ErrorIs(t, walk(form{flags: 1}, append(raw, 0), nobody{}), chain.ErrMalformed)
	})
}

// fullBlock has about 4 MB of weight.
func fullBlock() []byte {
	txs := [][]byte{Coinbase}
	for i := range 3200 {
		ops := make([]chain.Outpoint, 2+i%3)
		for j := range ops {
			ops[j] = chain.Outpoint{TxID: chain.Hash{byte(i), byte(i >> 8), byte(j), 1}}
		}
		txs = append(txs, SpendTx(ops, slices.Repeat([]string{strings.Repeat("s", 22)}, 2+i%2), true))
	}
	return MineBlock(chain.Hash{}, txs...)
}

func TestMatchWithoutMatchesAllocatesNothing(t *testing.T) {
	raw, f := fullBlock(), &finder{matcher: none{}}
	require.Zero(t, testing.AllocsPerRun(5, func() {
		if walk(form{flags: 1}, raw, f) != nil {
			t.Error("the block was refused")
		}
	}))
}

func TestWhatIsHeldInMemoryIsBounded(t *testing.T) {
	var h held
	require.NoError(t, h.add(maxHeld-10))
	require.ErrorIs(t, h.add(11), chain.ErrUnavailable)
	require.NoError(t, h.add(10), "what was refused is not counted")
	require.ErrorIs(t, h.add(1), chain.ErrUnavailable)
}
