package payments_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
)

// TestT11TheTokenIsInNoLogErrorEventOrPrintedValue makes every kind of failure and
// looks for the token in all that leaves the engine.
func TestT11TheTokenIsInNoLogErrorEventOrPrintedValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen bytes.Buffer
		w := newHostedWorld(t, func(c *payments.Config) {
			c.Log = slog.New(slog.NewTextHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		key := w.key.Reveal()
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
		w.wire.alterWith(func(*http.Request, []byte) []byte {
			return []byte(`{"status":"error","code":"010207","error":"token ` + w.token + ` is ` + w.token + `"}`)
		})
		try("echo")
		w.wire.alterWith(nil)
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
		for _, secret := range []string{w.token, key} {
			require.False(t, strings.Contains(seen.String(), secret), "a secret leaked")
		}
	})
}
