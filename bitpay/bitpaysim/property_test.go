package bitpaysim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

// machine drives a simulator at random, without a network.
type machine struct {
	t        *rapid.T
	sim      *bitpaysim.Server
	key      key
	merchant string
	guids    map[string]string   // guid to id
	received map[string]*big.Int // id to what its payers sent
}

func (m *machine) call(method, path string, body object) object {
	var raw []byte
	if body != nil {
		raw, _ = json.Marshal(body) // of texts and numbers only
	}
	req := httptest.NewRequest(method, path, bytes.NewReader(raw))
	req.Header.Set("X-Accept-Version", "2.0.0")
	req.Header.Set("X-Identity", m.key.identity())
	req.Header.Set("X-Signature", m.key.sign("http://"+req.Host+path+string(raw)))
	rec := httptest.NewRecorder()
	m.sim.ServeHTTP(rec, req)
	var top object
	dec := json.NewDecoder(rec.Body)
	dec.UseNumber()
	require.NoError(m.t, dec.Decode(&top))
	return top
}

func (m *machine) create() {
	guid := fmt.Sprint("g", rapid.IntRange(0, 5).Draw(m.t, "guid"))
	top := m.call(http.MethodPost, "/invoices", object{
		"token": m.merchant, "guid": guid, "price": rapid.IntRange(1, 50).Draw(m.t, "price"), "currency": "USD", "buyerEmail": "b@example.com",
		"transactionSpeed": rapid.SampledFrom([]string{"high", "medium", "low"}).Draw(m.t, "speed"),
	})
	got := id(top["data"].(object))
	if known, ok := m.guids[guid]; ok {
		require.Equal(m.t, known, got, "one invoice per guid")
		return
	}
	m.guids[guid], m.received[got] = got, new(big.Int)
}

func (m *machine) some() (bitpaysim.Invoice, bool) {
	all := m.sim.Invoices()
	if len(all) == 0 {
		return bitpaysim.Invoice{}, false
	}
	return rapid.SampledFrom(all).Draw(m.t, "invoice"), true
}

func (m *machine) pay() {
	inv, ok := m.some()
	if !ok {
		return
	}
	coin := rapid.SampledFrom([]string{"BTC", "DAI"}).Draw(m.t, "coin")
	share := rapid.SampledFrom([]int64{1, 50, 100, 130}).Draw(m.t, "percent")
	units := new(big.Int).Mul(inv.Totals[coin], big.NewInt(share))
	units.Quo(units, big.NewInt(100))
	err := m.sim.Pay(inv.ID, bitpaysim.Payment{Coin: coin, Units: units})
	if inv.Coin != "" && inv.Coin != coin {
		require.ErrorIs(m.t, err, bitpaysim.ErrPayment)
		return
	}
	require.NoError(m.t, err)
	m.received[inv.ID].Add(m.received[inv.ID], units)
}

// hook runs one operator's call; one that does not fit the state says so.
func (m *machine) hook() {
	inv, ok := m.some()
	if !ok {
		return
	}
	var err error
	switch rapid.IntRange(0, 3).Draw(m.t, "hook") {
	case 0:
		err = m.sim.Confirm(inv.ID, rapid.IntRange(1, 6).Draw(m.t, "blocks"))
	case 1:
		err = m.sim.Decline(inv.ID)
	case 2:
		err = m.sim.Complete(inv.ID)
	case 3:
		m.call(http.MethodDelete, "/invoices/"+inv.ID+"?token="+m.merchant, nil)
	}
	if err != nil {
		require.ErrorIs(m.t, err, bitpaysim.ErrState)
	}
}

func (m *machine) refund() {
	inv, ok := m.some()
	if !ok {
		return
	}
	price, err := strconv.Atoi(inv.Price)
	require.NoError(m.t, err)
	top := m.call(http.MethodPost, "/refunds", object{
		"token": m.merchant, "invoiceId": inv.ID, "amount": rapid.IntRange(1, price).Draw(m.t, "amount"),
		"immediate": rapid.Bool().Draw(m.t, "immediate"), "preview": rapid.IntRange(0, 3).Draw(m.t, "preview") == 0,
		"buyerPaysRefundFee": rapid.Bool().Draw(m.t, "buyer pays"),
	})
	made, ok := top["data"].(object)
	if ok && rapid.Bool().Draw(m.t, "to its end") && m.sim.GiveAddress(id(made), "x") == nil {
		require.NoError(m.t, m.sim.PayOutRefund(id(made)))
	}
}

// sell takes an invoice to complete, where it can still get there.
func (m *machine) sell() {
	inv, ok := m.some()
	if !ok {
		return
	}
	before := inv.Paid
	if err := m.sim.PayExact(inv.ID, ""); err == nil {
		inv, err = m.sim.Invoice(inv.ID)
		require.NoError(m.t, err)
		m.received[inv.ID].Add(m.received[inv.ID], new(big.Int).Sub(inv.Paid, before))
	}
	_ = m.sim.Complete(inv.ID) // an ended one refuses; the invariants look
}

func (m *machine) moveRefund() {
	all := m.sim.Refunds()
	if len(all) == 0 {
		return
	}
	r := rapid.SampledFrom(all).Draw(m.t, "refund")
	switch rapid.IntRange(0, 4).Draw(m.t, "step") {
	case 0:
		_ = m.sim.GiveAddress(r.ID, "x") // a refund elsewhere refuses; the invariants look
	case 1:
		_ = m.sim.PayOutRefund(r.ID)
	case 2:
		_ = m.sim.FailRefund(r.ID)
	case 3:
		m.call(http.MethodDelete, "/refunds/"+r.ID+"?token="+m.merchant, nil)
	case 4:
		m.call(http.MethodPut, "/refunds/"+r.ID, object{"token": m.merchant, "status": "created"})
	}
}

var mayFollow = map[bitpaysim.Status]string{
	"new": "paid confirmed expired", "paid": "confirmed complete invalid declined", "confirmed": "complete invalid declined", "invalid": "complete",
}

func (m *machine) check() {
	all := m.sim.Invoices()
	require.Len(m.t, all, len(m.guids), "one invoice per guid")
	for _, inv := range all {
		for i := 1; i < len(inv.History); i++ {
			require.Contains(m.t, mayFollow[inv.History[i-1]], string(inv.History[i]))
		}
		require.Equal(m.t, inv.Status, inv.History[len(inv.History)-1])
		require.Zero(m.t, m.received[inv.ID].Cmp(inv.Paid), "what was sent has arrived")
		if inv.Coin != "" {
			enough := inv.Paid.Cmp(inv.Totals[inv.Coin])
			switch inv.Status {
			case bitpaysim.StatusNew:
				require.Negative(m.t, enough)
				require.Equal(m.t, bitpaysim.PaidPartial, inv.Exception)
			case bitpaysim.StatusExpired:
			default:
				require.GreaterOrEqual(m.t, enough, 0)
				require.Equal(m.t, enough > 0 && inv.Exception != bitpaysim.PaidLate, inv.Exception == bitpaysim.PaidOver)
			}
		}
		m.checkRefunds(inv)
	}
}

// checkRefunds: never more than the price, never two at work.
func (m *machine) checkRefunds(inv bitpaysim.Invoice) {
	sum, open := decimal.Zero, 0
	for _, r := range m.sim.Refunds() {
		if r.Invoice != inv.ID || r.Type == "underpayment" || r.Type == "overpayment" {
			continue
		}
		if r.Status == "created" || r.Status == "pending" || r.Status == "success" {
			sum = sum.Add(decimal.RequireFromString(r.Amount))
		}
		if r.Status == "created" || r.Status == "pending" {
			open++
		}
	}
	require.LessOrEqual(m.t, open, 1)
	require.True(m.t, sum.LessThanOrEqual(decimal.RequireFromString(inv.Price)), "%s of %s refunded", sum, inv.Price)
}

// checkLedger: the balance is the sum of its entries, with one sale for each
// completed invoice.
func (m *machine) checkLedger() {
	sales := 0
	for _, inv := range m.sim.Invoices() {
		if slices.Contains(inv.History, bitpaysim.StatusComplete) {
			sales++
		}
	}
	day := "&startDate=2026-11-21&endDate=2027-12-31"
	sum, seen := decimal.Zero, 0
	for _, e := range m.call(http.MethodGet, "/ledgers/USD?token="+m.merchant+day, nil)["data"].([]any) {
		amount := decimal.RequireFromString(e.(object)["amount"].(json.Number).String())
		sum = sum.Add(amount.Div(decimal.RequireFromString(e.(object)["scale"].(json.Number).String())))
		if e.(object)["code"] == json.Number("1000") {
			seen++
		}
	}
	require.Equal(m.t, sales, seen)
	balance := m.call(http.MethodGet, "/ledgers?token="+m.merchant, nil)["data"].([]any)[0].(object)["balance"].(json.Number)
	require.True(m.t, sum.Equal(decimal.RequireFromString(balance.String())))
}

func TestNoOrderOfEventsBreaksTheBooks(t *testing.T) {
	signer := newKey(t, keyB)
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{t: rt, sim: bitpaysim.New(bitpaysim.Options{}), key: signer, guids: map[string]string{}, received: map[string]*big.Int{}}
		var err error
		m.merchant, err = m.sim.Grant(bitpaysim.Merchant, signer.identity())
		require.NoError(rt, err)
		rt.Repeat(map[string]func(*rapid.T){
			"create": func(*rapid.T) { m.create() }, "pay": func(*rapid.T) { m.pay() }, "sell": func(*rapid.T) { m.sell() }, "hook": func(*rapid.T) { m.hook() },
			"refund": func(*rapid.T) { m.refund() }, "move refund": func(*rapid.T) { m.moveRefund() },
			"fund":    func(*rapid.T) { require.NoError(rt, m.sim.Fund("USD", "20")) },
			"advance": func(*rapid.T) { m.sim.Advance(time.Duration(rapid.IntRange(1, 40).Draw(rt, "minutes")) * time.Minute) },
			"ledger":  func(*rapid.T) { m.checkLedger() },
			"":        func(*rapid.T) { m.check() },
		})
		m.checkLedger()
	})
}
