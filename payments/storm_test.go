package payments_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// hostRows is a host whose own rows live in the library's commit: it keeps them
// as audit rows, the one table of a Tx that is free for it.
type hostRows struct{ refuse func(payments.Event) error }

func (h *hostRows) inTx(ctx context.Context, tx payments.Tx, events []payments.Event) error {
	for _, e := range events {
		if h.refuse != nil {
			if err := h.refuse(e); err != nil {
				return err
			}
		}
		if _, err := tx.InsertAudit(ctx, []payments.AuditRow{{ID: "host/" + e.ID, Subject: "host/" + e.Subject,
			Action: string(e.Kind), At: e.At, Actor: payments.Actor{ID: "host", Reason: "mirror"}}}); err != nil {
			return err
		}
	}
	return nil
}

// standing counts the credits less the reversals in the host's rows.
func standing(ctx context.Context, tx payments.Tx, subject string) (n int, err error) {
	rows, err := tx.AuditOf(ctx, "host/"+subject)
	for _, r := range rows {
		switch r.Action {
		case string(payments.EventDepositCredited):
			n++
		case string(payments.EventDepositReversed):
			n--
		}
	}
	return n, err
}

// mustAgree checks what holds at any instant: the balance with the carry is the
// exact value of the credits that stand, and the host's rows say the same.
func mustAgree(rt require.TestingT, b *bundle, accounts []payments.Account) {
	require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) error {
		for _, a := range accounts {
			rows, err := tx.Deposits(b.ctx, payments.DepositQuery{Profiles: []string{a.Profile}, Account: a.Name})
			if err != nil {
				return err
			}
			exact, booked := decimal.Zero, decimal.Zero
			for _, d := range rows {
				credited := d.Hold == "" && (d.State == payments.StateCredited || d.State == payments.StateFinal)
				n, err := standing(b.ctx, tx, d.Key.String())
				if err != nil {
					return err
				}
				if (n == 1) != credited || n < 0 || n > 1 {
					return fmt.Errorf("%s is %s, the host counts %d credits", d.Key, d.State, n)
				}
				if credited {
					exact, booked = exact.Add(d.Exact), booked.Add(d.Credited.Decimal())
				}
			}
			record, err := tx.AccountsByKey(b.ctx, []payments.Account{a})
			if err != nil {
				return err
			}
			balances, err := tx.Balances(b.ctx, []ledger.Account{a.Ledger()})
			if err != nil {
				return err
			}
			balance := decimal.Zero
			for _, x := range balances {
				balance = balance.Add(x.Amount.Decimal())
			}
			if !balance.Equal(booked) || !balance.Add(record[0].Carry).Equal(exact) {
				return fmt.Errorf("%s: balance %s, booked %s, carry %s, exact %s", a, balance, booked, record[0].Carry, exact)
			}
		}
		return nil
	}))
}

// TestStorm lets two processors with two disagreeing sources each, a host that
// refuses now and then, a screen that holds now and then, clock jumps and chain
// changes between any two calls work on one store.
func TestStorm(t *testing.T) {
	t.Parallel()
	for _, c := range railCases() {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { storm(t, rt, c) })
		})
	}
}

func storm(t *testing.T, rt *rapid.T, c railCase) {
	b := newBundle(t, c, unbroken)
	host := &hostRows{}
	accounts := []payments.Account{{Profile: "a/b", Name: "c"}, {Profile: "a", Name: "b/c"}, {Profile: "100%25 ü", Name: "voice"}}
	coin := rapid.Custom(func(t *rapid.T) bool { return rapid.IntRange(0, 3).Draw(t, "n") == 0 })
	quiet := false
	host.refuse = func(e payments.Event) error {
		if !quiet && e.Kind == payments.EventDepositCredited && coin.Draw(rt, "host refuses") {
			return errors.New("host: no")
		}
		return nil
	}
	b.cfg.InTx = host.inTx
	b.cfg.Screen = func(context.Context, payments.Deposit) (payments.Verdict, error) {
		if quiet {
			return payments.VerdictPass, nil
		}
		switch rapid.IntRange(0, 9).Draw(rt, "verdict") {
		case 0:
			return payments.VerdictHold, nil
		case 1:
			return payments.VerdictReject, nil
		case 2:
			return "", errors.New("screen is down")
		}
		return payments.VerdictPass, nil
	}
	b.events.refuse = func(payments.Event) error {
		if !quiet && coin.Draw(rt, "sink fails") {
			return errors.New("sink")
		}
		return nil
	}
	oracle := map[chain.Hash]bool{}
	var made []chain.Hash
	var to []chain.Address
	reorg := func() {
		height := int(b.sim.Head().Height)
		if height < 3 {
			return
		}
		depth := rapid.IntRange(1, min(height-2, 16)).Draw(rt, "depth")
		b.sim.Reorg(depth, chainsim.Branch{Reverse: rapid.Bool().Draw(rt, "reverse"),
			Blocks: rapid.SampledFrom([]int{0, 0, depth, depth + 3}).Draw(rt, "blocks"), Crowd: rapid.IntRange(0, 2).Draw(rt, "crowd")})
	}
	procs := make([]*payments.Processor, 2)
	start := func(i int) {
		cfg := b.cfg
		cfg.Rails = append([]payments.Rail(nil), cfg.Rails...)
		cfg.Rails[0].Sources = nil
		for _, name := range []string{"x", "y"} {
			src := b.source(name)
			src.(interface{ Intercept(func(string) error) }).Intercept(func(string) error {
				if quiet {
					return nil
				}
				switch rapid.IntRange(0, 40).Draw(rt, "interception") {
				case 0:
					reorg()
				case 1:
					b.sim.Mine(1)
				case 2:
					return errors.New("connection reset")
				case 3:
					src.(interface{ Freeze() }).Freeze()
				case 4:
					src.(interface{ Thaw() }).Thaw()
				case 5:
					src.(interface{ ServeBehind(int) }).ServeBehind(rapid.IntRange(0, 3).Draw(rt, "behind"))
				}
				return nil
			})
			cfg.Rails[0].Sources = append(cfg.Rails[0].Sources, src)
		}
		procs[i] = b.processor(cfg)
	}
	start(0)
	start(1)
	quiet = true
	for i, a := range accounts {
		got, err := procs[i%2].DepositAddress(b.ctx, a, b.sim.Network())
		require.NoError(rt, err)
		to = append(to, got.Address)
	}
	require.NoError(rt, procs[0].Advance(b.ctx))
	quiet = false
	pay := func() chainsim.Payment {
		return chainsim.Payment{To: rapid.SampledFrom(to).Draw(rt, "to"), Amount: b.coins(rapid.Int64Range(1, 300).Draw(rt, "hundredths"))}
	}
	rt.Repeat(map[string]func(*rapid.T){
		"pay": func(rt *rapid.T) {
			var ps []chainsim.Payment
			for range rapid.IntRange(1, 3).Draw(rt, "outputs") {
				ps = append(ps, pay())
			}
			id := b.sim.Pay(ps...)
			oracle[id] = true
			made = append(made, id)
		},
		"replace": func(rt *rapid.T) {
			pending := b.sim.(interface{ Pending() []chain.Hash }).Pending()
			if len(pending) == 0 {
				rt.Skip()
			}
			id := b.sim.Replace(rapid.SampledFrom(pending).Draw(rt, "old"), pay())
			oracle[id] = true
			made = append(made, id)
		},
		"drop": func(rt *rapid.T) {
			pending := b.sim.(interface{ Pending() []chain.Hash }).Pending()
			if len(pending) == 0 {
				rt.Skip()
			}
			b.sim.Drop(rapid.SampledFrom(pending).Draw(rt, "dropped"))
		},
		"mine": func(rt *rapid.T) {
			b.clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
			b.sim.Mine(rapid.IntRange(1, 4).Draw(rt, "blocks"))
		},
		"reorg": func(*rapid.T) { reorg() },
		"clock": func(rt *rapid.T) {
			b.clock.Advance(rapid.SampledFrom([]time.Duration{-time.Hour, time.Hour, 3 * time.Hour, time.Minute, time.Millisecond}).Draw(rt, "jump"))
		},
		"prices":  func(rt *rapid.T) { b.rates.setDown(rapid.Bool().Draw(rt, "down")) },
		"advance": func(rt *rapid.T) { _ = procs[rapid.IntRange(0, 1).Draw(rt, "who")].Advance(b.ctx) },
		"advance cut short": func(rt *rapid.T) {
			ctx, cancel := context.WithCancel(b.ctx)
			defer cancel()
			left := rapid.IntRange(1, 30).Draw(rt, "calls")
			was := host.refuse
			host.refuse = func(e payments.Event) error {
				if left--; left <= 0 {
					cancel()
				}
				return was(e)
			}
			_ = procs[rapid.IntRange(0, 1).Draw(rt, "who")].Advance(ctx)
			host.refuse = was
		},
		"restart": func(rt *rapid.T) { start(rapid.IntRange(0, 1).Draw(rt, "who")) },
		"release": func(rt *rapid.T) {
			h, err := procs[0].Health(b.ctx)
			require.NoError(rt, err)
			for _, d := range h.Held {
				if rapid.Bool().Draw(rt, "released") {
					require.NoError(rt, procs[1].Release(b.ctx, d.Key, payments.Actor{ID: "op", Reason: "fine"}))
				}
			}
		},
		"": func(rt *rapid.T) {
			mustAgree(rt, b, accounts)
			booksBalance(t, rt, b, accounts)
		},
	})
	quiet = true
	b.rates.setDown(false)
	start(0)
	start(1)
	b.clock.Advance(400 * time.Hour) // the clock may have gone back often
	for i := range 20 {
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		require.NoError(rt, procs[i%2].Advance(b.ctx))
		h, err := procs[0].Health(b.ctx)
		require.NoError(rt, err)
		require.Empty(rt, h.Networks[0].Halted)
		for _, d := range h.Held {
			require.NoError(rt, procs[1].Release(b.ctx, d.Key, payments.Actor{ID: "op", Reason: "fine"}))
		}
	}
	mustAgree(rt, b, accounts)
	recorded := map[chain.Hash]bool{}
	for _, a := range accounts {
		all, err := procs[0].Deposits(b.ctx, a, payments.DepositKey{}, 1000)
		require.NoError(rt, err)
		for _, d := range all {
			recorded[d.TxID] = true
			block, mined := blockOf(b.sim, d.TxID)
			require.Equal(rt, mined, d.Included(), "%s", d.Key)
			if mined {
				require.Equal(rt, block.Hash, d.Block.Hash)
				require.Contains(rt, []payments.DepositState{payments.StateCredited, payments.StateFinal}, d.State, "%+v", d)
			}
		}
	}
	for _, id := range made {
		if _, mined := blockOf(b.sim, id); mined {
			require.True(rt, recorded[id], "mined and never recorded: %s", id)
		}
	}
	ids := map[string]bool{}
	for _, e := range b.events.events {
		require.False(rt, ids[e.ID] && strings.HasSuffix(string(e.Kind), "credited"), "told twice without a failure")
		ids[e.ID] = true
		require.True(rt, json.Valid(e.Data))
	}
}
