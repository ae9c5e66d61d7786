package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// Benchmark credits a thousand deposits of a hundred customers in one Update:
// their rows, entries and events. It reports deposits per second.
func Benchmark(b *testing.B, open func(b *testing.B) payments.Store) {
	const batch = 1_000
	b.Run("credit 1000", func(b *testing.B) {
		store, next := open(b), 0
		b.ReportAllocs()
		for b.Loop() {
			deposits := make([]payments.Deposit, batch)
			entries := make([]ledger.Entry, batch)
			events := make([]payments.Event, batch)
			for i := range batch {
				d := deposit(next)
				d.State = payments.StateCredited
				d.Owner.Profile = fmt.Sprint(next % 100)
				deposits[i], entries[i], events[i] = d, credit(d, 100), event(next, d.Owner.Profile)
				next++
			}
			require.NoError(b, store.Update(b.Context(), func(tx payments.Tx) error {
				if _, err := tx.InsertDeposits(b.Context(), deposits); err != nil {
					return err
				}
				if _, err := tx.InsertEntries(b.Context(), entries); err != nil {
					return err
				}
				_, err := tx.InsertEvents(b.Context(), events)
				return err
			}))
		}
		b.ReportMetric(float64(next)/b.Elapsed().Seconds(), "deposits/s")
	})
}
