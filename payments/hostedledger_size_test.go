package payments_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
)

// busyLedger is BitPay's ledger of a shop with much other trade: each day has so many
// bytes of other entries. It keeps the spans of days asked for.
type busyLedger struct {
	bytes func(day string) int
	spans []string
	days  []int
}

func (b *busyLedger) alter(r *http.Request, body []byte) []byte {
	if !strings.HasPrefix(r.URL.Path, "/ledgers/") || !strings.HasPrefix(string(body), `{"data":[`) {
		return body
	}
	q := r.URL.Query()
	from, _ := time.Parse(time.DateOnly, q.Get("startDate"))
	to, _ := time.Parse(time.DateOnly, q.Get("endDate"))
	b.spans, b.days = append(b.spans, q.Get("startDate")), append(b.days, int(to.Sub(from).Hours())/24+1)
	var text strings.Builder
	text.WriteString(`{"data":[`)
	for at := from; !at.After(to); at = at.AddDate(0, 0, 1) {
		id := at.Format(time.DateOnly)
		fmt.Fprintf(&text, `{"id":"other-%s","code":1023,"amount":-1000000,"scale":100000000,"currency":"USD","invoiceId":"other","pad":"`, id)
		text.WriteString(padding[:b.bytes(id)])
		text.WriteString(`"},`)
	}
	tail := strings.TrimPrefix(string(body), `{"data":[`)
	if tail[0] == ']' {
		return []byte(strings.TrimSuffix(text.String(), ",") + tail)
	}
	return []byte(text.String() + tail)
}

// busyWeek is 1.5 MB on each of the last eight days.
func busyWeek(w *hostedWorld) *busyLedger {
	since := w.clock.Now().UTC().AddDate(0, 0, -7).Format(time.DateOnly)
	return &busyLedger{bytes: func(day string) int {
		if day < since {
			return 0
		}
		return 1_500_000
	}}
}

var padding = strings.Repeat("p", 9<<20)

func TestALedgerTooLongForOneAnswerIsReadInSmallerSpans(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	busy := busyWeek(w)
	w.wire.alterWith(busy.alter)
	w.after(time.Minute)
	require.Equal(t, "0.50 USD", w.row(h.ID).Fee.String())
	require.Equal(t, "49.50 USD", w.receivable())
	require.Equal(t, []int{32, 16, 16, 8, 8, 4, 4}, busy.days, "halved where that is needed")

	busy.days = nil
	w.after(time.Hour)
	require.Equal(t, []int{4, 4}, busy.days, "what fits is remembered")

	report, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now().AddDate(0, 0, -30), w.clock.Now())
	require.NoError(t, err)
	require.Equal(t, "49.50 USD", report.Receivables[0].Owed.String())
}

func TestADayTooLongForOneAnswerIsNamedAndTheOthersAreBooked(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	bad := w.clock.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly)
	busy := &busyLedger{bytes: func(day string) int {
		if day == bad {
			return 9 << 20
		}
		return 0
	}}
	w.wire.alterWith(busy.alter)
	w.clock.Advance(time.Minute)
	err := w.p.Advance(w.ctx)
	require.ErrorIs(t, err, bitpay.ErrTooLong)
	require.ErrorContains(t, err, bad)
	require.Equal(t, "0.50 USD", w.row(h.ID).Fee.String())
	asked := len(busy.days)
	w.clock.Advance(10 * time.Minute)
	require.NoError(t, w.p.Advance(w.ctx), "it will not be shorter in five minutes")
	require.Len(t, busy.days, asked)
}

// TestALedgerThatFailsInTheMiddleIsReadOnFromThere lets the second of several spans fail.
func TestALedgerThatFailsInTheMiddleIsReadOnFromThere(t *testing.T) {
	w := newHostedWorld(t, nil)
	busy := busyWeek(w)
	w.wire.alterWith(func(r *http.Request, body []byte) []byte {
		body = busy.alter(r, body)
		if strings.HasPrefix(r.URL.Path, "/ledgers/") && len(busy.days) == 5 {
			return []byte(`{"status":"error","code":"020002","error":"not now"}`)
		}
		return body
	})
	w.clock.Advance(time.Minute)
	require.ErrorContains(t, w.p.Advance(w.ctx), "not now")
	require.Equal(t, []int{32, 16, 16, 8, 8}, busy.days)
	broken := busy.spans[4]
	w.after(6 * time.Minute)
	require.Equal(t, []int{8, 4, 4}, busy.days[5:])
	require.Equal(t, broken, busy.spans[5])
	busy.spans = nil
	w.after(time.Hour)
	require.Len(t, busy.spans, 2)
}
