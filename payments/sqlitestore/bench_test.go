package sqlitestore_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/storetest"
)

// BenchmarkCredit measures credits (a deposit, its entry, an event) on a file
// with synchronous=FULL. One op is one credit, whatever the size of its commit.
func BenchmarkCredit(b *testing.B) {
	for _, group := range []int{1, 100} {
		b.Run(fmt.Sprintf("group=%d", group), func(b *testing.B) {
			store, _ := openFile(b)
			ctx := context.Background()
			b.ResetTimer()
			for done := 0; done < b.N; {
				n := min(group, b.N-done)
				var deposits []payments.Deposit
				var entries []ledger.Entry
				var events []payments.Event
				for i := range n {
					d := fullDeposit(b, done+i)
					deposits = append(deposits, d)
					entries = append(entries, credit(b, "deposit/"+d.Key.String(), "1000"))
					events = append(events, payments.Event{
						ID: d.Key.String(), Kind: payments.EventDepositCredited, Subject: d.Key.String(),
						Order: "acme", Profile: "acme", At: noon,
					})
				}
				require.NoError(b, store.Update(ctx, func(tx payments.Tx) error {
					if _, err := tx.InsertDeposits(ctx, deposits); err != nil {
						return err
					}
					if _, err := tx.InsertEntries(ctx, entries); err != nil {
						return err
					}
					_, err := tx.InsertEvents(ctx, events)
					return err
				}))
				done += n
			}
		})
	}
}

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, func(b *testing.B) payments.Store {
		store, _ := openFile(b)
		return store
	})
}
