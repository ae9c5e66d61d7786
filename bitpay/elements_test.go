package bitpay_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
)

// TestOneUnreadableElementHidesNoOther: of three elements the second cannot be read, in
// every list there is.
func TestOneUnreadableElementHidesNoOther(t *testing.T) {
	inv := func(id, price string) string {
		return `{"id":"` + id + `","status":"new","price":` + price + `,"currency":"USD","orderId":"o"}`
	}
	back := func(id, amount string) string {
		return `{"id":"` + id + `","invoice":"` + invoiceA + `","status":"created","amount":` + amount + `}`
	}
	for name, c := range map[string]struct {
		body string
		id   string // of the unreadable one
		call func(*bitpay.Client) ([]string, error)
	}{
		"invoices": {inv("A", "1") + "," + inv("B", `"many"`) + "," + inv("C", "3"), "B", func(c *bitpay.Client) (ids []string, err error) {
			list, err := c.Invoices(t.Context(), bitpay.InvoiceQuery{From: first, To: last, OrderID: "o"})
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids, err
		}},
		"refunds": {back("A", "1") + "," + back("B", "{}") + "," + back("C", "3"), "B", func(c *bitpay.Client) (ids []string, err error) {
			list, err := c.Refunds(t.Context(), invoiceA)
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids, err
		}},
		"ledger entries": {`{"id":"A","code":1000,"amount":1},{"id":"B","code":1000,"amount":"NaN"},{"id":"C","code":1020,"amount":-1}`, "B", func(c *bitpay.Client) (ids []string, err error) {
			list, err := c.LedgerEntries(t.Context(), "USD", first, last)
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids, err
		}},
		"settlements": {settled + `,{"id":"B","status":"completed","currency":"EUR","totalAmount":true},` + settled, "B", func(c *bitpay.Client) (ids []string, err error) {
			list, err := c.Settlements(t.Context(), bitpay.SettlementQuery{From: first, To: last})
			for range list {
				ids = append(ids, []string{"A", "C"}[len(ids)])
			}
			return ids, err
		}},
		"ledgers": {`{"currency":"A","balance":1},{"currency":"B"},{"currency":"C","balance":3}`, "", func(c *bitpay.Client) (ids []string, err error) {
			list, err := c.Ledgers(t.Context())
			for _, v := range list {
				ids = append(ids, v.Currency)
			}
			return ids, err
		}},
		"rates": {`{"code":"A","rate":1},"B",{"code":"C","rate":3}`, "", func(c *bitpay.Client) (ids []string, err error) {
			list, err := c.Rates(t.Context(), "BTC")
			for _, v := range list {
				ids = append(ids, v.Code)
			}
			return ids, err
		}},
	} {
		got, err := c.call(merchant(t, always(200, `{"data":[`+c.body+`]}`)))
		require.Equal(t, []string{"A", "C"}, got, name)
		var missing *bitpay.ElementsError
		require.ErrorAs(t, err, &missing, name)
		require.Equal(t, 3, missing.Total)
		require.Len(t, missing.Unreadable, 1)
		require.Equal(t, 1, missing.Unreadable[0].Index)
		require.Equal(t, c.id, missing.Unreadable[0].ID)
		var e *bitpay.Error
		require.ErrorAs(t, err, &e, "who knows nothing of elements has an error of BitPay's")
		require.False(t, e.Temporary())
		require.ErrorContains(t, err, "1 of 3")
	}
	_, err := merchant(t, always(200, `{"data":{"id":"A"}}`)).Refunds(t.Context(), invoiceA)
	require.ErrorContains(t, err, "not a list")
	require.False(t, strings.Contains(err.Error(), "elements cannot"))
}

func TestAnUnreadableElementShowsNoTokenAndNoEssay(t *testing.T) {
	bad := `{"id":"` + token + `","status":"new","currency":"USD","price":"` + token + `"}`
	list, err := merchant(t, always(200, `{"data":[`+strings.Repeat(bad+",", 49)+bad+`]}`)).Invoices(t.Context(), bitpay.InvoiceQuery{From: first, To: last})
	require.Empty(t, list)
	var missing *bitpay.ElementsError
	require.ErrorAs(t, err, &missing)
	require.Len(t, missing.Unreadable, 50)
	require.NotContains(t, err.Error(), token)
	require.NotContains(t, missing.Unreadable[0].ID+missing.Unreadable[49].Err.Error(), token)
	require.Less(t, len(err.Error()), 1500)
	require.ErrorContains(t, err, "and 47 more")
	require.NoError(t, (&bitpay.ElementsError{}).Unwrap())
}

// A list of another invoice's refunds is not made good by leaving elements out.
func TestAMismatchStaysOneBesideUnreadableElements(t *testing.T) {
	list, err := merchant(t, always(200, `{"data":[7,`+refunded+`]}`)).Refunds(t.Context(), "other")
	require.ErrorAs(t, err, new(*bitpay.MismatchError))
	require.Nil(t, list)
}
