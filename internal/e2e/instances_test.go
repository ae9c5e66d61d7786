package e2e_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments"
)

// Two processes may follow one network on one store: whoever commits a step
// first wins, the other computes a new one.
func TestTwoInstancesCreditOnce(t *testing.T) {
	for name, store := range map[string]func(*testing.T) func(*payments.Config){
		"memory": func(*testing.T) func(*payments.Config) { return nil },
		"SQLite": onSQLite,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			node := newBitcoin(t)
			h := newHost(t, node, store(t))
			to := h.address(voice)
			second, err := payments.New(h.cfg)
			require.NoError(t, err)
			other, err := second.DepositAddress(h.ctx, sms, node.network())
			require.NoError(t, err)
			require.NotEqual(t, to, other.Address)

			node.Pay(node.output(to, amount(t, node.asset(), "0.01")),
				node.output(other.Address, amount(t, node.asset(), "0.02")))
			for range 8 {
				h.clock.Advance(20 * time.Second)
				node.Mine(1)
				var both sync.WaitGroup
				errs := make([]error, 2)
				for i, p := range []*payments.Processor{h.p, second} {
					both.Go(func() { errs[i] = p.Advance(h.ctx) })
				}
				both.Wait()
				require.NoError(t, errs[0])
				require.NoError(t, errs[1])
			}
			require.Equal(t, "600.00", h.balance(voice))
			require.Equal(t, "1200.00", h.balance(sms))
			require.Equal(t, 1, h.only(voice).Incarnation)
			require.Equal(t, 1, h.only(sms).Incarnation)
		})
	}
}

func TestSecondSourceTakesOverFromADeadOne(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	dead, err := utxo.NewSource(node.network(), utxo.RPC{URL: "http://127.0.0.1:1", HTTP: httpClient(t)})
	require.NoError(t, err)
	h := newHost(t, node, func(c *payments.Config) {
		c.Rails[0].Sources = append([]chain.Source{dead}, c.Rails[0].Sources...)
	})
	to, err := h.p.DepositAddress(h.ctx, voice, node.network())
	require.NoError(t, err)
	require.ErrorIs(t, h.p.Advance(h.ctx), chain.ErrUnavailable)
	health, err := h.p.Health(h.ctx)
	require.NoError(t, err)
	require.ErrorIs(t, health.Networks[0].Err, chain.ErrUnavailable)

	h.advance() // the next pass asks the other one
	node.pay(to.Address, amount(t, node.asset(), "0.01"))
	h.mine(6)
	require.Equal(t, "600.00", h.balance(voice))
	health, err = h.p.Health(h.ctx)
	require.NoError(t, err)
	require.NoError(t, health.Networks[0].Err)
	require.Equal(t, uint64(node.Height()), health.Networks[0].Tip)
}
