package bitpay_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
)

// after answers as each given function in turn, the last one for ever.
func after(steps ...func(w http.ResponseWriter)) *stub {
	return &stub{answer: func(n int, w http.ResponseWriter, _ *http.Request, _ string) { steps[min(n, len(steps))-1](w) }}
}

func html502(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusBadGateway)
}

func limited(wait string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", wait)
		reply(w, http.StatusTooManyRequests, `{"error":"Rate limited"}`)
	}
}

func TestAReadAndACreationAreRepeatedWithTheSameBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := func(w http.ResponseWriter) { reply(w, 200, hosted(t, nil)) }
		s := after(html502, html502, html502, good)
		begun := time.Now()
		_, err := merchant(t, s).CreateInvoice(t.Context(), order(t))
		require.NoError(t, err)
		took := time.Since(begun)
		require.True(t, took >= 3500*time.Millisecond && took < 4500*time.Millisecond, took)
		seen := s.requests()
		require.Len(t, seen, 4)
		for _, again := range seen {
			require.Equal(t, seen[0].body, again.body)
		}

		s = after(html502)
		_, err = pos(t, s).Invoice(t.Context(), invoiceA)
		require.ErrorAs(t, err, new(*bitpay.Error))
		require.Len(t, s.requests(), 4, "then it gives up")
	})
}

func TestRetryAfterIsObeyedUpToHalfAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := after(limited("20"), func(w http.ResponseWriter) { reply(w, 200, hosted(t, nil)) })
		begun := time.Now()
		_, err := pos(t, s).Invoice(t.Context(), invoiceA)
		require.NoError(t, err)
		require.Equal(t, 20*time.Second, time.Since(begun))

		for _, wait := range []string{"3600", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)} {
			s = after(limited(wait))
			_, err = pos(t, s).Invoice(t.Context(), invoiceA)
			var e *bitpay.Error
			require.ErrorAs(t, err, &e)
			require.True(t, e.Temporary())
			require.InDelta(t, 3600, e.RetryAfter.Seconds(), 1)
			require.Len(t, s.requests(), 1)
		}
	})
}

func TestWhatIsNotIdempotentIsSentOnce(t *testing.T) {
	s := after(html502)
	c := merchant(t, s)
	for i, call := range []func() error{
		func() error { return updated(t, s) },
		func() error { _, err := c.CancelInvoice(t.Context(), invoiceA, true); return err },
		func() error { _, err := c.CancelInvoiceByGUID(t.Context(), "g", false); return err },
		func() error { _, err := c.CreateRefund(t.Context(), refund(t)); return err },
		func() error { _, err := c.ConfirmRefund(t.Context(), "R"); return err },
		func() error { _, err := c.CancelRefundByGUID(t.Context(), "g"); return err },
		func() error {
			return c.ResendNotification(t.Context(), bitpay.Invoice{ID: invoiceA, Token: bitpay.NewSecret(resource)})
		},
		func() error {
			_, err := c.Pair(t.Context(), bitpay.PairRequest{SIN: key(t).SIN(), Facade: bitpay.Merchant})
			return err
		},
	} {
		var e *bitpay.Error
		require.ErrorAs(t, call(), &e)
		require.True(t, e.Temporary())
		require.Len(t, s.requests(), i+1)
	}
}

func TestATokenRevokedInMidFlightStopsTheRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := after(html502, func(w http.ResponseWriter) { reply(w, 500, `{"error":"Invalid token"}`) })
		_, err := merchant(t, s).CreateInvoice(t.Context(), order(t))
		require.ErrorIs(t, err, bitpay.ErrUnauthorized)
		require.Len(t, s.requests(), 2)
	})
}

func TestASlowAnswerIsTemporaryAndACancelledCallIsNot(t *testing.T) {
	held := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-held:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(held)
	c, err := bitpay.New(bitpay.Config{Environment: bitpay.Simulator(server.URL + "/"), Token: bitpay.NewSecret(token), Signer: key(t), Timeout: 20 * time.Millisecond})
	require.NoError(t, err)
	_, err = c.CancelInvoice(t.Context(), invoiceA, true)
	var e *bitpay.Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.Temporary())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotContains(t, err.Error(), token)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Invoice(ctx, invoiceA)
	require.ErrorAs(t, err, &e)
	require.False(t, e.Temporary())
	require.ErrorIs(t, err, context.Canceled)
}

func TestTheCallersDeadlineEndsTheRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := after(html502)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		_, err := pos(t, s).Invoice(ctx, invoiceA)
		require.Error(t, err)
		require.Less(t, time.Since(begun), time.Second, "there is no use in waiting for a deadline")
		require.Len(t, s.requests(), 2)
	})
}

// leaky is a transport whose errors repeat what it was given.
type leaky struct{}

func (leaky) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, errors.New("cannot dial for " + r.URL.String())
}
