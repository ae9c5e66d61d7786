package torture_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/rates"
)

type wallet struct{ network chain.Network }

func (w wallet) Family() chain.Family               { return w.network.Family }
func (w wallet) Fingerprint() string                { return "key-" + string(w.network.Family) }
func (w wallet) VerifyControl(string, string) error { return nil }
func (w wallet) Leaves(from uint32, n int) ([]chain.Leaf, error) {
	out := make([]chain.Leaf, n)
	for i := range out {
		a := chainsim.Address(w.network, int(from)+i)
		out[i] = chain.Leaf{Index: from + uint32(i), Address: a, Text: a.Raw}
	}
	return out, nil
}

func processor(t testing.TB, store payments.Store, sim *chainsim.UTXO) *payments.Processor {
	fixed, err := rates.NewFixed(map[string]string{"BTC/USD": "50000"}, nil)
	require.NoError(t, err)
	p, err := payments.New(payments.Config{Store: store, Rates: fixed, Rails: []payments.Rail{{Network: sim.Network(),
		Sources: []chain.Source{sim.Source("a")}, Wallet: wallet{sim.Network()}, UnprovedKey: true}}})
	require.NoError(t, err)
	return p
}

// A host transaction that calls In while another goroutine makes its first call.
func firstCallBesideAHostTransaction(t *testing.T, store payments.Store) {
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	p := processor(t, store, sim)
	ctx := context.Background()
	done := make(chan error, 2)
	go func() {
		done <- store.Update(ctx, func(tx payments.Tx) error { // the host's transaction
			go func() {
				_, err := p.DepositAddress(ctx, payments.Account{Profile: "b", Name: "voice"}, sim.Network())
				done <- err
			}()
			time.Sleep(300 * time.Millisecond)
			_, err := p.In(tx).DepositAddress(ctx, payments.Account{Profile: "a", Name: "voice"}, sim.Network())
			return err
		})
	}()
	for range 2 {
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(5 * time.Second):
			t.Fatal("deadlock")
		}
	}
}

func TestFirstCallBesideAHostTransactionMemory(t *testing.T) {
	firstCallBesideAHostTransaction(t, memstore.New())
}
func TestFirstCallBesideAHostTransactionSQLite(t *testing.T) {
	s, _ := open(t, filepath.Join(t.TempDir(), "a.db"))
	firstCallBesideAHostTransaction(t, s)
}

func TestHostWriterHeldForThreeSeconds(t *testing.T) {
	s, db := open(t, filepath.Join(t.TempDir(), "a.db")+"?_txlock=immediate")
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	p := processor(t, s, sim)
	ctx := context.Background()
	_, err := p.DepositAddress(ctx, payments.Account{Profile: "z", Name: "voice"}, sim.Network())
	require.NoError(t, err)
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	start := time.Now()
	done := make(chan error, 1)
	go func() {
		_, err := p.DepositAddress(ctx, payments.Account{Profile: "b", Name: "voice"}, sim.Network())
		done <- err
	}()
	require.NoError(t, p.In(s.Tx(tx)).OpenAccount(ctx, payments.Account{Profile: "c", Name: "x"}, "USD"))
	for i := range 10 { // more than what is left of the run
		_, err = p.In(s.Tx(tx)).DepositAddress(ctx, payments.Account{Profile: "a", Name: string(rune('a' + i))}, sim.Network())
		require.NoError(t, err)
	}
	_, err = p.Balance(ctx, payments.Account{Profile: "z", Name: "voice"}) // a reader is not blocked
	require.NoError(t, err)
	t.Log("reads done after", time.Since(start))
	time.Sleep(3 * time.Second)
	require.NoError(t, tx.Commit())
	require.NoError(t, <-done)
	t.Log("waiter done after", time.Since(start))
}

func TestOnePoolConnectionHeldByTheHost(t *testing.T) {
	s, db := open(t, filepath.Join(t.TempDir(), "a.db")+"?_txlock=immediate")
	db.SetMaxOpenConns(1)
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	p := processor(t, s, sim)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = p.In(s.Tx(tx)).DepositAddress(ctx, payments.Account{Profile: "a", Name: "x"}, sim.Network())
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
}

func TestOddTexts(t *testing.T) {
	s, db := open(t, filepath.Join(t.TempDir(), "a.db"))
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	p := processor(t, s, sim)
	ctx := context.Background()
	long := ""
	for len(long) < 128 {
		long += "x"
	}
	seen := map[string]string{}
	for _, prof := range []string{"'; DROP TABLE cointill_deposits; --", "a\x00b", "a", "😀", "e\u0301", "é", long, long[:127] + "y", "$1", "?1", "%", "A", "a\x00", " a", "\xff\xfe", "a/b"} {
		a, err := p.DepositAddress(ctx, payments.Account{Profile: prof, Name: "voice"}, sim.Network())
		if err != nil {
			t.Logf("%q: %v", prof, err)
			continue
		}
		require.Empty(t, seen[a.Text], "%q shares an address with %q", prof, seen[a.Text])
		seen[a.Text] = prof
		again, err := p.DepositAddress(ctx, payments.Account{Profile: prof, Name: "voice"}, sim.Network())
		require.NoError(t, err)
		require.Equal(t, a, again)
	}
	var n int
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM cointill_addresses").Scan(&n))
	require.Equal(t, len(seen), n)
}
