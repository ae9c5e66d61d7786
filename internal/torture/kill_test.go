package torture_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/payments/sqlitestore"
	"github.com/cointill/cointill/rates"
)

// plan is what a killed process is started with, again and again.
type plan struct {
	Database, Genesis, Bitcoin, Ethereum, Host string
	Round                                      int
	// Later shifts the clock: a process that was killed has claimed events for a
	// while.
	Later time.Duration
}

// issued is what the process tells its host: an address was shown.
type issued struct {
	Account, Network, Text string
	Address                chain.Address
}

const planKey = "COINTILL_KILL_PLAN"

func TestMain(m *testing.M) {
	if text := os.Getenv(planKey); text != "" {
		var pl plan
		if err := json.Unmarshal([]byte(text), &pl); err != nil {
			panic(err)
		}
		fmt.Println(live(pl))
		os.Exit(1) // it only ends by being killed
	}
	os.Exit(m.Run())
}

func simEthereum() chain.Network {
	n := chain.Ethereum
	n.ID, n.Test, n.ChainID, n.Native.Network, n.Tokens = "ethereum-sim", true, 1337, "ethereum-sim", nil
	for _, t := range chain.Ethereum.Tokens {
		t.Asset.Network = n.ID
		n.Tokens = append(n.Tokens, t)
	}
	return n
}

// engine builds the processor of both processes.
func (pl plan) engine() (*payments.Processor, *sqlitestore.Store, *sql.DB, error) {
	db, err := sql.Open("sqlite", pl.Database)
	if err != nil {
		return nil, nil, nil, err
	}
	ctx := context.Background()
	if err := sqlitestore.Migrate(ctx, db); err != nil {
		return nil, nil, nil, err
	}
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS host_credits (deposit TEXT PRIMARY KEY)"); err != nil {
		return nil, nil, nil, err
	}
	store, err := sqlitestore.New(db)
	if err != nil {
		return nil, nil, nil, err
	}
	btc, eth := chain.BitcoinRegtest, simEthereum()
	btc.Genesis = pl.Genesis
	bitcoin, err := utxo.NewSource(btc, utxo.RPC{URL: pl.Bitcoin})
	if err != nil {
		return nil, nil, nil, err
	}
	ethereum, err := evm.NewSource(eth, evm.RPC{URL: pl.Ethereum})
	if err != nil {
		return nil, nil, nil, err
	}
	clock := func() time.Time { return time.Now().Add(pl.Later) }
	fixed, err := rates.NewFixed(map[string]string{"BTC/USD": "50000", "ETH/USD": "2000", "USDT/USD": "1"}, clock)
	if err != nil {
		return nil, nil, nil, err
	}
	const poll = 15 * time.Millisecond
	p, err := payments.New(payments.Config{
		Store: store, Rates: fixed, Now: clock,
		Rails: []payments.Rail{
			{Network: btc, Sources: []chain.Source{bitcoin}, Wallet: wallet{btc}, UnprovedKey: true, Poll: poll},
			{Network: eth, Sources: []chain.Source{ethereum}, Wallet: wallet{eth}, UnprovedKey: true, Poll: poll},
		},
		InTx: func(ctx context.Context, tx payments.Tx, events []payments.Event) error {
			host, _ := sqlitestore.Unwrap(tx)
			for _, e := range events {
				query := "INSERT INTO host_credits VALUES (?)" // twice would fail
				if e.Kind == payments.EventDepositReversed {
					query = "DELETE FROM host_credits WHERE deposit = ?"
				}
				if _, err := host.ExecContext(ctx, query, e.Subject); err != nil {
					return err
				}
			}
			return nil
		},
		Deliver: func(_ context.Context, e payments.Event) error { return tell(pl.Host+"/event", e) },
	})
	return p, store, db, err
}

func tell(url string, what any) error {
	body, err := json.Marshal(what)
	if err != nil {
		return err
	}
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("host answers %s", resp.Status)
	}
	return nil
}

// live is the life of the process: it issues addresses and runs until it dies.
func live(pl plan) error {
	p, _, _, err := pl.engine()
	if err != nil {
		return err
	}
	ctx := context.Background()
	failed := make(chan error, 1)
	go func() { failed <- p.Run(ctx) }()
	for i := range 4 {
		account := payments.Account{Profile: fmt.Sprintf("p%d", pl.Round), Name: fmt.Sprint("a", i)}
		for _, n := range []chain.Network{chain.BitcoinRegtest, simEthereum()} {
			a, err := p.DepositAddress(ctx, account, n)
			if err != nil {
				return err
			}
			if err := tell(pl.Host+"/address", issued{account.Profile + "/" + account.Name, n.ID, a.Text, a.Address}); err != nil {
				return err
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return <-failed
}

// town is everything outside the process: two chains, payers, and the host that
// is told of addresses and events.
type town struct {
	sync.Mutex
	btc    *chainsim.UTXO
	eth    *chainsim.EVM
	owner  map[chain.Address]string
	paid   []payment
	events map[string]string // body by id
	faults []string
	told   int
}

type payment struct {
	to     chain.Address
	amount money.Amount
	cents  int64
	tx     chain.Hash
}

func (w *town) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.Lock()
	defer w.Unlock()
	switch r.URL.Path {
	case "/address":
		var a issued
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			w.faults = append(w.faults, err.Error())
			return
		}
		if known, ok := w.owner[a.Address]; ok && known != a.Account {
			w.faults = append(w.faults, "address of "+known+" shown to "+a.Account)
		}
		w.owner[a.Address] = a.Account
		for range 2 { // paid at once, perhaps in the block of its issue
			w.pay(a.Address)
		}
	case "/event":
		var e payments.Event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			w.faults = append(w.faults, err.Error())
			return
		}
		body := fmt.Sprint(e.Kind, e.Subject, e.Profile, e.At, string(e.Data))
		if known, ok := w.events[e.ID]; ok && known != body {
			w.faults = append(w.faults, "event "+e.ID+" changed")
		}
		w.events[e.ID] = body
		w.told++
	}
}

func (w *town) pay(to chain.Address) {
	p := payment{to: to, cents: 5000}
	pay := w.btc.Pay
	switch {
	case to.Family == chain.FamilyBitcoin:
		p.amount = money.Units(w.btc.Network().Native, 100_000)
	case len(w.paid)%2 == 0:
		pay, p.amount = w.eth.Pay, money.Units(w.eth.Network().Native, 25_000_000_000_000_000)
	default:
		usdt, _ := w.eth.Network().Asset("USDT")
		pay, p.amount = w.eth.Pay, money.Units(usdt, 50_000_000)
	}
	p.tx = pay(chainsim.Payment{To: to, Amount: p.amount})
	w.paid = append(w.paid, p)
}

// mine lets both chains go on, now and then on another branch.
func (w *town) mine(r *rand.Rand) {
	w.Lock()
	defer w.Unlock()
	branch := chainsim.Branch{Crowd: r.IntN(3), Reverse: r.IntN(2) == 0}
	depth := []int{1, 2, 3, 7}[r.IntN(4)]
	if r.IntN(3) > 0 && len(w.paid) > 0 {
		branch.Vanish = []chain.Hash{w.paid[len(w.paid)-1-r.IntN(min(len(w.paid), 8))].tx}
	}
	if w.btc.Head().Height < 10 || r.IntN(12) > 0 {
		w.btc.Mine(1)
		w.eth.Mine(1)
		return
	}
	on := func(tx chain.Hash, c *chainsim.Chain) chainsim.Branch {
		b := branch
		b.Vanish = nil
		if _, ok := c.BlockOf(tx); ok {
			b.Vanish = []chain.Hash{tx}
		}
		return b
	}
	var tx chain.Hash
	if len(branch.Vanish) > 0 {
		tx = branch.Vanish[0]
	}
	w.btc.Reorg(depth, on(tx, w.btc.Chain))
	w.eth.Reorg(depth, on(tx, w.eth.Chain))
}

// truth is what the chains say each account is owed, in cents, and how much of
// each asset arrived.
func (w *town) truth() (owed map[string]int64, arrived map[money.Asset]int64, deposits int) {
	w.Lock()
	defer w.Unlock()
	owed, arrived = map[string]int64{}, map[money.Asset]int64{}
	for _, p := range w.paid {
		c := w.btc.Chain
		if p.to.Family == chain.FamilyEVM {
			c = w.eth.Chain
		}
		if _, ok := c.BlockOf(p.tx); ok {
			owed[w.owner[p.to]] += p.cents
			arrived[p.amount.Asset()] += p.amount.Units().Int64()
			deposits++
		}
	}
	return owed, arrived, deposits
}

// A process that takes payments on two real adapters is killed thirty times or more,
// at random instants, while payers pay and the chains reorganise. At the end the
// books say what the chains say, and every event was told under one id.
func TestProcessKilledThirtyTimesOwesWhatTheChainsSay(t *testing.T) {
	r := rand.New(rand.NewPCG(20261121, 7))
	w := &town{owner: map[chain.Address]string{}, events: map[string]string{}}
	w.btc = chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
	w.eth = chainsim.NewEVM(simEthereum(), chainsim.Options{Now: time.Now, FinalLag: 64})
	w.btc.Mine(3)
	w.eth.Mine(3)
	serve := func(h http.Handler) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	pl := plan{Database: filepath.Join(t.TempDir(), "shop.db"), Genesis: w.btc.Network().Genesis,
		Bitcoin: serve(w.btc.Core()), Ethereum: serve(w.eth.Geth()), Host: serve(w)}
	start := func() (*exec.Cmd, *bytes.Buffer) {
		text, err := json.Marshal(pl)
		require.NoError(t, err)
		cmd, out := exec.Command(os.Args[0]), new(bytes.Buffer)
		cmd.Env = append(os.Environ(), planKey+"="+string(text))
		cmd.Stdout, cmd.Stderr = out, out
		require.NoError(t, cmd.Start())
		return cmd, out
	}
	stop := make(chan struct{})
	var miner sync.WaitGroup
	miner.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(25 * time.Millisecond):
				w.mine(r)
			}
		}
	})
	when := rand.New(rand.NewPCG(4711, 3))
	enough := func() bool {
		_, _, deposits := w.truth()
		return deposits > 100
	}
	for ; pl.Round < 30 || !enough(); pl.Round++ { // a slow machine has less paid before a kill
		cmd, out := start()
		time.Sleep(40*time.Millisecond + time.Duration(1+when.IntN(300))*time.Millisecond)
		require.NoError(t, cmd.Process.Kill())
		require.EqualError(t, cmd.Wait(), "signal: killed", out.String())
	}
	close(stop)
	miner.Wait()
	w.btc.Mine(8)
	w.eth.Mine(8)

	pl.Later = time.Minute
	cmd, out := start()
	p, store, db, err := pl.engine() // the other process keeps running
	require.NoError(t, err)
	defer db.Close()
	ctx := context.Background()
	for i := range 10 { // beside the other process, from the same counters
		account := payments.Account{Profile: fmt.Sprintf("p%d", pl.Round+1), Name: fmt.Sprint("a", i)}
		for _, n := range []chain.Network{w.btc.Network(), w.eth.Network()} {
			a, err := p.DepositAddress(ctx, account, n)
			require.NoError(t, err)
			require.NoError(t, tell(pl.Host+"/address", issued{account.Profile + "/" + account.Name, n.ID, a.Text, a.Address}))
		}
	}
	var wrong string
	settled := func() bool {
		w.Lock()
		pending := len(w.btc.Pending()) + len(w.eth.Pending())
		w.Unlock()
		if pending > 0 {
			w.btc.Mine(6)
			w.eth.Mine(6)
		}
		owed, _, n := w.truth()
		wrong = fmt.Sprintf("%d deposits", n)
		if len(owed) == 0 {
			return false
		}
		for account, cents := range owed {
			var a payments.Account
			_, err := fmt.Sscanf(account, "p%d/%s", new(int), &a.Name)
			require.NoError(t, err)
			a.Profile = account[:len(account)-len(a.Name)-1]
			got, err := p.Balance(ctx, a)
			if err != nil || got.Units().Int64() != cents {
				wrong += fmt.Sprintf("\n%s: %v %v, chains say %d cents", account, got, err, cents)
			}
		}
		var waiting int
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM cointill_events WHERE delivered_at IS NULL").Scan(&waiting))
		if waiting > 0 {
			wrong += fmt.Sprintf("\n%d events wait", waiting)
		}
		return wrong == fmt.Sprintf("%d deposits", n)
	}
	for end := time.Now().Add(time.Minute); !settled() && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	require.ErrorIs(t, p.Run(ctx), payments.ErrAlreadyRunning)
	require.NoError(t, cmd.Process.Kill())
	require.EqualError(t, cmd.Wait(), "signal: killed", out.String())
	require.True(t, settled(), "not settled: %s\n%s", wrong, out)

	owed, arrived, n := w.truth()
	require.Empty(t, w.faults)
	var total int64
	for _, c := range owed {
		total += c
	}
	require.NoError(t, store.View(ctx, func(tx payments.Tx) error {
		var places []ledger.Account
		for _, id := range []string{w.btc.Network().ID, w.eth.Network().ID} {
			places = append(places, ledger.Position(id, "deposits"))
		}
		balances, err := tx.Balances(ctx, append(places, ledger.Clearing))
		for _, b := range balances {
			switch {
			case b.Account != ledger.Clearing:
				require.Equal(t, arrived[b.Amount.Asset()], b.Amount.Units().Int64(), "%s %s", b.Account, b.Amount)
			case b.Amount.Asset() == money.USD.Asset():
				require.Equal(t, -total, b.Amount.Units().Int64())
			default:
				require.Equal(t, -arrived[b.Amount.Asset()], b.Amount.Units().Int64())
			}
		}
		return err
	}))
	var credits, stored, integrity = 0, 0, ""
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM host_credits").Scan(&credits))
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM cointill_events").Scan(&stored))
	require.NoError(t, db.QueryRow("PRAGMA integrity_check").Scan(&integrity))
	require.Equal(t, n, credits, "the host's own rows")
	require.Equal(t, stored, len(w.events), "each event was told, under one id")
	require.Equal(t, "ok", integrity)
	require.True(t, enough())
	t.Logf("%d addresses, %d deposits stand of %d payments, %d events told %d times, heights %d and %d",
		len(w.owner), n, len(w.paid), stored, w.told, w.btc.Head().Height, w.eth.Head().Height)
}
