package sqlitestore_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"time"

	_ "modernc.org/sqlite"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/payments/sqlitestore"
)

// A row of the host's and an entry of the ledger share one commit.
func Example() {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:") // or "file:shop.db?_txlock=immediate"
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // only because it is in memory
	if err := sqlitestore.Migrate(ctx, db); err != nil {
		log.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE topups (customer TEXT, cents INTEGER)"); err != nil {
		log.Fatal(err)
	}
	store, err := sqlitestore.New(db)
	if err != nil {
		log.Fatal(err)
	}

	voice := ledger.Customer("acme", "voice")
	err = store.Update(ctx, func(tx payments.Tx) error {
		_, err := tx.InsertEntries(ctx, []ledger.Entry{{
			Key: "wire/4711", Kind: ledger.KindDeposit, At: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC),
			Postings: []ledger.Posting{{From: ledger.Clearing, To: voice, Amount: money.USD.Cents(6400)}},
		}})
		if err != nil {
			return err
		}
		host, _ := sqlitestore.Unwrap(tx)
		_, err = host.ExecContext(ctx, "INSERT INTO topups VALUES ('acme', 6400)")
		return err
	})
	if err != nil {
		log.Fatal(err)
	}

	err = store.View(ctx, func(tx payments.Tx) error {
		rows, err := tx.Balances(ctx, []ledger.Account{voice})
		for _, b := range rows {
			fmt.Println(b.Account, b.Amount)
		}
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: customer/acme/voice 64.00 USD
}
