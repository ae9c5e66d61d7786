package payments_test

import (
	"context"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

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

func TestAnInvoiceThatATreasuryPaidSaysThatThePaymentWasTakenBack(t *testing.T) {
	b, sim := utxoBundle(t)
	registered := b.cfg.Rails[0].Treasury
	b.cfg.Rails[0].Treasury = nil
	b.restart()
	b.priced(1000)
	record, err := b.p.CreateInvoice(b.ctx, bill("2026-0117", 100_00))
	require.NoError(t, err)
	to := b.billed("2026-0117")
	b.advance()
	coin := out(b.pay(cold(sim.Network()), 11), 0)
	b.mine(1)
	sim.Sweep([]chain.Outpoint{coin}, b.to(to, 10))
	b.mine(7)
	require.Equal(t, invoice.Paid, b.standing("2026-0117").Status)
	b.cfg.Rails[0].Treasury = registered
	b.restart()
	b.rescan(1, sim.Head().Height, false)
	b.advance()
	b.checkBooks()
	require.Equal(t, "0.00 USD", b.balance(record.Account()))
	require.Equal(t, invoice.Unpaid, b.standing("2026-0117").Status)
	require.Contains(t, b.standing("2026-0117").Exceptions, invoice.ReversedPayment)
	require.Contains(t, b.events.kinds("invoice/2026-0117"), payments.EventKind("invoice.reversed"))
}

func TestAnEVMTreasurysPaymentThatComesBackUnregisteredIsHeldIfItIsNobodys(t *testing.T) {
	for name, owned := range map[string]bool{"owned": true, "nobody's": false} {
		t.Run(name, func(t *testing.T) {
			b, sim := evmBundle(t, true)
			b.address(voice)
			to := chainsim.Address(sim.Network(), 5)
			if owned {
				to = b.address(sms)
			}
			b.advance()
			b.mine(1)
			id := sim.Send(cold(sim.Network()), chainsim.Payment{To: to, Amount: b.coins(100)})
			b.mine(1)
			var rows []payments.Deposit
			read := func() payments.Deposit {
				require.NoError(t, b.store.View(b.ctx, func(tx payments.Tx) (err error) {
					rows, err = tx.Deposits(b.ctx, payments.DepositQuery{TxIDs: []chain.Hash{id}})
					return err
				}))
				require.Len(t, rows, 1)
				return rows[0]
			}
			require.Equal(t, payments.StateInternal, read().State)
			b.checkBooks()
			b.cfg.Rails[0].Treasury = nil
			b.restart()
			sim.Reorg(1, chainsim.Branch{Later: []chain.Hash{id}})
			b.advance()
			require.Equal(t, payments.StateOrphaned, read().State)
			b.checkBooks()
			b.mine(14)
			b.checkBooks()
			require.Equal(t, payments.StateCredited, read().State)
			if owned {
				require.Empty(t, read().Hold)
				require.Equal(t, read().Credited.String(), b.balance(sms))
				require.Positive(t, read().Credited.Sign())
			} else {
				require.Equal(t, payments.HoldUnassigned, read().Hold)
			}
		})
	}
}
