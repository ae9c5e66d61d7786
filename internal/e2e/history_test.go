package e2e_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// TestRandomHistoriesEndWithWhatWasPaid pays, mines, reorganises, restarts and
// looks away in random order. Every payment is mined in the end, so every account
// must hold exactly the value of what was sent to it.
func TestRandomHistoriesEndWithWhatWasPaid(t *testing.T) {
	for _, c := range railCases() {
		for seed := uint64(1); seed <= 3; seed++ {
			t.Run(fmt.Sprintf("%s/seed %d", c.name, seed), func(t *testing.T) {
				t.Parallel()
				store := onSQLite(t)
				change := func(c *payments.Config) {
					if seed%2 == 0 {
						store(c)
					}
					c.Rails[0].Breaker = 1000 // however deep: see its own tests
				}
				w := &walk{host: newHost(t, c.open(t), change), rng: rand.New(rand.NewPCG(seed, 2026)),
					to: map[payments.Account]chain.Address{}, sent: map[payments.Account]money.Amount{}}
				for _, a := range []payments.Account{voice, sms, other} {
					w.to[a], w.sent[a] = w.address(a), money.Units(w.chain.asset(), 0)
				}
				for range 60 {
					w.step()
				}
				// A branch lower than the one that was followed is not taken.
				w.mine(13 + w.highest - w.above)
				w.check(c)
			})
		}
	}
}

// walk is one random history.
type walk struct {
	*host
	rng   *rand.Rand
	to    map[payments.Account]chain.Address
	sent  map[payments.Account]money.Amount
	count int
	// above counts the blocks that may be undone, highest the most there were.
	above, highest int
}

func (w *walk) step() {
	w.Helper()
	defer func() { w.highest = max(w.highest, w.above) }()
	switch w.rng.IntN(8) {
	case 0, 1:
		w.payment()
	case 2, 3:
		n := 1 + w.rng.IntN(3)
		w.mine(n)
		w.above += n
	case 4: // nobody looks
		n := 1 + w.rng.IntN(8)
		w.clock.Advance(time.Duration(w.rng.IntN(300)) * time.Second)
		w.chain.Mine(n)
		w.above += n
	case 5:
		if w.above > 0 {
			depth := 1 + w.rng.IntN(min(w.above, 9))
			w.chain.Undo(depth)
			w.above -= depth
		}
	case 6:
		n := 1 + w.rng.IntN(4)
		w.mineEmpty(n)
		w.above += n
	case 7:
		w.restart()
		w.advance()
	}
}

// payment sends something between 1.00 and about 1,000 USD.
func (w *walk) payment() {
	w.Helper()
	if w.count == 18 { // the payer's coins are finite
		return
	}
	w.count++
	a := []payments.Account{voice, sms, other}[w.rng.IntN(3)]
	rate, err := money.ParseRate(quotes[string(w.chain.asset().Coin)+"/USD"])
	require.NoError(w, err)
	x, err := rate.AmountFor(money.USD.Cents(100+w.rng.Int64N(100_000)), w.chain.asset())
	require.NoError(w, err)
	x = money.NewAmount(x.Asset(), new(big.Int).Add(x.Units(), big.NewInt(w.rng.Int64N(3_000))))
	w.chain.pay(w.to[a], x)
	w.sent[a], err = w.sent[a].Add(x)
	require.NoError(w, err)
}

func (w *walk) check(c railCase) {
	w.Helper()
	require.NotZero(w, w.count)
	rate, err := money.ParseRate(quotes[string(w.chain.asset().Coin)+"/USD"])
	require.NoError(w, err)
	deposits := 0
	for a, sent := range w.sent {
		arrived := money.Units(w.chain.asset(), 0)
		for _, d := range w.deposits(a) {
			deposits++
			require.Equal(w, payments.StateFinal, finalOrCredited(d), "%s", d.Key)
			arrived, err = arrived.Add(d.Amount)
			require.NoError(w, err)
		}
		require.True(w, sent.Equal(arrived), "%s: sent %s, recorded %s", a, sent, arrived)
		value, err := rate.Value(sent, money.USD)
		require.NoError(w, err)
		require.Equal(w, value.Text(), w.balance(a), "%s on %s", a, c.name)
		lines, _, err := w.p.Statement(w.ctx, a, ledger.Cursor{}, 1000)
		require.NoError(w, err)
		sum := money.USD.Cents(0)
		for _, l := range lines {
			sum, err = sum.Add(l.Amount)
			require.NoError(w, err)
		}
		require.Equal(w, value.Text(), sum.Text(), "the statement of %s", a)
	}
	require.Equal(w, w.count, deposits, "one deposit a payment")
}

// finalOrCredited takes the two states in which money is booked for one.
func finalOrCredited(d payments.DepositView) payments.DepositState {
	if d.State == payments.StateCredited {
		return payments.StateFinal
	}
	return d.State
}
