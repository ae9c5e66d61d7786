package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestPictures walks through the portal at each size and in both colour schemes
// and checks that nothing scrolls sideways. With PORTAL_PICTURES naming a folder
// it leaves screenshots there; docs/portal.png is one of them.
func TestPictures(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("PORTAL_PICTURES")
	for _, width := range []int64{1280, 390, 320} {
		for _, scheme := range []string{"light", "dark"} {
			if folder == "" && scheme == "dark" {
				continue // colours do not change widths
			}
			t.Run(fmt.Sprintf("%d %s", width, scheme), func(t *testing.T) {
				t.Parallel()
				ctx := browser(t)
				url := start(t, "-block", "0")
				height := int64(844)
				if width == 1280 {
					height = 960
				}
				_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				require.NoError(t, err)
				take := func(name string) {
					fits(t, ctx, name)
					if folder == "" {
						return
					}
					shot := chromedp.CaptureScreenshot()
					if width < 1280 {
						do(t, ctx, chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`)) // or what sticks hides what it stuck over
						shot = chromedp.FullScreenshot(100)
					}
					png, err := chromedp.Run(ctx, shot)
					require.NoError(t, err)
					file := filepath.Join(folder, fmt.Sprintf("%s-%d-%s.png", name, width, scheme))
					require.NoError(t, os.WriteFile(file, png, 0o600))
				}
				do(t, ctx, chromedp.EmulateViewport(width, height))
				walk(t, ctx, url, take)
			})
		}
	}
}

// fits checks that a page is not wider than its window.
func fits(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	require.NoError(t, err)
	require.Zero(t, over, "%s scrolls sideways", name)
}

// walk visits every state a customer can see.
func walk(t *testing.T, ctx context.Context, url string, take func(name string)) {
	mine := func(from, to int) {
		for n := from; n <= to; n++ {
			do(t, ctx, chromedp.Click(css("#mine")))
			shows(t, ctx, "#confirmations", fmt.Sprintf("%d of 6", n))
		}
	}
	do(t, ctx, chromedp.Navigate(url))
	take("empty")
	follow(t, ctx, "#plus-voice")
	take("terms")
	do(t, ctx, chromedp.Click(css("#accept")))
	follow(t, ctx, ".panel button")
	take("methods")
	follow(t, ctx, "#method-direct")
	take("choose")
	follow(t, ctx, "#coin-USDT")
	take("network")
	follow(t, ctx, ".panel button")
	take("send-usdt")
	do(t, ctx, chromedp.Click(css("#price")))
	shows(t, ctx, "#panel-rate", "No price right now")
	shows(t, ctx, "#price", "Start")
	take("no-price")
	do(t, ctx, chromedp.Click(css("#price")))
	shows(t, ctx, "#panel-rate", "USDT")
	// Both in one instant: the block must not overtake the payment.
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.getElementById("pay").click(), document.getElementById("mine").click(), true`))
	require.NoError(t, err)
	shows(t, ctx, "#confirmations", "1 of 6")
	mine(2, 6)
	do(t, ctx, chromedp.Navigate(url+"/topup/voice/BTC"), chromedp.WaitVisible(css("#address")))
	take("send")
	do(t, ctx, chromedp.Click(css("#pay")))
	shows(t, ctx, "#panel-title", "on its way")
	take("seen")
	mine(1, 3)
	take("3of6")
	mine(4, 6)
	shows(t, ctx, "#panel-title", "credited")
	take("credited")
	do(t, ctx, chromedp.Click(css("#evidence summary")), chromedp.ScrollIntoView(css("#evidence")))
	take("evidence")
	do(t, ctx, chromedp.Navigate(url))
	take("statement")
	do(t, ctx, chromedp.Navigate(url+"/topup/sms/coins"), chromedp.WaitVisible(css("#coin-BTC .pill")))
	take("choose-again")
	do(t, ctx, chromedp.Navigate(url+"/topup/voice/BTC"), chromedp.WaitVisible(css("#address")), chromedp.Click(css("#reorg")))
	shows(t, ctx, "#overview", "Reversed")
	do(t, ctx, chromedp.Navigate(url))
	take("reversed")
	follow(t, ctx, ".row")
	take("reversed-panel")
	do(t, ctx, chromedp.Navigate(url+"/topup/voice/DOGE"))
	take("unknown-coin")
	walkBitPay(t, ctx, url, take)
}

// walkBitPay visits every state of a payment at BitPay.
func walkBitPay(t *testing.T, ctx context.Context, url string, take func(name string)) {
	do(t, ctx, chromedp.Navigate(url+"/topup/sms"))
	follow(t, ctx, "#method-bitpay")
	take("bitpay-amounts")
	follow(t, ctx, "#checkout")
	take("bitpay-page-coins")
	follow(t, ctx, `a[href*="coin=BTC"]`)
	take("bitpay-page-pay")
	follow(t, ctx, "#back")
	take("bitpay-waiting")
	follow(t, ctx, "#pay-at-bitpay", `a[href*="coin=BTC"]`)
	do(t, ctx, chromedp.Click(css("summary")))
	follow(t, ctx, `button[value="part"]`)
	take("bitpay-page-partial")
	follow(t, ctx, "#back")
	shows(t, ctx, ".panel .pill", "Partly paid")
	take("bitpay-partial")
	do(t, ctx, chromedp.Click(css("#bitpay-pay")))
	shows(t, ctx, "#panel-title", "received")
	take("bitpay-paid")
	do(t, ctx, chromedp.Navigate(url))
	take("bitpay-underway")
	do(t, ctx, chromedp.NavigateBack())
	shows(t, ctx, "#panel-title", "received")
	do(t, ctx, chromedp.Click(css("#bitpay-confirm")))
	shows(t, ctx, "#panel-title", "credited")
	take("bitpay-credited")
	do(t, ctx, chromedp.Click(css("#bitpay-refund")))
	shows(t, ctx, ".facts", "on its way")
	shows(t, ctx, "#strip-bitpay", "Pay the refund out")
	take("bitpay-refund")
	do(t, ctx, chromedp.Navigate(url+"/?account=sms"))
	take("bitpay-statement")
	for _, end := range []struct{ name, press, want string }{
		{"bitpay-expired", "#bitpay-expire", "Expired"}, {"bitpay-declined", "#bitpay-decline", "Declined"},
	} {
		do(t, ctx, chromedp.Navigate(url+"/topup/sms/bitpay"))
		follow(t, ctx, "#checkout", "#back")
		if end.press == "#bitpay-decline" {
			do(t, ctx, chromedp.Click(css("#bitpay-pay")))
			shows(t, ctx, "#panel-title", "received")
		}
		do(t, ctx, chromedp.Click(css(end.press)))
		shows(t, ctx, ".panel .pill", end.want)
		take(end.name)
	}
}
