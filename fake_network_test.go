package cointill_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// fakeWrongNetwork: coins of one network sent to the same address on another.
func fakeWrongNetwork(t *testing.T) {
	onTills(t, ethereums("ETH")[:1], func(x *till) {
		n := chain.BSC
		n.Test, n.ChainID = true, 56
		bsc := chainsim.NewEVM(n, chainsim.Options{Now: x.clock, FinalLag: 2})
		other := x.rail(n, x.serve(bsc.Geth()))
		other.WatchOnly = true
		x.cfg.Rails = append(x.cfg.Rails, other)
		x.restart()
		var watchOnly *payments.WatchOnlyError
		_, err := x.p.DepositAddress(x.Context(), voice, n)
		require.ErrorAs(x, err, &watchOnly)
		mine := x.mine
		x.mine = func() { mine(); bsc.Mine(1) }
		peg, ok := n.Asset("ETH")
		require.True(x, ok)
		x.beside(func(to chain.Address) {
			bsc.Pay(chainsim.Payment{To: to, Amount: money.NewAmount(peg, big.NewInt(2e18))})
			bsc.Pay(chainsim.Payment{To: to, Amount: money.NewAmount(n.Native, big.NewInt(3e18))})
		})
		all := x.deposits(voice)
		require.Len(x, all, 2, "never lost: on record, attributed, held")
		for _, d := range all {
			require.Equal(x, n.ID, d.Key.Network)
			require.Equal(x, voice, d.Owner.Account)
			require.Equal(x, payments.HoldAsset, d.Hold)
			require.True(x, d.Credited.IsZero())
		}
		require.Equal(x, "0.00 USD", x.balance(voice))
		x.requireBooks("1", "0")
		h, err := x.p.Health(x.Context())
		require.NoError(x, err)
		require.Len(x, h.Held, 2)
	})
	t.Run("where the other network is accepted too", func(t *testing.T) {
		onTills(t, ethereums("ETH")[:1], func(x *till) {
			n := chain.BSC
			n.Test, n.ChainID = true, 56
			bsc := chainsim.NewEVM(n, chainsim.Options{Now: x.clock, FinalLag: 2})
			x.cfg.Rails = append(x.cfg.Rails, x.rail(n, x.serve(bsc.Geth())))
			x.restart()
			mine := x.mine
			x.mine = func() { mine(); bsc.Mine(1) }
			peg, _ := n.Asset("ETH")
			x.beside(func(to chain.Address) {
				bsc.Pay(chainsim.Payment{To: to, Amount: money.NewAmount(peg, big.NewInt(2e18))})
			})
			require.Equal(x, "2000.00 USD", x.balance(voice))
			require.Equal(x, peg, x.deposits(voice)[0].Amount.Asset())
			x.requireBooks("1", "0")
		})
	})
}

// fakeToTheContract: nobody can see in it whose mistake it was.
func fakeToTheContract(t *testing.T) {
	for _, coin := range []string{"ETH", "USDT"} {
		onTills(t, evms(coin), func(x *till) {
			usdt, _ := x.network.Asset("USDT")
			token, _ := x.network.Token(usdt)
			var id chain.Hash
			x.beside(func(chain.Address) { id = x.send(x.to(token.Contract, "5")) })
			x.requireNothing()
			x.requireVerdict(id, "sent_to_contract")
			text, err := address.Format(x.network, token.Contract)
			if err == nil {
				_, err = address.Parse(x.network, text)
			}
			var refused *address.Error
			require.ErrorAs(x, err, &refused)
			require.Equal(x, address.CodeTokenContract, refused.Code)
			shown := x.address(voice) // the address itself is shown, not only a link
			back, err := address.Parse(x.network, shown.Text)
			require.NoError(x, err)
			require.Equal(x, shown.Address, back)
		})
	}
}

// fakeOverflow: amounts that an int64, an uint64 or a float would take for others.
func fakeOverflow(t *testing.T) {
	onTills(t, evms("ETH"), func(x *till) {
		x.beside(func(to chain.Address) {
			x.send(x.to(to, "18.446744073709551617")) // 2⁶⁴+1 wei
			x.send(x.to(to, "9.223372036854775808"))  // 2⁶³
			x.send(x.to(to, "0.009007199254740993"))  // 2⁵³+1
		})
		require.Equal(x, "27679.12 USD", x.balance(voice)) // 27.679123309819068418 × 1,000
		x.requireBooks("28.679123309819068418", "0")
	})
	t.Run("the largest number a token can log", func(t *testing.T) {
		onTills(t, append(evms("USDT"), evms("GUSD")...), func(x *till) {
			most := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
			x.beside(func(to chain.Address) {
				x.send(chainsim.Payment{To: to, Amount: money.NewAmount(x.asset, most)})
			})
			require.Len(x, x.deposits(voice), 1)
			require.Zero(x, most.Cmp(x.deposits(voice)[0].Amount.Units()))
		})
	})
}
