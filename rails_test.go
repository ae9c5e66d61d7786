package cointill_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/payments/sqlitestore"
	"github.com/cointill/cointill/rates"
)

// Account keys of the phrase "abandon … about" (BIP 84 and BIP 44 test vectors).
const (
	testVpub    = "vpub5Y6cjg78GGuNLsaPhmYsiw4gYX3HoQiRBiSwDaBXKUafCt9bNwWQiitDk5VZ5BVxYnQdwoTyXSs2JHRPAgjAvtbBrf8ZhDYe2jWAqvZVnsc"
	testTpub    = "tpubDC5FSnBiZDMmhiuCmWAYsLwgLYrrT9rAqvTySfuCCrgsWz8wxMXUS9Tb9iVMvcRbvFcAHGkMD5Kx8koh4GquNGNTfohfk7pgjhaPCdXpoba"
	testDgub    = "dgub8rUhDtD3YFGZTUphBfpBbzvFxSMKQXYLzg87Me2ta78r2SdVLmypBUkkxrrn9RTnchsyiJSkHZyLWxD13ibBiXtuFWktBoDaGaZjQUBLNLs"
	testEthXpub = "xpub6DCoCpSuQZB2jawqnGMEPS63ePKWkwWPH4TU45Q7LPXWuNd8TMtVxRrgjtEshuqpK3mdhaWHPFsBngh5GFZaM6si3yZdUsT8ddYM3PwnATt"
)

// stack is the engine with the real adapters, over HTTP, on a simulated node.
type stack struct {
	*testing.T
	now   time.Time
	p     *payments.Processor
	cfg   payments.Config
	asset money.Asset
	pay   func(to chain.Address, amount money.Amount) chain.Hash
	mine  func()
	rate  money.Rate
}

type rail struct {
	name, coin string
	chain      func(*stack) (chain.Network, http.Handler)
}

func rails() []rail {
	bitcoin := func(face func(*chainsim.UTXO) http.Handler) func(*stack) (chain.Network, http.Handler) {
		return func(s *stack) (chain.Network, http.Handler) {
			sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: s.clock})
			s.pay = func(to chain.Address, a money.Amount) chain.Hash { return sim.Pay(chainsim.Payment{To: to, Amount: a}) }
			s.mine = func() { sim.Mine(1) }
			return sim.Network(), face(sim)
		}
	}
	ethereum := func(s *stack) (chain.Network, http.Handler) {
		n := chain.Ethereum
		n.Test, n.ChainID = true, 1337
		sim := chainsim.NewEVM(n, chainsim.Options{Now: s.clock, FinalLag: 64})
		s.pay = func(to chain.Address, a money.Amount) chain.Hash { return sim.Pay(chainsim.Payment{To: to, Amount: a}) }
		s.mine = func() { sim.Mine(1) }
		return n, sim.Geth()
	}
	return []rail{
		{"BTC by Bitcoin Core", "BTC", bitcoin(func(s *chainsim.UTXO) http.Handler { return s.Core() })},
		{"BTC by btcd", "BTC", bitcoin(func(s *chainsim.UTXO) http.Handler { return s.Btcd() })},
		{"ETH by geth", "ETH", ethereum},
		{"USDT by geth", "USDT", ethereum},
		{"GUSD by geth", "GUSD", ethereum},
	}
}

func (s *stack) clock() time.Time { return s.now }

// Latest and Candle make the stack its own price source: the rate set last.
func (s *stack) Latest(_ context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	var out []rates.Snapshot
	for _, p := range pairs {
		snap, err := rates.NewSnapshot(rates.Snapshot{Pair: p, Rate: s.rate, AsOf: s.now, Method: rates.MethodFixed})
		if err != nil {
			return nil, err
		}
		out = append(out, snap)
	}
	return out, nil
}

func (s *stack) Candle(context.Context, rates.Pair, time.Time) (rates.Snapshot, error) {
	return rates.Snapshot{}, rates.ErrUnavailable
}

func (s *stack) setRate(text string) {
	s.Helper()
	r, err := money.ParseRate(text)
	require.NoError(s, err)
	s.rate = r
}

// stores are the adapters every promise is tested with.
var stores = map[string]func(t *testing.T) payments.Store{
	"memory": func(*testing.T) payments.Store { return memstore.New() },
	"SQLite": func(t *testing.T) payments.Store { return openSQLite(t, filepath.Join(t.TempDir(), "shop.db")) },
}

// openSQLite is what a host does with its database.
func openSQLite(t *testing.T, path string) *sqlitestore.Store {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, sqlitestore.Migrate(t.Context(), db))
	store, err := sqlitestore.New(db)
	require.NoError(t, err)
	return store
}

func onRails(t *testing.T, test func(s *stack)) {
	for name, open := range stores {
		for _, r := range rails() {
			t.Run(r.name+" in "+name, func(t *testing.T) { onRail(t, r, open, test) })
		}
	}
}

func onRail(t *testing.T, r rail, open func(t *testing.T) payments.Store, test func(s *stack)) {
	t.Parallel()
	s := &stack{T: t, now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	s.setRate("1000")
	network, face := r.chain(s)
	server := httptest.NewServer(face)
	t.Cleanup(server.Close)
	s.asset, _ = network.Asset(money.Coin(r.coin))
	s.cfg = payments.Config{Store: open(t), Rates: s, Now: s.clock,
		Rails: []payments.Rail{s.rail(network, server.URL)}}
	s.restart()
	test(s)
}

func (s *stack) rail(n chain.Network, url string) payments.Rail {
	s.Helper()
	scheme, key := hd.BIP84, testVpub
	var src chain.Source
	var err error
	if n.UTXO() {
		if n.Address.Bech32 == "" { // no SegWit
			if scheme, key = hd.BIP44, testDgub; n.Test {
				key = testTpub
			}
		}
		src, err = utxo.NewSource(n, utxo.RPC{URL: url})
	} else {
		scheme, key = hd.BIP44, testEthXpub
		src, err = evm.NewSource(n, evm.RPC{URL: url})
	}
	require.NoError(s, err)
	wallet, err := hd.OpenWallet(n, scheme, key)
	require.NoError(s, err)
	return payments.Rail{Network: n, Sources: []chain.Source{src}, Wallet: wallet, UnprovedKey: true}
}

func (s *stack) restart() {
	s.Helper()
	p, err := payments.New(s.cfg)
	require.NoError(s, err)
	s.p = p
}

func (s *stack) address(a payments.Account) payments.DepositAddress {
	s.Helper()
	got, err := s.p.DepositAddress(s.Context(), a, s.cfg.Rails[0].Network)
	require.NoError(s, err)
	return got
}

func (s *stack) blocks(n int) {
	s.Helper()
	for range n {
		s.now = s.now.Add(20 * time.Second)
		s.mine()
		require.NoError(s, s.p.Advance(s.Context()))
	}
}

func (s *stack) balance(a payments.Account) string {
	s.Helper()
	b, err := s.p.Balance(s.Context(), a)
	require.NoError(s, err)
	return b.String()
}

func (s *stack) coins(text string) money.Amount {
	s.Helper()
	a, err := money.ParseAmount(s.asset, text)
	require.NoError(s, err)
	return a
}

var (
	voice = payments.Account{Profile: "acme", Name: "voice"}
	sms   = payments.Account{Profile: "acme", Name: "sms"}
)

func TestVoiceAndSMSAddressesDiffer(t *testing.T) {
	onRails(t, func(s *stack) {
		v, m := s.address(voice), s.address(sms)
		require.NotEqual(s, v.Text, m.Text)
		require.NotEqual(s, v.Address, m.Address)
		require.Equal(s, v, s.address(voice))
		s.blocks(1)
		s.pay(v.Address, s.coins("2.5"))
		s.pay(m.Address, s.coins("0.25"))
		s.blocks(6)
		require.Equal(s, "2500.00 USD", s.balance(voice))
		require.Equal(s, "250.00 USD", s.balance(sms))
	})
}

func TestSixConfirmationsNotFive(t *testing.T) {
	onRails(t, func(s *stack) {
		to := s.address(voice)
		s.blocks(1)
		s.pay(to.Address, s.coins("1.25"))
		s.blocks(5)
		require.Equal(s, "0.00 USD", s.balance(voice))
		s.blocks(1)
		require.Equal(s, "1250.00 USD", s.balance(voice))
		s.blocks(2)
		require.Equal(s, "1250.00 USD", s.balance(voice))
	})
}

func TestRateIsOfReceiptNotOfCredit(t *testing.T) {
	onRails(t, func(s *stack) {
		to := s.address(voice)
		s.blocks(1)
		s.pay(to.Address, s.coins("1"))
		s.setRate("1234.56")
		s.blocks(1)
		s.setRate("9999")
		s.blocks(5)
		require.Equal(s, "1234.56 USD", s.balance(voice))
	})
}

func TestTermsNeverBlockAnArrivedDeposit(t *testing.T) {
	onRails(t, func(s *stack) {
		s.cfg.Terms = "2026-11"
		s.restart()
		_, err := s.p.DepositAddress(s.Context(), voice, s.cfg.Rails[0].Network)
		require.ErrorIs(s, err, payments.ErrTermsNotAccepted)
		require.NoError(s, s.p.AcceptTerms(s.Context(), voice.Profile, "2026-11"))
		to := s.address(voice)
		s.cfg.Terms = "2027-01"
		s.restart()
		s.blocks(1)
		s.pay(to.Address, s.coins("1"))
		s.blocks(6)
		require.Equal(s, "1000.00 USD", s.balance(voice))
	})
}

func TestASecondRunOnOneSQLiteFileIsRefusedAndEverythingElseWorks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	onRail(t, rails()[0], func(t *testing.T) payments.Store { return openSQLite(t, path) }, func(s *stack) {
		ctx, cancel := context.WithCancel(s.Context())
		done := make(chan error)
		go func() { done <- s.p.Run(ctx) }()
		to := s.address(voice)

		cfg := s.cfg
		cfg.Store = openSQLite(s.T, path) // as another process does
		second, err := payments.New(cfg)
		require.NoError(s, err)
		require.Eventually(s, func() bool {
			stop, cancel := context.WithTimeout(s.Context(), 50*time.Millisecond)
			defer cancel()
			return errors.Is(second.Run(stop), payments.ErrAlreadyRunning)
		}, 10*time.Second, time.Millisecond)
		again, err := second.DepositAddress(s.Context(), voice, cfg.Rails[0].Network)
		require.NoError(s, err)
		require.Equal(s, to, again)
		other, err := second.DepositAddress(s.Context(), sms, cfg.Rails[0].Network)
		require.NoError(s, err)
		require.NotEqual(s, to.Address, other.Address)

		cancel()
		require.NoError(s, <-done)
		stopped, cancel := context.WithCancel(s.Context())
		cancel()
		require.NoError(s, second.Run(stopped), "the lock ends with the run")
	})
}
