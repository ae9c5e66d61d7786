// Bitpaysim serves the simulator of BitPay on a loopback address:
//
//	go run ./bitpay/bitpaysim/cmd/bitpaysim -listen 127.0.0.1:18080
//
// It prints the address, the dashboard's URL and a pos token. Point a client's
// base URL at it; pair at the dashboard; pay on the hosted page. A block is mined
// every ten seconds unless -block says otherwise. Everything is forgotten when
// the program ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"time"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer, args []string) error {
	flags := flag.NewFlagSet("bitpaysim", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:18080", "address to serve on")
	base := flags.String("base", "", "public base URL that clients use (default: http:// and the request's host)")
	speed := flags.String("speed", "medium", "the account's transactionSpeed: high, medium or low")
	block := flags.Duration("block", 10*time.Second, "time between two confirmations; 0: only by the dashboard")
	if err := flags.Parse(args); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("bitpaysim: listen: %w", err)
	}
	sim := bitpaysim.New(bitpaysim.Options{
		Now: time.Now, BaseURL: *base, Speed: *speed, BlockTime: *block, Seed: strconv.FormatInt(time.Now().UnixNano(), 36),
	})
	for _, currency := range []string{"USD", "EUR"} { // so that refunds find money
		if err := sim.Fund(currency, "1000"); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "base URL   http://%s/\n", l.Addr())
	fmt.Fprintf(out, "dashboard  http://%s/dashboard/merchant/api-tokens\n", l.Addr())
	fmt.Fprintf(out, "pos token  %s\n", sim.POSToken())
	server := &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second}
	ctx, stop := context.WithCancel(ctx)
	var delivering sync.WaitGroup
	delivering.Go(func() { sim.Run(ctx) })
	defer func() { stop(); delivering.Wait() }()
	context.AfterFunc(ctx, func() { _ = server.Close() }) // ends Serve below
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("bitpaysim: serve: %w", err)
	}
	return nil
}
