package chain_test

import (
	"encoding/binary"
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
		for _, op := range ops {
			require.True(t, w.Outpoint(op))
		}
	})
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
