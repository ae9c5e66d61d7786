package payments_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

func isDelete(r *http.Request) bool { return r.Method == http.MethodDelete }

// uncancellable are the ways in which BitPay may never cancel an invoice.
var uncancellable = map[string]func(w *hostedWorld){
	"a server error": func(w *hostedWorld) { w.bitpay.FaultAPI("DELETE /invoices", bitpaysim.ServerError, -1) },
	"a proxy's page": func(w *hostedWorld) { w.bitpay.FaultAPI("DELETE /invoices", bitpaysim.BadGateway, -1) },
	"no answer":      func(w *hostedWorld) { w.bitpay.FaultAPI("DELETE /invoices", bitpaysim.DropRequest, -1) },
	"a generic error": func(w *hostedWorld) {
		w.deleteAnswers(`{"status":"error","code":"040000","error":"Generic server error"}`)
	},
	"a refusal": func(w *hostedWorld) {
		w.deleteAnswers(`{"status":"error","code":"040108","error":"Invoice lacks email or SMS"}`)
	},
	"garbage": func(w *hostedWorld) { w.deleteAnswers(`{"data":7}`) },
	"a timeout": func(w *hostedWorld) {
		w.wire.breakBefore(func(r *http.Request) error {
			if isDelete(r) {
				<-r.Context().Done()
				return r.Context().Err()
			}
			return nil
		})
	},
	"a token that may read and not cancel": func(w *hostedWorld) {
		w.wire.breakBefore(func(r *http.Request) error {
			if isDelete(r) {
				r.Header.Set("X-Signature", "00")
			}
			return nil
		})
	},
}

// deleteAnswers has every cancelling refused with a body, and not made.
func (w *hostedWorld) deleteAnswers(body string) {
	w.bitpay.FaultAPI("DELETE /invoices", bitpaysim.ServerError, -1)
	w.wire.alterWith(func(r *http.Request, b []byte) []byte {
		if isDelete(r) {
			return []byte(body)
		}
		return b
	})
}

// TestWhatBitPayDoesNotCancelIsFollowedToItsEnd pays an invoice in coins first, so that
// its page is to be closed, and then at BitPay, which never closes it.
func TestWhatBitPayDoesNotCancelIsFollowedToItsEnd(t *testing.T) {
	for name, refuse := range uncancellable {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, r, to, h := newInvoiceWorld(t)
				refuse(w)
				w.pay(to, 10)
				w.after(time.Second) // seen
				for range 4 {
					w.clock.Advance(time.Minute)
					_ = w.p.Advance(w.ctx)
				}
				require.True(t, w.row(h.ID).Cancel)
				require.Equal(t, payments.HostedNew, w.row(h.ID).State)
				require.Contains(t, w.row(h.ID).Problem, "BitPay does not cancel it", "the operator reads why the page is open")
				health, err := w.p.Health(w.ctx)
				require.NoError(t, err)
				require.Len(t, health.BitPay.Problems, 1)
				require.NotContains(t, w.kindsOf("bitpay"), payments.EventBitPayRefused, "the token is accepted")

				require.NoError(t, w.bitpay.PayExact(h.RemoteID, "BTC"))
				require.NoError(t, w.bitpay.Complete(h.RemoteID))
				for range 4 {
					w.clock.Advance(5 * time.Minute)
					_ = w.p.Advance(w.ctx)
				}
				require.Equal(t, payments.HostedComplete, w.row(h.ID).State)
				require.Empty(t, w.row(h.ID).Problem)
				w.confirm()
				require.Equal(t, "200.00 USD", w.balance(r.Account()))
				require.Contains(t, w.standing(r.Number).Exceptions, invoice.Overpaid)
				told := w.told(h.ID)
				require.Equal(t, 1, len(told)-len(slices.DeleteFunc(slices.Clone(told), func(k payments.EventKind) bool {
					return k == payments.EventHostedMismatch
				})), "told once: %v", told)
			})
		})
	}
}

func TestABitPayThatCannotCancelForAWhileCancelsLater(t *testing.T) {
	w, _, to, h := newInvoiceWorld(t)
	w.bitpay.FaultAPI("DELETE /invoices", bitpaysim.ServerError, 1)
	w.pay(to, 10)
	w.after(time.Second) // seen
	w.after(time.Second)
	require.True(t, strings.HasPrefix(w.row(h.ID).Problem, "paid another way"), w.row(h.ID).Problem)
	w.after(time.Minute)
	w.after(time.Minute)
	require.Equal(t, payments.HostedExpired, w.row(h.ID).State)
	require.Empty(t, w.row(h.ID).Problem)
}
