package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// visitor is a browser without a script, on a portal whose blocks come only when
// asked for.
type visitor struct {
	*testing.T
	client *http.Client
	url    string
}

func visit(t *testing.T) visitor {
	return visitor{T: t, client: &http.Client{Timeout: 10 * time.Second}, url: start(t, "-block", "0")}
}

func (v visitor) do(r *http.Request) (int, string) {
	v.Helper()
	answer, err := v.client.Do(r)
	require.NoError(v, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(v, err)
	return answer.StatusCode, string(body)
}

func (v visitor) get(path string) (int, string) {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, v.url+path, nil)
	require.NoError(v, err)
	return v.do(r)
}

func (v visitor) post(path string, form url.Values) (int, string) {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodPost, v.url+path, strings.NewReader(form.Encode()))
	require.NoError(v, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (v visitor) accept() {
	v.Helper()
	status, body := v.post("/terms", url.Values{"account": {"voice"}, "version": {termsVersion}, "accept": {"yes"}})
	require.Equal(v, http.StatusOK, status)
	require.Contains(v, body, "How do you want to pay?")
	require.Contains(v, body, `id="method-bitpay"`)
	_, body = v.get("/topup/voice/coins")
	require.Contains(v, body, "Which coin do you pay with?")
}

var copied = regexp.MustCompile(`data-copy="([^"]+)"`)

// address reads the address off a page.
func (v visitor) address(path string) string {
	v.Helper()
	status, body := v.get(path)
	require.Equal(v, http.StatusOK, status)
	found := copied.FindStringSubmatch(body)
	require.NotNil(v, found, "no address on %s", path)
	return found[1]
}

// eventually reads a page until it shows a text.
func (v visitor) eventually(path, want string) string {
	v.Helper()
	var body string
	require.Eventually(v, func() bool {
		_, body = v.get(path)
		return strings.Contains(body, want)
	}, 30*time.Second, 20*time.Millisecond, "%s never showed %q", path, want)
	return body
}

func TestTermsAreDemandedBeforeTheFirstAddress(t *testing.T) {
	v := visit(t)
	for _, path := range []string{"/topup/voice", "/topup/voice/BTC", "/topup/sms/USDT?network=ethereum-sim"} {
		status, body := v.get(path)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, body, "Before your first payment", path)
		require.NotContains(t, body, "data-copy", path)
	}
	status, body := v.post("/terms", url.Values{"account": {"voice"}, "version": {termsVersion}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, body, "Please tick the box")
	v.accept()
	require.Contains(t, v.address("/topup/sms/BTC"), "bcrt1q", "terms are the customer's, not the account's")
}

func TestVoiceAndSMSAddressesDiffer(t *testing.T) {
	v := visit(t)
	v.accept()
	seen := map[string]string{}
	for _, path := range []string{"/topup/voice/BTC", "/topup/sms/BTC", "/topup/voice/ETH", "/topup/sms/ETH"} {
		a := v.address(path)
		require.Empty(t, seen[a], "%s shows the address of %s", path, seen[a])
		seen[a] = path
		require.Equal(t, a, v.address(path), "the address is permanent")
	}
	require.Equal(t, v.address("/topup/voice/ETH"), v.address("/topup/voice/USDT?network=ethereum-sim"))
}

func TestTheQRCodeSaysWhereToPay(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		if os.Getenv("COINTILL_REQUIRE") == "1" {
			t.Fatal("zbarimg is not installed")
		}
		t.Skip("zbarimg is not installed; make test installs it")
	}
	for _, text := range []string{
		"bitcoin:bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk",
		"0x73d0385F4d8E00C5e6504C6030F47BF6212736A8",
	} {
		code, err := newQR(text)
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), "qr.pgm")
		require.NoError(t, os.WriteFile(file, raster(code), 0o600))
		out, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", file).Output()
		require.NoError(t, err)
		require.Equal(t, text, strings.TrimSpace(string(out)))
	}
}

func TestUnknownCoinAndNetworkAreRefused(t *testing.T) {
	v := visit(t)
	v.accept()
	for _, path := range []string{"/topup/voice/DOGE", "/topup/voice/btc", "/topup/voice/USDT?network=tron"} {
		status, body := v.get(path)
		require.Equal(t, http.StatusNotFound, status, path)
		require.Contains(t, body, "This coin is not accepted", path)
	}
	for _, path := range []string{"/topup/fax", "/nothing", "/deposit?network=x&id=y"} {
		status, _ := v.get(path)
		require.Equal(t, http.StatusNotFound, status, path)
	}
	_, body := v.get("/topup/voice/USDT")
	require.Contains(t, body, "not accepted, cannot be refunded")
}

func TestAForeignPageCannotAct(t *testing.T) {
	v := visit(t)
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.url+"/terms",
			strings.NewReader("account=voice&accept=yes&version="+termsVersion))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(header, value)
		status, _ := v.do(r)
		require.Equal(t, http.StatusForbidden, status, header)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.url, nil)
	require.NoError(t, err)
	r.Host = "rebound.example"
	status, _ := v.do(r)
	require.Equal(t, http.StatusMisdirectedRequest, status)
	_, body := v.get("/topup/voice/BTC")
	require.Contains(t, body, "Before your first payment", "the terms were not accepted by the foreign page")
}

func TestSixConfirmationsCreditAndAReorgTakesBack(t *testing.T) {
	v := visit(t)
	v.accept()
	for _, c := range []struct{ coin, network, amount string }{
		{"BTC", "bitcoin-regtest", "0.0125"}, {"GUSD", "ethereum-sim", "250.25"},
	} {
		v.address("/topup/sms/" + c.coin + "?network=" + c.network)
		here := url.Values{"account": {"sms"}, "coin": {c.coin}, "network": {c.network}, "amount": {c.amount}}
		status, _ := v.post("/simulate/pay", here)
		require.Equal(t, http.StatusOK, status)
		for n := 1; n <= 5; n++ {
			if n == 1 && c.network == "bitcoin-regtest" {
				v.eventually("/", "Payment seen")
			}
			v.post("/simulate/block", here)
			v.eventually("/", []string{"", "1", "2", "3", "4", "5"}[n]+" of 6 confirmations")
		}
		v.post("/simulate/block", here)
		body := v.eventually("/?account=sms", `class="num"><span>`+c.amount+thin+c.coin)
		require.Eventually(t, func() bool {
			_, main := v.get("/")
			return !strings.Contains(main, "Under way")
		}, 10*time.Second, 20*time.Millisecond, "what is credited is not under way")
		rate := regexp.MustCompile(`class="rate" href="([^"]+)"`).FindStringSubmatch(body)
		require.NotNil(t, rate)
		_, body = v.get(strings.ReplaceAll(rate[1], "&amp;", "&"))
		require.Contains(t, body, "Venue B (simulated)", "the rate leads to its evidence")
	}
	v.post("/simulate/reorg", url.Values{"network": {"bitcoin-regtest"}})
	v.eventually("/?account=sms", `class="reversal"`)
	body := v.eventually("/", "Reversed")
	require.Contains(t, body, "Under way")
}

func TestThePortalIsForThisMachineOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:8080", ":8080", "192.0.2.1:80", "example.com:80"} {
		_, err := listen(addr)
		require.ErrorContains(t, err, "loopback", addr)
	}
	first, err := listen("127.0.0.1:0")
	require.NoError(t, err)
	defer first.Close()
	next, err := listen(first.Addr().String())
	require.NoError(t, err, "the next free port is taken")
	require.NoError(t, next.Close())
}

func TestConfigurationIsCheckedBeforeAnythingStarts(t *testing.T) {
	none := func(string) string { return "" }
	for args, want := range map[string]string{
		"-bitcoin-rpc http://127.0.0.1:1":                 "-bitcoin-xpub",
		"-ethereum-rpc http://127.0.0.1:1":                "-ethereum-xpub",
		"-bitcoin-rpc http://127.0.0.1:1 -bitcoin-xpub x": "-db",
		"-db portal.db":            "leave -db out",
		"-bitcoin-xpub x":          "needs its node",
		"-block -1s":               "negative",
		"-bitcoin-network testnet": "mainnet or regtest",
		"-bitcoin-rpc http://127.0.0.1:1 -bitcoin-xpub x -db f huh": "unexpected",
	} {
		_, err := parseConfig(strings.Fields(args), none, io.Discard)
		require.ErrorContains(t, err, want, args)
	}
}

func TestARealNodeNeedsAProvedKey(t *testing.T) {
	node := httptest.NewServer(http.NotFoundHandler())
	defer node.Close()
	v := visitor{T: t, client: http.DefaultClient, url: start(t, "-bitcoin-rpc", node.URL, "-bitcoin-network", "regtest",
		"-bitcoin-xpub", demoBitcoinKey, "-db", filepath.Join(t.TempDir(), "portal.db"))}
	status, body := v.post("/terms", url.Values{"account": {"voice"}, "version": {termsVersion}, "accept": {"yes"}})
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "Which coin do you pay with?", "without BitPay there is one way to pay")
	status, _ = v.get("/topup/voice/bitpay")
	require.Equal(t, http.StatusNotFound, status)
	status, body = v.get("/topup/voice/BTC")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, "I control the cointill deposit key")
	require.NotContains(t, body, "Simulated customer")
	status, _ = v.post("/simulate/block", nil)
	require.Equal(t, http.StatusMethodNotAllowed, status, "there is nothing to simulate")
}
