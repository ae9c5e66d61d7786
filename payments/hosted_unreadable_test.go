package payments_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
)

// spoil replaces a text in the element of a list that holds a mark.
func spoil(t testing.TB, body, mark, from, to string) string {
	at := strings.Index(body, mark)
	require.GreaterOrEqual(t, at, 0, "%s is not in %s", mark, body)
	begin, end := at, at
	for depth := 0; ; begin-- { // of the object around the mark
		if body[begin] == '}' {
			depth++
		} else if body[begin] == '{' {
			if depth--; depth < 0 {
				break
			}
		}
	}
	for depth := 0; ; end++ {
		if body[end] == '{' {
			depth++
		} else if body[end] == '}' {
			if depth--; depth < 0 {
				break
			}
		}
	}
	element := regexp.MustCompile(from).ReplaceAllString(body[begin:end], to)
	require.NotEqual(t, body[begin:end], element, "nothing was spoilt")
	return body[:begin] + element + body[end:]
}

func TestAnInvoiceThatCannotBeReadHidesNoOtherFromAReconciliation(t *testing.T) {
	w := newRefundWorld(t)
	odd, good := w.checkout(sms, hundred), w.checkout(voice, hundred)
	for _, h := range []payments.HostedInvoice{odd, good} {
		require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
		require.NoError(t, w.sim.Confirm(h.RemoteID, 6))
	}
	w.clock.Advance(time.Minute)
	w.answer.set("", func(path, body string) string {
		if path == "/invoices" && body != `{"data":[]}` || path == "/invoices/"+odd.RemoteID {
			return spoil(t, body, `"id":"`+odd.RemoteID, `"price":100`, `"price":"a hundred"`)
		}
		return body
	})
	r, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
	var unread *bitpay.ElementsError
	require.ErrorAs(t, err, &unread)
	require.Equal(t, odd.RemoteID, unread.Unreadable[0].ID)
	require.Equal(t, 1, r.Compared)
	require.Equal(t, "100.00", w.books(voice)[0])
	require.Len(t, r.Receivables, 1, "and the rest of the run is made")
	require.Equal(t, "0.00", w.books(sms)[0])
	w.answer.set("", nil)
	w.sync()
	require.Equal(t, "100.00", w.books(sms)[0])
}

func TestAnEntryOfTheLedgerThatCannotBeReadKeepsNoOtherFromBeingBooked(t *testing.T) {
	w := newRefundWorld(t)
	odd, good := w.complete(sms, hundred), w.complete(voice, usd(10)[0])
	w.answer.set("", func(path, body string) string {
		if path != "/ledgers/USD" {
			return body
		}
		fee := regexp.MustCompile(`"id":"[^"]*"`) // the line of the fee, not that of the sale
		for _, line := range regexp.MustCompile(`\{"amount":-100000000,[^{}]*(\{[^{}]*\})?[^{}]*\}`).FindAllString(body, -1) {
			if strings.Contains(line, odd.RemoteID) {
				return spoil(t, body, fee.FindString(line), `"amount":-?\d+`, `"amount":"a lot"`)
			}
		}
		t.Errorf("no fee in %s", body)
		return body
	})
	var unread *bitpay.ElementsError
	require.ErrorAs(t, w.p.Advance(w.ctx), &unread)
	require.Equal(t, "0.10", w.row(good).Fee.Text())
	require.Equal(t, "0.00", w.row(odd).Fee.Text())
	asked := w.answer.asked("GET /ledgers")
	w.clock.Advance(10 * time.Minute)
	require.NoError(t, w.p.Advance(w.ctx))
	require.Equal(t, asked, w.answer.asked("GET /ledgers"), "it is read by the hour as ever")
	w.answer.set("", nil)
	w.clock.Advance(time.Hour)
	require.NoError(t, w.p.Advance(w.ctx))
	require.Equal(t, "1.00", w.row(odd).Fee.Text())
}

func TestARefundThatCannotBeReadKeepsNoOtherFromBeingBooked(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	first := w.refunded(h, 2_000)
	w.paidOut(first)
	w.refunded(h, 3_000)
	w.answer.set("", func(path, body string) string {
		if path != "/refunds" {
			return body
		}
		return spoil(t, body, `"id":"`+first.ID, `"amount":20\b`, `"amount":"twenty"`)
	})
	r, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
	var unread *bitpay.ElementsError
	require.ErrorAs(t, err, &unread)
	require.Equal(t, first.ID, unread.Unreadable[0].ID)
	require.Contains(t, classes(r), payments.DifferenceTiming)
	require.Equal(t, [2]string{"70.00", "30.00"}, w.customer(), "the other is booked")

	w.clock.Advance(time.Minute)
	_, err = w.p.RefreshHosted(w.ctx, h.ID)
	require.ErrorAs(t, err, &unread)
	require.Contains(t, w.row(h).Problem, first.ID, "an operator sees it")
	require.Equal(t, payments.HostedComplete, w.row(h).State)
	w.answer.set("", nil)
	w.sync()
	_, err = w.p.RefreshHosted(w.ctx, h.ID)
	require.NoError(t, err)
	require.Equal(t, [2]string{"50.00", "30.00"}, w.customer())
	require.Empty(t, w.row(h).Problem)
}

func TestABalanceThatCannotBeReadIsNotTakenForNothing(t *testing.T) {
	w := newRefundWorld(t)
	w.complete(voice, hundred)
	for _, balance := range []string{`"much"`, `99.001`} {
		w.answer.set("", func(path, body string) string {
			if path != "/ledgers" {
				return body
			}
			return regexp.MustCompile(`"balance":[0-9.]+`).ReplaceAllString(body, `"balance":`+balance)
		})
		r, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
		require.Error(t, err)
		require.Empty(t, r.Receivables)
	}
}
