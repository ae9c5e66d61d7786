package payments_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

const (
	refundReserved = payments.EventHostedRefundReserved
	refundPaid     = payments.EventHostedRefundPaid
	refundFailed   = payments.EventHostedRefundFailed
)

var hundred = money.USD.Cents(10_000)

// plus adds up cents and what BitPay says a refund costs, as text.
func plus(t testing.TB, cents int64, fees ...bitpay.Refund) string {
	t.Helper()
	sum := money.USD.Cents(cents)
	for _, v := range fees {
		fee, err := v.RefundFee.Amount(money.USD.Asset())
		require.NoError(t, err)
		require.Positive(t, fee.Sign(), "a fee that is worth booking")
		sum, err = sum.Add(fee)
		require.NoError(t, err)
	}
	return sum.Text()
}

func minus(text string) string {
	if strings.HasPrefix(text, "-") {
		return text[1:]
	}
	return "-" + text
}

func TestAFullRefundMadeInTheDashboardIsFollowedToItsEnd(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.sync()
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice), "BitPay's 1 % is booked")

	v := w.refunded(h, 10_000)
	w.sync()
	require.Equal(t, [4]string{"0.00", "100.00", "-99.00", "-1.00"}, w.books(voice), "reserved")
	require.Equal(t, []payments.EventKind{refundReserved}, w.refundKinds(h))

	require.NoError(t, w.sim.GiveAddress(v.ID, "bcrt1qpayer"))
	w.sync()
	require.Equal(t, [4]string{"0.00", "100.00", "-99.00", "-1.00"}, w.books(voice), "pending changes no balance")
	require.Equal(t, "pending", w.row(h).Refunds[0].Status)

	require.NoError(t, w.sim.PayOutRefund(v.ID))
	w.sync()
	// Of 100.00 BitPay kept 1.00, then gave 100.00 back and took its fee: the host owes it.
	require.Equal(t, [4]string{"0.00", "0.00", plus(t, 100, v), minus(plus(t, 100, v))}, w.books(voice))
	require.Equal(t, []payments.EventKind{refundReserved, refundPaid}, w.refundKinds(h))
	got := w.row(h).Refunds
	require.Len(t, got, 1)
	require.True(t, got[0].Reserved && got[0].Paid)
	require.Equal(t, plus(t, 0, v), got[0].Fee.Text())
	w.entries()
}

func TestSeveralPartialRefundsInSequenceEachTakeTheirPart(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	one := w.refunded(h, 2_500)
	w.sync()
	w.paidOut(one)
	two := w.refunded(h, 3_000)
	w.sync()
	require.Equal(t, [4]string{"45.00", "30.00", minus(less(t, "74.00", one)), minus(plus(t, 100, one))}, w.books(voice))
	w.paidOut(two)
	three := w.refunded(h, 4_500)
	w.paidOut(three)
	w.sync()
	require.Equal(t, [4]string{"0.00", "0.00", plus(t, 100, one, two, three), minus(plus(t, 100, one, two, three))}, w.books(voice))
	require.Len(t, w.row(h).Refunds, 3)
	count := map[payments.EventKind]int{}
	for _, k := range w.refundKinds(h) {
		count[k]++
	}
	require.Equal(t, map[payments.EventKind]int{refundReserved: 3, refundPaid: 3}, count)
	w.entries()
}

// less takes what BitPay says refunds cost off an amount.
func less(t testing.TB, text string, fees ...bitpay.Refund) string {
	t.Helper()
	x, err := money.ParseAmount(money.USD.Asset(), text)
	require.NoError(t, err)
	for _, v := range fees {
		fee, err := v.RefundFee.Amount(money.USD.Asset())
		require.NoError(t, err)
		x, err = x.Sub(fee)
		require.NoError(t, err)
	}
	return x.Text()
}

func TestACancelledRefundGivesTheAmountBack(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 4_000)
	w.sync()
	require.Equal(t, "60.00", w.books(voice)[0])
	_, err := w.client.CancelRefund(w.ctx, v.ID)
	require.NoError(t, err)
	w.sync()
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
	require.Equal(t, []payments.EventKind{refundReserved, refundFailed}, w.refundKinds(h))

	again := w.refunded(h, 10_000) // the price is free again
	w.sync()
	require.Equal(t, "0.00", w.books(voice)[0])
	w.paidOut(again)
	w.sync()
	require.Equal(t, plus(t, 100, again), w.books(voice)[2])
	w.entries()
}

func TestAFailedRefundGivesTheAmountBackAlsoWhenItWasImmediate(t *testing.T) {
	for _, immediate := range []bool{false, true} {
		w := newRefundWorld(t)
		h := w.complete(voice, hundred)
		v, err := w.refund(h, 4_000, func(n *bitpay.NewRefund) { n.Immediate = immediate })
		require.NoError(t, err)
		w.sync()
		require.Equal(t, [4]string{"60.00", "40.00", "-99.00", "-1.00"}, w.books(voice), "what BitPay deducted is not paid out yet")
		require.NoError(t, w.sim.GiveAddress(v.ID, "bcrt1qpayer"))
		require.NoError(t, w.sim.FailRefund(v.ID))
		r := w.sync()
		require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
		require.True(t, r.Receivables[0].Unexplained.IsZero(), "%v", r.Receivables)
		w.entries()
	}
}

func TestARefundSeenFirstAsSuccessIsBookedAtOnce(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 7_000)
	w.paidOut(v)
	w.sync()
	require.Equal(t, [4]string{"30.00", "0.00", minus(less(t, "29.00", v)), minus(plus(t, 100, v))}, w.books(voice))
	require.Equal(t, []payments.EventKind{refundReserved, refundPaid}, w.refundKinds(h))
}

func TestWhenTheBuyerPaysTheRefundFeeTheHostDoesNot(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.buyerPays = true
	v := w.refunded(h, 7_000)
	require.True(t, v.BuyerPaysRefundFee)
	w.paidOut(v)
	w.sync()
	require.Equal(t, [4]string{"30.00", "0.00", "-29.00", "-1.00"}, w.books(voice))
	require.True(t, w.row(h).Refunds[0].Fee.IsZero())
}

func TestAPreviewChangesNothingUntilItIsConfirmed(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v, err := w.refund(h, 7_000, func(n *bitpay.NewRefund) { n.Preview = true })
	require.NoError(t, err)
	w.sync()
	before := w.dump()
	w.sync()
	require.Equal(t, before, w.dump())
	require.Empty(t, w.row(h).Refunds)
	_, err = w.client.ConfirmRefund(w.ctx, v.ID)
	require.NoError(t, err)
	w.sync()
	require.Equal(t, "30.00", w.books(voice)[0])
}

func TestABalanceThatWasSpentGoesBelowZeroByARefund(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	require.NoError(t, w.store.Update(w.ctx, func(tx payments.Tx) error {
		_, err := tx.InsertEntries(w.ctx, []ledger.Entry{{Key: "usage/1", Kind: "usage", At: w.clock.Now(),
			Postings: []ledger.Posting{{From: voice.Ledger(), To: "income", Amount: money.USD.Cents(8_000)}}}})
		return err
	}))
	v := w.refunded(h, 10_000)
	w.sync()
	require.Equal(t, "-80.00", w.books(voice)[0])
	balance, err := w.p.Balance(w.ctx, voice)
	require.NoError(t, err)
	require.Equal(t, "-80.00 USD", balance.String())
	w.paidOut(v)
	w.sync()
	require.Equal(t, "-80.00", w.books(voice)[0])
	w.entries()
}

func TestBitPaysRefundsOfUnderAndOverpaymentsAreNeverBooked(t *testing.T) {
	w := newRefundWorld(t)
	over, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: voice, Amount: hundred, ReturnURL: "https://shop.example/"})
	require.NoError(t, err)
	under, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: sms, Amount: hundred, ReturnURL: "https://shop.example/"})
	require.NoError(t, err)
	require.NoError(t, w.sim.PayOver(over.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(over.RemoteID, 6))
	require.NoError(t, w.sim.PayPart(under.RemoteID, "BTC"))
	w.clock.Advance(20 * time.Minute)
	w.sync()
	list := w.sim.Refunds()
	require.Len(t, list, 2)
	for _, r := range list {
		require.NoError(t, w.sim.GiveAddress(r.ID, "bcrt1qpayer"))
		w.sync()
		require.NoError(t, w.sim.PayOutRefund(r.ID))
		w.sync()
	}
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
	require.Equal(t, "0.00", w.books(sms)[0])
	require.Empty(t, w.refundKinds(over))
	require.Empty(t, w.refundKinds(under))
	require.Equal(t, "overpayment", w.row(over).Refunds[0].Type, "shown, though not booked")
}

func TestARefundOfAConfirmedInvoiceDeclinesItAndReversesTheCredit(t *testing.T) {
	w := newRefundWorld(t)
	w.cfg.BitPay.Speed = bitpay.Medium
	w.restart()
	h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: voice, Amount: hundred, ReturnURL: "https://shop.example/"})
	require.NoError(t, err)
	require.NoError(t, w.sim.GiveEmail(h.RemoteID, "payer@example.com"))
	require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(h.RemoteID, 1))
	w.clock.Advance(time.Minute)
	w.sync()
	require.Equal(t, "100.00", w.books(voice)[0])
	v, err := w.refund(h, 10_000, nil)
	require.NoError(t, err)
	w.clock.Advance(time.Minute)
	w.sync()
	require.Equal(t, payments.HostedDeclined, w.row(h).State)
	w.paidOut(v)
	w.sync()
	require.Equal(t, [4]string{"0.00", "0.00", "0.00", "0.00"}, w.books(voice))
	require.Empty(t, w.refundKinds(h), "the reversal gave it back; the refund is BitPay's with the payer")
	require.Contains(t, w.kinds(h), payments.EventHostedReversed)
	w.entries()
}

// TestARefundThatCannotBeRightIsReportedAndNotBooked changes BitPay's answers under
// way.
func TestARefundThatCannotBeRightIsReportedAndNotBooked(t *testing.T) {
	for name, c := range map[string]struct{ old, new string }{
		"another currency":      {`"currency":"USD"`, `"currency":"EUR"`},
		"above the price":       {`"amount":70`, `"amount":100.01`},
		"of nothing":            {`"amount":70`, `"amount":0`},
		"a negative amount":     {`"amount":70`, `"amount":-70`},
		"a fraction of a cent":  {`"amount":70`, `"amount":70.001`},
		"a status nobody knows": {`"status":"created"`, `"status":"teleported"`},
		"a negative fee":        {`"refundFee":`, `"refundFee":-`},
		"an id that is a path":  {`"id":"`, `"id":"../`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newRefundWorld(t)
			h := w.complete(voice, hundred)
			w.refunded(h, 7_000)
			changed := false
			w.answer.set("", func(path, body string) string {
				if path != "/refunds" {
					return body
				}
				changed = changed || strings.Contains(body, c.old)
				return strings.ReplaceAll(body, c.old, c.new)
			})
			r := w.sync()
			require.True(t, changed, "the answer is spoiled")
			require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
			require.Equal(t, []payments.EventKind{payments.EventHostedMismatch}, w.refundKinds(h))
			require.NotEmpty(t, w.row(h).Refunds[0].Problem)
			require.Contains(t, classes(r), payments.DifferenceAmount)
			before := w.dump()
			w.sync()
			require.Equal(t, before, w.dump(), "told once")

			w.answer.set("", nil)
			w.sync()
			require.Equal(t, "30.00", w.books(voice)[0], "the right answer is booked")
			w.entries()
		})
	}
}

func TestARefundWhoseAmountChangesAfterItWasReservedStaysAsBooked(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 7_000)
	w.sync()
	w.paidOut(v)
	w.answer.set("", func(path, body string) string {
		if path == "/refunds" {
			return strings.ReplaceAll(body, `"amount":70`, `"amount":7`)
		}
		return body
	})
	w.sync()
	require.Equal(t, [2]string{"30.00", "70.00"}, w.customer())
	require.Equal(t, []payments.EventKind{refundReserved, payments.EventHostedMismatch}, w.refundKinds(h))
	w.answer.set("", nil)
	w.sync()
	require.Equal(t, [2]string{"30.00", "0.00"}, w.customer())
}

func TestARefundWithoutATypeIsNotGuessedOnAnOverpaidInvoice(t *testing.T) {
	w := newRefundWorld(t)
	h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: voice, Amount: hundred, ReturnURL: "https://shop.example/"})
	require.NoError(t, err)
	require.NoError(t, w.sim.PayOver(h.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(h.RemoteID, 6))
	w.clock.Advance(time.Minute)
	w.answer.set("", func(path, body string) string {
		if path == "/refunds" {
			return strings.ReplaceAll(body, `"type":"overpayment"`, `"kind":"overpayment"`)
		}
		return body
	})
	w.sync()
	w.sync()
	require.Equal(t, "100.00", w.books(voice)[0])
	require.Equal(t, []payments.EventKind{payments.EventHostedMismatch}, w.refundKinds(h))
}

func TestAStaleOrRepeatedListOfRefundsChangesNothing(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 7_000)
	w.sync()
	require.NoError(t, w.sim.GiveAddress(v.ID, "bcrt1qpayer"))
	w.sync()
	require.NoError(t, w.sim.PayOutRefund(v.ID))
	w.sync()
	lists := w.answer.lists
	require.GreaterOrEqual(t, len(lists), 3)
	before := w.dump()
	for _, again := range lists {
		w.answer.set(again, nil)
		w.sync()
		require.Equal(t, before, w.dump())
	}
}

func TestTwoProcessorsBookARefundOnce(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 7_000)
	w.paidOut(v)
	first := w.p
	w.restart()
	done := make(chan error, 2)
	for _, p := range []*payments.Processor{first, w.p} {
		go func() {
			_, err := p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
			done <- err
		}()
	}
	require.NoError(t, <-done)
	require.NoError(t, <-done)
	require.Equal(t, [4]string{"30.00", "0.00", minus(less(t, "29.00", v)), minus(plus(t, 100, v))}, w.books(voice))
	require.Equal(t, []payments.EventKind{refundReserved, refundPaid}, w.refundKinds(h))
	w.entries()
}

func TestAHostThatRefusesARefundDoesNotStopItsBooking(t *testing.T) {
	w := newRefundWorld(t)
	refuse := false
	w.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		for _, e := range events {
			if refuse && e.Kind == refundReserved {
				return errors.New("host: no refunds here")
			}
		}
		return nil
	}
	w.restart()
	h := w.complete(voice, hundred)
	refuse = true
	w.refunded(h, 7_000)
	w.sync()
	require.Equal(t, [2]string{"30.00", "70.00"}, w.customer(), "BitPay has made it, whatever the host says")
	require.Equal(t, payments.HoldHost, w.row(h).Hold)
	require.Equal(t, []payments.EventKind{refundReserved, payments.EventHostedHeld}, w.kinds(h)[len(w.kinds(h))-2:])
}

func TestARefundWaitsForACreditThatTheHostRefused(t *testing.T) {
	w := newRefundWorld(t)
	refuse := true
	w.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		if refuse {
			return errors.New("host: unknown customer")
		}
		return nil
	}
	w.restart()
	h := w.complete(voice, hundred)
	require.Equal(t, payments.HoldHost, w.row(h).Hold)
	v := w.refunded(h, 7_000)
	w.paidOut(v)
	r := w.sync()
	require.Equal(t, [2]string{"0.00", "0.00"}, w.customer())
	require.Empty(t, w.refundKinds(h), "nothing is wrong with it")
	x := r.Receivables[0]
	require.Contains(t, x.Explained, payments.BitPayExplanation{What: "credited by BitPay and held here", Amount: hundred})

	refuse = false
	require.NoError(t, w.p.ReleaseHosted(w.ctx, h.ID, payments.Actor{ID: "op", Reason: "customer created"}))
	w.sync()
	require.Equal(t, [4]string{"30.00", "0.00", minus(less(t, "29.00", v)), minus(plus(t, 100, v))}, w.books(voice))
	w.entries()
}

func TestTheStatementShowsHostedCreditsAndRefunds(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.clock.Advance(time.Minute)
	v := w.refunded(h, 7_000)
	w.sync()
	w.clock.Advance(time.Minute)
	_, err := w.client.CancelRefund(w.ctx, v.ID)
	require.NoError(t, err)
	w.sync()
	lines, _, err := w.p.Statement(w.ctx, voice, ledger.Cursor{}, 10)
	require.NoError(t, err)
	want := []struct {
		kind            ledger.Kind
		amount, balance string
	}{{ledger.KindReversal, "70.00", "100.00"}, {ledger.KindRefund, "-70.00", "30.00"}, {ledger.KindHosted, "100.00", "100.00"}}
	require.Len(t, lines, len(want), "BitPay's fee is the host's, not the customer's")
	for i, l := range lines {
		require.Equal(t, want[i].kind, l.Kind)
		require.Equal(t, want[i].amount, l.Amount.Text())
		require.Equal(t, want[i].balance, l.Balance.Text())
		require.Equal(t, h.RemoteID, l.Reference)
		require.True(t, l.Coin.IsZero())
	}
}
