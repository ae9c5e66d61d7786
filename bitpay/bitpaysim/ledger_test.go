package bitpaysim_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

func TestASaleAndItsFeeAreBookedAtComplete(t *testing.T) {
	w, inv := completed(t, nil)
	path := "/ledgers/USD?token=" + w.merchant + "&startDate=2026-11-21&endDate=2026-11-21"
	entries := w.get(path).list(t)
	require.Len(t, entries, 3)
	sale, fee := entries[0].(object), entries[1].(object)
	require.Equal(t, json.Number("1000"), sale["code"])
	require.Equal(t, json.Number("1000000000"), sale["amount"])
	require.Equal(t, json.Number("100000000"), sale["scale"])
	require.Equal(t, inv, sale["invoiceId"])
	require.Equal(t, json.Number("1023"), fee["code"])
	require.Equal(t, json.Number("-10000000"), fee["amount"])
	require.Empty(t, w.get("/ledgers/USD?token="+w.merchant+"&startDate=2026-11-22&endDate=2026-11-22").list(t))
	require.NotEmpty(t, w.get("/ledgers/USD?token=" + w.merchant + "&dateStart=2026-11-21&dateEnd=2026-11-21").top["errors"], "invoices' words for dates")
	w.sim.SetQuirks(bitpaysim.Quirks{BareLists: true})
	require.Equal(t, byte('['), w.get(path).body[0])
}

func TestASettlementPaysTheBalanceOutAndListsItsEntries(t *testing.T) {
	w, inv := completed(t, nil)
	first, err := w.sim.Settle("USD")
	require.NoError(t, err)
	require.Equal(t, "0", w.balance())
	_, err = w.sim.Settle("USD")
	require.ErrorIs(t, err, bitpaysim.ErrState)
	require.NoError(t, w.sim.Fund("USD", "5"))
	_, err = w.sim.Settle("USD")
	require.NoError(t, err)
	list := w.get("/settlements?token=" + w.merchant + "&startDate=2026-11-21&endDate=2026-11-21").list(t)
	require.Len(t, list, 2)
	set := w.get("/settlements/" + first + "?token=" + w.merchant).data(t)
	require.Equal(t, json.Number("109.9"), set["totalAmount"])
	report := w.get("/settlements/" + first + "/reconciliationreport?token=" + set["token"].(string)).data(t)
	require.Len(t, report["ledgerEntries"], 3)
	require.Equal(t, inv, report["ledgerEntries"].([]any)[0].(object)["invoiceId"])
	require.Equal(t, http.StatusNotFound, w.get("/settlements/"+first+"/reconciliationreport?token="+w.merchant).status)
}

func TestASettlementIsProcessingUntilTheBankTakesOrRefusesIt(t *testing.T) {
	w, inv := completed(t, nil)
	first, err := w.sim.Settle("USD")
	require.NoError(t, err)
	seen := func(id string) object { return w.get("/settlements/" + id + "?token=" + w.merchant).data(t) }
	listed := func(status string) int {
		return len(w.get("/settlements?token=" + w.merchant + "&startDate=2026-11-21&endDate=2026-11-21&status=" + status).list(t))
	}
	require.Equal(t, "processing", seen(first)["status"])
	require.NotContains(t, seen(first), "dateCompleted")
	require.NoError(t, w.sim.FailSettlement(first))
	require.Equal(t, "failed", seen(first)["status"])
	require.Equal(t, "109.9", w.balance(), "what the bank refused is the merchant's again")
	require.Equal(t, [3]int{0, 0, 1}, [3]int{listed("processing"), listed("completed"), listed("failed")})

	second, err := w.sim.Settle("USD")
	require.NoError(t, err)
	require.Equal(t, json.Number("109.9"), seen(second)["totalAmount"])
	report := w.get("/settlements/" + second + "/reconciliationreport?token=" + seen(second)["token"].(string)).data(t)
	require.Len(t, report["ledgerEntries"], 1, "the return alone: the invoice "+inv+" was in the first")
	r := w.raw(http.MethodPost, "/sim/settlement", []byte("do=complete&id="+second), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	require.Equal(t, http.StatusOK, r.status, r.body)
	require.Equal(t, "completed", seen(second)["status"])
	require.Equal(t, "2026-11-21T12:00:00.000Z", seen(second)["dateCompleted"])
	require.Equal(t, "0", w.balance())
	require.ErrorIs(t, w.sim.FailSettlement(second), bitpaysim.ErrState)
	require.ErrorIs(t, w.sim.CompleteSettlement("nothing"), bitpaysim.ErrUnknownSettlement)
	r = w.raw(http.MethodPost, "/sim/settlement", []byte("do=burn&id="+second), http.Header{})
	require.Equal(t, http.StatusBadRequest, r.status)
}
