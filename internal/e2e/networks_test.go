package e2e_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/internal/e2e/gethnode"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// A customer has one 0x address on all networks of the family, so a payment on
// the network nobody meant is still theirs.
func TestOneAddressOnTwoNetworks(t *testing.T) {
	t.Parallel()
	meant, unmeant := newEthereum(t, "USDT"), newEVM(t, "bsc-private", 56, "USDT")
	h := newHost(t, meant, func(c *payments.Config) {
		second := unmeant.rail(t)
		second.Assets = []money.Asset{unmeant.net.Native} // its tokens are not accepted
		c.Rails = append(c.Rails, second)
	})
	to := h.address(voice)
	there, err := h.p.DepositAddress(h.ctx, voice, unmeant.net)
	require.NoError(t, err)
	require.Equal(t, to, there.Address)

	here := meant.transfer(gethnode.Wallet, meant.tokens["USDT"], to, big.NewInt(5_000_000))
	away := unmeant.transfer(gethnode.Wallet, unmeant.tokens["USDT"], to, big.NewInt(8_000_000))
	coins := unmeant.Pay(common.Address([]byte(to.Raw)), big.NewInt(1_000_000_000_000_000))
	for range 6 {
		h.clock.Advance(20 * time.Second)
		meant.Mine(1)
		unmeant.Mine(1)
		h.advance()
	}
	require.NotEqual(t, here.Hash(), away.Hash(), "the chain id is signed")
	all := map[common.Hash]payments.DepositView{}
	for _, d := range h.deposits(voice) {
		all[common.Hash(d.TxID)] = d
	}
	require.Len(t, all, 3)
	require.Equal(t, payments.HoldReason(""), all[here.Hash()].Hold)
	require.Equal(t, "ethereum-private", all[here.Hash()].Key.Network)
	require.Equal(t, payments.HoldAsset, all[away.Hash()].Hold, "recorded, attributed, not credited")
	require.Equal(t, "bsc-private", all[away.Hash()].Key.Network)
	require.Equal(t, "3.00", all[coins.Hash()].Credited.Text())
	require.Equal(t, "8.00", h.balance(voice), "5 here, 3 in the other network's coin")

	health, err := h.p.Health(h.ctx)
	require.NoError(t, err)
	require.Len(t, health.Held, 1)
	require.Equal(t, voice, health.Held[0].Owner.Account)
}
