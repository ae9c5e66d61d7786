package payments_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
)

// refuseKinds is an InTx that refuses the kinds given while they are in the list.
func refuseKinds(kinds *[]payments.EventKind) func(context.Context, payments.Tx, []payments.Event) error {
	return func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		for _, e := range events {
			if slices.Contains(*kinds, e.Kind) {
				return errors.New("host: unknown customer")
			}
		}
		return nil
	}
}

func TestAHostThatRefusesAHostedCreditHoldsThatOneOnly(t *testing.T) {
	refused := []payments.EventKind{payments.EventHostedCredited}
	w := newHostedWorld(t, func(c *payments.Config) { c.InTx = refuseKinds(&refused) })
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(2 * time.Minute)
	got := w.row(h.ID)
	require.Equal(t, payments.HostedComplete, got.State, "what BitPay said never waits for the host")
	require.Equal(t, payments.HoldHost, got.Hold)
	require.Equal(t, "0.00 USD", w.balance(voice))
	health, err := w.p.Health(w.ctx)
	require.NoError(t, err)
	require.Len(t, health.BitPay.Held, 1)
	w.after(24 * time.Hour)
	require.Empty(t, w.entries(voice))

	require.ErrorContains(t, w.p.ReleaseHosted(w.ctx, h.ID, operator), "unknown customer")
	require.Equal(t, payments.HoldHost, w.row(h.ID).Hold, "nothing was stored")
	refused = nil
	require.NoError(t, w.p.ReleaseHosted(w.ctx, h.ID, operator))
	require.Equal(t, "50.00 USD", w.balance(voice))
	var input *payments.InputError
	require.ErrorAs(t, w.p.ReleaseHosted(w.ctx, h.ID, operator), &input)
	require.ErrorAs(t, w.p.ReleaseHosted(w.ctx, h.ID, payments.Actor{}), &input)
	require.ErrorIs(t, w.p.ReleaseHosted(w.ctx, "nobody", operator), payments.ErrNotFound)
	require.Equal(t, []payments.EventKind{payments.EventHostedOpened, payments.EventHostedComplete, payments.EventHostedHeld,
		payments.EventHostedReleased, payments.EventHostedCredited}, w.told(h.ID))
	require.NoError(t, w.store.View(w.ctx, func(tx payments.Tx) error {
		rows, err := tx.AuditOf(w.ctx, "hosted/"+h.ID)
		require.Len(t, rows, 1)
		require.Equal(t, operator, rows[0].Actor)
		return err
	}))
}

func TestAReversalOfAHostedCreditIsBookedWhateverTheHostSays(t *testing.T) {
	refused := []payments.EventKind{payments.EventHostedReversed}
	w := newHostedWorld(t, func(c *payments.Config) { c.InTx, c.BitPay.Speed = refuseKinds(&refused), bitpay.Medium })
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Confirm(h.RemoteID, 1))
	w.after(2 * time.Minute)
	require.Equal(t, "50.00 USD", w.balance(voice))
	require.NoError(t, w.bitpay.Decline(h.RemoteID))
	w.after(5 * time.Minute)
	require.Equal(t, "0.00 USD", w.balance(voice))
	require.Equal(t, payments.HoldHost, w.row(h.ID).Hold, "the host's rows differ now")
	require.Contains(t, w.told(h.ID), payments.EventHostedReversed)
	refused = nil
	require.NoError(t, w.p.ReleaseHosted(w.ctx, h.ID, operator))
	require.Equal(t, "0.00 USD", w.balance(voice))
	require.Len(t, w.entries(voice), 2)
}

func TestAHostThatPanicsIsAHostThatRefuses(t *testing.T) {
	w := newHostedWorld(t, func(c *payments.Config) {
		c.InTx = func(context.Context, payments.Tx, []payments.Event) error { panic("host") }
	})
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(2 * time.Minute)
	require.Equal(t, payments.HoldHost, w.row(h.ID).Hold)
	require.Empty(t, w.entries(voice))
}

func TestTheCreditAndTheHostsRowStandInOneCommit(t *testing.T) {
	var seen []string
	w := newHostedWorld(t, nil)
	w.cfg.InTx = func(ctx context.Context, tx payments.Tx, events []payments.Event) error {
		for _, e := range events {
			x, err := w.p.In(tx).Balance(ctx, voice)
			if err != nil {
				return err
			}
			seen = append(seen, string(e.Kind)+" "+x.String())
			_, nested := w.p.RefreshHosted(ctx, "x")
			if !errors.Is(nested, payments.ErrNested) {
				return errors.New("a nested call must be refused")
			}
		}
		return nil
	}
	w.restart()
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(2 * time.Minute)
	require.Equal(t, []string{"hosted.credited 50.00 USD"}, seen)
}

func TestTwoProcessorsOnOneStoreCreditOnce(t *testing.T) {
	w := newHostedWorld(t, nil)
	var ids []string
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		h := w.checkout(key)
		ids = append(ids, h.ID)
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		require.NoError(t, w.bitpay.Complete(h.RemoteID))
	}
	w.clock.Advance(2 * time.Minute)
	others := []*payments.Processor{w.p, w.processor(w.cfg), w.processor(w.cfg)}
	var wg sync.WaitGroup
	for _, p := range others {
		wg.Go(func() {
			for range 3 {
				for _, id := range ids {
					_, _ = p.RefreshHosted(w.ctx, id)
				}
			}
		})
	}
	wg.Wait()
	w.advance()
	require.Equal(t, "250.00 USD", w.balance(voice))
	require.Len(t, w.entries(voice), 5)
	for _, id := range ids {
		require.Len(t, w.told(id), 3)
	}
}

func TestManyCheckoutsWithOneKeyMakeOneInvoice(t *testing.T) {
	w := newHostedWorld(t, nil)
	var wg sync.WaitGroup
	var mu sync.Mutex
	urls := map[string]bool{}
	for range 16 {
		p := w.processor(w.cfg)
		wg.Go(func() {
			h, err := p.Checkout(w.ctx, fifty("double-click"))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			urls[h.URL] = true
		})
	}
	wg.Wait()
	require.Len(t, urls, 1)
	require.Len(t, w.bitpay.Invoices(), 1)
	rows, err := w.p.HostedInvoices(w.ctx, voice, "", 10)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, []payments.EventKind{payments.EventHostedOpened}, w.told(rows[0].ID))
}

func TestWatchSaysThatAHostedInvoiceChanged(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	changed := w.p.Watch(w.ctx, "hosted/"+h.ID)
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	w.after(time.Minute)
	select {
	case <-changed:
	default:
		t.Fatal("nothing was said")
	}
}
