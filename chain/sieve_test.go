package chain_test

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
)

// Whatever is added, in whatever number and of whatever length, is found.
func TestTheWatchedSetNeverMissesAMemberHoweverItGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := chain.NewWatched()
		raws := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 34), 0, 200).Draw(t, "addresses")
		for _, raw := range raws {
			w.AddAddress(chain.Address{Raw: string(raw)})
		}
		n := rapid.IntRange(0, 3_000).Draw(t, "coins")
		coin := func(i int) (op chain.Outpoint) {
			binary.BigEndian.PutUint32(op.TxID[i%29:], uint32(i))
			op.Vout = uint32(i % 5)
			return op
		}
		ops := make([]chain.Outpoint, n)
		for i := range ops {
			ops[i] = coin(i)
			w.AddOutpoint(ops[i])
		}
		for _, raw := range raws {
			require.True(t, w.Address(raw))
		}
		addresses, outpoints := w.Sieves()
		for _, raw := range raws {
			require.True(t, addresses.Address(raw))
		}
		for _, op := range ops {
			require.True(t, w.Outpoint(op))
			require.True(t, outpoints.Outpoint(wire(op)))
		}
	})
}

// wire is how a transaction's input writes an outpoint.
func wire(op chain.Outpoint) []byte {
	b := op.TxID[:]
	slices.Reverse(b)
	return binary.LittleEndian.AppendUint32(slices.Clone(b), op.Vout)
}

// The sets of one step after another leave nothing behind that could hide a
// member, however many there were.
func TestTheSieveKeepsEveryMemberWhenOutpointsAreReplacedForEver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, coins := chain.NewWatched(), []chain.Outpoint{}
		_, sieve := w.Sieves()
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			for j := range rapid.IntRange(0, 30).Draw(t, "coins") {
				op := chain.Outpoint{TxID: chain.Hash{1, byte(i), byte(j), 77}, Vout: uint32(j)}
				w.AddOutpoint(op)
				coins = append(coins, op)
			}
			pending := make([]chain.Outpoint, rapid.IntRange(0, 300).Draw(t, "pending"))
			for j := range pending {
				pending[j] = chain.Outpoint{TxID: chain.Hash{2, byte(i), byte(j), byte(j >> 8)}, Vout: uint32(i)}
			}
			w.SetOutpoints(pending)
			for _, op := range append(pending, coins...) {
				require.True(t, w.Outpoint(op))
				require.True(t, sieve.Outpoint(wire(op)))
			}
		}
	})
}

// A sieve that lets everybody pass would be right and useless.
func TestTheSieveStopsNearlyAllStrangers(t *testing.T) {
	w := chain.NewWatched()
	hash := func(i int) []byte {
		h := sha256.Sum256(binary.LittleEndian.AppendUint64(nil, uint64(i)))
		return h[:]
	}
	for i := range 10_000 {
		w.AddAddress(chain.Address{Raw: string(hash(i))})
		w.AddOutpoint(chain.Outpoint{TxID: chain.Hash(hash(i))})
	}
	addresses, outpoints := w.Sieves()
	passed := 0
	for i := range 10_000 {
		if addresses.Address(hash(20_000 + i)) {
			passed++
		}
		if outpoints.Outpoint(wire(chain.Outpoint{TxID: chain.Hash(hash(20_000 + i))})) {
			passed++
		}
	}
	require.Less(t, passed, 20_000/25)
}

func TestTheWatchedSetKnowsStrangersThatLookLikeMembers(t *testing.T) {
	w := chain.NewWatched()
	member := []byte("\x00\x14aaaaaaaaaaaabbbbbbbb")
	w.AddAddress(chain.Address{Raw: string(member)})
	stranger := append([]byte(nil), member...)
	stranger[4] ^= 1 // the end, which the sieve looks at, is the same
	require.True(t, w.Address(member))
	require.False(t, w.Address(stranger))
}
