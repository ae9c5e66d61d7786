package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// start runs the whole program until the test ends and returns its address.
func start(t *testing.T, args ...string) string {
	t.Helper()
	url, stop := startUntil(t, args...)
	t.Cleanup(stop)
	return url
}

// startUntil runs the whole program until stop is called.
func startUntil(t *testing.T, args ...string) (url string, stop func()) {
	t.Helper()
	return startIn(t, nil, args...)
}

// startIn runs the whole program in an environment until stop is called.
func startIn(t *testing.T, env map[string]string, args ...string) (url string, stop func()) {
	t.Helper()
	getenv := func(name string) string { return env[name] }
	cfg, err := parseConfig(append([]string{"-addr", "127.0.0.1:0"}, args...), getenv, t.Output())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	opened, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- run(ctx, cfg, func(url string) { opened <- url }) }()
	select {
	case url = <-opened:
	case err = <-ended:
	}
	if url == "" {
		cancel()
		t.Fatalf("the portal did not start: %v", err)
	}
	return url, func() {
		cancel()
		require.NoError(t, <-ended)
	}
}

// browser opens a Chromium tab, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		if os.Getenv("COINTILL_REQUIRE") == "1" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed; make test installs it")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(filepath.Join(t.TempDir(), "profile")))
	for _, flag := range []string{"disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
		"disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, steps...))
}

// follow clicks what leads to another page and waits until that is loaded.
func follow(t *testing.T, ctx context.Context, selectors ...string) {
	t.Helper()
	for _, s := range selectors {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(css(s)))
		require.NoError(t, err, "following %s", s)
	}
}

// shows waits until an element has a text.
func shows(t *testing.T, ctx context.Context, selector, text string) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err := chromedp.Run(limited, chromedp.Poll[bool](fmt.Sprintf(
		`document.querySelector(%q)?.textContent.includes(%q) ?? false`, selector, text)))
	require.NoError(t, err, "%s never showed %q", selector, text)
}

func text(t *testing.T, ctx context.Context, selector string) string {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS(selector)))
	require.NoError(t, err)
	return got
}

func css(selector string) chromedp.CSS { return chromedp.CSS(selector) }

func TestAPersonTopsUpInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	url := start(t, "-block", "0")

	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url))
	require.Equal(t, "$0.00", text(t, ctx, `[data-balance=voice]`))
	follow(t, ctx, "#plus-voice")
	do(t, ctx, chromedp.Click(css("#accept")))
	follow(t, ctx, ".panel button", "#method-direct", "#coin-BTC")
	require.Contains(t, text(t, ctx, "#address"), "bcrt1")

	// From here on nothing may reload the page: a reload would lose the mark.
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.mark = true`))
	require.NoError(t, err)
	do(t, ctx, chromedp.Click(css("#pay")))
	shows(t, ctx, "#panel-title", "0.0125")
	for n := 1; n <= 6; n++ {
		do(t, ctx, chromedp.Click(css("#mine")))
		shows(t, ctx, "#confirmations", fmt.Sprintf("%d of 6", n))
		if n == 5 {
			require.Equal(t, "$0.00", text(t, ctx, `[data-balance=voice]`))
		}
	}
	shows(t, ctx, "#panel-title", "credited")
	credited := text(t, ctx, `[data-balance=voice]`)
	require.NotEqual(t, "$0.00", credited)
	require.Equal(t, credited+" credited", text(t, ctx, "#panel-title"))
	require.Equal(t, "$0.00", text(t, ctx, `[data-balance=sms]`))

	do(t, ctx, chromedp.Click(css("#reorg")))
	shows(t, ctx, ".panel .pill", "Reversed")
	shows(t, ctx, `[data-balance=voice]`, "$0.00")
	kept, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.mark === true`))
	require.NoError(t, err)
	require.True(t, kept, "the page was reloaded")
}

func TestALostConnectionIsSaid(t *testing.T) {
	ctx := browser(t)
	url, stop := startUntil(t)
	do(t, ctx, chromedp.Navigate(url))
	stop()
	shows(t, ctx, "#stale", "Reconnecting… as of ")
	do(t, ctx, chromedp.WaitVisible(css("#stale")))
}

func TestBlocksComeByThemselvesWhileAPaymentWaits(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	url := start(t, "-block", "50ms")
	do(t, ctx, chromedp.Navigate(url+"/topup/sms"), chromedp.Click(css("#accept")))
	follow(t, ctx, ".panel button", "#method-direct", "#coin-ETH")
	do(t, ctx, chromedp.Click(css("#pay")))
	shows(t, ctx, "#panel-title", "credited")
}

func TestAPersonPaysByBitPayInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	url := start(t, "-block", "300ms")

	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url))
	follow(t, ctx, "#plus-voice")
	do(t, ctx, chromedp.Click(css("#accept")))
	follow(t, ctx, ".panel button", "#method-bitpay")
	do(t, ctx, chromedp.Click(css(`input[value="50.00"]`)))
	follow(t, ctx, "#checkout")
	require.NotContains(t, location(t, ctx), url, "BitPay's page has an origin of its own")
	require.Contains(t, text(t, ctx, "body"), "50.00 USD")
	follow(t, ctx, `a[href*="coin=LTC"]`)
	do(t, ctx, chromedp.Click(css(`button[value="pay"]`)))

	// BitPay's page shows that it is paid, and goes back by itself.
	arrives(t, ctx, url+"/bitpay/")
	shows(t, ctx, "#panel-title", "$50.00")
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.mark = true`))
	require.NoError(t, err)
	shows(t, ctx, "#panel-title", "$50.00 credited")
	shows(t, ctx, `[data-balance=voice]`, "$50.00")
	require.Equal(t, "$0.00", text(t, ctx, `[data-balance=sms]`))
	kept, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.mark === true`))
	require.NoError(t, err)
	require.True(t, kept, "the page was reloaded")

	follow(t, ctx, ".actions .button")
	line := text(t, ctx, ".statement tbody")
	for _, want := range []string{"BitPay", "Top-up", "LTC", "+$50.00"} {
		require.Contains(t, line, want)
	}
}

func TestAPaymentByBitPayMovesBeforeYourEyes(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	url := start(t, "-block", "0")
	do(t, ctx, chromedp.Navigate(url+"/topup/sms"), chromedp.Click(css("#accept")))
	follow(t, ctx, ".panel button", "#method-bitpay", "#checkout", "#back")
	shows(t, ctx, "#panel-title", "Pay $25.00")
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.mark = true`))
	require.NoError(t, err)
	do(t, ctx, chromedp.Click(css("#bitpay-pay")))
	shows(t, ctx, "#panel-title", "$25.00 received")
	require.Equal(t, "$0.00", text(t, ctx, `[data-balance=sms]`))
	do(t, ctx, chromedp.Click(css("#bitpay-confirm")))
	shows(t, ctx, "#panel-title", "$25.00 credited")
	shows(t, ctx, `[data-balance=sms]`, "$25.00")
	kept, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.mark === true`))
	require.NoError(t, err)
	require.True(t, kept, "the page was reloaded")
}

// arrives waits until the browser has gone to an address by itself. On its way there
// are moments without a page to ask.
func arrives(t *testing.T, ctx context.Context, prefix string) {
	t.Helper()
	require.Eventually(t, func() bool {
		at, err := chromedp.Run(ctx, chromedp.Location())
		return err == nil && strings.HasPrefix(at, prefix)
	}, time.Minute, 50*time.Millisecond, "the browser never went to %s", prefix)
}

func location(t *testing.T, ctx context.Context) string {
	t.Helper()
	at, err := chromedp.Run(ctx, chromedp.Location())
	require.NoError(t, err)
	return at
}
