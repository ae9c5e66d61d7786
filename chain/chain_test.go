package chain_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments/money"
)

func TestTheRegistryIsWhole(t *testing.T) {
	ids := map[string]bool{}
	for _, n := range []chain.Network{chain.Bitcoin, chain.BitcoinRegtest, chain.Litecoin, chain.Dogecoin, chain.Ethereum, chain.BSC} {
		require.False(t, ids[n.ID], "id %s twice", n.ID)
		ids[n.ID] = true
		require.Equal(t, n.ID, n.Native.Network)
		require.Positive(t, n.BlockTime)
		require.True(t, n.UTXO() == (n.Genesis != ""), "%s: a genesis hash, or a chain id", n.ID)
		require.True(t, n.UTXO() == (n.ChainID == 0))
		contracts := map[chain.Address]bool{}
		for _, token := range n.Tokens {
			require.Len(t, token.Contract.Raw, 20, "%s", token.Asset)
			require.False(t, contracts[token.Contract], "one contract, one asset")
			contracts[token.Contract] = true
			require.Equal(t, n.ID, token.Asset.Network)
			got, ok := n.Token(token.Asset)
			require.True(t, ok)
			require.Equal(t, token, got)
		}
	}
	gusd, ok := chain.Ethereum.Asset("GUSD")
	require.True(t, ok)
	require.Equal(t, money.Asset{Coin: "GUSD", Network: "ethereum", Decimals: 2}, gusd)
	usdt, ok := chain.BSC.Asset("USDT")
	require.True(t, ok)
	require.Equal(t, uint8(18), usdt.Decimals, "six on Ethereum")
	_, ok = chain.Bitcoin.Asset("ETH")
	require.False(t, ok)
}

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
