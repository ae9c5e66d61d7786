package main

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	formKey   = regexp.MustCompile(`name="key" value="([^"]+)"`)
	onStrip   = regexp.MustCompile(`name="invoice" value="([^"]+)"`)
	reference = regexp.MustCompile(`id="copy-reference" data-copy="([^"]+)"`)
)

// payment is a payment at BitPay as a visitor without a script meets it.
type payment struct {
	visitor
	page, invoice, back string // the simulated BitPay's page, its id for it, and where it leads back to
}

// key reads what makes the form of amounts one payment.
func (v visitor) key(account string) string {
	v.Helper()
	_, body := v.get("/topup/" + account + "/bitpay")
	found := formKey.FindStringSubmatch(body)
	require.NotNil(v, found, "no form of amounts")
	return found[1]
}

// choose presses the button and says where it leads.
func (v visitor) choose(account, amount, key string) (status int, to string) {
	v.Helper()
	form := url.Values{"amount": {amount}, "key": {key}}
	r, err := http.NewRequestWithContext(v.Context(), http.MethodPost, v.url+"/topup/"+account+"/bitpay", strings.NewReader(form.Encode()))
	require.NoError(v, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(v, err)
	defer answer.Body.Close()
	return answer.StatusCode, answer.Header.Get("Location")
}

var backLink = regexp.MustCompile(`id="back" href="([^"]+)"`)

// checkout goes as far as BitPay's page.
func (v visitor) checkout(account, amount string) payment {
	v.Helper()
	status, page := v.choose(account, amount, v.key(account))
	require.Equal(v, http.StatusSeeOther, status)
	require.NotContains(v, page, v.url, "BitPay's page has an origin of its own")
	u, err := url.Parse(page)
	require.NoError(v, err)
	_, body := v.at(page)
	found := backLink.FindStringSubmatch(body)
	require.NotNil(v, found, "BitPay's page leads nowhere")
	return payment{v, page, u.Query().Get("id"), strings.ReplaceAll(found[1], "&amp;", "&")}
}

// at reads a page of any origin.
func (v visitor) at(address string) (int, string) {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, address, nil)
	require.NoError(v, err)
	return v.do(r)
}

// returns follows BitPay's link back and gives the page's address.
func (p payment) returns(want string) string {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), http.MethodGet, p.back, nil)
	require.NoError(p, err)
	answer, err := p.client.Do(r)
	require.NoError(p, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(p, err)
	require.Equal(p, http.StatusOK, answer.StatusCode)
	require.Contains(p, string(body), want)
	return answer.Request.URL.RequestURI()
}

// bitpay visits the simulated BitPay itself.
func (p payment) bitpay() visitor {
	base, _, found := strings.Cut(p.page, "/invoice")
	require.True(p, found)
	return visitor{T: p.T, client: p.client, url: base}
}

// simulate presses a button of the strip.
func (p payment) simulate(do string) {
	p.Helper()
	status, _ := p.post("/simulate/bitpay", url.Values{"invoice": {p.invoice}, "do": {do}})
	require.Equal(p, http.StatusOK, status, do)
}

func TestAPaymentByBitPayIsCreditedOnce(t *testing.T) {
	v := visit(t)
	v.accept()
	p := v.checkout("voice", "50.00")
	page := p.returns("Waiting for payment")
	_, body := v.get(page)
	require.Contains(t, body, `href="`+p.page+`"`, "the way to BitPay's page stays open")
	require.Contains(t, body, `http-equiv="refresh"`, "it works without a script")

	p.simulate("pay")
	p.returns("$50.00 received")
	_, body = v.get("/")
	require.Contains(t, body, "Under way")
	require.Contains(t, body, `data-balance="voice">$0.00<`)

	p.simulate("confirm")
	body = v.eventually(page, "$50.00 credited")
	require.Contains(t, body, `data-balance="voice">$50.00<`)
	require.Contains(t, body, `data-balance="sms">$0.00<`)
	require.Equal(t, p.invoice, reference.FindStringSubmatch(body)[1])
	_, body = v.get("/")
	require.Contains(t, body, `data-label="Method">BitPay<`)
	require.Contains(t, body, `href="`+page+`" title="`+p.invoice+`"`)
	require.Contains(t, body, `>&#43;$50.00<`)
	require.NotContains(t, body, "Under way")
}

func TestBitPayIsBehindTheSameTerms(t *testing.T) {
	v := visit(t)
	_, body := v.get("/topup/voice/bitpay")
	require.Contains(t, body, "Before your first payment")
	require.NotContains(t, body, "Continue to BitPay")
	status, to := v.choose("voice", "25.00", "somebody-skips-the-page")
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, "/topup/voice", to, "the engine refuses it too")
}

func TestOnlyAmountsOnOfferAreTaken(t *testing.T) {
	v := visit(t)
	v.accept()
	_, body := v.get("/topup/voice/bitpay")
	for _, amount := range []string{"10.00", "25.00", "50.00", "100.00", "250.00"} {
		require.Contains(t, body, `value="`+amount+`"`)
	}
	require.Contains(t, body, `value="25.00" checked`)
	for _, c := range []struct{ amount, key string }{
		{"25", "k"}, {"0.01", "k"}, {"-25.00", "k"}, {"", "k"}, {"25.00", ""}, {"25.00", "no such/key"},
	} {
		status, _ := v.choose("voice", c.amount, c.key)
		require.Equal(t, http.StatusUnprocessableEntity, status, "%v", c)
	}
	status, _ := v.choose("fax", "25.00", "k")
	require.Equal(t, http.StatusNotFound, status)
}

func TestAButtonPressedTwiceOpensOnePayment(t *testing.T) {
	v := visit(t)
	v.accept()
	key := v.key("voice")
	_, first := v.choose("voice", "25.00", key)
	_, again := v.choose("voice", "25.00", key)
	require.Equal(t, first, again)
	_, other := v.choose("voice", "50.00", key)
	require.NotEqual(t, first, other, "who comes back may choose another amount")
}

func TestTheBadEndsSayWhatToDo(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.accept()
	for do, want := range map[string]string{
		"expire":  "The time to pay is over and nothing was credited.",
		"decline": "BitPay did not accept this payment.",
		"part":    "A part of your payment has arrived.",
	} {
		p := v.checkout("sms", "10.00")
		switch do {
		case "part":
			status, _ := p.bitpay().post("/sim/invoice", url.Values{"id": {p.invoice}, "do": {do}})
			require.Equal(t, http.StatusOK, status)
		case "decline":
			p.simulate("pay")
			fallthrough
		default:
			p.simulate(do)
		}
		p.returns(want)
	}
	_, body := v.get("/?account=sms")
	require.Contains(t, body, `data-balance="sms">$0.00<`)
	require.Contains(t, body, "Partly paid")
}

func TestARefundMadeAtBitPayIsOnTheStatement(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.accept()
	p := v.checkout("voice", "25.00")
	p.simulate("pay")
	p.simulate("confirm")
	page := p.returns("$25.00 credited")
	p.simulate("refund")
	v.eventually(page, "on its way")
	body := v.eventually("/", `data-balance="voice">$20.00<`)
	require.Contains(t, body, `data-label="Type">Refund<`)
	require.Contains(t, body, "−$5.00")
	p.simulate("payout")
	v.eventually(page, "paid out")
}

func TestComingBackWhileBitPayIsDownSaysSo(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.accept()
	p := v.checkout("voice", "25.00")
	status, _ := p.bitpay().post("/sim/fault", url.Values{"n": {"-1"}, "api": {"502"}})
	require.Equal(t, http.StatusOK, status)
	page := p.returns("BitPay could not be asked just now")
	_, body := v.get(page)
	require.Contains(t, body, "Continue to BitPay", "it may still be paid")
	status, _ = p.bitpay().post("/sim/clear", nil)
	require.Equal(t, http.StatusOK, status)
	p.simulate("pay")
	p.returns("$25.00 received")
}

func TestAPaymentChosenWhileBitPayIsDownGoesOnByItself(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.accept()
	sim := v.checkout("sms", "10.00").bitpay()
	status, _ := sim.post("/sim/fault", url.Values{"n": {"-1"}, "api": {"502"}})
	require.Equal(t, http.StatusOK, status)
	status, page := v.choose("voice", "25.00", v.key("voice"))
	require.Equal(t, http.StatusSeeOther, status)
	_, body := v.get(page)
	require.Contains(t, body, "Preparing your payment")
	require.NotContains(t, body, "Continue to BitPay")
	status, _ = sim.post("/sim/clear", nil)
	require.Equal(t, http.StatusOK, status)
	v.eventually(page, "Continue to BitPay")
}

func TestOnlyTheCustomersOwnPaymentsAreShown(t *testing.T) {
	v := visit(t)
	v.accept()
	p := v.checkout("voice", "25.00")
	for _, path := range []string{"/bitpay/nothing", "/bitpay/return", "/bitpay/return?account=voice", "/bitpay/return?account=voice&key=x"} {
		status, _ := v.get(path)
		require.Equal(t, http.StatusNotFound, status, path)
	}
	status, _ := v.at(strings.Replace(p.back, "account=voice", "account=sms", 1))
	require.Equal(t, http.StatusNotFound, status)
	_, body := v.get(p.returns("Waiting for payment"))
	require.Equal(t, p.invoice, onStrip.FindStringSubmatch(body)[1])
}

func TestOnlyNotificationsComeByAnotherHostName(t *testing.T) {
	v := visit(t)
	for path, want := range map[string]int{notifications: http.StatusUnauthorized, "/": http.StatusMisdirectedRequest} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.url+path, strings.NewReader(`{"id":"nothing","status":"complete"}`))
		require.NoError(t, err)
		r.Host = "shop.example"
		r.Header.Set("Content-Type", "application/json")
		status, _ := v.do(r)
		require.Equal(t, want, status, path)
	}
	_, body := v.get("/")
	require.Contains(t, body, `data-balance="voice">$0.00<`)
}
