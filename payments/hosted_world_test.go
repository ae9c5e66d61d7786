package payments_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// wire carries calls to the simulator within the process, so that it works in
// virtual time, and lets a test break it.
type wire struct {
	sim *bitpaysim.Server

	mu     sync.Mutex
	calls  []string
	before func(r *http.Request) error               // fails before it is sent
	after  func(r *http.Request) error               // fails after the answer
	alter  func(r *http.Request, body []byte) []byte // the answer
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.calls = append(w.calls, r.Method+" "+r.URL.Path)
	before, after, alter := w.before, w.after, w.alter
	w.mu.Unlock()
	if before != nil {
		if err := before(r); err != nil {
			return nil, err
		}
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	rec := httptest.NewRecorder()
	if err := serve(w.sim, rec, r); err != nil {
		return nil, err
	}
	if after != nil {
		if err := after(r); err != nil {
			return nil, err
		}
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if alter != nil {
		body := alter(r, rec.Body.Bytes())
		rec.Body.Reset()
		rec.Body.Write(body)
	}
	return rec.Result(), nil
}

// serve turns a connection that the simulator closes into an error.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if recover() != nil {
			err = io.ErrUnexpectedEOF
		}
	}()
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	h.ServeHTTP(w, in)
	return nil
}

func (w *wire) breakBefore(f func(*http.Request) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before = f
}

func (w *wire) alterWith(f func(*http.Request, []byte) []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.alter = f
}

// count counts the calls about invoices and refunds; BitPay's ledger is read by the
// hour, whatever they do.
func (w *wire) count() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.calls {
		if !strings.Contains(c, "/ledgers") {
			n++
		}
	}
	return n
}

var errCable = errors.New("cable cut")

// hostedWorld is a processor, a simulated chain and a simulated BitPay under one
// clock.
type hostedWorld struct {
	*bundle
	bitpay *bitpaysim.Server
	wire   *wire
	token  string
	key    bitauth.Key
}

const simBase = "http://127.0.0.1:9"

func newHostedWorld(t *testing.T, change func(*payments.Config)) *hostedWorld {
	t.Helper()
	w := &hostedWorld{}
	b := newBundle(t, railCases()[0], nil)
	w.bundle = b
	w.bitpay = bitpaysim.New(bitpaysim.Options{Now: b.clock.Now, BaseURL: simBase, Seed: t.Name()})
	w.wire = &wire{sim: w.bitpay}
	var err error
	w.key, err = bitauth.NewKey()
	require.NoError(t, err)
	w.token, err = w.bitpay.Grant(bitpaysim.Merchant, w.key.Identity())
	require.NoError(t, err)
	b.cfg.BitPay = &payments.BitPay{Client: w.client(w.token), Amounts: usd(50, 25, 100)}
	if change != nil {
		change(&b.cfg)
	}
	b.restart()
	return w
}

func (w *hostedWorld) client(token string) *bitpay.Client {
	w.Helper()
	c, err := bitpay.New(bitpay.Config{Environment: bitpay.Simulator(simBase), Token: bitpay.NewSecret(token),
		Signer: w.key, Transport: w.wire})
	require.NoError(w, err)
	return c
}

// posClient speaks with a POS token, which needs no key.
func (w *hostedWorld) posClient() *bitpay.Client {
	w.Helper()
	c, err := bitpay.New(bitpay.Config{Environment: bitpay.Simulator(simBase),
		Token: bitpay.NewSecret(w.bitpay.POSToken()), Transport: w.wire})
	require.NoError(w, err)
	return c
}

func usd(amounts ...int64) (out []money.Amount) {
	for _, a := range amounts {
		out = append(out, money.USD.Cents(100*a))
	}
	return out
}

func fifty(key string) payments.CheckoutRequest {
	return payments.CheckoutRequest{Account: voice, Amount: usd(50)[0], Key: key, ReturnURL: "https://shop.example/back"}
}

func (w *hostedWorld) checkout(key string) payments.HostedInvoice {
	w.Helper()
	h, err := w.p.Checkout(w.ctx, fifty(key))
	require.NoError(w, err)
	return h
}

// after lets time pass and the engine work.
func (w *hostedWorld) after(d time.Duration) {
	w.Helper()
	w.clock.Advance(d)
	w.bitpay.Advance(0)
	w.advance()
}

func (w *hostedWorld) row(id string) payments.HostedInvoice {
	w.Helper()
	h, err := w.p.HostedInvoice(w.ctx, id)
	require.NoError(w, err)
	return h
}

func (w *hostedWorld) told(id string) []payments.EventKind {
	w.Helper()
	return w.kindsOf("hosted/" + id)
}

// kindsOf are a subject's events in the store.
func (w *hostedWorld) kindsOf(subject string) (out []payments.EventKind) {
	w.Helper()
	require.NoError(w, w.store.View(w.ctx, func(tx payments.Tx) error {
		events, err := tx.EventsOf(w.ctx, subject)
		for _, e := range events {
			out = append(out, e.Kind)
		}
		return err
	}))
	return out
}

// receivable is what BitPay owes by the books.
func (w *hostedWorld) receivable() string {
	w.Helper()
	text := "0.00 USD"
	require.NoError(w, w.store.View(w.ctx, func(tx payments.Tx) error {
		rows, err := tx.Balances(w.ctx, []ledger.Account{ledger.Receivable("bitpay")})
		for _, b := range rows {
			text = b.Amount.Neg().String()
		}
		return err
	}))
	return text
}

// entries are the keys of the entries on an account, the oldest first.
func (w *hostedWorld) entries(a payments.Account) (keys []string) {
	w.Helper()
	require.NoError(w, w.store.View(w.ctx, func(tx payments.Tx) error {
		rows, err := tx.EntriesOf(w.ctx, a.Ledger(), ledger.Cursor{}, 1_000)
		for i := len(rows) - 1; i >= 0; i-- {
			keys = append(keys, rows[i].Key)
		}
		return err
	}))
	return keys
}
