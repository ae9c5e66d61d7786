package sqlitestore_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func TestDump_isTheSameTextAsInMemory(t *testing.T) {
	store, _ := openFile(t)
	memory := memstore.New()
	ctx := context.Background()
	d := fullDeposit(t, 1)
	pair := rates.Pair{Coin: "BTC", Currency: money.USD}
	snapshot, err := rates.NewSnapshot(rates.Snapshot{Pair: pair, Rate: d.Rate, AsOf: noon, Method: rates.MethodVenue,
		Prices: []rates.Price{{Source: "kraken", Symbol: "XBTUSD", Bid: d.Rate, FetchedAt: noon}}})
	require.NoError(t, err)
	for _, s := range []payments.Store{store, memory} {
		update(t, s, func(tx payments.Tx) error {
			_, err := tx.Stamp(ctx, payments.Stamp{Kind: "test"})
			require.NoError(t, err)
			var attach []chain.Anchor
			for h := uint64(2000); h < 2500; h++ {
				attach = append(attach, chain.Anchor{Height: h, Hash: chain.Hash{1, byte(h), byte(h >> 8)}, Time: noon})
			}
			require.NoError(t, tx.SaveTrail(ctx, chain.TrailMove{Network: "bitcoin", Attach: attach}))
			tip := attach[len(attach)-1]
			next := chain.Anchor{Height: 2498, Hash: chain.Hash{9}, Parent: attach[497].Hash, Time: noon}
			require.NoError(t, tx.SaveTrail(ctx, chain.TrailMove{Network: "bitcoin", From: tip, Keep: 2497,
				Attach: []chain.Anchor{next}, Dense: 2400}))
			require.ErrorIs(t, tx.SaveTrail(ctx, chain.TrailMove{Network: "bitcoin", From: tip, Keep: 2499}), chain.ErrTrailMoved)
			require.NoError(t, tx.SaveProgress(ctx, []chain.Progress{{Network: "bitcoin", LiveAt: noon}}))
			_, err = tx.InsertEntries(ctx, []ledger.Entry{credit(t, "a", "5"), credit(t, "b", "7")})
			require.NoError(t, err)
			_, err = tx.InsertSnapshots(ctx, []rates.Snapshot{snapshot})
			require.NoError(t, err)
			points, err := tx.InsertPoints(ctx, []rates.Point{
				{Pair: pair, AsOf: noon, Rate: d.Rate, Snapshot: snapshot.ID},
				{Pair: pair, AsOf: noon, Rate: d.Rate, Snapshot: "late"},
				{Pair: pair, AsOf: noon, Rate: d.Rate, Snapshot: snapshot.ID, Candle: true},
			})
			require.NoError(t, err)
			require.Len(t, points, 2)
			_, err = tx.InsertAccounts(ctx, []payments.AccountRecord{{Account: voice, Currency: money.USD, OpenedAt: noon}})
			require.NoError(t, err)
			_, err = tx.InsertTerms(ctx, []payments.TermsAcceptance{{Profile: "acme", Version: "1", At: noon}})
			require.NoError(t, err)
			_, err = tx.ReserveIndexes(ctx, "k", 4)
			require.NoError(t, err)
			_, err = tx.InsertAddresses(ctx, []payments.IssuedAddress{
				{Address: d.To, Key: "k", Index: 1, Owner: d.Owner, IssuedAt: noon.Add(time.Microsecond)},
				{Address: chain.Address{Family: d.To.Family, Raw: "x"}, Key: "k", Index: 2, Owner: d.Owner, IssuedAt: noon},
			})
			require.NoError(t, err)
			_, err = tx.InsertDeposits(ctx, []payments.Deposit{d, {Key: payments.DepositKey{Network: "bsc", ID: "bare"}}})
			require.NoError(t, err)
			_, err = tx.InsertEvents(ctx, []payments.Event{{ID: "e1", Order: "acme", At: noon, Data: []byte(`{"a":1}`)}, {ID: "e2", Order: "acme"}})
			require.NoError(t, err)
			due, err := tx.DeliveriesDue(ctx, noon, 10)
			require.NoError(t, err)
			require.Len(t, due, 2)
			due[0].Tries, due[0].NextAt = 1, noon.Add(time.Hour)
			require.NoError(t, tx.SaveDeliveries(ctx, due[:1]))
			due, err = tx.DeliveriesDue(ctx, noon, 10)
			require.NoError(t, err)
			require.Empty(t, due, "the second waits behind the first")
			_, err = tx.InsertAudit(ctx, []payments.AuditRow{
				{ID: "1", Subject: "s", Action: "hold", At: noon},
				{ID: "2", Subject: "s", Action: "policy", At: noon, Data: []byte(`{"confirmations":12}`)},
			})
			require.NoError(t, err)
			_, err = tx.InsertSpends(ctx, []payments.Spend{fullSpend(t, 1), {Key: payments.SpendKey{Network: "bsc", ID: "bare"}}})
			require.NoError(t, err)
			_, err = tx.InsertHosted(ctx, []payments.HostedInvoice{fullHosted(t), {ID: "bare", Refunds: []payments.HostedRefund{}}})
			require.NoError(t, err)
			_, err = tx.InsertInvoices(ctx, []payments.InvoiceRecord{fullInvoice(t), {Invoice: invoice.Invoice{Number: "bare", Lines: []invoice.Line{}}}})
			return err
		})
	}
	want, err := memory.Dump(ctx)
	require.NoError(t, err)
	got, err := store.Dump(ctx)
	require.NoError(t, err)
	require.Equal(t, want, got)
	for _, kind := range []string{"delivery", "spend", "deposit", "audit", "hosted", "invoice"} {
		require.Contains(t, got, "\n"+kind+" ")
	}
}
