package bitpay_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
)

func TestTheBuyersContactIsSentAsOneMemberAndItsCode(t *testing.T) {
	for body, to := range map[string]bitpay.Contact{
		`{"buyerEmail":"b@shop.example","token":"` + token + `"}`:                {Email: "b@shop.example"},
		`{"buyerSms":"+12125551212","token":"` + token + `"}`:                    {SMS: "+12125551212"},
		`{"buyerSms":"+12125551212","smsCode":"123456","token":"` + token + `"}`: {SMS: "+12125551212", SMSCode: "123456"},
	} {
		s := always(200, hosted(t, map[string]any{"buyerProvidedInfo": map[string]any{"sms": "+12125551212", "smsVerified": true}}))
		v, err := merchant(t, s).UpdateInvoice(t.Context(), invoiceA, to)
		require.NoError(t, err)
		require.Equal(t, invoiceA, v.ID)
		require.True(t, v.BuyerProvidedInfo.SMSVerified)
		require.Len(t, s.requests(), 1)
		seen := s.requests()[0]
		require.Equal(t, "PUT https://test.bitpay.com/invoices/"+invoiceA, seen.method+" "+seen.uri)
		require.Equal(t, body, seen.body)
		require.NoError(t, bitauth.Verify(seen.identity, seen.signature, []byte(seen.uri+seen.body)))
	}
	s := always(200, hosted(t, nil))
	for _, none := range []bitpay.Contact{{}, {Email: "b@shop.example", SMS: "+12125551212"}, {SMSCode: "123456"}, {Email: "b@shop.example", SMSCode: "123456"}} {
		_, err := merchant(t, s).UpdateInvoice(t.Context(), invoiceA, none)
		require.ErrorIs(t, err, bitpay.ErrArgument)
	}
	require.Empty(t, s.requests())
}

func TestAnInvoiceIsCancelledByIDAndByGUIDAndWithForceOnlyWhenAsked(t *testing.T) {
	for want, call := range map[string]func(*bitpay.Client) (bitpay.Invoice, error){
		"/invoices/" + invoiceA + "?token=" + token: func(c *bitpay.Client) (bitpay.Invoice, error) {
			return c.CancelInvoice(t.Context(), invoiceA, false)
		},
		"/invoices/" + invoiceA + "?forceCancel=true&token=" + token: func(c *bitpay.Client) (bitpay.Invoice, error) {
			return c.CancelInvoice(t.Context(), invoiceA, true)
		},
		"/invoices/guid/guid-1?token=" + token: func(c *bitpay.Client) (bitpay.Invoice, error) {
			return c.CancelInvoiceByGUID(t.Context(), "guid-1", false)
		},
		"/invoices/guid/guid-1?forceCancel=true&token=" + token: func(c *bitpay.Client) (bitpay.Invoice, error) {
			return c.CancelInvoiceByGUID(t.Context(), "guid-1", true)
		},
	} {
		s := always(200, hosted(t, map[string]any{"status": "expired", "isCancelled": true}))
		v, err := call(merchant(t, s))
		require.NoError(t, err, want)
		require.True(t, v.IsCancelled)
		require.Equal(t, bitpay.StatusExpired, v.Status)
		seen := s.requests()
		require.Len(t, seen, 1)
		require.Equal(t, sent{"DELETE", string(bitpay.Test) + want, "", "2.0.0", key(t).Identity(), seen[0].signature}, seen[0])
		require.NoError(t, bitauth.Verify(seen[0].identity, seen[0].signature, []byte(seen[0].uri)))
	}
	s := always(200, hosted(t, nil))
	_, err := merchant(t, s).CancelInvoiceByGUID(t.Context(), "guid-2", true)
	require.ErrorAs(t, err, new(*bitpay.MismatchError), "another order's invoice was cancelled: that must be seen")
	_, err = pos(t, s).CancelInvoiceByGUID(t.Context(), "guid-1", true)
	require.ErrorIs(t, err, bitpay.ErrMerchantOnly)
}
