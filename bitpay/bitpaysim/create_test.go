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

// price 10 USD, BTC at 50000, ETH at 2500, a miner fee of 100 satoshi: figures
// worked out by hand.
func TestTheWorkedExamplesFigures(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(object{"paymentCurrencies": []string{"BTC", "ETH", "USDC"}})
	n := func(s string) json.Number { return json.Number(s) }
	require.Equal(t, object{"BTC": n("20000"), "ETH": n("4000000000000000"), "USDC": n("10000000")}, o["paymentSubtotals"])
	require.Equal(t, object{"BTC": n("20100"), "ETH": n("4000000000000000"), "USDC": n("10000000")}, o["paymentTotals"])
	require.Equal(t, object{"BTC": "0.000200", "ETH": "0.004000", "USDC": "10.00"}, o["paymentDisplaySubTotals"])
	require.Equal(t, object{"BTC": "0.000201", "ETH": "0.004000", "USDC": "10.00"}, o["paymentDisplayTotals"])
	require.Equal(t, object{"satoshisPerByte": n("1"), "totalFee": n("100"), "fiatAmount": n("0.05")}, o["minerFees"].(object)["BTC"])
	require.Equal(t, n("50000"), o["exchangeRates"].(object)["BTC"].(object)["USD"])
	require.Equal(t, n("2E-5"), o["exchangeRates"].(object)["USDC"].(object)["BTC"])
	require.Equal(t, n("10"), o["price"])
	require.Equal(t, n("900000"), minus(o["expirationTime"], o["invoiceTime"]))
	require.NotContains(t, o, "notificationURL")
	require.NotContains(t, o, "transactionCurrency")
	require.Len(t, o["token"], 65)
	require.Len(t, o["id"], 22)
}

func minus(a, b any) json.Number {
	x, _ := a.(json.Number).Int64()
	y, _ := b.(json.Number).Int64()
	raw, _ := json.Marshal(x - y)
	return json.Number(raw)
}

// 12 USD at 17120.09 and 1286.54: figures of BitPay's own fixtures.
func TestAmountsAreRoundedAtTheDisplayedDigits(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	require.NoError(t, w.sim.SetPrice("BTC", "17120.09"))
	require.NoError(t, w.sim.SetPrice("ETH", "1286.54"))
	o := w.create(object{"price": 12})
	subtotals := o["paymentSubtotals"].(object)
	require.Equal(t, json.Number("70100"), subtotals["BTC"])
	require.Equal(t, json.Number("9327000000000000"), subtotals["ETH"])
}

func TestTotalsExceedSixtyFourBits(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(object{"price": 123})
	require.Equal(t, json.Number("123000000000000000000"), o["paymentTotals"].(object)["DAI"])
	require.NoError(t, w.sim.PayExact(id(o), "DAI"))
	require.Equal(t, json.Number("123000000000000000000"), w.fetch(id(o))["amountPaid"])
}

// The service is JavaScript: what its JSON.stringify does to large integers. The texts
// were written by Node 20.
func TestLargeTotalsAreWrittenAsJavaScriptDoes(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	for price, total := range map[string]string{"999.99": "999990000000000000000", "1000": "1e+21", "1000.2": "1.0002e+21", "123456.78": "1.2345678e+23"} {
		o := w.create(object{"price": json.Number(price)})
		for _, name := range []string{"paymentSubtotals", "paymentTotals"} {
			require.Equal(t, json.Number(total), o[name].(object)["DAI"], price)
		}
		require.NoError(t, w.sim.PayExact(id(o), "DAI"))
		paid := w.fetch(id(o))
		require.Equal(t, json.Number(total), paid["amountPaid"], price)
		require.Equal(t, json.Number(total), paid["transactions"].([]any)[0].(object)["amount"])
	}
	for units, text := range map[string]string{
		"123000000000000000001": "123000000000000000000", "9007199254740993": "9007199254740992", "9007199254740995": "9007199254740996",
		"123456789012345678901": "123456789012345680000", "1234567890123456789012": "1.2345678901234568e+21", "999999999999999999999": "1e+21",
		"5000000000000000000000001": "5e+24",
	} {
		o := w.create(object{"price": 1000000})
		n, _ := new(big.Int).SetString(units, 10)
		require.NoError(t, w.sim.Pay(id(o), bitpaysim.Payment{Coin: "DAI", Units: n}))
		require.Equal(t, json.Number(text), w.fetch(id(o))["amountPaid"], units)
		known, err := w.sim.Invoice(id(o))
		require.NoError(t, err)
		require.Equal(t, units, known.Paid.String(), "the simulator itself counts every unit")
	}
}

func TestOneGUIDIsOneInvoiceWhateverTheSecondCallSays(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	first := w.create(object{"guid": "g-1"})
	again := w.create(object{"guid": "g-1", "price": 99, "orderId": "another"})
	require.Equal(t, first["id"], again["id"])
	require.Equal(t, json.Number("10"), again["price"])
	require.Equal(t, "order-1", again["orderId"])
	require.Len(t, w.sim.Invoices(), 1)
	require.Equal(t, first["id"], id(w.get("/invoices/guid/g-1?token="+w.merchant).data(t)))
	require.Equal(t, "020101", w.get("/invoices/guid/g-2?token=" + w.merchant).top["code"])
}

// A POS token may sit in a till: what the merchant's token made is not shown to it.
func TestAGUIDIsOfItsTokenAlone(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	secret := w.create(object{"guid": "g-1", "orderId": "secret"})
	r := w.do(nil, http.MethodPost, "/invoices", object{"token": w.pos, "price": 1, "currency": "USD", "guid": "g-1"})
	require.Equal(t, http.StatusOK, r.status, r.body)
	own := r.data(t)
	require.NotEqual(t, id(secret), id(own))
	require.Equal(t, json.Number("1"), own["price"])
	require.NotContains(t, r.body, "secret")
	require.Equal(t, id(own), id(w.do(nil, http.MethodGet, "/invoices/guid/g-1?token="+w.pos, nil).data(t)))
	require.Equal(t, id(secret), id(w.get("/invoices/guid/g-1?token="+w.merchant).data(t)))
	require.Equal(t, id(own), id(w.do(nil, http.MethodPost, "/invoices", object{"token": w.pos, "price": 2, "currency": "USD", "guid": "g-1"}).data(t)))
	gone := w.do(nil, http.MethodDelete, "/invoices/guid/g-1?token="+w.pos, nil).data(t)
	require.Equal(t, id(own), id(gone))
	require.Equal(t, bitpaysim.StatusNew, w.status(id(secret)), "the other token's is not touched")
	other, err := w.sim.Grant(bitpaysim.Merchant, w.key.identity())
	require.NoError(t, err)
	require.Equal(t, "020101", w.get("/invoices/guid/g-1?token=" + other).top["code"])
}

func TestThePOSViewHasFewerMembersThanTheMerchants(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	r := w.do(nil, http.MethodPost, "/invoices", object{"token": w.pos, "price": 10, "currency": "USD", "guid": "g"})
	require.Equal(t, "pos/invoice", r.top["facade"])
	for _, name := range []string{"guid", "transactions", "transactionSpeed", "shopper", "refundAddresses", "targetConfirmations"} {
		require.NotContains(t, r.data(t), name)
		require.Contains(t, w.create(object{"guid": "m"}), name)
	}
	public := w.do(nil, http.MethodGet, "/invoices/"+id(r.data(t)), nil)
	require.Equal(t, "public/invoice", public.top["facade"])
	require.Equal(t, "020101", w.get("/invoices/" + id(r.data(t)) + "?token=" + w.merchant).top["code"], "a token sees its own invoices")
	w.sim.Advance(72 * time.Hour)
	require.Equal(t, http.StatusUnauthorized, w.do(nil, http.MethodGet, "/invoices/"+id(r.data(t)), nil).status)
	require.Equal(t, http.StatusOK, w.do(nil, http.MethodGet, "/invoices/"+id(r.data(t))+"?token="+w.pos, nil).status)
}

func TestAnInvoiceThatMakesNoSenseIsRefused(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	for name, c := range map[string]struct {
		body object
		code string // empty: a validation error
	}{
		"no price":               {object{"currency": "USD"}, ""},
		"no currency":            {object{"price": 1}, ""},
		"a price as text":        {object{"price": "1", "currency": "USD"}, ""},
		"a negative price":       {object{"price": -1, "currency": "USD"}, ""},
		"a price of nothing":     {object{"price": 0, "currency": "USD"}, "010110"},
		"a price too high":       {object{"price": 1000001, "currency": "USD"}, "010111"},
		"an unknown currency":    {object{"price": 1, "currency": "XXX"}, "010102"},
		"half a cent":            {object{"price": json.Number("0.015"), "currency": "USD"}, "010102"},
		"an unknown speed":       {object{"price": 1, "currency": "USD", "transactionSpeed": "fast"}, "010102"},
		"an unknown coin":        {object{"price": 1, "currency": "USD", "paymentCurrencies": []string{"XMR"}}, "010102"},
		"a cent in bitcoin":      {object{"price": json.Number("0.01"), "currency": "USD", "paymentCurrencies": []string{"BTC"}}, "010110"},
		"a script as URL":        {object{"price": 1, "currency": "USD", "redirectURL": "javascript:alert(1)"}, "010102"},
		"a redirect to nowhere":  {object{"price": 1, "currency": "USD", "autoRedirect": true}, ""},
		"a window of an hour":    {object{"price": 1, "currency": "USD", "acceptanceWindow": 3600000}, ""},
		"a number as order id":   {object{"price": 1, "currency": "USD", "orderId": 7}, ""},
		"an address that is not": {object{"price": 1, "currency": "USD", "buyer": object{"email": "x"}}, "010102"},
	} {
		c.body["token"] = w.pos
		r := w.do(nil, http.MethodPost, "/invoices", c.body)
		require.Equal(t, http.StatusBadRequest, r.status, name)
		if c.code == "" {
			require.NotEmpty(t, r.top["errors"], name)
		} else {
			require.Equal(t, c.code, r.top["code"], name)
			require.Equal(t, "error", r.top["status"], name)
		}
	}
	require.Empty(t, w.sim.Invoices())
}

func TestTheAcceptanceWindowShortensTheTimeToPay(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(object{"acceptanceWindow": 60000})
	w.sim.Advance(time.Minute)
	require.Equal(t, bitpaysim.StatusExpired, w.status(id(o)))
}

func TestMoreInvoicesThanTheHourAllowsAreRefused(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{InvoicesPerHour: 2})
	w.create(object{"guid": "a"})
	w.create(nil)
	r := w.do(nil, http.MethodPost, "/invoices", object{"token": w.pos, "price": 1, "currency": "USD"})
	require.Equal(t, http.StatusTooManyRequests, r.status)
	w.create(object{"guid": "a"}) // known: not counted
	w.sim.Advance(time.Hour)
	w.create(nil)
}

func TestAPriceInEuroAndOneInBitcoin(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	eur := w.create(object{"price": json.Number("49.90"), "currency": "EUR"})
	require.Equal(t, json.Number("54.89"), json.Number(eur["paymentDisplayTotals"].(object)["USDC"].(string)))
	btc := w.create(object{"price": json.Number("0.001"), "currency": "BTC"})
	require.Equal(t, json.Number("100000"), btc["paymentSubtotals"].(object)["BTC"])
	require.Equal(t, json.Number("0.001"), btc["price"])
}
