package payments_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func (w *refundWorld) checkout(a payments.Account, price money.Amount) payments.HostedInvoice {
	w.Helper()
	h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: a, Amount: price, ReturnURL: "https://shop.example/"})
	require.NoError(w, err)
	require.NoError(w, w.sim.GiveEmail(h.RemoteID, "payer@example.com"))
	return h
}

func TestAReconciliationFindsWhatNobodyToldAndASecondOneChangesNothing(t *testing.T) {
	w := newRefundWorld(t)
	done, paid, idle := w.checkout(voice, hundred), w.checkout(sms, hundred), w.checkout(voice, money.USD.Cents(1_000))
	for _, h := range []payments.HostedInvoice{done, paid} {
		require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
	}
	require.NoError(t, w.sim.Confirm(done.RemoteID, 6))
	w.clock.Advance(time.Minute)
	r := w.sync()
	require.Equal(t, 3, r.Compared)
	require.Equal(t, string(w.client.Environment()), r.Environment)
	require.Equal(t, []payments.DifferenceClass{payments.DifferenceTiming, payments.DifferenceTiming}, classes(r))
	for _, d := range r.Differences {
		require.NotEmpty(t, d.Text)
		require.Contains(t, []string{done.ID, paid.ID}, d.ID)
		require.Contains(t, []string{done.RemoteID, paid.RemoteID}, d.RemoteID)
	}
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
	require.Equal(t, payments.HostedPaid, w.row(paid).State)
	require.Equal(t, payments.HostedNew, w.row(idle).State)
	require.Equal(t, "1.00", w.row(done).Fee.Text())

	before := w.dump()
	again := w.sync()
	require.Empty(t, again.Differences)
	require.Equal(t, before, w.dump(), "a second run changes nothing")
	require.Equal(t, r.Receivables, again.Receivables)
	w.entries()
}

func TestTheReceivableIsWhatBitPayHoldsOrTheDifferenceIsExplained(t *testing.T) {
	w := newRefundWorld(t)
	h := w.checkout(voice, hundred)
	require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(h.RemoteID, 6))
	r := w.sync()
	require.Len(t, r.Receivables, 1)
	require.Equal(t, "99.00 USD", r.Receivables[0].Owed.String(), "what BitPay owes is shown positive")
	require.Equal(t, "-99.00", w.holds(ledger.Receivable("bitpay"), money.USD), "and is a negative balance")
	require.Equal(t, "99.00 USD", r.Receivables[0].Held.String())
	require.Empty(t, r.Receivables[0].Explained)
	require.True(t, r.Receivables[0].Unexplained.IsZero())

	// An invoice of somebody else, a deposit, an immediate refund, and a payout.
	require.NoError(t, w.sim.Fund("USD", "500"))
	n := bitpay.NewInvoice{Price: bitpay.NumberOf(money.USD.Cents(2_000)), Currency: "USD", GUID: "another-shop-1", OrderID: "42"}
	other, err := w.client.CreateInvoice(w.ctx, n)
	require.NoError(t, err)
	require.NoError(t, w.sim.PayExact(other.ID, "BTC"))
	require.NoError(t, w.sim.Confirm(other.ID, 6))
	v, err := w.refund(h, 3_000, func(n *bitpay.NewRefund) { n.Immediate = true })
	require.NoError(t, err)
	_, err = w.sim.Settle("USD")
	require.NoError(t, err)
	r = w.sync()
	x := r.Receivables[0]
	require.Equal(t, "99.00 USD", x.Owed.String())
	require.Equal(t, "0.00 USD", x.Held.String())
	require.Equal(t, "0.00 USD", x.Unexplained.String(), "%v", x.Explained)
	of := map[string]string{}
	for _, e := range x.Explained {
		of[e.What] = e.Amount.Text()
	}
	require.Len(t, of, 4)
	require.Equal(t, "19.80", of["invoices that are not ours"])
	require.Equal(t, minus(plus(t, 3_000, v)), of["refunds that BitPay has deducted and not paid out yet"])
	require.Equal(t, minus(less(t, "588.80", v)), of["settlements paid out in these days"])
}

func TestACreditAtConfirmedIsExplainedUntilBitPayCreditsIt(t *testing.T) {
	w := newRefundWorld(t)
	w.cfg.BitPay.Speed = bitpay.Medium
	w.restart()
	h := w.checkout(voice, hundred)
	require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(h.RemoteID, 1))
	w.clock.Advance(time.Minute)
	w.sync()
	x := w.sync().Receivables[0]
	require.Equal(t, "100.00 USD", x.Owed.String())
	require.Equal(t, "0.00 USD", x.Held.String())
	require.Equal(t, []payments.BitPayExplanation{{What: "credited here before BitPay credits it", Amount: money.USD.Cents(-10_000)}}, x.Explained)
	require.True(t, x.Unexplained.IsZero())
}

func TestAForeignInvoiceIsReportedAndNotBooked(t *testing.T) {
	w := newRefundWorld(t)
	h := w.checkout(voice, hundred)
	for _, order := range []string{"42", h.ID} {
		n := bitpay.NewInvoice{Price: bitpay.NumberOf(hundred), Currency: "USD", GUID: "guid-" + order, OrderID: order}
		other, err := w.client.CreateInvoice(w.ctx, n)
		require.NoError(t, err)
		require.NoError(t, w.sim.PayExact(other.ID, "BTC"))
		require.NoError(t, w.sim.Confirm(other.ID, 6))
	}
	r := w.sync()
	require.Equal(t, []payments.DifferenceClass{payments.DifferenceForeign, payments.DifferenceForeign}, classes(r))
	require.Equal(t, [4]string{"0.00", "0.00", "0.00", "0.00"}, w.books(voice), "neither its sale nor its fee")
	require.Equal(t, h.RemoteID, w.row(h).RemoteID)
	require.Empty(t, w.entries())
}

// TestARowThatBitPayHasIsAttached is the process that died before it read BitPay's
// answer, and the row that was given up.
func TestARowThatBitPayHasIsAttached(t *testing.T) {
	for _, state := range []payments.HostedState{payments.HostedOpening, payments.HostedFailed} {
		w := newRefundWorld(t)
		h := w.checkout(voice, hundred)
		require.NoError(t, w.store.Update(w.ctx, func(tx payments.Tx) error {
			rows, err := tx.Hosted(w.ctx, payments.HostedQuery{IDs: []string{h.ID}})
			require.NoError(t, err)
			rows[0].State, rows[0].RemoteID, rows[0].URL, rows[0].RemoteAt, rows[0].PollAt = state, "", "", time.Time{}, time.Time{}
			return tx.SaveHosted(w.ctx, rows)
		}))
		require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
		require.NoError(t, w.sim.Confirm(h.RemoteID, 6))
		w.clock.Advance(20 * time.Minute)
		r := w.sync()
		require.Equal(t, []payments.DifferenceClass{payments.DifferenceMissingHere}, classes(r), "%v", r.Differences)
		require.Equal(t, h.RemoteID, w.row(h).RemoteID)
		require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
		require.Empty(t, w.sync().Differences)
	}
}

func TestARowThatBitPayDoesNotKnowIsReported(t *testing.T) {
	w := newRefundWorld(t)
	h := w.checkout(voice, hundred)
	require.NoError(t, w.store.Update(w.ctx, func(tx payments.Tx) error {
		rows, err := tx.Hosted(w.ctx, payments.HostedQuery{IDs: []string{h.ID}})
		require.NoError(t, err)
		lost := rows[0]
		lost.ID, lost.RemoteID, lost.PollAt = strings.Repeat("ab", 16), "GoneGoneGoneGoneGoneGo", time.Time{}
		_, err = tx.InsertHosted(w.ctx, []payments.HostedInvoice{lost})
		return err
	}))
	before := w.dump()
	r := w.sync()
	require.Equal(t, []payments.DifferenceClass{payments.DifferenceMissingThere}, classes(r))
	require.Equal(t, "GoneGoneGoneGoneGoneGo", r.Differences[0].RemoteID)
	require.Equal(t, before, w.dump())
}

func TestAnotherPriceOrAContradictingStatusIsReportedAndNotApplied(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.sync()
	for class, c := range map[payments.DifferenceClass]struct{ old, new string }{
		payments.DifferenceAmount: {`"price":100,`, `"price":99.99,`},
		payments.DifferenceStatus: {`"status":"complete"`, `"status":"invalid"`},
	} {
		w.clock.Advance(time.Minute)
		w.answer.set("", func(path, body string) string {
			if !strings.HasPrefix(path, "/invoices") || body == `{"data":[]}` {
				return body
			}
			if !strings.Contains(body, c.old) {
				t.Errorf("%s does not hold %s", body, c.old)
			}
			return strings.ReplaceAll(body, c.old, c.new)
		})
		r := w.sync()
		require.Equal(t, []payments.DifferenceClass{class}, classes(r))
		require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
		require.Equal(t, payments.HostedComplete, w.row(h).State)
	}
}

func TestMoreInvoicesThanAPageAreAllCompared(t *testing.T) {
	w := newRefundWorld(t)
	for range 120 {
		n := bitpay.NewInvoice{Price: bitpay.NumberOf(hundred), Currency: "USD", GUID: "other-" + time.Duration(w.n).String(), OrderID: "other"}
		w.n++
		_, err := w.client.CreateInvoice(w.ctx, n)
		require.NoError(t, err)
	}
	h := w.checkout(voice, hundred)
	w.clock.Advance(time.Second)
	require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
	r := w.sync()
	require.Equal(t, 121, r.Compared)
	require.Len(t, r.Differences, 121)
	require.Equal(t, payments.HostedPaid, w.row(h).State)
}

func TestAReconciliationIsBoundedAndNeedsAMerchantsToken(t *testing.T) {
	w := newRefundWorld(t)
	now := w.clock.Now()
	for name, span := range map[string][2]time.Time{
		"backwards": {now, now.AddDate(0, 0, -1)}, "32 days": {now.AddDate(0, 0, -31), now}, "no day": {{}, now}, "the year 10000": {now, now.AddDate(9000, 0, 0)},
	} {
		_, err := w.p.ReconcileBitPay(w.ctx, span[0], span[1])
		require.ErrorAs(t, err, new(*payments.InputError), name)
	}
	_, err := w.p.ReconcileBitPay(w.ctx, now.AddDate(0, 0, -30), now)
	require.NoError(t, err)
	require.NoError(t, w.store.Update(w.ctx, func(tx payments.Tx) error {
		_, err := w.p.In(tx).ReconcileBitPay(w.ctx, now, now)
		require.ErrorIs(t, err, payments.ErrNeedsCommit)
		return nil
	}))

	pos, err := bitpay.New(bitpay.Config{Environment: w.client.Environment(), Token: bitpay.NewSecret(w.sim.POSToken())})
	require.NoError(t, err)
	w.cfg.BitPay.Client = pos
	w.restart()
	_, err = w.p.ReconcileBitPay(w.ctx, now, now)
	require.ErrorIs(t, err, bitpay.ErrMerchantOnly)
	ledgers := w.answer.asked("GET /ledgers")
	w.clock.Advance(2 * time.Hour)
	require.NoError(t, w.p.Advance(w.ctx), "a POS token is no error of the hourly pass")
	require.Equal(t, ledgers, w.answer.asked("GET /ledgers"), "and asks nothing")

	w.cfg.BitPay = nil
	w.restart()
	_, err = w.p.ReconcileBitPay(w.ctx, now, now)
	require.ErrorIs(t, err, payments.ErrNoBitPay)
}

func TestTheHourlyPassBooksFeesOnceAndFindsRefunds(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	require.NoError(t, w.p.Advance(w.ctx))
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
	asked := w.answer.asked("GET /ledgers")
	for range 10 {
		w.clock.Advance(5 * time.Minute)
		require.NoError(t, w.p.Advance(w.ctx))
	}
	require.Equal(t, asked, w.answer.asked("GET /ledgers"), "once an hour")

	v := w.refunded(h, 4_000)
	w.paidOut(v) // and nobody tells
	for range 3 {
		w.clock.Advance(time.Hour)
		require.NoError(t, w.p.Advance(w.ctx))
	}
	require.Equal(t, [4]string{"60.00", "0.00", minus(less(t, "59.00", v)), minus(plus(t, 100, v))}, w.books(voice))
	require.Equal(t, asked+3, w.answer.asked("GET /ledgers"))
	require.Equal(t, 1, w.answer.asked("GET /refunds")-1, "one look at complete, one for the entry of the ledger")
	w.restart()
	w.clock.Advance(time.Hour)
	before := w.entries()
	require.NoError(t, w.p.Advance(w.ctx))
	require.Equal(t, before, w.entries(), "read again after a restart")
	require.Equal(t, "1.00", w.row(h).Fee.Text())
}

func TestWhatBitPaysLedgerToldWhileNothingRanIsFoundAfterwards(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	require.NoError(t, w.p.Advance(w.ctx))
	v := w.refunded(h, 4_000)
	w.paidOut(v)
	w.clock.Advance(9 * 24 * time.Hour)
	w.restart()
	require.NoError(t, w.p.Advance(w.ctx))
	require.Equal(t, [4]string{"60.00", "0.00", minus(less(t, "59.00", v)), minus(plus(t, 100, v))}, w.books(voice))
}

func TestAFeeThatBitPayGivesBackIsBookedTheOtherWayRound(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.sync()
	w.answer.set("", func(path, body string) string {
		if path != "/ledgers/USD" {
			return body
		}
		if !strings.Contains(body, `-100000000,`) {
			t.Errorf("%s does not hold %s", body, `-100000000,`)
		}
		body = strings.ReplaceAll(body, `-100000000,`, `40000000,`)
		return strings.ReplaceAll(body, `"id":"`, `"id":"back`)
	})
	w.sync()
	require.Equal(t, [4]string{"100.00", "0.00", "-99.40", "-0.60"}, w.books(voice))
	require.Equal(t, "0.60", w.row(h).Fee.Text())
	w.entries()
}

func TestALineOfBitPaysLedgerThatCannotBeReadIsNamedAndTheOthersAreBooked(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	for name, c := range map[string]struct{ old, new, want string }{
		"a fraction of a cent": {`-100000000,`, `-100000001,`, "decimal"},
		"another scale":        {`"scale":100000000`, `"scale":3`, "scale 3"},
		"another currency":     {`"currency":"USD"`, `"currency":"EUR"`, `currency is "EUR"`},
		"an id that is a path": {`"id":"`, `"id":"../`, "the id"},
	} {
		w.answer.set("", func(path, body string) string {
			if path != "/ledgers/USD" {
				return body
			}
			if !strings.Contains(body, c.old) {
				t.Errorf("%s does not hold %s", body, c.old)
			}
			return strings.ReplaceAll(body, c.old, c.new)
		})
		_, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
		require.ErrorContains(t, err, c.want, name)
		require.Equal(t, "0.00", w.books(voice)[3], name)
	}
	w.answer.set("", nil)
	w.sync()
	w.answer.set("", func(path, body string) string {
		return strings.ReplaceAll(body, `-100000000,`, `-200000000,`)
	})
	_, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
	require.ErrorContains(t, err, "which stands")
	require.Equal(t, "1.00", w.row(h).Fee.Text())
}

func TestAReconciliationThatIsCutShortSaysSoAndGoesOnLater(t *testing.T) {
	w := newRefundWorld(t)
	h := w.checkout(voice, hundred)
	require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(h.RemoteID, 6))
	w.answer.set("", func(path, body string) string {
		if path == "/ledgers" {
			return `{"data":[{"currency":"USD"}]}`
		}
		return body
	})
	_, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
	require.Error(t, err)
	w.answer.set("", nil)
	w.sync()
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
}
