package bitpay_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
)

func TestAPOSClientCreatesWithItsTokenAloneAndTheMerchantSigns(t *testing.T) {
	s := always(200, hosted(t, nil))
	v, err := pos(t, s).CreateInvoice(t.Context(), order(t))
	require.NoError(t, err)
	require.Equal(t, "https://test.bitpay.com/invoice?id="+invoiceA, v.URL)
	_, err = merchant(t, s).CreateInvoice(t.Context(), order(t))
	require.NoError(t, err)

	seen := s.requests()
	const body = `{"price":10,"currency":"USD","guid":"guid-1","orderId":"order-1","transactionSpeed":"low","extendedNotifications":true,"token":"` + token + `"}`
	require.Equal(t, sent{"POST", "https://test.bitpay.com/invoices", body, "2.0.0", "", ""}, seen[0])
	require.Equal(t, body, seen[1].body)
	require.Equal(t, key(t).Identity(), seen[1].identity)
	require.NoError(t, bitauth.Verify(seen[1].identity, seen[1].signature, []byte(seen[1].uri+seen[1].body)))
}

func TestTheSignatureCoversTheQueryAsItIsSent(t *testing.T) {
	s := always(200, hosted(t, nil))
	_, err := merchant(t, s).Invoice(t.Context(), invoiceA)
	require.NoError(t, err)
	seen := s.requests()[0]
	require.Equal(t, "https://test.bitpay.com/invoices/"+invoiceA+"?token="+token, seen.uri)
	require.NoError(t, bitauth.Verify(seen.identity, seen.signature, []byte(seen.uri)))
}

func TestAnAnswerToSomethingElseIsAMismatch(t *testing.T) {
	for field, change := range map[string]any{"price": 9.99, "currency": "EUR", "orderId": "order-2", "guid": "guid-2", "url": "javascript:alert(1)"} {
		_, err := merchant(t, always(200, hosted(t, map[string]any{field: change}))).CreateInvoice(t.Context(), order(t))
		var m *bitpay.MismatchError
		require.ErrorAs(t, err, &m, field)
		require.Equal(t, field, m.Field)
		require.Equal(t, invoiceA, m.ID)
	}
	found, err := merchant(t, always(200, hosted(t, map[string]any{"price": "10.00"}))).InvoiceByGUID(t.Context(), "guid-1")
	require.NoError(t, err)
	require.NoError(t, order(t).Matches(found))
	found.Price = number(t, "10.01")
	require.ErrorAs(t, order(t).Matches(found), new(*bitpay.MismatchError))
	_, err = merchant(t, always(200, hosted(t, map[string]any{"guid": nil}))).CreateInvoice(t.Context(), order(t))
	require.ErrorAs(t, err, new(*bitpay.MismatchError), "the merchant's view has the GUID")
	_, err = pos(t, always(200, hosted(t, map[string]any{"guid": nil}))).CreateInvoice(t.Context(), order(t))
	require.NoError(t, err, "the POS view has none")
	for _, page := range []string{"", "/invoice", "http://test.bitpay.com/i", "https://bitpay.com.evil.example/", "https://evilbitpay.com/", "https://x@bitpay.com/"} {
		_, err := pos(t, always(200, hosted(t, map[string]any{"url": page}))).CreateInvoice(t.Context(), order(t))
		require.ErrorAs(t, err, new(*bitpay.MismatchError), page)
	}
	other := always(200, hosted(t, map[string]any{"id": "ZZZZZZZZZZZZZZZZZZZZZZ"}))
	c := merchant(t, other)
	_, err = c.Invoice(t.Context(), invoiceA)
	require.ErrorContains(t, err, "ZZZZZZZZZZZZZZZZZZZZZZ")
	for _, call := range []func() error{
		func() error { _, err := c.Invoice(t.Context(), invoiceA); return err },
		func() error { _, err := c.InvoiceByGUID(t.Context(), "guid-2"); return err },
		func() error { _, err := c.CancelInvoice(t.Context(), invoiceA, true); return err },
		func() error {
			_, err := c.UpdateInvoice(t.Context(), invoiceA, bitpay.Contact{Email: "a@b.example"})
			return err
		},
	} {
		require.ErrorAs(t, call(), new(*bitpay.MismatchError))
	}
}

func TestWhatIsWrongIsRefusedBeforeAnythingIsSent(t *testing.T) {
	s := always(200, "{}")
	c := merchant(t, s)
	for name, spoil := range map[string]func(*bitpay.NewInvoice){
		"price":    func(n *bitpay.NewInvoice) { n.Price = bitpay.Number{} },
		"negative": func(n *bitpay.NewInvoice) { n.Price = number(t, "-1") },
		"currency": func(n *bitpay.NewInvoice) { n.Currency = "" },
		"guid":     func(n *bitpay.NewInvoice) { n.GUID = "" },
		"path":     func(n *bitpay.NewInvoice) { n.GUID = "../tokens" },
		"orderId":  func(n *bitpay.NewInvoice) { n.OrderID = "" },
		"speed":    func(n *bitpay.NewInvoice) { n.Speed = "fast" },
		"window":   func(n *bitpay.NewInvoice) { n.AcceptanceWindow = 3600e9 },
		"redirect": func(n *bitpay.NewInvoice) { n.AutoRedirect = true },
		"url":      func(n *bitpay.NewInvoice) { n.NotificationURL = "/bitpay" },
	} {
		n := order(t)
		spoil(&n)
		_, err := c.CreateInvoice(t.Context(), n)
		require.ErrorIs(t, err, bitpay.ErrArgument, name)
	}
	for _, id := range []string{"", "..", ".", "a/b", "a b", "é"} {
		_, err := c.Invoice(t.Context(), id)
		require.ErrorIs(t, err, bitpay.ErrArgument, id)
	}
	_, err := pos(t, s).Refunds(t.Context(), invoiceA)
	require.ErrorIs(t, err, bitpay.ErrMerchantOnly)
	require.Empty(t, s.requests())
}

func TestOnlyBitPayAndASimulatorOnThisMachineAreSpokenTo(t *testing.T) {
	for _, good := range []bitpay.Environment{bitpay.Production, bitpay.Test, bitpay.Simulator("http://127.0.0.1:8080/"), bitpay.Simulator("http://[::1]:1"), bitpay.Simulator("http://localhost:1")} {
		_, err := bitpay.New(bitpay.Config{Environment: good})
		require.NoError(t, err)
	}
	for _, bad := range []bitpay.Environment{"", "https://bitpay.com.evil.example", "http://bitpay.com", bitpay.Simulator("https://evil.example"),
		bitpay.Simulator("http://127.0.0.1:1?x=1"), bitpay.Simulator("http://u:CANARY@127.0.0.1"), bitpay.Simulator("http://127.0.0.1.evil.example"), bitpay.Simulator("ftp://127.0.0.1")} {
		_, err := bitpay.New(bitpay.Config{Environment: bad})
		require.ErrorIs(t, err, bitpay.ErrArgument)
		require.NotContains(t, err.Error(), "CANARY")
	}
	_, err := bitpay.New(bitpay.Config{Facade: bitpay.Merchant, Timeout: -1})
	require.ErrorContains(t, err, "environment")
	require.ErrorContains(t, err, "signer")
	require.ErrorContains(t, err, "timeout")
}

func TestARedirectCarriesNothingAnywhere(t *testing.T) {
	s := &stub{answer: func(_ int, w http.ResponseWriter, r *http.Request, _ string) {
		w.Header().Set("Location", "https://evil.example/")
		reply(w, http.StatusTemporaryRedirect, "{}")
	}}
	_, err := merchant(t, s).CancelInvoice(t.Context(), invoiceA, false)
	var e *bitpay.Error
	require.True(t, errors.As(err, &e))
	require.Equal(t, http.StatusTemporaryRedirect, e.Status)
	require.Len(t, s.requests(), 1)
}
