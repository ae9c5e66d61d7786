package bitpaysim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

// A shop creates an invoice of 10 USD; a buyer pays half of it and then the rest;
// the network confirms.
func Example() {
	sim := bitpaysim.New(bitpaysim.Options{})
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var note struct {
			Event struct{ Name string }
			Data  struct{ Status string }
		}
		err := json.NewDecoder(r.Body).Decode(&note)
		fmt.Println("notified:", note.Event.Name, note.Data.Status, err)
	}))
	defer shop.Close()

	body, _ := json.Marshal(map[string]any{ // a map of texts, numbers and booleans
		"token": sim.POSToken(), "price": 10, "currency": "USD", "guid": "order-1",
		"notificationURL": shop.URL, "extendedNotifications": true,
	})
	req := httptest.NewRequest(http.MethodPost, "/invoices", bytes.NewReader(body))
	req.Header.Set("X-Accept-Version", "2.0.0")
	sim.ServeHTTP(httptest.NewRecorder(), req)

	id := sim.Invoices()[0].ID
	show := func(err error) {
		inv := sim.Invoices()[0]
		fmt.Println(inv.Status, inv.Exception, inv.Paid, "of", inv.Totals["BTC"], err)
	}
	show(sim.PayPart(id, "BTC"))
	show(sim.PayExact(id, "BTC"))
	sim.Deliver(context.Background())
	sim.Advance(10 * time.Minute)
	show(sim.Confirm(id, 1))
	sim.Deliver(context.Background())
	show(sim.Confirm(id, 5))
	sim.Deliver(context.Background())
	// Output:
	// new paidPartial 10050 of 20100 <nil>
	// paid  20100 of 20100 <nil>
	// notified: invoice_paidInFull paid <nil>
	// confirmed  20100 of 20100 <nil>
	// notified: invoice_confirmed confirmed <nil>
	// complete  20100 of 20100 <nil>
	// notified: invoice_completed complete <nil>
}
