package bitpay_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
)

func refund(t testing.TB) bitpay.NewRefund {
	return bitpay.NewRefund{InvoiceID: invoiceA, Amount: number(t, "10"), Currency: "USD", GUID: "r-1"}
}

const refunded = `{"guid":"r-1","id":"WoE46gSLkJQS48RJEiNw3L","invoice":"` + invoiceA + `","reference":"ref","status":"created","amount":10,"currency":"USD",
 "transactionCurrency":"BTC","transactionAmount":0.000594,"transactionRefundFee":0.000002,"refundFee":0.04,"lastRefundNotification":"2021-08-29T20:45:35.368Z",
 "immediate":false,"buyerPaysRefundFee":false,"requestDate":"2021-08-29T20:45:34.000Z","supportRequest":"S","refundAddress":"bc1","txid":"00","type":"partial",
 "notificationURL":"https://n.example","preview":false,"token":"` + resource + `","other":1}`

func TestARefundIsAskedForAndFollowed(t *testing.T) {
	s := always(200, `{"data":`+refunded+`}`)
	c := merchant(t, s)
	v, err := c.CreateRefund(t.Context(), refund(t))
	require.NoError(t, err)
	require.Equal(t, "0.000594", v.TransactionAmount.String())
	require.Equal(t, bitpay.Extra{"other": json.RawMessage("1")}, v.Extra)
	seen := s.requests()[0]
	require.Equal(t, `{"invoiceId":"`+invoiceA+`","amount":10,"currency":"USD","guid":"r-1","preview":false,"immediate":false,"buyerPaysRefundFee":false,"token":"`+token+`"}`, seen.body)
	require.NoError(t, bitauth.Verify(seen.identity, seen.signature, []byte(seen.uri+seen.body)))

	for want, call := range map[string]func() (bitpay.Refund, error){
		"GET /refunds/" + v.ID + "?token=" + token:    func() (bitpay.Refund, error) { return c.Refund(t.Context(), v.ID) },
		"GET /refunds/guid/r-1?token=" + token:        func() (bitpay.Refund, error) { return c.RefundByGUID(t.Context(), "r-1") },
		"PUT /refunds/" + v.ID:                        func() (bitpay.Refund, error) { return c.ConfirmRefund(t.Context(), v.ID) },
		"PUT /refunds/guid/r-1":                       func() (bitpay.Refund, error) { return c.ConfirmRefundByGUID(t.Context(), "r-1") },
		"DELETE /refunds/" + v.ID + "?token=" + token: func() (bitpay.Refund, error) { return c.CancelRefund(t.Context(), v.ID) },
		"DELETE /refunds/guid/r-1?token=" + token:     func() (bitpay.Refund, error) { return c.CancelRefundByGUID(t.Context(), "r-1") },
	} {
		_, err := call()
		require.NoError(t, err)
		all := s.requests()
		last := all[len(all)-1]
		require.Equal(t, want, last.method+" "+last.uri[len(bitpay.Test):])
		if last.method == "PUT" {
			require.Equal(t, `{"status":"created","token":"`+token+`"}`, last.body)
		}
	}
	_, err = c.Refund(t.Context(), "another")
	require.ErrorAs(t, err, new(*bitpay.MismatchError))
	_, err = c.RefundByGUID(t.Context(), "another")
	require.ErrorAs(t, err, new(*bitpay.MismatchError))
}

func TestARefundOfSomethingElseIsAMismatch(t *testing.T) {
	for field, spoil := range map[string]func(*bitpay.NewRefund){
		"invoice":  func(n *bitpay.NewRefund) { n.InvoiceID = "other" },
		"amount":   func(n *bitpay.NewRefund) { n.Amount = number(t, "9") },
		"currency": func(n *bitpay.NewRefund) { n.Currency = "EUR" },
		"guid":     func(n *bitpay.NewRefund) { n.GUID = "other" },
		"status":   func(n *bitpay.NewRefund) { n.Preview = true },
	} {
		n := refund(t)
		spoil(&n)
		_, err := merchant(t, always(200, `{"data":`+refunded+`}`)).CreateRefund(t.Context(), n)
		var m *bitpay.MismatchError
		require.ErrorAs(t, err, &m, field)
		require.Equal(t, field, m.Field)
	}
}

// The buyer gets back what was paid: the fee is the merchant's, always and in so many
// words, and an answer that says otherwise is refused.
func TestTheBuyerNeverPaysTheRefundsFee(t *testing.T) {
	s := always(200, `{"data":`+strings.Replace(refunded, `"buyerPaysRefundFee":false`, `"buyerPaysRefundFee":true`, 1)+`}`)
	for _, preview := range []bool{false, true} {
		n := refund(t)
		n.Preview = preview
		_, err := merchant(t, s).CreateRefund(t.Context(), n)
		var m *bitpay.MismatchError
		require.ErrorAs(t, err, &m)
		require.Equal(t, "buyerPaysRefundFee", m.Field)
	}
	for _, r := range s.requests() {
		require.Contains(t, r.body, `"buyerPaysRefundFee":false`)
	}
	v, err := merchant(t, s).Refund(t.Context(), "WoE46gSLkJQS48RJEiNw3L")
	require.NoError(t, err, "one that was made elsewhere is shown as it is")
	require.True(t, v.BuyerPaysRefundFee)
}

func TestCanceledIsReadInBothSpellings(t *testing.T) {
	for _, spelling := range []string{"canceled", "cancelled"} {
		body := fmt.Sprintf(`{"data":[{"id":"R","invoice":"%s","amount":"1.50","status":%q}]}`, invoiceA, spelling)
		list, err := merchant(t, always(200, body)).Refunds(t.Context(), invoiceA)
		require.NoError(t, err)
		require.Equal(t, bitpay.RefundCanceled, list[0].Status)
		require.True(t, list[0].Status.Final())
		_, err = merchant(t, always(200, body)).Refunds(t.Context(), "other")
		require.ErrorAs(t, err, new(*bitpay.MismatchError))
	}
}

func TestResendingUsesTheResourcesOwnToken(t *testing.T) {
	for body, call := range map[string]func(c *bitpay.Client) error{
		`{"data":"Success"}`: func(c *bitpay.Client) error {
			return c.ResendNotification(t.Context(), bitpay.Invoice{ID: invoiceA, Token: bitpay.NewSecret(resource)})
		},
		`{"status":"success","data":{},"message":null}`: func(c *bitpay.Client) error {
			return c.ResendRefundNotification(t.Context(), bitpay.Refund{ID: "R", Token: bitpay.NewSecret(resource)})
		},
	} {
		s := always(200, body)
		require.NoError(t, call(merchant(t, s)))
		require.Equal(t, `{"token":"`+resource+`"}`, s.requests()[0].body)
		require.NotEmpty(t, s.requests()[0].signature)
	}
	require.ErrorIs(t, merchant(t, leaky{}).ResendNotification(t.Context(), bitpay.Invoice{ID: "A"}), bitpay.ErrArgument)
}
