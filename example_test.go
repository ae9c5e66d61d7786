package cointill_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/sqlitestore"
	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

func creditOurOwnTables(context.Context, payments.Tx, []payments.Event) error { return nil }

func sendReceiptMail(context.Context, payments.Event) error { return nil }

// The lines of the README's first screen. They are compiled, not run: they need
// a node, and a key of the reader's own.
func Example() {
	ctx := context.Background()
	user, pass := os.Getenv("BITCOIN_RPC_USER"), os.Getenv("BITCOIN_RPC_PASSWORD")

	// README
	db, err := sql.Open("sqlite", "shop.db") // your database, your driver
	err = sqlitestore.Migrate(ctx, db)
	store, err := sqlitestore.New(db)

	node, err := utxo.NewSource(chain.Bitcoin, utxo.RPC{URL: "http://127.0.0.1:8332", User: user, Password: pass})
	wallet, err := hd.OpenWallet(chain.Bitcoin, hd.BIP84, "zpub…") // public: it can receive, never spend
	kraken, err := exchange.NewKraken(exchange.Options{})
	coinbase, err := exchange.NewCoinbase(exchange.Options{})
	bitstamp, err := exchange.NewBitstamp(exchange.Options{})

	p, err := payments.New(payments.Config{
		Store: store,
		Rates: rates.Median(kraken, coinbase, bitstamp),
		Terms: "2026-11",
		Rails: []payments.Rail{{
			Network: chain.Bitcoin, Sources: []chain.Source{node}, Wallet: wallet,
		}},
		InTx:    creditOurOwnTables, // inside the library's commit: all or nothing
		Deliver: sendReceiptMail,    // after it, at least once, in order
	})
	go p.Run(ctx)

	voice := payments.Account{Profile: "acme", Name: "voice"}
	err = p.AcceptTerms(ctx, "acme", "2026-11")
	addr, err := p.DepositAddress(ctx, voice, chain.Bitcoin) // bc1q…, for ever; never the sms account's
	balance, err := p.Balance(ctx, voice)
	lines, next, err := p.Statement(ctx, voice, ledger.Cursor{}, 50)
	deposits, err := p.Deposits(ctx, voice, payments.DepositKey{}, 50)
	story, err := p.Explain(ctx, deposits[0].Key) // what happened, at which price, from whom
	// README

	fmt.Println(addr.Text, balance, lines, next, story.Text, err)
}

func TestTheReadmeShowsTheLinesThatCompile(t *testing.T) {
	source, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	parts := strings.Split(string(source), "\t// README\n")
	require.Len(t, parts, 3)
	_, block, ok := strings.Cut(string(readme), "```go\n")
	require.True(t, ok)
	block, _, _ = strings.Cut(block, "```")
	require.Equal(t, words(parts[1]), words(block))
}

// words leaves layout out of a comparison.
func words(code string) string { return strings.Join(strings.Fields(code), " ") }
