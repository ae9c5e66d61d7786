package payments_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// bill is an invoice of acme's in one line, due a day after the tests begin.
func bill(number string, cents int64) invoice.Invoice {
	at := newClock().Now()
	return invoice.Invoice{Number: number, Profile: "acme", IssuedAt: at, DueAt: at.AddDate(0, 0, 1),
		Lines: []invoice.Line{{Description: "Server, November", Amount: money.USD.Cents(cents)}}, Total: money.USD.Cents(cents)}
}

// invoiceBundle is a bundle with one invoice on record, at a constant price of 1,000.
func invoiceBundle(t *testing.T, c railCase, cents int64) (*bundle, payments.InvoiceRecord) {
	b := newBundle(t, c, unbroken)
	b.priced(1000)
	record, err := b.p.CreateInvoice(b.ctx, bill("2026-0117", cents))
	require.NoError(t, err)
	return b, record
}

func (b *bundle) invoice(number string) payments.InvoiceView {
	b.Helper()
	v, err := b.p.Invoice(b.ctx, number)
	require.NoError(b, err)
	return v
}

// standing is what is on record of an invoice.
func (b *bundle) standing(number string) invoice.Standing {
	b.Helper()
	rows, err := b.p.Invoices(b.ctx, "acme", "", 1_000)
	require.NoError(b, err)
	for _, r := range rows {
		if r.Number == number {
			return r.Standing
		}
	}
	b.Fatalf("invoice %s is not on record", number)
	return invoice.Standing{}
}

func TestAnInvoiceIsCreatedOnceAndNeverChanges(t *testing.T) {
	b, record := invoiceBundle(t, railCases()[0], 100_00)
	require.Equal(t, invoice.Unpaid, record.Standing.Status)
	require.Equal(t, "100.00 USD", record.Standing.Missing.String())
	before := b.dump()
	b.clock.Advance(time.Hour)

	same := bill("2026-0117", 100_00)
	same.IssuedAt = same.IssuedAt.Add(300 * time.Microsecond).In(time.FixedZone("CET", 3600))
	again, err := b.p.CreateInvoice(b.ctx, same)
	require.NoError(t, err)
	require.Equal(t, record.CreatedAt, again.CreatedAt)
	for name, change := range map[string]func(*invoice.Invoice){
		"profile":  func(v *invoice.Invoice) { v.Profile = "globex" },
		"due date": func(v *invoice.Invoice) { v.DueAt = time.Time{} },
		"line":     func(v *invoice.Invoice) { v.Lines[0].Description = "Server, December" },
		"total":    func(v *invoice.Invoice) { v.Total, v.Lines[0].Amount = money.USD.Cents(1), money.USD.Cents(1) },
		"currency": func(v *invoice.Invoice) {
			v.Total, v.Lines[0].Amount = money.EUR.Cents(100_00), money.EUR.Cents(100_00)
		},
		"validity": func(v *invoice.Invoice) { v.Lines = nil },
	} {
		other := bill("2026-0117", 100_00)
		change(&other)
		_, err := b.p.CreateInvoice(b.ctx, other)
		var input *payments.InputError
		require.ErrorAs(t, err, &input, name)
	}
	require.Equal(t, before, b.dump(), "nothing was stored")
	require.Empty(t, b.events.events)
}

func TestAnInvoiceStandsOrFallsWithTheHostsTransaction(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	rollback := errors.New("host: changed its mind")
	create := func(tx payments.Tx) error {
		p := b.p.In(tx)
		if _, err := p.CreateInvoice(b.ctx, bill("7", 100_00)); err != nil {
			return err
		}
		_, err := p.InvoiceAddress(b.ctx, "7", b.sim.Network())
		return err
	}
	require.ErrorIs(t, b.store.Update(b.ctx, func(tx payments.Tx) error { return errors.Join(create(tx), rollback) }), rollback)
	_, err := b.p.Invoice(b.ctx, "7")
	require.ErrorIs(t, err, payments.ErrNotFound)
	require.NoError(t, b.store.Update(b.ctx, create))
	require.Equal(t, invoice.Unpaid, b.invoice("7").Standing.Status)
}

func TestAnInvoicesAccountIsNobodyElses(t *testing.T) {
	b, record := invoiceBundle(t, railCases()[0], 100_00)
	account := record.Account()
	var input *payments.InputError
	_, err := b.p.DepositAddress(b.ctx, account, b.sim.Network())
	require.ErrorAs(t, err, &input)
	require.ErrorContains(t, err, "InvoiceAddress")
	require.ErrorAs(t, b.p.OpenAccount(b.ctx, account, money.USD), &input)
	require.ErrorAs(t, b.p.OpenAccount(b.ctx, payments.Account{Profile: "acme", Name: "invoice/"}, money.USD), &input)
	require.ErrorAs(t, b.p.Assign(b.ctx, payments.DepositKey{Network: b.sim.Network().ID, ID: "x"}, account,
		payments.Actor{ID: "op", Reason: "test"}), &input)
	require.Equal(t, "0.00 USD", b.balance(account), "it may be read")
	_, _, err = b.p.Statement(b.ctx, account, ledger.Cursor{}, 10)
	require.NoError(t, err)
	require.NoError(t, b.p.OpenAccount(b.ctx, payments.Account{Profile: "acme", Name: "invoices"}, money.USD))
}

func TestAnInvoicesAccountIsKeptInItsOwnCurrency(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	v := bill("eur", 100_00)
	v.Total, v.Lines[0].Amount = money.EUR.Cents(100_00), money.EUR.Cents(100_00)
	r, err := b.p.CreateInvoice(b.ctx, v)
	require.NoError(t, err)
	require.Equal(t, "0.00 EUR", b.balance(r.Account()))
}

func TestAnInvoicesAddressFollowsTheRulesOfEveryAddress(t *testing.T) {
	b := newBundle(t, railCases()[0], func(cfg *payments.Config) { cfg.Terms = "2026-11" })
	record, err := b.p.CreateInvoice(b.ctx, bill("1", 100_00))
	require.NoError(t, err, "an invoice is issued without the customer's consent")
	_, err = b.p.InvoiceAddress(b.ctx, "1", b.sim.Network())
	require.ErrorIs(t, err, payments.ErrTermsNotAccepted)
	require.NoError(t, b.p.AcceptTerms(b.ctx, "acme", "2026-11"))
	first, err := b.p.InvoiceAddress(b.ctx, "1", b.sim.Network())
	require.NoError(t, err)
	require.Equal(t, record.Account(), first.Account)
	again, err := b.p.InvoiceAddress(b.ctx, "1", b.sim.Network())
	require.NoError(t, err)
	require.Equal(t, first, again)

	_, err = b.p.CreateInvoice(b.ctx, bill("2", 100_00))
	require.NoError(t, err)
	second, err := b.p.InvoiceAddress(b.ctx, "2", b.sim.Network())
	require.NoError(t, err)
	require.NotEqual(t, first.Address, second.Address)
	for _, number := range []string{"3", "", "../1"} {
		_, err = b.p.InvoiceAddress(b.ctx, number, b.sim.Network())
		require.ErrorIs(t, err, payments.ErrNotFound)
	}
	_, err = b.p.InvoiceAddress(b.ctx, "1", testEthereum())
	require.ErrorIs(t, err, payments.ErrUnknownNetwork)
}

func TestAProfilesInvoicesAreListedByNumber(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	for _, number := range []string{"c", "a", "b"} {
		_, err := b.p.CreateInvoice(b.ctx, bill(number, 1))
		require.NoError(t, err)
	}
	other := bill("d", 1)
	other.Profile = "globex"
	_, err := b.p.CreateInvoice(b.ctx, other)
	require.NoError(t, err)
	var numbers []string
	for after := ""; ; {
		rows, err := b.p.Invoices(b.ctx, "acme", after, 2)
		require.NoError(t, err)
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			numbers, after = append(numbers, r.Number), r.Number
		}
	}
	require.Equal(t, []string{"a", "b", "c"}, numbers)
	var input *payments.InputError
	_, err = b.p.Invoices(b.ctx, "acme", "", 0)
	require.ErrorAs(t, err, &input)
	_, err = b.p.Invoices(b.ctx, "", "", 1)
	require.ErrorAs(t, err, &input)
}
