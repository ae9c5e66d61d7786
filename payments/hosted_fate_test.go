package payments_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/payments"
)

var currentTime = regexp.MustCompile(`"currentTime":\d+,?`)

func TestAnAnswerWithoutBitPaysClockIsAppliedAllTheSame(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	w.wire.alterWith(func(_ *http.Request, body []byte) []byte { return currentTime.ReplaceAll(body, nil) })
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	for range 10 {
		w.after(10 * time.Minute)
	}
	require.Equal(t, payments.HostedComplete, w.row(h.ID).State)
	require.Equal(t, "50.00 USD", w.balance(voice))
}

func TestABitPayWhoseClockOnceRanYearsAheadIsBelievedAfterwards(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	w.wire.alterWith(func(_ *http.Request, body []byte) []byte {
		return currentTime.ReplaceAll(body, fmt.Appendf(nil, `"currentTime":%d,`, w.clock.Now().AddDate(10, 0, 0).UnixMilli()))
	})
	w.after(time.Minute)
	w.wire.alterWith(nil)
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	for range 30 {
		w.after(10 * time.Minute)
	}
	require.Equal(t, payments.HostedComplete, w.row(h.ID).State)
	require.Equal(t, "50.00 USD", w.balance(voice))
}

func TestOneInvoiceThatBitPayNeverAnswersStarvesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		var all []payments.HostedInvoice
		for i := range 8 {
			all = append(all, w.checkout(fmt.Sprint("k", i)))
		}
		bad := all[0]
		for _, h := range all {
			if h.ID < bad.ID {
				bad = h
			}
		}
		for _, h := range all {
			require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
			require.NoError(t, w.bitpay.Complete(h.RemoteID))
		}
		w.bitpay.FaultAPI("GET /invoices/"+bad.RemoteID, bitpaysim.ServerError, -1)
		// Only the bad one is due at first, so that the pauses of it and of BitPay grow
		// alike.
		require.NoError(t, w.store.Update(w.ctx, func(tx payments.Tx) error {
			rows, err := tx.Hosted(w.ctx, payments.HostedQuery{})
			if err != nil {
				return err
			}
			for i := range rows {
				if rows[i].ID != bad.ID {
					rows[i].PollAt = w.clock.Now().Add(16 * time.Second)
				}
			}
			return tx.SaveHosted(w.ctx, rows)
		}))
		w.clock.Advance(15 * time.Second)
		for range 3600 {
			_ = w.p.Advance(w.ctx)
			w.clock.Advance(time.Second)
		}
		require.Equal(t, "350.00 USD", w.balance(voice))
	})
}

// noWrites is a store whose disk is full.
type noWrites struct {
	payments.Store
	full *bool
}

var errFull = errors.New("disk full")

func (s noWrites) Update(ctx context.Context, fn func(payments.Tx) error) error {
	if *s.full {
		return s.Store.Update(ctx, func(tx payments.Tx) error {
			if err := fn(tx); err != nil {
				return err
			}
			return errFull
		})
	}
	return s.Store.Update(ctx, fn)
}

func TestAdvanceReturnsWhenTheStoreTakesNothing(t *testing.T) {
	w := newHostedWorld(t, nil)
	full := false
	cfg := w.cfg
	cfg.Store = noWrites{w.store, &full}
	w.p = w.processor(cfg)
	for i := range 60 {
		w.checkout(fmt.Sprint("k", i))
	}
	w.after(0)
	for _, inv := range w.bitpay.Invoices() {
		require.NoError(t, w.bitpay.PayExact(inv.ID, ""))
	}
	full = true
	w.clock.Advance(time.Hour)
	ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
	defer cancel()
	before := w.wire.count()
	err := w.p.Advance(ctx)
	require.ErrorIs(t, err, errFull)
	require.NoError(t, ctx.Err(), "it returned by itself")
	require.LessOrEqual(t, w.wire.count()-before, 60)
	full = false
	for range 5 {
		w.after(time.Minute)
	}
	for _, inv := range w.bitpay.Invoices() {
		require.NoError(t, w.bitpay.Complete(inv.ID))
	}
	for range 5 {
		w.after(10 * time.Minute)
	}
	require.Equal(t, "3000.00 USD", w.balance(voice))
}

func TestACheckoutWhoseAnswerIsNotStoredDoesNotPretendItIs(t *testing.T) {
	w := newHostedWorld(t, nil)
	full := false
	cfg := w.cfg
	cfg.Store = noWrites{w.store, &full}
	w.p = w.processor(cfg)
	w.checkout("warm")
	w.wire.breakBefore(func(r *http.Request) error { full = true; return nil })
	h, err := w.p.Checkout(w.ctx, fifty("a"))
	require.ErrorIs(t, err, errFull)
	require.NotEmpty(t, h.ID)
	require.Equal(t, w.row(h.ID), h)
	require.Equal(t, payments.HostedOpening, h.State)
	w.wire.breakBefore(nil)
	full = false
	h2, err := w.p.Checkout(w.ctx, fifty("a"))
	require.NoError(t, err)
	require.Equal(t, h.ID, h2.ID)
	require.NotEmpty(t, h2.URL)
}

func TestTheSameKeyGivesItsInvoiceAlsoWhenTheAmountIsNoLongerOffered(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	c := *w.cfg.BitPay
	c.Amounts = usd(25)
	w.cfg.BitPay = &c
	w.restart()
	got, err := w.p.Checkout(w.ctx, fifty("a"))
	require.NoError(t, err)
	require.Equal(t, h.RemoteID, got.RemoteID)
	_, err = w.p.Checkout(w.ctx, fifty("b"))
	var input *payments.InputError
	require.ErrorAs(t, err, &input)
	require.Equal(t, "amount", input.Field)
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(time.Minute)
	require.Equal(t, "50.00 USD", w.balance(voice))
}

func TestABitPayLeftAloneByAClockThatWasADayAheadIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		var ahead time.Duration // our clock alone
		w.cfg.Now = func() time.Time { return w.clock.Now().Add(ahead) }
		w.restart()
		w.checkout("a")
		ahead = 24 * time.Hour
		w.wire.breakBefore(func(*http.Request) error { return errCable })
		require.Error(t, w.p.Advance(w.ctx))
		health, err := w.p.Health(w.ctx)
		require.NoError(t, err)
		ahead = 0
		require.True(t, health.BitPay.NotBefore.After(w.clock.Now().Add(23*time.Hour)))
		w.wire.breakBefore(nil)
		h, err := w.processor(w.cfg).Checkout(w.ctx, fifty("b")) // in another process
		require.NoError(t, err)
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		require.NoError(t, w.bitpay.Complete(h.RemoteID))
		for range 5 {
			w.after(time.Minute)
		}
		require.Equal(t, "50.00 USD", w.balance(voice))
	})
}

func TestLatePaymentsAreLookedForThoughBitPaysClockIsHoursOff(t *testing.T) {
	for _, off := range []time.Duration{-30 * time.Hour, 30 * time.Hour} {
		t.Run(off.String(), func(t *testing.T) {
			w := newHostedWorld(t, nil)
			w.clock.Advance(0)
			skew := regexp.MustCompile(`"(currentTime|expirationTime|invoiceTime)":(\d+)`)
			w.wire.alterWith(func(_ *http.Request, body []byte) []byte {
				return skew.ReplaceAllFunc(body, func(m []byte) []byte {
					parts := skew.FindSubmatch(m)
					var ms int64
					fmt.Sscan(string(parts[2]), &ms)
					return fmt.Appendf(nil, `"%s":%d`, parts[1], ms+off.Milliseconds())
				})
			})
			h := w.checkout("a")
			for range 20 {
				w.after(time.Minute)
			}
			require.Equal(t, payments.HostedExpired, w.row(h.ID).State)
			calls := w.wire.count()
			for range 30 {
				w.after(time.Hour)
			}
			require.Equal(t, calls+2, w.wire.count(), "looked at twice")
			require.True(t, w.row(h.ID).PollAt.IsZero())
		})
	}
}

func TestTimesOfTheFarFutureStopNothing(t *testing.T) {
	w := newHostedWorld(t, nil)
	times := regexp.MustCompile(`"(expirationTime)":\d+`)
	w.wire.alterWith(func(_ *http.Request, body []byte) []byte {
		return times.ReplaceAll(body, []byte(`"$1":253402300799999`))
	})
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(time.Minute)
	require.Equal(t, "50.00 USD", w.balance(voice))
}
