package bitpay_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
)

var (
	first = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	last  = time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC)
)

func TestPublicReadsCarryNoTokenAndNoSignature(t *testing.T) {
	for path, c := range map[string]struct {
		body string
		call func(*bitpay.Client) error
	}{
		"/rates/BTC": {`{"data":[{"code":"USD","name":"US Dollar","rate":41248.11},{"code":"SHIB","name":"Shiba","rate":5.84E-5}]}`, func(c *bitpay.Client) error {
			all, err := c.Rates(t.Context(), "BTC")
			require.Equal(t, "0.0000584", all[1].Rate.String())
			return err
		}},
		"/rates/BTC/USD": {`{"data":{"code":"USD","name":"US Dollar","rate":41248.11}}`, func(c *bitpay.Client) error {
			r, err := c.Rate(t.Context(), "BTC", "USD")
			require.Equal(t, "41248.11", r.Rate.String())
			return err
		}},
		"/currencies": {`{"data":[{"code":"BTC","symbol":"฿","precision":6,"decimals":8,"name":"Bitcoin","plural":"Bitcoin","alts":"btc xbt","minimum":0.000006,"sanctioned":false,"displayCode":"BTC","chain":"BTC","maxSupply":21000000,"payoutFields":[],"settlementMinimum":0.001,"new":1}]}`, func(c *bitpay.Client) error {
			all, err := c.Currencies(t.Context())
			require.Equal(t, 8, all[0].Decimals)
			require.Equal(t, "0.000006", all[0].Minimum.String())
			require.Len(t, all[0].Extra, 1)
			return err
		}},
		"/supportedwallets": {`{"data":[{"key":"bitpay","displayName":"BitPay","avatar":"a.png","payPro":true,"currencies":[{"code":"BTC","payPro":true,"qr":{"type":"BIP72b","collapsed":true},"image":"i"}],"image":"w","uniCode":"x"}]}`, func(c *bitpay.Client) error {
			all, err := c.SupportedWallets(t.Context())
			require.Equal(t, "BIP72b", all[0].Currencies[0].QR.Type)
			require.Contains(t, all[0].Extra, "uniCode")
			return err
		}},
	} {
		s := always(200, c.body)
		require.NoError(t, c.call(merchant(t, s)), path)
		require.Equal(t, sent{"GET", string(bitpay.Test) + path, "", "2.0.0", "", ""}, s.requests()[0])
	}
	_, err := pos(t, always(200, `{"data":{"code":"EUR","rate":1}}`)).Rate(t.Context(), "BTC", "USD")
	require.ErrorAs(t, err, new(*bitpay.MismatchError))
	_, err = pos(t, always(200, `{"data":{"code":"USD"}}`)).Rate(t.Context(), "BTC", "USD")
	require.ErrorContains(t, err, "rate is missing")
	_, err = pos(t, always(200, `{}`)).Rates(t.Context(), "../tokens")
	require.ErrorIs(t, err, bitpay.ErrArgument)
}

func TestRecordedRatesAreRead(t *testing.T) {
	dir := os.Getenv("COINTILL_DATA")
	if dir == "" {
		t.Skip("COINTILL_DATA names no folder of shared data")
	}
	body, err := os.ReadFile(filepath.Join(dir, "rates", "bitpay_rates_btc.json"))
	require.NoError(t, err)
	all, err := pos(t, always(200, string(body))).Rates(t.Context(), "BTC")
	require.NoError(t, err)
	require.Equal(t, "81239.5", all[1].Rate.String())
	body, err = os.ReadFile(filepath.Join(dir, "rates", "bitpay_rate_btc_usd.json"))
	require.NoError(t, err)
	rate, err := pos(t, always(200, string(body))).Rate(t.Context(), "BTC", "USD")
	require.NoError(t, err)
	require.Equal(t, "81239.5", rate.Rate.String())
}

func TestTheMerchantsListsSpellTheirDaysAsBitPayDoes(t *testing.T) {
	const entries = `[{"type":"Invoice","amount":-23,"scale":100,"code":1023,"description":"Invoice Fee","timestamp":"2021-05-10T20:16:03.742Z","txType":"fee","invoiceId":"A","buyerFields":{"buyerName":"n"},"invoiceAmount":10,"invoiceCurrency":"USD","transactionCurrency":"BTC","id":"e","currency":"USD"}]`
	for want, c := range map[string]struct {
		body string
		call func(*bitpay.Client) error
	}{
		"/invoices?dateEnd=2026-01-31&dateStart=2026-01-01&limit=50&offset=100&orderId=order-1&status=complete&token=": {`{"data":[` + posView + `]}`, func(c *bitpay.Client) error {
			list, err := c.Invoices(t.Context(), bitpay.InvoiceQuery{From: first, To: last, Status: bitpay.StatusComplete, OrderID: "order-1", Limit: 50, Offset: 100})
			require.Len(t, list, 1)
			require.Equal(t, "123000000000000000000", list[0].PaymentTotals["DAI"].String())
			return err
		}},
		"/ledgers?token=": {`{"data":[{"currency":"USD","balance":2389.82}]}`, func(c *bitpay.Client) error {
			list, err := c.Ledgers(t.Context())
			require.Equal(t, "2389.82", list[0].Balance.String())
			return err
		}},
		"/ledgers/USD?endDate=2026-01-31&startDate=2026-01-01&token=": {entries, func(c *bitpay.Client) error {
			list, err := c.LedgerEntries(t.Context(), "USD", first, last)
			require.NoError(t, err)
			value, err := list[0].Value()
			require.Equal(t, "-0.23", value.String())
			require.Contains(t, list[0].Extra, "buyerFields")
			return err
		}},
		"/settlements?currency=EUR&endDate=2026-01-31&startDate=2026-01-01&status=processing&token=": {`{"data":[` + settled + `]}`, func(c *bitpay.Client) error {
			list, err := c.Settlements(t.Context(), bitpay.SettlementQuery{From: first, To: last, Status: "processing", Currency: "EUR"})
			require.Equal(t, "35.88", list[0].TotalAmount.String())
			return err
		}},
	} {
		s := always(200, c.body)
		require.NoError(t, c.call(merchant(t, s)), want)
		seen := s.requests()[0]
		require.Equal(t, string(bitpay.Test)+want+token, seen.uri)
		require.NoError(t, bitauth.Verify(seen.identity, seen.signature, []byte(seen.uri)))
	}
	_, err := merchant(t, always(200, entries)).LedgerEntries(t.Context(), "USD", last, first)
	require.ErrorIs(t, err, bitpay.ErrArgument)
	_, err = merchant(t, always(200, `{"data":[`+posView+`]}`)).Invoices(t.Context(), bitpay.InvoiceQuery{From: first, To: last, OrderID: "order-2"})
	require.ErrorAs(t, err, new(*bitpay.MismatchError))
	_, err = bitpay.LedgerEntry{Amount: number(t, "1"), Scale: number(t, "3")}.Value()
	require.ErrorContains(t, err, "power of ten")
}

const settled = `{"id":"RPWTabW8urd3xWv2To989v","accountId":"YJ","status":"processing","currency":"EUR","payoutInfo":{"label":"l","account":"NL85"},
 "dateCreated":"2021-05-11T09:05:00.176Z","openingBalance":23.27,"ledgerEntriesSum":20.82,"withholdings":[{"amount":8.21,"code":"W005","description":"Pending Refunds"}],
 "withholdingsSum":8.21,"totalAmount":35.88,"ledgerEntries":[{"code":1023,"description":"Invoice Fee","timestamp":"2018-08-01T20:16:03.742Z","amount":-0.06,"invoiceId":"E1",
 "invoiceData":{"orderId":"o","price":5,"currency":"EUR","payoutPercentage":{"USD":100},"refundInfo":{"currency":"USD","amounts":{"BTC":0.145439}}}}],"token":"` + resource + `"}`

func TestASettlementsReportIsReadWithItsOwnToken(t *testing.T) {
	s := always(200, `{"data":`+settled+`}`)
	c := merchant(t, s)
	v, err := c.Settlement(t.Context(), "RPWTabW8urd3xWv2To989v")
	require.NoError(t, err)
	v, err = c.SettlementReport(t.Context(), v)
	require.NoError(t, err)
	require.Equal(t, string(bitpay.Test)+"/settlements/"+v.ID+"/reconciliationReport?token="+resource, s.requests()[1].uri)
	require.Equal(t, "-0.06", v.LedgerEntries[0].Amount.String())
	require.Equal(t, "0.145439", v.LedgerEntries[0].InvoiceData.RefundInfo[0].Amounts["BTC"].String())
	_, err = c.Settlement(t.Context(), "another")
	require.ErrorAs(t, err, new(*bitpay.MismatchError))
}

func TestPairingWorksBothWays(t *testing.T) {
	answer := func(facade, code string) string {
		return `{"data":[{"policies":[{"policy":"id","method":"inactive","params":["TfCX"]}],"token":"` + resource + `","facade":"` + facade +
			`","label":"till","dateCreated":1620733980748,"pairingExpiration":1620820380748,"pairingCode":"` + code + `"}]}`
	}
	none := func(s http.RoundTripper) *bitpay.Client {
		c, err := bitpay.New(bitpay.Config{Environment: bitpay.Test, Transport: s})
		require.NoError(t, err)
		return c
	}
	s := always(200, answer("merchant", "ax3Zk9Q"))
	p, err := none(s).Pair(t.Context(), bitpay.PairRequest{SIN: key(t).SIN(), Facade: bitpay.Merchant, Label: "till"})
	require.NoError(t, err)
	require.Equal(t, resource, p.Token.Reveal())
	require.Equal(t, "inactive", p.Policies[0].Method)
	require.Equal(t, 24*time.Hour, p.Expiration.Sub(p.DateCreated))
	require.Equal(t, "https://test.bitpay.com/dashboard/merchant/api-tokens?pairingCode=ax3Zk9Q", none(s).ApprovalURL(p))
	require.Equal(t, sent{"POST", "https://test.bitpay.com/tokens", `{"id":"TfCXpW8KH5eWmqisUUcGYsAJsFbuy2htdMQ","facade":"merchant","label":"till"}`, "2.0.0", "", ""}, s.requests()[0])

	s = always(200, answer("pos", ""))
	_, err = none(s).Pair(t.Context(), bitpay.PairRequest{SIN: key(t).SIN(), Code: "ax3Zk9Q"})
	require.NoError(t, err)
	require.Equal(t, `{"id":"TfCXpW8KH5eWmqisUUcGYsAJsFbuy2htdMQ","pairingCode":"ax3Zk9Q"}`, s.requests()[0].body)
	_, err = none(s).Pair(t.Context(), bitpay.PairRequest{SIN: key(t).SIN(), Facade: bitpay.Merchant})
	require.ErrorAs(t, err, new(*bitpay.MismatchError))

	for _, bad := range []bitpay.PairRequest{{}, {SIN: key(t).SIN()}, {SIN: key(t).SIN(), Facade: bitpay.POS, Code: "ax3Zk9Q"}, {SIN: key(t).SIN(), Code: "short"},
		{SIN: "TfCX", Facade: bitpay.POS}, {SIN: key(t).SIN(), Facade: "payout"}, {SIN: key(t).SIN(), Facade: bitpay.POS, Label: "<b>"}} {
		_, err = none(s).Pair(t.Context(), bad)
		require.ErrorIs(t, err, bitpay.ErrArgument)
	}
	require.Len(t, s.requests(), 2)
	_, err = none(s).CreateInvoice(t.Context(), order(t))
	require.ErrorIs(t, err, bitpay.ErrArgument)
}

func TestTheKeysTokensAreListedWithASignatureAlone(t *testing.T) {
	s := always(200, `{"data":[{"merchant":"`+resource+`"},{"payout":"x"},{"merchant":"y"}]}`)
	all, err := merchant(t, s).Tokens(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, "merchant", all[0].Facade)
	require.Equal(t, resource, all[0].Token.Reveal())
	seen := s.requests()[0]
	require.Equal(t, string(bitpay.Test)+"/tokens", seen.uri)
	require.NoError(t, bitauth.Verify(seen.identity, seen.signature, []byte(seen.uri)))
}
