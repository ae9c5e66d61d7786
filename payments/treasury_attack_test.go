package payments_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
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

func TestAnInternalDepositOfNobodyThatComesBackAsAPaymentIsHeld(t *testing.T) {
	b, sim := utxoBundle(t)
	b.address(sms)
	coin := b.funded(sim, false) // voice has a leaf too
	b.mine(1)
	require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
		_, err := tx.ReserveIndexes(b.ctx, "key-bitcoin", 1)
		return err
	}))
	nobodys := chainsim.Address(sim.Network(), 2)
	paid := sim.Sweep([]chain.Outpoint{coin}, b.to(nobodys, 298))
	b.mine(1)
	key := payments.DepositKey{Network: sim.Network().ID, ID: paid.String() + ":0"}
	row, err := b.p.Deposit(b.ctx, key)
	require.NoError(t, err)
	require.Equal(t, payments.StateInternal, row.State)
	b.cfg.Rails[0].Treasury = nil
	b.restart()
	sim.Reorg(1, chainsim.Branch{Later: []chain.Hash{paid}})
	b.advance()
	b.mine(8)
	b.checkBooks()
	row, err = b.p.Deposit(b.ctx, key)
	require.NoError(t, err)
	require.Equal(t, payments.HoldUnassigned, row.Hold)
	require.Equal(t, payments.StateCredited, row.State, "in suspense")
	require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk))
	require.Equal(t, "2980.00 USD", b.balance(sms))
	b.checkBooks()
}

// What only gathered was never in the host's balance: InTx must not take it back.
func TestAGatheredDepositThatTurnsOutToBeATreasurysIsNotTakenFromTheHostsBalance(t *testing.T) {
	b, sim := utxoBundle(t)
	registered := b.cfg.Rails[0].Treasury
	b.cfg.Rails[0].Treasury = nil
	b.cfg.Rails[0].Minimum = map[money.Asset]decimal.Decimal{b.asset: decimal.New(5_000, 0)}
	b.restart()
	coin := b.funded(sim, false)
	b.mine(1)
	sim.Sweep([]chain.Outpoint{coin}, b.to(b.address(sms), 298))
	b.mine(7)
	require.Equal(t, payments.StateGathered, b.only(sms).State)
	b.cfg.Rails[0].Treasury = registered
	var told []payments.EventKind
	b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		for _, e := range events {
			told = append(told, e.Kind)
		}
		return nil
	}
	b.restart()
	b.rescan(1, sim.Head().Height, false)
	b.advance()
	b.checkBooks()
	require.Equal(t, payments.StateInternal, b.only(sms).State)
	require.Empty(t, told)
	require.NotContains(t, b.events.kinds(b.only(sms).Key.String()), payments.EventDepositReversed)
	list, err := b.p.Gathering(b.ctx, sms)
	require.NoError(t, err)
	require.Empty(t, list)
}
