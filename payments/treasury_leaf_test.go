package payments_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

func TestACoinThatCameToATreasuryWhichBecameALeafStaysTheHosts(t *testing.T) {
	for _, fate := range []string{"spent", "mined again", "mined again and rescanned"} {
		t.Run(fate, func(t *testing.T) {
			b, sim := utxoBundle(t)
			leaf := chainsim.Address(sim.Network(), 8) // of the second run that is reserved
			b.cfg.Rails[0].Treasury = append(b.cfg.Rails[0].Treasury, payments.Treasury{Name: "hot", Address: leaf})
			b.restart()
			to := b.address(voice)
			b.advance()
			coin := out(b.pay(leaf, 299), 0)
			b.mine(1)
			for i := range 8 {
				b.address(payments.Account{Profile: "acme", Name: fmt.Sprint(i)})
			}
			b.mine(1)
			if fate != "spent" {
				sim.Reorg(3, chainsim.Branch{Later: []chain.Hash{coin.TxID}})
				b.advance()
				sim.MineTx(coin.TxID)
				b.advance()
			}
			if fate == "mined again and rescanned" {
				require.Empty(t, b.rescan(1, sim.Head().Height, false).Missing)
			}
			row, err := b.p.Deposit(b.ctx, payments.DepositKey{Network: sim.Network().ID, ID: coin.TxID.String() + ":0"})
			require.NoError(t, err)
			require.Equal(t, payments.StateTreasury, row.State)
			require.True(t, row.Included())
			sim.Sweep([]chain.Outpoint{coin}, b.to(to, 298))
			b.mine(8)
			require.Equal(t, payments.StateInternal, b.only(voice).State, "our keys signed it")
			require.Equal(t, "0.00 USD", b.balance(voice))
			require.Equal(t, "2.98000000 BTC@bitcoin-regtest", b.places()["deposits"])
		})
	}
}

// Else what the host brings to its own store from elsewhere would be that customer's.
func TestATreasurysAddressIsNeverGivenToACustomer(t *testing.T) {
	for _, c := range railCases()[:2] {
		t.Run(c.name, func(t *testing.T) {
			b := newBundle(t, c, nil)
			own := chainsim.Address(b.sim.Network(), 1)
			b.cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: own}}
			b.restart()
			require.Equal(t, chainsim.Address(b.sim.Network(), 0), b.address(voice))
			require.Equal(t, chainsim.Address(b.sim.Network(), 2), b.address(sms))
			b.advance()
			id := b.pay(own, 500)
			b.mine(13)
			for _, a := range []payments.Account{voice, sms} {
				all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 10)
				require.NoError(t, err)
				require.Empty(t, all)
			}
			h, err := b.p.Health(b.ctx)
			require.NoError(t, err)
			require.Len(t, h.Held, 1, "a leaf that nobody owns: %s", id)
			require.Equal(t, payments.HoldUnassigned, h.Held[0].Hold)
			b.checkBooks()
		})
	}
}
