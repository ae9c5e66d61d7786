package payments_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
)

// refundWorld is an engine, and BitPay behind HTTP, on one clock. What happens at
// BitPay happens through calls of the simulator or of a client of its own, so that the
// engine is never told.
type refundWorld struct {
	testing.TB
	ctx    context.Context
	clock  *clock
	sim    *bitpaysim.Server
	client *bitpay.Client // the merchant in the dashboard
	store  *memstore.Store
	cfg    payments.Config
	p      *payments.Processor
	events *recorder
	answer *answers
	n      int
	token  string // of client
	// buyerPays has the buyer pay the fees of the refunds that are made from now on.
	buyerPays bool
}

const refundKey = "2882fd14b2a04735f676faebc8079227ed6ffa049a1e572252e4da7bd02ea227"

func newRefundWorld(t testing.TB) *refundWorld {
	t.Helper()
	c := newClock()
	w := &refundWorld{TB: t, ctx: t.Context(), clock: c, store: memstore.New(), events: &recorder{},
		sim: bitpaysim.New(bitpaysim.Options{Now: c.Now, Seed: "refunds"})}
	w.answer = &answers{next: w.sim}
	api := httptest.NewServer(w.answer)
	t.Cleanup(api.Close)
	w.client = w.merchant(api.URL)
	rail := railCases()[0]
	sim, source := rail.build(c)
	sim.Mine(3)
	w.cfg = payments.Config{
		Store: w.store, Rates: &movingRates{now: c.Now}, Now: c.Now, Deliver: w.events.deliver,
		BitPay: &payments.BitPay{Client: w.client, Amounts: []money.Amount{money.USD.Cents(1_000), money.USD.Cents(10_000), money.EUR.Cents(5_000)}},
		Rails: []payments.Rail{{Network: sim.Network(), Sources: []chain.Source{source("a")},
			Wallet: testWallet{network: sim.Network()}, UnprovedKey: true}},
	}
	w.restart()
	return w
}

func (w *refundWorld) restart() {
	w.Helper()
	p, err := payments.New(w.cfg)
	require.NoError(w, err)
	w.p = p
}

func (w *refundWorld) merchant(base string) *bitpay.Client {
	w.Helper()
	key, err := bitauth.ParseKey(refundKey)
	require.NoError(w, err)
	w.token, err = w.sim.Grant(bitpaysim.Merchant, key.Identity())
	require.NoError(w, err)
	c, err := bitpay.New(bitpay.Config{Environment: bitpay.Simulator(base), Token: bitpay.NewSecret(w.token), Signer: key})
	require.NoError(w, err)
	return c
}

// over is the engine's client on a transport of its own.
func (w *refundWorld) over(transport http.RoundTripper) *bitpay.Client {
	w.Helper()
	key, err := bitauth.ParseKey(refundKey)
	require.NoError(w, err)
	c, err := bitpay.New(bitpay.Config{Environment: w.client.Environment(), Token: bitpay.NewSecret(w.token), Signer: key, Transport: transport})
	require.NoError(w, err)
	return c
}

// sync reconciles the day: fees, refunds and states.
func (w *refundWorld) sync() payments.BitPayReport {
	w.Helper()
	r, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now().AddDate(0, 0, -1), w.clock.Now())
	require.NoError(w, err)
	return r
}

// refund is a refund made in the dashboard.
func (w *refundWorld) refund(h payments.HostedInvoice, cents int64, change func(*bitpay.NewRefund)) (bitpay.Refund, error) {
	w.Helper()
	w.n++
	n := bitpay.NewRefund{InvoiceID: h.RemoteID, Amount: bitpay.NumberOf(h.Price.Asset().Currency().Cents(cents)),
		Currency: string(h.Price.Asset().Coin), GUID: fmt.Sprintf("refund-%d", w.n)}
	if change != nil {
		change(&n)
	}
	return w.makeRefund(n)
}

// makeRefund makes a refund; one whose fee the buyer pays as another program of the
// merchant's does, because our client never lets the buyer.
func (w *refundWorld) makeRefund(n bitpay.NewRefund) (v bitpay.Refund, err error) {
	w.Helper()
	if !w.buyerPays {
		return w.client.CreateRefund(w.ctx, n)
	}
	body, err := json.Marshal(n)
	require.NoError(w, err)
	members := map[string]any{}
	require.NoError(w, json.Unmarshal(body, &members))
	members["buyerPaysRefundFee"], members["token"], members["amount"] = true, w.token, json.Number(n.Amount.String())
	body, err = json.Marshal(members)
	require.NoError(w, err)
	key, err := bitauth.ParseKey(refundKey)
	require.NoError(w, err)
	target := string(w.client.Environment()) + "/refunds"
	signature, err := key.Sign(w.ctx, append([]byte(target), body...))
	require.NoError(w, err)
	req, err := http.NewRequestWithContext(w.ctx, http.MethodPost, target, bytes.NewReader(body))
	require.NoError(w, err)
	req.Header = http.Header{"X-Accept-Version": {"2.0.0"}, "X-Identity": {key.Identity()}, "X-Signature": {signature}}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(w, err)
	defer resp.Body.Close()
	answer := struct {
		Data *bitpay.Refund
	}{&v}
	require.NoError(w, json.NewDecoder(resp.Body).Decode(&answer))
	if resp.StatusCode != http.StatusOK {
		return v, fmt.Errorf("refused: %s", resp.Status)
	}
	return v, nil
}

func (w *refundWorld) refunded(h payments.HostedInvoice, cents int64) bitpay.Refund {
	w.Helper()
	v, err := w.refund(h, cents, nil)
	require.NoError(w, err)
	return v
}

// paidOut lets BitPay execute a refund.
func (w *refundWorld) paidOut(v bitpay.Refund) {
	w.Helper()
	require.NoError(w, w.sim.GiveAddress(v.ID, "bcrt1qpayer"))
	require.NoError(w, w.sim.PayOutRefund(v.ID))
}

func (w *refundWorld) row(h payments.HostedInvoice) payments.HostedInvoice {
	w.Helper()
	now, err := w.p.HostedInvoice(w.ctx, h.ID)
	require.NoError(w, err)
	return now
}

// holds returns a balance of the books, in the invoice's currency.
func (w *refundWorld) holds(a ledger.Account, c money.Currency) string {
	w.Helper()
	sum := c.Cents(0)
	require.NoError(w, w.store.View(w.ctx, func(tx payments.Tx) error {
		found, err := tx.Balances(w.ctx, []ledger.Account{a})
		for _, b := range found {
			if b.Amount.Asset() == c.Asset() {
				sum = b.Amount
			}
		}
		return err
	}))
	return sum.Text()
}

// books returns customer, payable, receivable and fee in USD.
func (w *refundWorld) books(a payments.Account) [4]string {
	w.Helper()
	return [4]string{w.holds(a.Ledger(), money.USD), w.holds(ledger.RefundPayable("bitpay"), money.USD),
		w.holds(ledger.Receivable("bitpay"), money.USD), w.holds(ledger.ProviderFee("bitpay"), money.USD)}
}

func (w *refundWorld) dump() string {
	w.Helper()
	text, err := w.store.Dump(w.ctx)
	require.NoError(w, err)
	return text
}

// entries reads every entry there is, and checks that all of them balance.
func (w *refundWorld) entries() map[string]ledger.Entry {
	w.Helper()
	out := map[string]ledger.Entry{}
	sums := map[money.Asset]decimal.Decimal{}
	for _, line := range strings.Split(w.dump(), "\n") {
		row, ok := strings.CutPrefix(line, "entry ")
		if !ok {
			continue
		}
		var e ledger.Entry
		require.NoError(w, json.Unmarshal([]byte(row), &e))
		require.NoError(w, e.Validate())
		out[e.Key] = e
		named := map[ledger.Account]bool{}
		for _, post := range e.Postings {
			for _, a := range []ledger.Account{post.From, post.To} {
				if !named[a] {
					named[a] = true
					sums[post.Amount.Asset()] = sums[post.Amount.Asset()].Add(e.Net(a, post.Amount.Asset()).Decimal())
				}
			}
		}
	}
	for asset, sum := range sums {
		require.True(w, sum.IsZero(), "all accounts together hold %s %s", sum, asset)
	}
	return out
}

func (w *refundWorld) kinds(h payments.HostedInvoice) (kinds []payments.EventKind) {
	w.Helper()
	require.NoError(w, w.store.View(w.ctx, func(tx payments.Tx) error {
		events, err := tx.EventsOf(w.ctx, "hosted/"+h.ID)
		for _, e := range events {
			kinds = append(kinds, e.Kind)
		}
		return err
	}))
	return kinds
}

// refundKinds are the events of refunds alone.
func (w *refundWorld) refundKinds(h payments.HostedInvoice) (kinds []payments.EventKind) {
	w.Helper()
	for _, k := range w.kinds(h) {
		if strings.HasPrefix(string(k), "hosted.refund") || k == payments.EventHostedMismatch {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// complete makes an invoice of an account that is paid and credited by BitPay.
func (w *refundWorld) complete(a payments.Account, price money.Amount) payments.HostedInvoice {
	w.Helper()
	h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: a, Amount: price, Key: "complete-" + price.Text(), ReturnURL: "https://shop.example/thanks"})
	require.NoError(w, err)
	require.NoError(w, w.sim.GiveEmail(h.RemoteID, "payer@example.com"))
	require.NoError(w, w.sim.PayExact(h.RemoteID, "BTC"))
	require.NoError(w, w.sim.Confirm(h.RemoteID, 6))
	w.clock.Advance(time.Minute)
	h, err = w.p.RefreshHosted(w.ctx, h.ID)
	require.NoError(w, err)
	require.Equal(w, payments.HostedComplete, h.State)
	require.NoError(w, w.sim.Fund("USD", "10000"))
	return h
}

// customer returns voice's balance and what is on its way back to payers.
func (w *refundWorld) customer() [2]string {
	w.Helper()
	all := w.books(voice)
	return [2]string(all[:2])
}

// classes are the differences a reconciliation found.
func classes(r payments.BitPayReport) (list []payments.DifferenceClass) {
	for _, d := range r.Differences {
		list = append(list, d.Class)
	}
	return list
}
