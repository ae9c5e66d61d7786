package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cointill/cointill/payments"
)

// Run follows both chains by itself, in real time, and ends without a trace.
func TestRunFollowsBothNodesAndLeavesNoGoroutine(t *testing.T) {
	btc, eth := newBitcoin(t), newEthereum(t, "ETH")
	before := goleak.IgnoreCurrent()
	t.Run("run", func(t *testing.T) { runUntilCredited(t, btc, eth) })
	goleak.VerifyNone(t, before)
}

func runUntilCredited(t *testing.T, btc bitcoin, eth *ethereum) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	h := newHost(t, btc, func(c *payments.Config) {
		onSQLite(t)(c)
		c.Rails = append(c.Rails, eth.rail(t))
		c.Now = nil
		for i := range c.Rails {
			c.Rails[i].Poll = 20 * time.Millisecond
		}
	})
	toBTC, err := h.p.DepositAddress(ctx, voice, btc.network())
	require.NoError(t, err)
	toETH, err := h.p.DepositAddress(ctx, sms, eth.network())
	require.NoError(t, err)
	watching, stop := context.WithCancel(ctx)
	changed := h.p.Watch(watching, voice.Profile)
	ended := make(chan error, 1)
	running, end := context.WithCancel(ctx)
	go func() { ended <- h.p.Run(running) }()

	btc.pay(toBTC.Address, amount(t, btc.asset(), "0.01"))
	eth.pay(toETH.Address, amount(t, eth.asset(), "0.1"))
	btc.Mine(6)
	eth.Mine(6)
	for h.balance(voice) != "600.00" || h.balance(sms) != "300.00" {
		select {
		case <-changed:
		case <-ctx.Done():
			require.FailNow(t, "not credited in time", "voice %s, sms %s", h.balance(voice), h.balance(sms))
		}
	}
	stop()
	end()
	require.NoError(t, <-ended)
}
