package bitpaysim_test

import (
	"encoding/json"
	"math/big"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

func TestAnInvoiceGoesFromNewToCompleteAtMediumSpeed(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made := w.create(nil)
	require.Equal(t, "new", made["status"])
	require.Equal(t, false, made["exceptionStatus"])
	require.NoError(t, w.sim.PayExact(id(made), "BTC"))
	require.Equal(t, bitpaysim.StatusPaid, w.status(id(made)))
	require.NoError(t, w.sim.Confirm(id(made), 1))
	require.Equal(t, bitpaysim.StatusConfirmed, w.status(id(made)))
	require.NoError(t, w.sim.Confirm(id(made), 5))
	done := w.fetch(id(made))
	require.Equal(t, "complete", done["status"])
	require.Equal(t, json.Number("20100"), done["amountPaid"])
	require.Equal(t, "0.000201", done["displayAmountPaid"])
	require.Equal(t, "BTC", done["transactionCurrency"])
	w.sim.Deliver(t.Context())
	require.Equal(t, []string{"invoice_paidInFull", "invoice_confirmed", "invoice_completed"}, w.shop.events())
}

func TestEachSpeedHasItsOwnWayToComplete(t *testing.T) {
	for speed, want := range map[string][]bitpaysim.Status{
		"high":   {"new", "confirmed", "complete"},
		"medium": {"new", "paid", "confirmed", "complete"},
		"low":    {"new", "paid", "complete"},
	} {
		w := newWorld(t, bitpaysim.Options{Speed: speed})
		made := w.create(nil)
		require.NoError(t, w.sim.PayExact(id(made), "ETH"))
		require.NoError(t, w.sim.Confirm(id(made), 6))
		inv, err := w.sim.Invoice(id(made))
		require.NoError(t, err)
		require.Equal(t, want, inv.History, speed)
	}
}

func TestAnInvoiceExpiresAfterFifteenMinutesAndNotBefore(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made := w.create(nil)
	w.sim.Advance(15*time.Minute - time.Millisecond)
	require.Equal(t, bitpaysim.StatusNew, w.status(id(made)))
	w.sim.Advance(time.Millisecond)
	require.Equal(t, bitpaysim.StatusExpired, w.status(id(made)))
	require.Equal(t, false, w.fetch(id(made))["isCancelled"])
}

func TestOneInvoiceExpiresWhileTheClockStands(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made, other := w.create(nil), w.create(object{"guid": "another"})
	before := w.sim.Now()
	require.NoError(t, w.sim.Expire(id(made)))
	require.Equal(t, bitpaysim.StatusExpired, w.status(id(made)))
	require.Equal(t, bitpaysim.StatusNew, w.status(id(other)))
	require.Equal(t, before, w.sim.Now())
	require.ErrorIs(t, w.sim.Expire(id(made)), bitpaysim.ErrState)
	require.ErrorIs(t, w.sim.Expire("nothing"), bitpaysim.ErrUnknownInvoice)
}

func TestPaidTooLittleStaysNewAndTheRestCompletesIt(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made := w.create(nil)
	require.NoError(t, w.sim.PayPart(id(made), "BTC"))
	half := w.fetch(id(made))
	require.Equal(t, "new", half["status"])
	require.Equal(t, "paidPartial", half["exceptionStatus"])
	require.Equal(t, json.Number("10050"), half["underpaidAmount"])
	require.NoError(t, w.sim.PayExact(id(made), ""))
	require.Equal(t, bitpaysim.StatusPaid, w.status(id(made)))
	require.Equal(t, false, w.fetch(id(made))["exceptionStatus"])
}

func TestPaidTooLittleExpiresAndBitPayGivesItBack(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made := w.create(nil)
	require.NoError(t, w.sim.PayPart(id(made), "BTC"))
	w.sim.Advance(15 * time.Minute)
	gone := w.fetch(id(made))
	require.Equal(t, "expired", gone["status"])
	require.Equal(t, "paidPartial", gone["exceptionStatus"])
	require.Equal(t, json.Number("10050"), gone["underpaidAmount"])
	require.Equal(t, true, gone["refundAddressRequestPending"])
	refunds := w.sim.Refunds()
	require.Len(t, refunds, 1)
	require.Equal(t, "underpayment", refunds[0].Type)
	require.Equal(t, "5.02", refunds[0].Amount)
}

func TestPaidTooMuchIsPaidWithTheSurplusNamed(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made := w.create(nil)
	require.NoError(t, w.sim.PayOver(id(made), "BTC"))
	over := w.fetch(id(made))
	require.Equal(t, "paid", over["status"])
	require.Equal(t, "paidOver", over["exceptionStatus"])
	require.Equal(t, json.Number("2010"), over["overpaidAmount"])
	require.Equal(t, "overpayment", w.sim.Refunds()[0].Type)
}

func TestALatePaymentChangesNoStatus(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made := w.create(nil)
	w.sim.Advance(time.Hour)
	require.NoError(t, w.sim.PayExact(id(made), "BTC"))
	late := w.fetch(id(made))
	require.Equal(t, "expired", late["status"])
	require.Equal(t, "paidLate", late["exceptionStatus"])
	require.Len(t, late["transactions"], 1)
	require.ErrorIs(t, w.sim.Confirm(id(made), 6), bitpaysim.ErrState)
}

func TestAPaymentAfterTheFullOneDelaysNothing(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made := w.create(nil)
	require.NoError(t, w.sim.PayExact(id(made), "BTC"))
	require.NoError(t, w.sim.Confirm(id(made), 1))
	require.NoError(t, w.sim.Pay(id(made), bitpaysim.Payment{Units: big.NewInt(500)}))
	w.sim.Advance(2 * time.Hour)
	require.Equal(t, bitpaysim.StatusConfirmed, w.status(id(made)))
	require.Equal(t, json.Number("500"), w.fetch(id(made))["overpaidAmount"])
}

func TestUnconfirmedForAnHourIsInvalidAndMayStillComplete(t *testing.T) {
	for _, speed := range []string{"high", "medium", "low"} {
		w := newWorld(t, bitpaysim.Options{Speed: speed})
		made := w.create(nil)
		require.NoError(t, w.sim.PayExact(id(made), "BTC"))
		w.sim.Advance(time.Hour - time.Millisecond)
		require.NotEqual(t, bitpaysim.StatusInvalid, w.status(id(made)))
		w.sim.Advance(time.Millisecond)
		require.Equal(t, bitpaysim.StatusInvalid, w.status(id(made)), speed)
		require.NoError(t, w.sim.Confirm(id(made), 5))
		require.Equal(t, bitpaysim.StatusInvalid, w.status(id(made)), speed)
		require.NoError(t, w.sim.Confirm(id(made), 1))
		require.Equal(t, bitpaysim.StatusComplete, w.status(id(made)), speed)
	}
}

func TestDeclinedIsTheEnd(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made := w.create(nil)
	require.ErrorIs(t, w.sim.Decline(id(made)), bitpaysim.ErrState)
	require.NoError(t, w.sim.PayExact(id(made), "BTC"))
	require.NoError(t, w.sim.Decline(id(made)))
	require.ErrorIs(t, w.sim.Complete(id(made)), bitpaysim.ErrState)
	require.Equal(t, bitpaysim.StatusDeclined, w.status(id(made)))
}

func TestBlocksComeWithTheClockIfAskedFor(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{BlockTime: 10 * time.Minute})
	made := w.create(nil)
	require.NoError(t, w.sim.PayExact(id(made), "BTC"))
	w.sim.Advance(11 * time.Minute)
	require.Equal(t, bitpaysim.StatusConfirmed, w.status(id(made)))
	w.sim.Advance(24 * time.Hour)
	require.Equal(t, bitpaysim.StatusComplete, w.status(id(made)))
}

func TestThePayerCannotDoTheImpossible(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	made := w.create(object{"paymentCurrencies": []string{"BTC", "ETH"}})
	require.ErrorIs(t, w.sim.PayExact("nothing", ""), bitpaysim.ErrUnknownInvoice)
	require.ErrorIs(t, w.sim.PayExact(id(made), "LTC"), bitpaysim.ErrPayment)
	require.ErrorIs(t, w.sim.Pay(id(made), bitpaysim.Payment{Coin: "BTC", Units: big.NewInt(-1)}), bitpaysim.ErrPayment)
	require.NoError(t, w.sim.PayPart(id(made), "BTC"))
	require.ErrorIs(t, w.sim.PayExact(id(made), "ETH"), bitpaysim.ErrPayment)
}

func TestTheMerchantsMockPaymentWorksInTheTestEnvironmentOnly(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	for _, speed := range []string{"high", "medium", "low"} {
		made := w.create(object{"transactionSpeed": speed})
		r := w.signed(http.MethodPut, "/invoices/pay/"+id(made), object{"token": w.merchant, "status": "confirmed"})
		require.Equal(t, "confirmed", r.data(t)["status"], speed)
		r = w.signed(http.MethodPut, "/invoices/pay/"+id(made), object{"token": w.merchant, "complete": true})
		require.Equal(t, "complete", r.data(t)["status"], speed)
		r = w.signed(http.MethodPut, "/invoices/pay/"+id(made), object{"token": w.merchant})
		require.Equal(t, "030117", r.top["code"])
	}
	live := newWorld(t, bitpaysim.Options{Production: true})
	made := live.create(nil)
	r := live.signed(http.MethodPut, "/invoices/pay/"+id(made), object{"token": live.merchant})
	require.Equal(t, "030116", r.top["code"])
}
