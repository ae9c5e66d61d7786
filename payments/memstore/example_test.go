package memstore_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
)

// What a failing update wrote is gone; a savepoint undoes only its own part.
func Example() {
	ctx := context.Background()
	store := memstore.New()
	account := func(name string) []payments.AccountRecord {
		return []payments.AccountRecord{{Account: payments.Account{Profile: "acme", Name: name}, Currency: "USD"}}
	}
	err := store.Update(ctx, func(tx payments.Tx) error {
		if _, err := tx.InsertAccounts(ctx, account("voice")); err != nil {
			return err
		}
		undone := tx.Savepoint(ctx, func(tx payments.Tx) error {
			if _, err := tx.InsertAccounts(ctx, account("sms")); err != nil {
				return err
			}
			return errors.New("changed its mind")
		})
		fmt.Println("savepoint:", undone)
		return nil
	})
	fmt.Println("update:", err)
	dump, err := store.Dump(ctx)
	fmt.Print(dump)
	fmt.Println(err)
	// Output:
	// savepoint: changed its mind
	// update: <nil>
	// account {"Profile":"acme","Name":"voice","Currency":"USD","OpenedAt":"0001-01-01T00:00:00Z","Carry":"0","Version":0}
	// <nil>
}
