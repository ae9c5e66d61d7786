package payments_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/rates"
)

var clerk = payments.Actor{ID: "clerk", Reason: "the customer showed the transaction"}

// unassigned returns a bundle with one deposit to a leaf nobody owns.
func unassigned(t *testing.T, c railCase, blocks int) (*bundle, payments.DepositKey, chain.Hash) {
	b := newBundle(t, c, nil)
	b.address(voice) // reserves a run
	b.advance()
	id := b.pay(chainsim.Address(b.sim.Network(), 3), 100)
	b.mine(blocks)
	h, err := b.p.Health(b.ctx)
	require.NoError(t, err)
	require.Len(t, h.Held, 1)
	return b, h.Held[0].Key, id
}

func TestAnUnassignedDepositIsGivenToAnAccountAtTheRateOfItsReceipt(t *testing.T) {
	for _, c := range railCases() {
		for name, blocks := range map[string]int{"in suspense": 7, "before it is deep": 2} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				b, key, _ := unassigned(t, c, blocks)
				b.checkBooks()
				b.clock.Advance(3e12) // the price rises
				b.advance()
				require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk))
				require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk), "again")
				b.checkBooks()
				b.mine(6)
				b.checkBooks()
				d := b.only(sms)
				requireCredited(t, d)
				require.Equal(t, "1000.00 USD", b.balance(sms))
				require.Equal(t, rateAt(d.ReceivedAt), d.Rate.String())
				require.Equal(t, "", b.held(ledger.Suspense(key.Network)))
				require.Equal(t, 1, b.told(payments.EventDepositAssigned))
				require.Equal(t, 1, b.told(payments.EventDepositCredited))
				x, err := b.p.Explain(b.ctx, key)
				require.NoError(t, err)
				require.Len(t, x.Audit, 1)
				require.Equal(t, clerk, x.Audit[0].Actor)
			})
		}
	}
}

func TestAnAssignedDepositIsReversedAndCreditedAgainLikeAnyOther(t *testing.T) {
	b, key, id := unassigned(t, railCases()[0], 7)
	require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk))
	b.sim.Reorg(7, chainsim.Branch{Later: []chain.Hash{id}})
	b.advance()
	b.checkBooks()
	require.Equal(t, "0.00 USD", b.balance(sms))
	require.Equal(t, "", b.held(ledger.Suspense(key.Network)))
	require.Equal(t, 1, b.told(payments.EventDepositReversed))
	b.mine(6)
	b.checkBooks()
	require.Equal(t, "1000.00 USD", b.balance(sms))
	require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk))
	require.Equal(t, "1000.00 USD", b.balance(sms))
}

func TestWhatCannotBeAssignedIsRefusedAndChangesNothing(t *testing.T) {
	b, key, id := unassigned(t, railCases()[0], 7)
	b.pay(b.address(voice), 100)
	b.mine(6)
	own := b.only(voice).Key
	before := b.dump()
	var input *payments.InputError
	refused := func(err error, field string) {
		t.Helper()
		require.ErrorAs(t, err, &input)
		require.Equal(t, field, input.Field)
	}
	refused(b.p.Assign(b.ctx, key, sms, payments.Actor{}), "actor")
	refused(b.p.Assign(b.ctx, key, payments.Account{}, clerk), "profile")
	refused(b.p.Assign(b.ctx, own, sms, clerk), "deposit")
	refused(b.p.Assign(b.ctx, own, voice, clerk), "deposit")
	require.ErrorIs(t, b.p.Assign(b.ctx, payments.DepositKey{Network: key.Network, ID: "x:0"}, sms, clerk), payments.ErrNotFound)
	require.ErrorIs(t, b.p.Assign(b.ctx, payments.DepositKey{Network: "nowhere", ID: key.ID}, sms, clerk), payments.ErrUnknownNetwork)
	b.rates.setDown(true)
	b.clock.Advance(3e12)
	require.ErrorIs(t, b.p.Assign(b.ctx, key, sms, clerk), rates.ErrUnavailable)
	require.Equal(t, before, b.dump())
	b.rates.setDown(false)

	require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk))
	refused(b.p.Assign(b.ctx, key, voice, clerk), "deposit")

	b.sim.Reorg(13, chainsim.Branch{Vanish: []chain.Hash{id}})
	b.advance()
	refused(b.p.Assign(b.ctx, key, voice, clerk), "deposit")
	b.checkBooks()
}

func TestAHostThatRefusesAnAssignedCreditUndoesItAll(t *testing.T) {
	b, key, id := unassigned(t, railCases()[0], 7)
	no := errors.New("account closed")
	host := &hostRows{refuse: func(payments.Event) error { return no }}
	b.cfg.InTx = host.inTx
	b.restart()
	b.advance()
	before := b.dump()
	require.ErrorIs(t, b.p.Assign(b.ctx, key, sms, clerk), no)
	require.Equal(t, withoutPrices(before), withoutPrices(b.dump()))
	host.refuse = nil
	require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk))
	require.Equal(t, "1000.00 USD", b.balance(sms))
	standsInHost := func(want int) {
		require.NoError(t, b.store.View(b.ctx, func(tx payments.Tx) error {
			n, err := standing(b.ctx, tx, key.String())
			require.Equal(t, want, n)
			return err
		}))
	}
	standsInHost(1)
	b.sim.Reorg(7, chainsim.Branch{Vanish: []chain.Hash{id}})
	b.advance()
	standsInHost(0)
}

// withoutPrices leaves out the evidence of prices, which is kept in any case.
func withoutPrices(dump string) string {
	var out []string
	for _, line := range strings.Split(dump, "\n") {
		if !strings.HasPrefix(line, "snapshot ") && !strings.HasPrefix(line, "point ") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
