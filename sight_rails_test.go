package cointill_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/payments"
)

// TestExplainAddressAsksARealNodesFace: a payment that was not followed yet is named
// by what the real adapters read over HTTP.
func TestExplainAddressAsksARealNodesFace(t *testing.T) {
	onTills(t, peerNodes(), func(x *till) {
		x.cfg.ParseAddress, x.cfg.FormatAddress = address.Parse, address.Format
		x.restart()
		to := x.address(voice)
		x.blocks(1)
		ask := func() payments.AddressSighting {
			x.Helper()
			got, err := x.p.ExplainAddress(x.Context(), to.Text)
			require.NoError(x, err)
			require.Equal(x, payments.AddressOurs, got.Verdict)
			require.Len(x, got.Sightings, 1)
			require.NoError(x, got.Sightings[0].Err)
			require.Zero(x, got.Sightings[0].Unexplained.Sign(), "%s", got.Text)
			return got.Sightings[0]
		}
		require.Empty(x, ask().Transfers)
		id := x.pay(to.Address, x.coins("1.25"))
		if x.network.UTXO() {
			s := ask()
			require.Len(x, s.Transfers, 1, "in the mempool")
			require.Equal(x, id, s.Transfers[0].TxID)
			require.True(x, s.Transfers[0].Block.IsZero())
		}
		x.now = x.now.Add(20 * time.Second)
		x.mine()
		s := ask()
		require.Len(x, s.Transfers, 1)
		require.Equal(x, id, s.Transfers[0].TxID)
		require.Equal(x, x.coins("1.25").String(), s.Transfers[0].Amount.String())
		require.Equal(x, x.chain().Head().Hash, s.Transfers[0].Block.Hash)
		if x.asset == x.network.Native && x.network.Family == chain.FamilyEVM {
			require.Equal(x, x.coins("1.25").String(), s.Holds.String())
		}
		x.blocks(1)
		require.Empty(x, ask().Transfers, "on record")
		require.Len(x, x.deposits(voice), 1)
	})
}
