package chain_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
)

func TestHashesAndAddressesKeepTheirText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var h chain.Hash
		copy(h[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "hash"))
		back, err := chain.ParseHash("0x" + h.String())
		require.NoError(rt, err)
		require.Equal(rt, h, back)
		a := chain.Address{Family: chain.FamilyEVM, Raw: string(rapid.SliceOf(rapid.Byte()).Draw(rt, "raw"))}
		text, err := json.Marshal(map[string]any{"hash": h, "address": a})
		require.NoError(rt, err)
		var read struct {
			Hash    chain.Hash
			Address chain.Address
		}
		require.NoError(rt, json.Unmarshal(text, &read))
		require.Equal(rt, h, read.Hash)
		require.Equal(rt, a, read.Address)
	})
	for _, bad := range []string{"", "0x", "zz", "00", fmt.Sprintf("%064s", "g")} {
		_, err := chain.ParseHash(bad)
		require.Error(t, err, "%q", bad)
	}
	var a chain.Address
	require.Error(t, a.UnmarshalText([]byte("no colon")))
	require.Error(t, a.UnmarshalText([]byte("evm:xyz")))
}

func TestWatchedNeverMissesAMember(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := chain.NewWatched()
		n := rapid.IntRange(1, 300).Draw(rt, "members")
		for i := range n {
			w.AddAddress(chainsim.Address(chain.Bitcoin, i))
		}
		require.Equal(rt, n, w.Len())
		for i := range n {
			require.True(rt, w.Address([]byte(chainsim.Address(chain.Bitcoin, i).Raw)))
			require.False(rt, w.Address([]byte(chainsim.Address(chain.Bitcoin, n+i).Raw)))
		}
	})
}

func TestOutpointsAreReplacedNotAdded(t *testing.T) {
	w := chain.NewWatched()
	a, b := chain.Outpoint{TxID: chain.Hash{1}}, chain.Outpoint{TxID: chain.Hash{1}, Vout: 1}
	require.False(t, w.Outpoint(a))
	w.SetOutpoints([]chain.Outpoint{a})
	require.True(t, w.Outpoint(a))
	require.False(t, w.Outpoint(b))
	w.SetOutpoints([]chain.Outpoint{b})
	require.False(t, w.Outpoint(a))
	require.True(t, w.Outpoint(b))
}

func TestACoinOfOursIsWatchedWhateverIsSetBesideIt(t *testing.T) {
	w := chain.NewWatched()
	rapid.Check(t, func(rt *rapid.T) {
		op := chain.Outpoint{Vout: rapid.Uint32().Draw(rt, "vout")}
		copy(op.TxID[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "txid"))
		w.AddOutpoint(op)
		w.SetOutpoints(nil)
		require.True(rt, w.Outpoint(op))
		op.TxID[31] ^= 0xff
		op.Vout = ^op.Vout
		require.False(rt, w.Outpoint(op))
	})
}

func TestMatchingAllocatesNothing(t *testing.T) {
	w := chain.NewWatched()
	w.AddOutpoint(chain.Outpoint{Vout: 9})
	w.AddAddress(chainsim.Address(chain.Bitcoin, 1))
	w.SetOutpoints([]chain.Outpoint{{Vout: 7}})
	miss := []byte(chainsim.Address(chain.Bitcoin, 2).Raw)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		w.Address(miss)
		w.Outpoint(chain.Outpoint{Vout: 8})
	}))
}
