package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/internal/e2e/litecoinnode"
	"github.com/cointill/cointill/payments"
)

// Two nodes lose sight of each other, as in April 2026, and the branch with our
// payments loses: 13 blocks are replaced at once, by the network's own protocol.
func TestTwoNodesReorganiseThirteenBlocks(t *testing.T) {
	t.Parallel()
	first, second := litecoinnode.StartPair(t)
	node := litecoin{first, t, litecoinRegtest(first)}
	h := newHost(t, node, func(c *payments.Config) { c.Rails[0].Breaker = 12 })
	paid := amount(t, node.asset(), "1.23456789")
	first.Part()
	ordinary := node.pay(h.address(voice), paid)
	node.pegOut(h.address(sms), paid)
	h.mine(13)
	require.Equal(t, "98.76", h.balance(voice))
	require.Equal(t, "98.76", h.balance(sms))
	hogEx := h.only(sms).TxID

	second.Mine(14)
	h.clock.Advance(3 * time.Hour)
	first.Join(second)
	h.advance()
	require.Equal(t, "0.00", h.balance(voice), "taken back")
	require.Equal(t, "0.00", h.balance(sms), "taken back")
	health, err := h.p.Health(h.ctx)
	require.NoError(t, err)
	require.NotEmpty(t, health.Networks[0].Halted, "a reorganisation this deep stops crediting")

	require.NoError(t, h.p.Resume(h.ctx, node.net, payments.Actor{ID: "operator", Reason: "the network agrees again"}))
	h.mine(6)
	require.Equal(t, "98.76", h.balance(voice), "mined again, credited again, at the first rate")
	require.Equal(t, "98.76", h.balance(sms))
	require.Equal(t, ordinary, h.only(voice).TxID)
	all := h.byTx(sms)
	require.Len(t, all, 2, "the payment out of MWEB has another id now")
	require.Equal(t, payments.StateReplaced, all[hogEx].State)
	delete(all, hogEx)
	for _, d := range all {
		require.Equal(t, payments.StateCredited, d.State)
		require.Equal(t, chain.OriginPegOut, d.Origin)
	}
}
