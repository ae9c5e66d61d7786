package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
	"github.com/cointill/cointill/bitpay/bitpaysim"
)

// simBitPay is BitPay beside the simulated networks, on a port and so an origin of
// its own.
type simBitPay struct {
	*bitpaysim.Server
	listener net.Listener
	url      string
}

// notifications is where the simulated BitPay posts to.
const notifications = "/bitpay/notifications"

// startBitPay opens the simulator and pairs with it. A block of its networks comes as
// often as one of the portal's. Notifications go to the portal's own address.
func startBitPay(block time.Duration, portal string) (*simBitPay, *merchant, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("portal: simulated BitPay: %w", err)
	}
	sim := &simBitPay{listener: listener, url: "http://" + listener.Addr().String()}
	sim.Server = bitpaysim.New(bitpaysim.Options{Now: time.Now, BaseURL: sim.url, Speed: "low", BlockTime: block,
		Seed: strconv.FormatInt(time.Now().UnixNano(), 36)})
	key, err := bitauth.NewKey()
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	token, err := sim.Grant(bitpaysim.Merchant, key.Identity())
	if err == nil {
		err = sim.Fund(string(currency), "1000") // so that refunds find money
	}
	for coin := range base { // one world, one price
		if rate, ok := priceAt(coin, time.Now()); ok && err == nil {
			err = sim.SetPrice(string(coin), rate.Decimal().String())
		}
	}
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	return sim, &merchant{environment: bitpay.Simulator(sim.url), token: bitpay.NewSecret(token), signer: key,
		notify: portal + notifications}, nil
}

// run serves the simulator until ctx ends.
func (b *simBitPay) run(ctx context.Context) error {
	if b == nil { // not simulated
		<-ctx.Done()
		return nil
	}
	server := &http.Server{Handler: b, ReadHeaderTimeout: 5 * time.Second}
	delivered := make(chan struct{})
	go func() { b.Run(ctx); close(delivered) }()
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // ends Serve below
	defer stop()
	err := server.Serve(b.listener)
	if ctx.Err() == nil {
		return fmt.Errorf("portal: simulated BitPay: %w", err)
	}
	<-delivered
	return nil
}

// refund does what a merchant does in BitPay's dashboard, and what the buyer answers,
// who left an address for it.
func (b *simBitPay) refund(ctx context.Context, client *bitpay.Client, invoice string, amount bitpay.Number, guid string) error {
	if err := b.GiveEmail(invoice, "customer@shop.example"); err != nil {
		return err
	}
	v, err := client.CreateRefund(ctx, bitpay.NewRefund{InvoiceID: invoice, GUID: guid, Amount: amount, Currency: string(currency)})
	if err != nil {
		return err
	}
	return b.GiveAddress(v.ID, "the simulated buyer's")
}

// pending returns the refund of an invoice that waits to be paid out; empty: none.
func (b *simBitPay) pending(invoice string) string {
	for _, r := range b.Refunds() {
		if r.Invoice == invoice && r.Status == "pending" {
			return r.ID
		}
	}
	return ""
}
