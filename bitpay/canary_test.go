package bitpay_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
)

// TestNoTokenAndNoKeyShowsItselfAnywhere drives every failure that repeats what was
// sent, and prints everything in every way.
func TestNoTokenAndNoKeyShowsItselfAnywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		echo := func(status int, media string) *stub {
			return &stub{answer: func(_ int, w http.ResponseWriter, r *http.Request, body string) {
				w.Header().Set("Content-Type", media)
				w.WriteHeader(status)
				text, err := json.Marshal("Invalid token in " + r.URL.String() + body + r.Header.Get("X-Signature"))
				require.NoError(t, err)
				fmt.Fprintf(w, `{"error":%s,"price":%s}`, text, text)
			}}
		}
		var shown []any
		for _, transport := range []http.RoundTripper{leaky{}, echo(500, "application/json"), echo(503, "application/json"), echo(200, "text/html"),
			echo(200, token+"/json"), always(200, `{"data":{"id":"A","status":"new","currency":"USD","price":"`+token+`"}}`),
			always(200, `{"data":[{"token":`+resource+`}]}`), always(200, `{"data":{"token":{"`+resource+`":1}}}`), always(200, hosted(t, nil))} {
			c, err := bitpay.New(bitpay.Config{Environment: bitpay.Test, Token: bitpay.NewSecret(token), Signer: key(t), Transport: transport,
				Log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			require.NoError(t, err)
			shown = append(shown, c, *c)
			v, err := c.Invoice(t.Context(), invoiceA)
			shown = append(shown, v, &v, err)
			n := order(t)
			n.NotificationURL = "https://shop.example/CANARYpath6633"
			_, err = c.CreateInvoice(t.Context(), n)
			shown = append(shown, err)
			shown = append(shown, c.ResendNotification(t.Context(), bitpay.Invoice{ID: invoiceA, Token: bitpay.NewSecret(resource)}))
			_, err = c.Pair(t.Context(), bitpay.PairRequest{SIN: key(t).SIN(), Facade: bitpay.Merchant})
			shown = append(shown, err)
			list, err := c.Tokens(t.Context())
			shown = append(shown, list, err)
		}
		type holder struct{ inner bitpay.Secret }
		shown = append(shown, bitpay.NewSecret(token), holder{bitpay.NewSecret(token)}, bitpay.Pairing{Token: bitpay.NewSecret(resource)},
			bitpay.Config{Token: bitpay.NewSecret(token), Signer: key(t)}, bitpay.Notifications{Secrets: []bitpay.Secret{bitpay.NewSecret(token)}})
		for _, v := range shown {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
				fmt.Fprintf(&out, verb+"\n", v)
			}
			if text, err := json.Marshal(v); err == nil {
				out.Write(text)
			}
			slog.New(slog.NewJSONHandler(&out, nil)).Info("shown", "v", v)
			for err, ok := v.(error); ok && err != nil; { // what it wraps, too
				fmt.Fprintf(&out, "%v %+v\n", err, err)
				u, more := err.(interface{ Unwrap() error })
				if !more {
					break
				}
				err = u.Unwrap()
			}
		}
		all := out.String()
		require.Contains(t, all, "[redacted]")
		require.Greater(t, len(all), 10000)
		for _, secret := range []string{token, resource, keyText, fmt.Sprintf("%x", token), fmt.Sprintf("%x", resource), "CANARY"} {
			if i := strings.Index(all, secret); i >= 0 {
				t.Fatalf("%q shows itself: …%s…", secret, all[max(0, i-200):min(len(all), i+100)])
			}
		}
	})
}

func TestASecretIsReadFromJSONAndNeverWrittenBack(t *testing.T) {
	var s bitpay.Secret
	require.NoError(t, json.Unmarshal([]byte(`"abc"`), &s))
	require.Equal(t, "abc", s.Reveal())
	text, err := json.Marshal(s)
	require.NoError(t, err)
	require.Equal(t, `"[redacted]"`, string(text))
	require.True(t, bitpay.NewSecret("").IsZero())
	require.Empty(t, bitpay.Secret{}.String()+bitpay.Secret{}.Reveal())
}
