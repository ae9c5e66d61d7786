package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/internal/e2e/btcdnode"
	"github.com/cointill/cointill/payments"
)

func TestBitcoinPaymentIsSeenUnminedAndPricedThen(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	h := newHost(t, node, nil)
	id := node.pay(h.address(voice), amount(t, node.asset(), "0.00100000"))
	h.advance()
	seen := h.only(voice)
	require.Equal(t, payments.StateSeen, seen.State)
	require.Equal(t, id, seen.TxID)
	require.Zero(t, seen.Confirmations)
	require.Equal(t, "0.00", h.balance(voice))

	h.mineEmpty(1)
	require.Equal(t, payments.StateSeen, h.only(voice).State, "a block without it changes nothing")
	h.clock.Advance(15 * time.Minute)
	h.board.write(map[string]string{"BTC/USD": "90000"})
	h.advance()
	h.mine(6)
	d := h.only(voice)
	require.Equal(t, payments.StateCredited, d.State)
	require.Equal(t, "60.00", h.balance(voice), "at the rate of 15 minutes before it was mined")
	require.Equal(t, payments.BasisFirstSeen, d.Basis)
	require.Equal(t, seen.SeenAt, d.ReceivedAt, "received when it was seen, not when it was mined")
	h.mine(6)
	require.Equal(t, payments.StateFinal, h.only(voice).State, "12 confirmations")
	require.Equal(t, []payments.EventKind{payments.EventDepositSeen, payments.EventDepositConfirming,
		payments.EventDepositCredited, payments.EventDepositFinal}, h.told(d.Key))
}

func TestOneTransactionPaysThreeAccountsAndOneOfThemTwice(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	h := newHost(t, node, nil)
	toVoice, toSMS, toOther := h.address(voice), h.address(sms), h.address(other)
	p := node.Pay(
		node.output(toVoice, amount(t, node.asset(), "0.001")),
		node.output(toSMS, amount(t, node.asset(), "0.002")),
		node.output(toOther, amount(t, node.asset(), "0.003")),
		node.output(toVoice, amount(t, node.asset(), "0.004")),
	)
	h.advance()
	require.Len(t, h.deposits(voice), 2, "seen in the mempool")
	h.mine(6)
	require.Equal(t, "300.00", h.balance(voice))
	require.Equal(t, "120.00", h.balance(sms))
	require.Equal(t, "180.00", h.balance(other))
	first, second := h.deposits(voice)[0], h.deposits(voice)[1]
	require.Equal(t, txid(p), first.TxID)
	require.Equal(t, txid(p), second.TxID)
	require.Equal(t, txid(p).String()+":0", first.Key.ID)
	require.Equal(t, txid(p).String()+":3", second.Key.ID)
}

func TestReplacedPaymentIsNeverCredited(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	h := newHost(t, node, nil)
	toVoice, toSMS := h.address(voice), h.address(sms)
	x := amount(t, node.asset(), "0.01")
	first := node.Pay(node.output(toVoice, x))
	h.advance()
	require.Equal(t, payments.StateSeen, h.only(voice).State)

	second := node.SignAgain(first, node.output(toSMS, x))
	node.Send(second) // btcd lets a higher fee replace it
	require.Equal(t, []string{second.TxHash().String()}, ids(node.Mempool()))
	h.advance()
	require.Len(t, h.deposits(sms), 1)
	h.mine(6)
	require.Equal(t, payments.StateReplaced, h.only(voice).State)
	require.Equal(t, "0.00", h.balance(voice))
	require.Equal(t, payments.StateCredited, h.only(sms).State)
	require.Equal(t, "600.00", h.balance(sms))
	h.mine(10)
	require.Equal(t, payments.StateReplaced, h.only(voice).State)
}

func TestFeeBumpPaysTheSameAccountOnce(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	h := newHost(t, node, nil)
	to, x := h.address(voice), amount(t, node.asset(), "0.01")
	first := node.Pay(node.output(to, x))
	h.advance()
	second := node.SignAgain(first, node.output(to, x))
	node.Send(second)
	h.mine(7)
	require.Equal(t, "600.00", h.balance(voice))
	states := map[chain.Hash]payments.DepositState{}
	for _, d := range h.deposits(voice) {
		states[d.TxID] = d.State
	}
	require.Equal(t, map[chain.Hash]payments.DepositState{
		txid(first): payments.StateReplaced, txid(second): payments.StateCredited}, states)
}

func TestFeeBumpGainsNoBetterRate(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	h := newHost(t, node, nil)
	to, x := h.address(voice), amount(t, node.asset(), "0.01")
	first := node.Pay(node.output(to, x))
	h.advance()
	seen := h.only(voice).SeenAt
	h.clock.Advance(5 * time.Minute)
	h.board.write(map[string]string{"BTC/USD": "90000"})
	h.advance()
	second := node.SignAgain(first, node.output(to, x))
	node.Send(second)
	h.mine(7)
	for _, d := range h.deposits(voice) {
		if d.TxID == txid(second) {
			require.Equal(t, seen, d.ReceivedAt, "first sight is of what it replaced")
		}
	}
	require.Equal(t, "600.00", h.balance(voice))
}

func TestDoubleSpendOnAnotherBranchTakesTheCreditBack(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	h := newHost(t, node, nil)
	first := node.Pay(node.output(h.address(voice), amount(t, node.asset(), "0.01")))
	h.mine(6)
	require.Equal(t, "600.00", h.balance(voice))

	node.Undo(6)
	node.MineOnly(node.SignAgain(first)) // everything goes back to the payer
	require.Empty(t, node.Mempool(), "the node gave up the payment")
	h.mineEmpty(12)
	require.Equal(t, "0.00", h.balance(voice))
	d := h.only(voice)
	require.Contains(t, h.told(d.Key), payments.EventDepositReversed)
	require.Equal(t, payments.StateReplaced, d.State, "the branch that took the credit back holds the double spend")
}

func TestDoubleSpendAfterAReversalReplacesThePayment(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	h := newHost(t, node, nil)
	first := node.Pay(node.output(h.address(voice), amount(t, node.asset(), "0.01")))
	h.mine(6)
	node.Undo(6)
	h.mineEmpty(6)
	require.Equal(t, payments.StateReversed, h.only(voice).State)

	node.MineOnly(node.SignAgain(first))
	h.advance()
	d := h.only(voice)
	require.Equal(t, payments.StateReplaced, d.State)
	require.Equal(t, "0.00", h.balance(voice))
	told := h.told(d.Key)
	require.Equal(t, []payments.EventKind{payments.EventDepositReversed, payments.EventDepositReplaced},
		told[max(0, len(told)-2):])
}

func TestReorgThatMinesThePaymentElsewhereCreditsOnce(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{1, 3, 5, 6, 9} {
		t.Run(fmt.Sprintf("%d blocks", depth), func(t *testing.T) {
			node := newBitcoin(t)
			h := newHost(t, node, nil)
			p := node.Pay(node.output(h.address(voice), amount(t, node.asset(), "0.01")))
			h.mine(depth)
			before := h.only(voice)
			node.Undo(depth)
			node.MineEmpty(2)
			node.MineOnly(p)
			node.MineEmpty(depth)
			h.advance()
			require.Equal(t, uint64(depth+1), h.only(voice).Confirmations)
			h.mine(6)
			require.NotEqual(t, before.Block, h.only(voice).Block)
			require.Equal(t, before.Rate, h.only(voice).Rate)
			require.Equal(t, "600.00", h.balance(voice))
		})
	}
}

func TestPaymentMinedWithoutEverBeingInTheMempool(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	h := newHost(t, node, nil)
	p := node.Sign(node.output(h.address(voice), amount(t, node.asset(), "0.01")))
	node.MineOnly(p)
	h.advance()
	require.Equal(t, uint64(1), h.only(voice).Confirmations)
	h.mine(5)
	require.Equal(t, "600.00", h.balance(voice))
}

func TestPaymentMinedAfterItsWindowIsPricedAtInclusion(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	h := newHost(t, node, nil)
	node.Pay(node.output(h.address(voice), amount(t, node.asset(), "0.01")))
	h.advance()
	h.board.write(map[string]string{"BTC/USD": "90000"})
	for range 8 {
		h.clock.Advance(10 * time.Minute)
		h.advance()
	}
	h.mine(7)
	require.Equal(t, payments.BasisInclusion, h.only(voice).Basis)
	require.Equal(t, "900.00", h.balance(voice))
}

func ids(payments []btcdnode.Payment) []string {
	var out []string
	for _, p := range payments {
		out = append(out, p.TxHash().String())
	}
	return out
}
