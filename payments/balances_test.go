package payments_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// anHour mines enough for the next audit, without a deposit's price moving under
// the test.
func (b *bundle) anHour() {
	b.Helper()
	b.clock.Advance(time.Hour)
	b.sim.Mine(310)
	b.advance()
	b.advance()
}

// items returns the open items of an account's address that stand.
func (b *bundle) items(a payments.Account) (out []payments.DepositView) {
	b.Helper()
	all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 100)
	require.NoError(b, err)
	for _, d := range all {
		if strings.HasPrefix(d.Key.ID, "balance:") && d.Included() {
			out = append(out, d)
		}
	}
	return out
}

func (b *bundle) auditedTo() uint64 {
	b.Helper()
	var to uint64
	require.NoError(b, b.store.View(b.ctx, func(tx payments.Tx) error {
		rows, err := tx.ProgressOf(b.ctx, []string{b.sim.Network().ID})
		if len(rows) > 0 {
			to = rows[0].AuditedTo
		}
		return err
	}))
	return to
}

// P20: ether that a contract sent is invisible to a node without traces.
func TestP20AnIncreaseThatNothingExplainsBecomesAnOpenItem(t *testing.T) {
	b, sim := evmBundle(t, false)
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(6)
	sim.PayInternal(b.to(to, 250))
	b.anHour()
	items := b.items(voice)
	require.Len(t, items, 1)
	d := items[0]
	// The first three blocks are empty: there is nothing in them to look for.
	require.Equal(t, fmt.Sprintf("balance:0x%x:4-%d", to.Raw, b.auditedTo()), d.Key.ID)
	require.Equal(t, payments.HoldUnexplained, d.Hold)
	require.Equal(t, payments.StateCredited, d.State, "in suspense")
	require.Equal(t, "2.500000000000000000 ETH@ethereum-sim", d.Amount.String())
	require.Equal(t, "-2.500000000000000000 ETH@ethereum-sim", b.held(ledger.Suspense(sim.Network().ID)))
	require.Equal(t, "1000.00 USD", b.balance(voice), "nobody is credited on a guess")
	require.Equal(t, 1, b.told(payments.EventDepositHeld))
	b.checkBooks()

	b.anHour()
	b.anHour()
	require.Len(t, b.items(voice), 1, "explained by the item itself")
	b.restart()
	b.anHour()
	require.Len(t, b.items(voice), 1, "also for a new process")

	require.NoError(t, b.p.Assign(b.ctx, d.Key, voice, clerk))
	assigned := b.items(voice)[0]
	require.Equal(t, d.ReceivedAt, assigned.ReceivedAt)
	total, err := money.USD.Cents(100_000).Add(assigned.Credited)
	require.NoError(t, err)
	require.Equal(t, total.String(), b.balance(voice))
	require.Equal(t, "", b.held(ledger.Suspense(sim.Network().ID)))
	b.checkBooks()
	b.anHour()
	require.Len(t, b.items(voice), 1)
}

func TestGasWithdrawalsFeesAndSweepsAreExplainedByTheBooks(t *testing.T) {
	b, sim := evmBundle(t, false)
	to, other := b.address(voice), b.address(sms)
	b.advance()
	b.pay(to, 500)
	b.mine(2)
	b.anHour()
	sim.Withdraw(b.to(to, 100))
	sim.Send(to, b.to(cold(sim.Network()), 50))
	sim.Send(to, b.to(other, 20))
	sim.SendFailed(to, b.to(other, 20))
	sim.Send(cold(sim.Network()), b.to(other, 3))
	b.mine(1)
	b.sim.Pay(b.to(stranger(sim.Network()), 1))
	sim.MineTo(other)
	b.anHour()
	require.Empty(t, b.items(voice))
	require.Empty(t, b.items(sms))
	require.Zero(t, b.told(payments.EventSpendUnexplained))
	require.NotZero(t, b.auditedTo())
	b.checkBooks()
}

func TestANodeThatTracesIsNotAudited(t *testing.T) {
	b, sim := evmBundle(t, true)
	to := b.address(voice)
	b.advance()
	sim.PayInternal(b.to(to, 250))
	b.anHour()
	require.Equal(t, sim.Head().Height, b.auditedTo())
	asked := false
	src := sim.Source("asked")
	src.Intercept(func(method string) error {
		asked = asked || method == "Balances"
		return nil
	})
	b.cfg.Rails[0].Sources = []chain.Source{src}
	b.restart()
	b.anHour()
	require.False(t, asked)
	require.Empty(t, b.items(voice))
	require.Equal(t, payments.StateFinal, b.only(voice).State)
}

func TestADecreaseThatNothingExplainsIsBookedAndTold(t *testing.T) {
	b, sim := evmBundle(t, false)
	to := b.address(voice)
	b.advance()
	b.pay(to, 500)
	b.mine(6)
	lying := sim.Source("lying")
	lying.Trace(false)
	b.cfg.Rails[0].Sources = []chain.Source{lying}
	b.restart()
	lying.Omit(sim.Send(to, b.to(cold(sim.Network()), 200)))
	b.mine(3)
	require.Empty(t, b.spends())
	lying.Omit()
	b.anHour()
	require.Equal(t, 1, b.told(payments.EventSpendUnexplained))
	rows := b.spends()
	require.Len(t, rows, 1)
	require.Equal(t, "outflow:unexplained", rows[0].Place)
	require.Contains(t, b.held(ledger.Outflow(sim.Network().ID)), "2.000", "and its gas")
	b.anHour()
	require.Equal(t, 1, b.told(payments.EventSpendUnexplained), "told once")
	b.checkBooks()
}

func TestAnAuditAfterAnotherProcesssComparesWhatThatOneRecorded(t *testing.T) {
	b, sim := evmBundle(t, false)
	to := b.address(voice)
	b.advance()
	b.pay(to, 500)
	b.mine(6)
	b.anHour()
	first, node := b.p, sim.Source("lying") // the first process remembers a balance of 5.00
	node.Trace(false)
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	more, err := b.coins(250).Add(money.Units(b.asset, 42_000_000_000_000)) // and the gas of what follows
	require.NoError(t, err)
	sim.PayInternal(chainsim.Payment{To: to, Amount: more})
	b.anHour()
	require.Len(t, b.items(voice), 1)
	b.checkBooks()

	node.Omit(sim.Send(to, b.to(cold(sim.Network()), 250)))
	b.mine(3)
	node.Omit()
	b.p = first
	b.anHour()
	require.Equal(t, 1, b.told(payments.EventSpendUnexplained), "the balance is as it was, the books are not")
	b.checkBooks()
}

func TestAnAuditThatIsDueAtTheStartLooksAtTheAddressesIssuedBefore(t *testing.T) {
	b, sim := evmBundle(t, false)
	to := b.address(voice)
	b.advance()
	b.cfg.Rails[0].Sources[0].(*chainsim.EVMSource).ReportSyncing(true) // followed, not audited
	sim.PayInternal(b.to(to, 250))
	b.anHour()
	require.Empty(t, b.items(voice))
	b.cfg.Rails[0].Sources[0].(*chainsim.EVMSource).ReportSyncing(false)
	b.restart()
	b.advance() // no block comes that would make it derive the addresses
	require.Len(t, b.items(voice), 1)
	b.checkBooks()
}
