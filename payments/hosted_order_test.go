package payments_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

var (
	statusMember = regexp.MustCompile(`"status":"[a-z]+"`)
	clockMember  = regexp.MustCompile(`"currentTime":\d+`)
)

// TestEveryStatusInEveryOrder lets BitPay say things in orders that it should not.
// A "<" before a status is an answer older than the one before it.
func TestEveryStatusInEveryOrder(t *testing.T) {
	for _, c := range []struct {
		said    string
		state   payments.HostedState
		entries int // 1: credited, 2: credited and reversed, …
		problem bool
	}{
		{"paid confirmed complete", payments.HostedComplete, 1, false},
		{"confirmed paid new", payments.HostedConfirmed, 1, false},
		{"complete <paid <new", payments.HostedComplete, 1, false},
		{"complete paid", payments.HostedComplete, 1, true},
		{"complete declined", payments.HostedComplete, 1, true},
		{"complete paid complete", payments.HostedComplete, 1, false},
		{"invalid", payments.HostedInvalid, 0, false},
		{"paid invalid paid", payments.HostedInvalid, 0, false},
		{"paid invalid confirmed", payments.HostedInvalid, 0, false},
		{"paid invalid complete", payments.HostedComplete, 1, false},
		{"confirmed invalid", payments.HostedInvalid, 2, false},
		{"confirmed <invalid", payments.HostedConfirmed, 1, false},
		{"confirmed invalid complete", payments.HostedComplete, 3, false},
		{"confirmed declined", payments.HostedDeclined, 2, false},
		{"confirmed declined complete", payments.HostedComplete, 3, false},
		{"confirmed declined complete complete", payments.HostedComplete, 3, false},
		{"declined confirmed", payments.HostedDeclined, 0, true},
		{"expired", payments.HostedExpired, 0, false},
		{"expired paid", payments.HostedExpired, 0, true},
		{"expired complete", payments.HostedComplete, 1, false},
		{"confirmed expired", payments.HostedExpired, 2, false},
		{"paid perfect", payments.HostedPaid, 0, true},
		{"confirmed perfect", payments.HostedConfirmed, 1, true},
	} {
		t.Run(c.said, func(t *testing.T) {
			w := newHostedWorld(t, medium)
			h := w.checkout("a")
			at := w.clock.Now().UnixMilli()
			for _, status := range strings.Fields(c.said) {
				status, old := strings.CutPrefix(status, "<")
				at += 1_000
				shown := at
				if old {
					shown -= 10_000
				}
				w.wire.alterWith(func(_ *http.Request, body []byte) []byte {
					if !clockMember.Match(body) {
						return body // a list of refunds
					}
					body = statusMember.ReplaceAll(body, []byte(`"status":"`+status+`"`))
					return clockMember.ReplaceAll(body, []byte(fmt.Sprintf(`"currentTime":%d`, shown)))
				})
				_, err := w.p.RefreshHosted(w.ctx, h.ID)
				require.NoError(t, err)
			}
			row := w.row(h.ID)
			require.Equal(t, c.state, row.State)
			require.Equal(t, c.problem, row.Problem != "", row.Problem)
			require.Len(t, w.entries(voice), c.entries)
			require.Equal(t, map[bool]string{true: "50.00 USD", false: "0.00 USD"}[c.entries%2 == 1], w.balance(voice))
			if c.problem {
				require.False(t, row.PollAt.IsZero(), "an operator sees it in Health")
			}
		})
	}
}

func TestAReversalMayMakeTheBalanceNegative(t *testing.T) {
	w := newHostedWorld(t, medium)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Confirm(h.RemoteID, 1))
	w.after(2 * time.Minute)
	require.NoError(t, w.store.Update(w.ctx, func(tx payments.Tx) error {
		_, err := tx.InsertEntries(w.ctx, []ledger.Entry{{Key: "usage/1", Kind: "usage", At: w.clock.Now(),
			Postings: []ledger.Posting{{From: voice.Ledger(), To: "usage", Amount: usd(30)[0]}}}})
		return err
	}))
	require.Equal(t, "20.00 USD", w.balance(voice))
	require.NoError(t, w.bitpay.Decline(h.RemoteID))
	w.after(5 * time.Minute)
	require.Equal(t, "-30.00 USD", w.balance(voice))
}

func TestRunFindsEveryPaymentWithNoNotification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		start := time.Now()
		w.cfg.Now = func() time.Time { return w.clock.Now().Add(time.Since(start)) }
		w.restart()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.p.Run(ctx) }()
		h := w.checkout("a")
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		require.Equal(t, payments.HostedPaid, w.row(h.ID).State)
		require.NoError(t, w.bitpay.Confirm(h.RemoteID, 6))
		time.Sleep(5 * time.Minute) //nolint:forbidigo // virtual time
		require.Equal(t, "50.00 USD", w.balance(voice))
		calls := w.wire.count()
		time.Sleep(24 * time.Hour) //nolint:forbidigo // virtual time
		require.Equal(t, calls, w.wire.count(), "what is done is not asked about")
		stop()
		require.NoError(t, <-done)
	})
}
