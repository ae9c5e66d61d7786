package e2e_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/payments/sqlitestore"
)

// The accounts of the tests.
var (
	voice = payments.Account{Profile: "acme", Name: "voice"}
	sms   = payments.Account{Profile: "acme", Name: "sms"}
	other = payments.Account{Profile: "globex", Name: "voice"}
)

// host is a service that imported the library and follows one real node.
type host struct {
	*testing.T
	ctx   context.Context
	clock *clock
	board *board
	chain chainNode
	cfg   payments.Config
	p     *payments.Processor

	mu     sync.Mutex
	events []payments.Event
}

// newHost starts the library beside a node. change may alter its configuration.
func newHost(t *testing.T, node chainNode, change func(*payments.Config)) *host {
	t.Helper()
	h := &host{T: t, ctx: t.Context(), clock: newClock(), chain: node}
	h.board = newBoard(h.clock)
	h.cfg = payments.Config{
		Store: memstore.New(), Rails: []payments.Rail{node.rail(t)}, Rates: h.board,
		Now: h.clock.Now, Deliver: h.deliver,
	}
	if change != nil {
		change(&h.cfg)
	}
	for i := range h.cfg.Rails { // the clock runs ahead of the nodes' blocks
		h.cfg.Rails[i].Stale = 7 * 24 * time.Hour
	}
	h.restart()
	return h
}

// restart makes a new processor on the same store, as a new process would.
func (h *host) restart() {
	h.Helper()
	p, err := payments.New(h.cfg)
	require.NoError(h, err)
	h.p = p
}

func (h *host) deliver(_ context.Context, e payments.Event) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
	return nil
}

// told lists the kinds of events delivered about a deposit, in order.
func (h *host) told(key payments.DepositKey) []payments.EventKind {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []payments.EventKind
	for _, e := range h.events {
		if e.Subject == key.String() {
			out = append(out, e.Kind)
		}
	}
	return out
}

func (h *host) advance() {
	h.Helper()
	require.NoError(h, h.p.Advance(h.ctx))
}

// mine mines n blocks and lets the library look after each.
func (h *host) mine(n int) {
	h.Helper()
	for range n {
		h.clock.Advance(20 * time.Second)
		h.chain.Mine(1)
		h.advance()
	}
}

// mineEmpty mines n blocks without the payments that an undone block held.
func (h *host) mineEmpty(n int) {
	h.Helper()
	for range n {
		h.clock.Advance(20 * time.Second)
		h.chain.MineEmpty(1)
		h.advance()
	}
}

// address issues an account's address; then the library looks at the chain, so
// that it is live.
func (h *host) address(a payments.Account) chain.Address {
	h.Helper()
	got, err := h.p.DepositAddress(h.ctx, a, h.chain.network())
	require.NoError(h, err)
	h.advance()
	return got.Address
}

func (h *host) deposits(a payments.Account) []payments.DepositView {
	h.Helper()
	all, err := h.p.Deposits(h.ctx, a, payments.DepositKey{}, 100)
	require.NoError(h, err)
	return all
}

// only returns the account's one deposit.
func (h *host) only(a payments.Account) payments.DepositView {
	h.Helper()
	all := h.deposits(a)
	require.Len(h, all, 1)
	return all[0]
}

func (h *host) balance(a payments.Account) string {
	h.Helper()
	x, err := h.p.Balance(h.ctx, a)
	require.NoError(h, err)
	return x.Text()
}

// amount reads whole coins of an asset.
func amount(t testing.TB, a money.Asset, text string) money.Amount {
	t.Helper()
	x, err := money.ParseAmount(a, text)
	require.NoError(t, err)
	return x
}

// onSQLite keeps the rows in a database file of the test's own.
func onSQLite(t *testing.T) func(*payments.Config) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "host.db")+"?_txlock=immediate")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, sqlitestore.Migrate(t.Context(), db))
	store, err := sqlitestore.New(db)
	require.NoError(t, err)
	return func(c *payments.Config) { c.Store = store }
}
