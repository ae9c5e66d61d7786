package payments_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
)

// resourceToken is where BitPay tells the token of one invoice or refund.
var resourceToken = regexp.MustCompile(`"token":"([^"]{20,})"`)

// TestT11TheTokenIsInNoLogErrorEventOrPrintedValue makes every kind of failure and looks
// in all that leaves the engine for the API token, a former one, the key, the secrets of
// notifications, and the tokens of single invoices and refunds that BitPay answers with.
func TestT11TheTokenIsInNoLogErrorEventOrPrintedValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen bytes.Buffer
		const older, signing = "an-older-API-token-kept-for-signatures", "another-secret-of-notifications"
		former := "aFormerTokenThatWasReplaced1234567890"
		w := newHostedWorld(t, func(c *payments.Config) {
			c.BitPay.Secrets = []bitpay.Secret{bitpay.NewSecret(older), bitpay.NewSecret(signing)}
			c.Log = slog.New(slog.NewTextHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		w.cfg.BitPay.Former = []*bitpay.Client{w.client(former)}
		w.restart()
		key := w.key.Reveal()
		resources := map[string]bool{}
		var kept sync.Mutex // rows are asked about several at a time
		keep := func(_ *http.Request, body []byte) []byte {
			kept.Lock()
			defer kept.Unlock()
			for _, m := range resourceToken.FindAllSubmatch(body, -1) {
				resources[string(m[1])] = true
			}
			return body
		}
		w.wire.alterWith(keep)
		handler, err := w.p.BitPayNotifications()
		require.NoError(t, err)
		say := func(v ...any) {
			for _, x := range v {
				text, _ := json.Marshal(x)
				fmt.Fprintf(&seen, "%+v %#v %s %s\n", x, x, x, text)
			}
		}
		h := w.checkout("a")
		try := func(name string) {
			opening, err := w.p.Checkout(w.ctx, fifty(name))
			say(opening, err)
			row, err := w.p.RefreshHosted(w.ctx, h.ID)
			say(row, err)
			w.clock.Advance(10 * time.Minute)
			say(w.p.Advance(w.ctx))
			health, err := w.p.Health(w.ctx)
			say(health, err)
			report, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
			say(report, err)
			for _, secret := range []string{"", older, signing, "guess"} {
				body := forged(h.RemoteID, 0)
				w.post(handler, body, bitpaysim.Sign(secret, body))
			}
			say(handler)
		}
		for i, f := range []bitpaysim.APIFault{bitpaysim.BadGateway, bitpaysim.DropRequest, bitpaysim.DropAnswer,
			bitpaysim.RateLimited, bitpaysim.ServerError, bitpaysim.OtherInvoice, bitpaysim.Garbage} {
			w.bitpay.FaultAPI("", f, -1)
			try(fmt.Sprint("f", i))
			w.bitpay.ClearFaults()
		}
		w.wire.breakBefore(func(r *http.Request) error { return fmt.Errorf("dial %s: %w", r.URL, errCable) })
		try("cable")
		w.wire.breakBefore(nil)
		w.wire.alterWith(func(r *http.Request, _ []byte) []byte {
			sent := cmp.Or(r.URL.Query().Get("token"), w.token)
			return []byte(`{"status":"error","code":"010207","error":"token ` + sent + ` is ` + sent + `"}`)
		})
		try("echo")
		w.wire.alterWith(keep)
		done := w.checkout("refunded")
		require.NoError(t, w.bitpay.GiveEmail(done.RemoteID, "payer@example.com"))
		require.NoError(t, w.bitpay.PayExact(done.RemoteID, ""))
		require.NoError(t, w.bitpay.Complete(done.RemoteID))
		require.NoError(t, w.bitpay.Fund("USD", "1000"))
		v, err := w.client(w.token).CreateRefund(w.ctx, bitpay.NewRefund{InvoiceID: done.RemoteID, Amount: bitpay.NumberOf(usd(20)[0]), Currency: "USD", GUID: "r"})
		require.NoError(t, err)
		say(v)
		try("whole")
		w.wire.alterWith(func(r *http.Request, body []byte) []byte { // a price that cannot be read, and what belongs to it
			return bytes.ReplaceAll(keep(r, body), []byte(`"price":50`), []byte(`"price":"fifty"`))
		})
		try("unreadable")
		w.wire.alterWith(keep)
		require.NoError(t, w.bitpay.Revoke(w.token))
		try("revoked")
		say(w.p, w.cfg, *w.cfg.BitPay)
		dump, err := w.store.(*memstore.Store).Dump(w.ctx)
		require.NoError(t, err)
		seen.WriteString(dump)
		for _, e := range w.events.events {
			say(e, string(e.Data))
		}
		require.Contains(t, seen.String(), "cable cut", "the test looks where failures are told")
		require.Contains(t, seen.String(), "bitpay.refused")
		require.Contains(t, seen.String(), "price", "what cannot be read is named")
		require.GreaterOrEqual(t, len(resources), 3, "tokens of invoices and refunds were answered")
		for _, secret := range append(slices.Collect(maps.Keys(resources)), w.token, key, older, signing, former) {
			require.False(t, strings.Contains(seen.String(), secret), "a secret leaked")
		}
	})
}
