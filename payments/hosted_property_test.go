package payments_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments"
)

// TestWhateverHappensTheLedgerEndsWithWhatBitPaySays plays payers, BitPay, answers
// that overtake each other, duplicated looks and dying processes in any order.
func TestWhateverHappensTheLedgerEndsWithWhatBitPaySays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fast := rapid.Bool().Draw(rt, "medium")
		w := newHostedWorld(t, func(c *payments.Config) {
			if fast {
				medium(c)
			}
		})
		h := w.checkout("k")
		type answer struct {
			at   time.Time
			body []byte
		}
		var old []answer
		replay := -1
		w.wire.alterWith(func(r *http.Request, body []byte) []byte {
			if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, h.RemoteID) {
				return body
			}
			if replay >= 0 && replay < len(old) {
				return old[replay].body
			}
			old = append(old, answer{w.clock.Now(), bytes.Clone(body)})
			return body
		})
		second := w.processor(w.cfg)
		last := h.RemoteAt
		check := func() {
			row := w.row(h.ID)
			require.False(rt, row.RemoteAt.Before(last), "RemoteAt went back")
			last = row.RemoteAt
			entries := w.entries(voice)
			net := 0
			for i, key := range entries {
				require.Equal(rt, i%2 == 1, strings.HasPrefix(key, "reversal/"), "%v", entries)
				net = 1 - net
			}
			require.Equal(rt, map[int]string{0: "0.00 USD", 1: "50.00 USD"}[net], w.balance(voice))
			require.Equal(rt, net == 1, row.Credited.Sign() > 0)
			require.Empty(rt, row.Problem)
		}
		steps := rapid.SliceOfN(rapid.IntRange(0, 12), 1, 40).Draw(rt, "steps")
		for _, step := range steps {
			switch step {
			case 0:
				_ = w.bitpay.PayExact(h.RemoteID, "") // refused where it does not fit
			case 1:
				_ = w.bitpay.PayPart(h.RemoteID, "")
			case 2:
				_ = w.bitpay.PayOver(h.RemoteID, "")
			case 3:
				_ = w.bitpay.Confirm(h.RemoteID, 1)
			case 4:
				_ = w.bitpay.Complete(h.RemoteID)
			case 5:
				_ = w.bitpay.Decline(h.RemoteID)
			case 6, 7:
				w.clock.Advance(time.Duration(rapid.IntRange(1, 70).Draw(rt, "minutes")) * time.Minute)
				w.bitpay.Advance(0)
			case 8:
				_ = w.p.Advance(w.ctx)
			case 9:
				_, _ = w.p.RefreshHosted(w.ctx, h.ID)
				_, _ = second.RefreshHosted(w.ctx, h.ID)
			case 10: // an old answer, as old as a call may take
				old = slices.DeleteFunc(old, func(a answer) bool { return w.clock.Now().Sub(a.at) >= 15*time.Minute })
				if len(old) > 0 {
					replay = rapid.IntRange(0, len(old)-1).Draw(rt, "answer")
					_, _ = second.RefreshHosted(w.ctx, h.ID)
					replay = -1
				}
			case 11, 12: // a process that dies on the way
				r := &reaper{n: rapid.IntRange(1, 12).Draw(rt, "call"), after: step == 12}
				cfg := w.cfg
				cfg.Store = mortalStore{w.store, r}
				_, _ = w.processor(cfg).RefreshHosted(w.ctx, h.ID)
			}
			check()
		}
		w.clock.Advance(2 * time.Minute)
		w.bitpay.Advance(0)
		_, err := w.p.RefreshHosted(w.ctx, h.ID)
		require.NoError(rt, err)
		check()
		remote, err := w.bitpay.Invoice(h.RemoteID)
		require.NoError(rt, err)
		row := w.row(h.ID)
		require.Equal(rt, string(remote.Status), string(row.State))
		due := remote.Status == "complete" || fast && remote.Status == "confirmed"
		require.Equal(rt, due, row.Credited.Sign() > 0, "BitPay says %s", remote.Status)
		require.LessOrEqual(rt, len(slices.DeleteFunc(w.entries(voice), func(k string) bool { return strings.HasPrefix(k, "reversal/") })), 2)
		require.Len(rt, w.bitpay.Invoices(), 1)
	})
}
