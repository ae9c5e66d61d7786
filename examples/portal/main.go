// Portal is a customer's top-up page in one program: two balances, an address
// with QR code for each or a payment by BitPay, payments that confirm before your
// eyes, a statement.
//
//	go run ./examples/portal
//
// It opens a page on this machine only. Bitcoin, Ethereum, their prices and BitPay
// are simulated, the books are a fresh SQLite file that is removed at the end, and a
// strip at the bottom plays the customer. Flags and environment variables (-help)
// point the same program at real nodes and real extended public keys, and at
// BitPay's test environment or BitPay itself:
//
//	BITPAY_TOKEN=… go run ./examples/portal -bitpay-env test
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/cointill/cointill/payments"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, err := parseConfig(os.Args[1:], os.Getenv, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(ctx, cfg, func(url string) {
			fmt.Printf("The portal is open at %s (Ctrl-C ends it)\n", url)
		})
	}
	if err != nil {
		log.Fatal(err)
	}
}

// run serves the portal until ctx ends, and calls opened with its address as soon
// as the page can be opened.
func run(ctx context.Context, cfg config, opened func(url string)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := newWorld(cfg)
	if err != nil {
		return err
	}
	w.log = cfg.log
	listener, err := listen(cfg.addr)
	if err != nil {
		return err
	}
	defer listener.Close() // served below, or closed here when something else fails
	offer, err := w.openBitPay(cfg, "http://"+listener.Addr().String())
	if err != nil {
		return err
	}
	store, closeStore, err := openStore(ctx, cfg.db)
	if err != nil {
		return err
	}
	defer closeStore()
	p, err := payments.New(payments.Config{
		Store: store, Rails: w.rails, Rates: w.rates, BitPay: offer, Terms: termsVersion, Log: cfg.log,
	})
	if err != nil {
		return err
	}
	if err := proveWallets(ctx, cfg, p, w); err != nil {
		return err
	}
	portal, err := newPortal(ctx, p, w)
	if err != nil {
		return err
	}
	handler, err := portal.handler(offer)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan error, 4)
	go func() { ended <- p.Run(ctx) }()
	go func() { w.mine(ctx, portal.waiting); ended <- nil }()
	go func() { ended <- w.bitpay.run(ctx) }()
	go func() { ended <- server.Serve(listener) }()
	opened("http://" + listener.Addr().String())

	// The engine ends after the commit in hand, open event streams with ctx.
	var failed error
	running := 4
	select {
	case failed = <-ended:
		running--
	case <-ctx.Done():
	}
	cancel()
	quick, done := context.WithTimeout(context.Background(), 2*time.Second)
	defer done()
	if server.Shutdown(quick) != nil {
		// A browser holds a connection open on which it asked nothing yet.
		failed = errors.Join(failed, server.Close())
	}
	for ; running > 0; running-- {
		if err := <-ended; err != nil && !errors.Is(err, http.ErrServerClosed) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// listen opens the address, or the next free port above it. Only this machine is
// served: the page asks nobody for a password.
func listen(addr string) (net.Listener, error) {
	host, portText, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("portal: -addr %s: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("portal: -addr %s: the portal has no login; use a loopback address such as 127.0.0.1:8080", addr)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("portal: -addr %s: %w", addr, err)
	}
	for try := port; ; try++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.FormatUint(try, 10)))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || try == port+20 {
			return l, err
		}
	}
}
