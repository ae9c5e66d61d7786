package bitpay_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments/money"
)

// everything has each member of the documentation's tables, none of them zero.
const everything = `{
 "id":"G3viJEJgE8Jk2oekSdgT2A","url":"https://bitpay.com/invoice?id=G3viJEJgE8Jk2oekSdgT2A","guid":"g-1","status":"confirmed","exceptionStatus":"paidOver",
 "price":20.5,"currency":"USD","orderId":"o-1","itemDesc":"d","itemCode":"c","posData":"p","token":"CANARYresourceTOKEN5522",
 "invoiceTime":1620733980748,"expirationTime":1620734880748,"currentTime":1620734253073,"rateRefreshTime":1620734253073,
 "amountPaid":"123000000000000000001","displayAmountPaid":"123.000000000000000001","transactionCurrency":"DAI","underpaidAmount":1,"overpaidAmount":2,
 "isCancelled":true,"lowFeeDetected":true,"nonPayProPaymentReceived":true,
 "transactions":[{"amount":739100,"confirmations":1,"time":1620734253073,"receivedTime":"2021-05-11T11:54:32.978Z","txid":"06","outputIndex":3,"exRates":{"USD":1355.2800000000002}}],
 "transactionSpeed":"medium","targetConfirmations":6,"guaranteedPaymentTargetConfirmations":6,
 "paymentSubtotals":{"DAI":122999999999999999999},"paymentTotals":{"DAI":123000000000000000000},"paymentDisplaySubTotals":{"DAI":"123.00"},"paymentDisplayTotals":{"DAI":"123.00"},
 "exchangeRates":{"BTC":{"USD":5.5413609335E4}},"minerFees":{"BTC":{"satoshisPerByte":1.25,"totalFee":100,"fiatAmount":0.02}},
 "supportedTransactionCurrencies":{"BTC":{"enabled":true,"reason":"r"}},"paymentCodes":{"BTC":{"BIP73":"https://bitpay.com/i/G3"}},
 "universalCodes":{"paymentString":"https://link.bitpay.com/i/G3","verificationLink":"https://link.bitpay.com/i/G3?t=hv"},
 "refundAddresses":[{"n2MDYgEhxCAnuoVd1JpPmvxZShE6q9sTQK":{"type":"buyerSupplied","date":"2021-06-21T14:43:00.000Z","tag":null,"email":"a@b.example"}}],
 "refundAddressRequestPending":true,"refundInfo":{"supportRequest":"S","currency":"USD","amounts":{"USD":10,"BTC":0.000594},"reference":"r"},
 "buyer":{"name":"n","address1":"1","address2":"2","locality":"l","region":"r","postalCode":"p","country":"NL","email":"e","phone":"t","notify":true},
 "buyerProvidedEmail":"e","buyerProvidedInfo":{"name":"n","phoneNumber":"1","emailAddress":"e","selectedWallet":"bitpay","selectedTransactionCurrency":"DAI","sms":"+1","smsVerified":true},
 "shopper":{"user":"u"},"redirectURL":"https://a.example","closeURL":"https://b.example","autoRedirect":true,"jsonPayProRequired":true,"bitpayIdRequired":true,
 "merchantName":"m","physical":true,"billId":"b","itemizedDetails":[{"amount":5,"description":"i","isFee":true}],"notificationURL":"https://n.example",
 "extendedNotifications":true,"fullNotifications":true,"selectedTransactionCurrency":"DAI","forcedBuyerSelectedTransactionCurrency":"DAI","forcedBuyerSelectedWallet":"w",
 "shopify":{"x":1},"news":[1e400]}`

func TestEveryDocumentedMemberHasAFieldAndUnknownOnesAreKept(t *testing.T) {
	var v bitpay.Invoice
	require.NoError(t, json.Unmarshal([]byte(everything), &v))
	for i := range reflect.TypeOf(v).NumField() {
		require.False(t, reflect.ValueOf(v).Field(i).IsZero(), reflect.TypeOf(v).Field(i).Name)
	}
	require.Equal(t, bitpay.Extra{"shopify": json.RawMessage(`{"x":1}`), "news": json.RawMessage(`[1e400]`)}, v.Extra)

	dai := money.Asset{Coin: "DAI", Network: "ethereum", Decimals: 18}
	paid, err := v.AmountPaid.Units(dai)
	require.NoError(t, err)
	require.Equal(t, "123.000000000000000001", paid.Text())
	price, err := v.Price.Amount(usd)
	require.NoError(t, err)
	require.Equal(t, "20.50", price.Text())
	require.Equal(t, bitpay.PaidOver, v.ExceptionStatus)
	require.Equal(t, resource, v.Token.Reveal())
	require.Equal(t, time.Date(2021, 5, 11, 11, 53, 0, 748e6, time.UTC), v.InvoiceTime)
	require.Equal(t, time.Date(2021, 5, 11, 11, 54, 32, 978e6, time.UTC), v.Transactions[0].ReceivedTime)
	require.Equal(t, "1355.2800000000002", v.Transactions[0].ExRates["USD"].String())
	require.Equal(t, "55413.609335", v.ExchangeRates["BTC"]["USD"].String())
	require.Equal(t, "n2MDYgEhxCAnuoVd1JpPmvxZShE6q9sTQK", v.RefundAddresses[0].Address)
	require.Equal(t, "0.000594", v.RefundInfo[0].Amounts["BTC"].String())
}

func TestBitPaysOddShapesAreRead(t *testing.T) {
	for body, want := range map[string]func(bitpay.Invoice){
		`"exceptionStatus":"false"`:                    func(v bitpay.Invoice) { require.Equal(t, bitpay.NoException, v.ExceptionStatus) },
		`"exceptionStatus":"paidSideways"`:             func(v bitpay.Invoice) { require.Equal(t, bitpay.Exception("paidSideways"), v.ExceptionStatus) },
		`"paymentTotals":[],"minerFees":[]`:            func(v bitpay.Invoice) { require.Empty(t, v.PaymentTotals); require.Empty(t, v.Extra) },
		`"buyerProvidedInfo":{"selectedWallet":null}`:  func(v bitpay.Invoice) { require.Empty(t, v.Extra) },
		`"refundInfo":[{"currency":"USD"},{}]`:         func(v bitpay.Invoice) { require.Len(t, v.RefundInfo, 2) },
		`"shopper":"a text","targetConfirmations":"6"`: func(v bitpay.Invoice) { require.Len(t, v.Extra, 2) },
		`"amountPaid":null,"orderId":null`:             func(v bitpay.Invoice) { require.Zero(t, v.AmountPaid.Sign()) },
		`"orderId":1234567890123456789012,"posData":-7`: func(v bitpay.Invoice) {
			require.Equal(t, "1234567890123456789012", v.OrderID)
			require.Equal(t, "-7", v.PosData)
		},
		`"paymentTotals":{"BTC":1,"XRP":null}`:   func(v bitpay.Invoice) { require.Len(t, v.PaymentTotals, 1) },
		`"amountPaid":0.0,"underpaidAmount":"0"`: func(v bitpay.Invoice) { require.Zero(t, v.AmountPaid.Sign()) },
		`"exchangeRates":{"X":{"Y":5.84E-5}}`:    func(v bitpay.Invoice) { require.Equal(t, "0.0000584", v.ExchangeRates["X"]["Y"].String()) },
	} {
		var v bitpay.Invoice
		require.NoError(t, json.Unmarshal([]byte(`{"id":"A","status":"new","price":"10","currency":"USD",`+body+`}`), &v), body)
		want(v)
	}
}

func TestAnInvoiceWhoseMoneyCannotBeReadIsRefused(t *testing.T) {
	for _, change := range []map[string]any{
		{"price": nil}, {"price": "ten"}, {"price": true}, {"price": "1e999999999"}, {"price": strings.Repeat("9", 61)}, {"currency": nil}, {"id": nil}, {"id": ""},
		{"status": nil}, {"status": false}, {"exceptionStatus": true}, {"orderId": []any{7}}, {"guid": []any{7}},
		{"expirationTime": "soon"}, {"expirationTime": -1}, {"currentTime": "now"},
	} {
		_, err := pos(t, always(200, hosted(t, change))).Invoice(t.Context(), invoiceA)
		var e *bitpay.Error
		require.ErrorAs(t, err, &e, "%v", change)
		require.False(t, e.Temporary(), "%v", change)
		require.NotErrorIs(t, err, bitpay.ErrNotFound)
	}
}

func TestAnUnreadableMemberThatDecidesNothingIsToldAndTheInvoiceRead(t *testing.T) {
	for name, odd := range map[string]any{
		"amountPaid": "NaN", "paymentTotals": map[string]any{"BTC": 1, "DAI": "x"}, "paymentSubtotals": 7, "underpaidAmount": "some", "overpaidAmount": strings.Repeat("9", 61),
		"transactionCurrency": true, "isCancelled": "yes", "invoiceTime": "soon", "minerFees": "none", "exchangeRates": map[string]any{"BTC": map[string]any{"USD": "1e99"}},
	} {
		v, err := pos(t, always(200, hosted(t, map[string]any{name: odd, "news": 1, "-": 1}))).Invoice(t.Context(), invoiceA)
		require.NoError(t, err, name)
		require.Equal(t, []string{name}, v.Unreadable(), "a member nobody documented is none")
		want, err := json.Marshal(odd)
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(v.Extra[name]), name)
		require.Equal(t, "10", v.Price.String())
	}
	v, err := pos(t, always(200, hosted(t, nil))).Invoice(t.Context(), invoiceA)
	require.NoError(t, err)
	require.Nil(t, v.Unreadable())
	_, err = pos(t, always(200, hosted(t, map[string]any{"url": []any{}}))).Invoice(t.Context(), invoiceA)
	require.NoError(t, err, "a page is needed to pay, not to see what was paid")
	_, err = pos(t, always(200, hosted(t, map[string]any{"url": []any{}}))).CreateInvoice(t.Context(), order(t))
	require.ErrorAs(t, err, new(*bitpay.MismatchError))
	r := bitpay.Refund{}
	require.NoError(t, json.Unmarshal([]byte(`{"id":"R","invoice":"A","status":"created","amount":1,"transactionAmount":"x","immediate":0,"more":1}`), &r))
	require.Equal(t, []string{"transactionAmount", "immediate"}, r.Unreadable())
	require.Error(t, json.Unmarshal([]byte(`{"id":"R","invoice":"A","status":"created","amount":1,"type":{}}`), &r), "the type says whose money it is")
}

func TestNumbersKeepEveryDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.StringMatching(`-?[1-9][0-9]{0,59}`).Draw(t, "units")
		n, err := bitpay.ParseNumber(units)
		require.NoError(t, err)
		require.Equal(t, units, n.String())
		text, err := json.Marshal(n)
		require.NoError(t, err)
		for _, wire := range []string{string(text), `"` + units + `"`} {
			var back bitpay.Number
			require.NoError(t, json.Unmarshal([]byte(wire), &back))
			require.True(t, n.Equal(back))
		}
		x, err := n.Units(money.Asset{Coin: "X", Network: "x", Decimals: 18})
		require.NoError(t, err)
		want, _ := new(big.Int).SetString(units, 10)
		require.Zero(t, want.Cmp(x.Units()))
	})
	for _, s := range []string{"0", "-0", "0.00", "0e5", "0E-10"} {
		require.Zero(t, number(t, s).Sign(), s)
	}
	for _, s := range []string{"", "-", "--1", "+1", ".", "1.2.3", "0x10", "1_000", "1,5", "NaN", "Infinity", " 1", "1e1000", "1e-1000", "0e99999", "0ee", "e", "1e99",
		"1e+60", "1e-61", "-1e+60", "1000e58", "1e+", "1e1.5", "e5", ".e5", "-.", strings.Repeat("9", 61), "0." + strings.Repeat("0", 60) + "1", strings.Repeat("0", 123)} {
		_, err := bitpay.ParseNumber(s)
		require.ErrorIs(t, err, money.ErrBadNumber, s)
	}
	_, err := number(t, "10.005").Amount(usd)
	require.ErrorAs(t, err, new(*money.PrecisionError))
	_, err = number(t, "0.5").Units(usd)
	require.ErrorIs(t, err, money.ErrBadNumber)
	back, err := number(t, "-12.5").Amount(usd)
	require.NoError(t, err)
	require.Equal(t, money.Units(usd, -1250), back)
	require.Equal(t, "12.5", bitpay.NumberOf(money.Units(usd, 1250)).String())
}

// BitPay's servers are written in JavaScript, where a number of 10^21 or more has an
// exponent: 1,000 DAI are 1e+21 units.
func TestNumbersAreReadAsJavaScriptWritesThem(t *testing.T) {
	for wire, plain := range map[string]string{
		"1e+21": "1000000000000000000000", "1.5e+21": "1500000000000000000000", "1.23e+24": "1230000000000000000000000", "1e21": "1000000000000000000000",
		"1.7976931348623157e+59": "179769313486231570000000000000000000000000000000000000000000", "-1e+21": "-1000000000000000000000",
		"1e-7": "0.0000001", "1.2345678901234567e-10": "0.00000000012345678901234567", "5.84E-5": "0.0000584", "0e+21": "0",
	} {
		n := number(t, wire)
		require.Equal(t, plain, n.String(), wire)
		text, err := json.Marshal(n)
		require.NoError(t, err)
		require.True(t, n.Equal(number(t, string(text))), "what we write we read: %s", wire)
	}
	body := strings.ReplaceAll(hosted(t, nil), `"DAI":123000000000000000000`, `"DAI":1.0002e+21`)
	body = strings.Replace(body, `"amountPaid":0`, `"amountPaid":1e+21`, 1)
	v, err := merchant(t, always(200, body)).CreateInvoice(t.Context(), order(t))
	require.NoError(t, err)
	dai := money.Asset{Coin: "DAI", Network: "ethereum", Decimals: 18}
	for want, n := range map[string]bitpay.Number{"1000.200000000000000000": v.PaymentTotals["DAI"], "1000.000000000000000000": v.AmountPaid} {
		x, err := n.Units(dai)
		require.NoError(t, err)
		require.Equal(t, want, x.Text())
	}
	require.Equal(t, v.PaymentTotals["DAI"], v.PaymentSubtotals["DAI"])
	require.Empty(t, v.Extra)
}

func FuzzInvoice(f *testing.F) {
	// One small seed for each member: the fuzzer shortens what it finds by taking bytes
	// out in pairs, a minute for each find of the length of a whole invoice.
	var members map[string]json.RawMessage
	require.NoError(f, json.Unmarshal([]byte(everything), &members))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		f.Add(fmt.Appendf(nil, `{"id":"A","status":"new","price":1,"currency":"USD",%q:%s}`, name, members[name]))
	}
	f.Add([]byte(`{"id":"A","status":"new","price":1e18,"currency":"USD","refundInfo":[null],"refundAddresses":[{}]}`))
	for _, n := range []string{"1e+21", "1.0002e+21", "1.23e+24", `"1e+60"`, "-1e-60", "5.84E-5"} {
		f.Add(fmt.Appendf(nil, `{"id":"A","status":"new","price":%s,"currency":"USD","amountPaid":%s,"paymentTotals":{"DAI":%s}}`, n, n, n))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v bitpay.Invoice
		if json.Unmarshal(b, &v) != nil {
			require.Empty(t, v.ID, "a refused invoice must leave nothing behind")
			return
		}
		require.NotEmpty(t, v.ID)
		require.NotEmpty(t, v.Currency)
		text, err := json.Marshal(v)
		require.NoError(t, err)
		var back bitpay.Invoice
		require.NoError(t, json.Unmarshal(text, &back))
		require.True(t, v.Price.Equal(back.Price) && v.AmountPaid.Equal(back.AmountPaid), "price and amount survive")
		require.Equal(t, v.Status, back.Status)
		require.Len(t, back.PaymentTotals, len(v.PaymentTotals))
		for coin, total := range v.PaymentTotals {
			require.True(t, total.Equal(back.PaymentTotals[coin]), "totals survive")
		}
		for _, name := range v.Unreadable() {
			require.Contains(t, v.Extra, name)
		}
	})
}
