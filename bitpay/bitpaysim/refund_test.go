package bitpaysim_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

// completed is an invoice of 10 USD that BitPay has credited, on a ledger with
// 100 USD beside it.
func completed(t *testing.T, more object) (*world, string) {
	t.Helper()
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(more)
	require.NoError(t, w.sim.PayExact(id(o), "BTC"))
	require.NoError(t, w.sim.Confirm(id(o), 6))
	require.NoError(t, w.sim.Fund("USD", "100"))
	w.sim.Deliver(t.Context())
	return w, id(o)
}

func (w *world) refund(inv string, more object) reply {
	w.t.Helper()
	body := object{"token": w.merchant, "invoiceId": inv, "amount": 4}
	for k, v := range more {
		body[k] = v
	}
	return w.signed(http.MethodPost, "/refunds", body)
}

func (w *world) balance() string {
	w.t.Helper()
	return w.get("/ledgers?token=" + w.merchant).list(w.t)[0].(object)["balance"].(json.Number).String()
}

func TestARefundGoesFromPreviewToSuccess(t *testing.T) {
	w, inv := completed(t, nil)
	require.Equal(t, "109.9", w.balance())
	r := w.refund(inv, object{"preview": true, "guid": "r-1", "reference": "ticket 7"}).data(t)
	require.Equal(t, "preview", r["status"])
	require.Equal(t, inv, r["invoice"])
	require.Equal(t, "partial", r["type"])
	require.Equal(t, "ticket 7", r["reference"])
	require.Equal(t, json.Number("0.05"), r["refundFee"])
	require.Equal(t, "8E-5", r["transactionAmount"].(json.Number).String())
	require.Equal(t, "BTC", r["transactionCurrency"])
	w.sim.Deliver(t.Context())
	before := len(w.shop.all())
	path := "/refunds/" + id(r)
	require.Equal(t, "created", w.signed(http.MethodPut, path, object{"token": w.merchant, "status": "created"}).data(t)["status"])
	require.Equal(t, true, w.fetch(inv)["refundAddressRequestPending"])
	require.NoError(t, w.sim.GiveAddress(id(r), "bc1qbuyer"))
	require.Equal(t, "pending", w.get(path + "?token=" + w.merchant).data(t)["status"])
	require.NoError(t, w.sim.PayOutRefund(id(r)))
	done := w.get("/refunds/guid/r-1?token=" + w.merchant).data(t)
	require.Equal(t, "success", done["status"])
	require.Equal(t, "bc1qbuyer", done["refundAddress"])
	require.Len(t, done["txid"], 64)
	require.Equal(t, "105.85", w.balance(), "4.00 and the fee of 0.05")
	fetched := w.fetch(inv)
	require.Equal(t, "complete", fetched["status"])
	require.Equal(t, json.Number("4"), fetched["refundInfo"].([]any)[0].(object)["amounts"].(object)["USD"])
	w.sim.Deliver(t.Context())
	require.Equal(t, []string{"refund_created", "refund_pending", "refund_success", "invoice_refundComplete"}, w.shop.events()[before:])
	data := w.shop.all()[before].top["data"].(object)
	require.Equal(t, inv, data["invoice"])
	require.NotContains(t, data, "supportRequest")
	require.Contains(t, w.shop.all()[before+1].top["data"], "supportRequest")
}

func TestAKnownRefundGUIDAnswersTheRefundItMade(t *testing.T) {
	w, inv := completed(t, nil)
	a := w.refund(inv, object{"guid": "r"}).data(t)
	b := w.refund(inv, object{"guid": "r", "amount": 9}).data(t)
	require.Equal(t, a, b)
}

func TestOneRefundIsOpenAtATime(t *testing.T) {
	w, inv := completed(t, nil)
	first := w.refund(inv, nil).data(t)
	require.Equal(t, "010204", w.refund(inv, nil).top["code"])
	gone := w.signed(http.MethodDelete, "/refunds/"+id(first)+"?token="+w.merchant, nil).data(t)
	require.Equal(t, "cancelled", gone["status"])
	list := w.get("/refunds?token=" + w.merchant + "&invoiceId=" + inv).list(t)
	require.Equal(t, "canceled", list[0].(object)["status"], "the other spelling")
	require.Equal(t, http.StatusOK, w.refund(inv, nil).status)
	require.Equal(t, "040200", w.signed(http.MethodDelete, "/refunds/"+id(first)+"?token="+w.merchant, nil).top["code"])
}

func TestRefundsNeverExceedThePrice(t *testing.T) {
	w, inv := completed(t, nil)
	for _, amount := range []int{4, 6} {
		r := w.refund(inv, object{"amount": amount}).data(t)
		require.NoError(t, w.sim.GiveAddress(id(r), "x"))
		require.NoError(t, w.sim.PayOutRefund(id(r)))
	}
	require.Equal(t, "010202", w.refund(inv, object{"amount": 1}).top["code"])
	require.Equal(t, "010202", w.refund(inv, object{"amount": 11}).top["code"])
	require.Equal(t, "99.8", w.balance(), "the price is back, its fee and two miner fees are gone")
}

func TestAnImmediateRefundTakesTheMoneyAtOnceAndGivesItBackOnFailure(t *testing.T) {
	w, inv := completed(t, nil)
	r := w.refund(inv, object{"immediate": true, "amount": 10}).data(t)
	require.Equal(t, "full (current rate)", r["type"])
	require.Equal(t, "99.85", w.balance())
	require.Equal(t, "040200", w.signed(http.MethodDelete, "/refunds/"+id(r)+"?token="+w.merchant, nil).top["code"])
	require.NoError(t, w.sim.GiveAddress(id(r), "x"))
	require.NoError(t, w.sim.FailRefund(id(r)))
	require.Equal(t, "109.9", w.balance())
	require.ErrorIs(t, w.sim.PayOutRefund(id(r)), bitpaysim.ErrState)
	require.ErrorIs(t, w.sim.PayOutRefund("nothing"), bitpaysim.ErrUnknownRefund)
}

func TestRefundingAConfirmedInvoiceDeclinesItAndMovesNoLedger(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(nil)
	require.Equal(t, "010207", w.refund(id(o), nil).top["code"])
	require.NoError(t, w.sim.PayExact(id(o), "BTC"))
	require.Equal(t, "010207", w.refund(id(o), nil).top["code"])
	require.NoError(t, w.sim.Confirm(id(o), 1))
	r := w.refund(id(o), nil).data(t)
	require.Equal(t, json.Number("10"), r["amount"], "the whole of it")
	require.Equal(t, bitpaysim.StatusDeclined, w.status(id(o)))
	require.Equal(t, "040200", w.signed(http.MethodDelete, "/refunds/"+id(r)+"?token="+w.merchant, nil).top["code"])
	require.NoError(t, w.sim.GiveAddress(id(r), "x"))
	require.NoError(t, w.sim.PayOutRefund(id(r)))
	require.Equal(t, "0", w.balance())
}

func TestARefundThatCannotBeIsRefused(t *testing.T) {
	w, inv := completed(t, object{"buyerEmail": nil})
	require.Equal(t, "010108", w.refund(inv, nil).top["code"], "nobody to write to")
	require.NoError(t, w.sim.GiveEmail(inv, "b@example.com"))
	require.NotEmpty(t, w.signed(http.MethodPost, "/refunds", object{"token": w.merchant}).top["errors"])
	require.Equal(t, "010101", w.refund("nothing", nil).top["code"])
	require.Equal(t, "010202", w.refund(inv, object{"currency": "EUR"}).top["code"])
	require.Equal(t, "010202", w.refund(inv, object{"amount": "4"}).top["code"])
	require.Equal(t, "010208", w.refund(inv, object{"amount": json.Number("0.05"), "buyerPaysRefundFee": true}).top["code"])
	require.Equal(t, "020201", w.get("/refunds/nothing?token=" + w.merchant).top["code"])
	_, err := w.sim.Settle("USD")
	require.NoError(t, err)
	require.Equal(t, "010200", w.refund(inv, nil).top["code"], "an empty ledger")
}

func TestResendingARefundAloneAnswersWithAStatus(t *testing.T) {
	w, inv := completed(t, nil)
	r := w.refund(inv, nil).data(t)
	answer := w.signed(http.MethodPost, "/refunds/"+id(r)+"/notifications", object{"token": r["token"]})
	require.Equal(t, "success", answer.top["status"])
	require.Equal(t, "Invalid token", w.signed(http.MethodPost, "/refunds/"+id(r)+"/notifications", object{"token": w.merchant}).top["error"])
}

func TestRefundInfoAsAnObjectIfTheQuirkIsOn(t *testing.T) {
	w, inv := completed(t, nil)
	r := w.refund(inv, nil).data(t)
	require.NoError(t, w.sim.GiveAddress(id(r), "x"))
	require.NoError(t, w.sim.PayOutRefund(id(r)))
	w.sim.SetQuirks(bitpaysim.Quirks{RefundInfoObject: true})
	require.Equal(t, "USD", w.fetch(inv)["refundInfo"].(object)["currency"])
}
