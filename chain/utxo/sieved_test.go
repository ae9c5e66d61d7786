package utxo

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
)

// plain hides a matcher's sieves.
type plain struct{ chain.Matcher }

// What a watched set with its sieves finds is what it finds without them.
func TestSievesHideNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		txs, watched := [][]byte{Coinbase}, chain.NewWatched()
		var pending []chain.Outpoint
		for range rapid.IntRange(1, 12).Draw(t, "txs") {
			var ops []chain.Outpoint
			for i := range rapid.IntRange(1, 4).Draw(t, "inputs") {
				op := chain.Outpoint{Vout: rapid.Uint32().Draw(t, "vout")}
				copy(op.TxID[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "txid"))
				ops = append(ops, op)
				switch rapid.IntRange(0, 3).Draw(t, "whose") {
				case 0:
					watched.AddOutpoint(op)
				case 1:
					if i == 0 {
						pending = append(pending, op)
					}
				}
			}
			scripts := rapid.SliceOfN(rapid.StringN(0, 40, 300), 1, 5).Draw(t, "scripts")
			if rapid.Bool().Draw(t, "pays us") {
				watched.AddAddress(chain.Address{Family: chain.FamilyBitcoin, Raw: scripts[len(scripts)-1]})
			}
			txs = append(txs, SpendTx(ops, scripts, rapid.Bool().Draw(t, "witness")))
		}
		watched.SetOutpoints(pending)
		raw := MineBlock(chain.Hash{}, txs...)
		with, without := finder{matcher: watched, network: chain.Bitcoin}, finder{matcher: plain{watched}, network: chain.Bitcoin}
		require.NoError(t, walk(bitcoinForm, raw, &with))
		require.NoError(t, walk(bitcoinForm, raw, &without))
		require.Equal(t, without.found, with.found)
	})
}
