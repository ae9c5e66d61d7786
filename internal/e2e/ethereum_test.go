package e2e_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/internal/e2e/contracts"
	"github.com/cointill/cointill/internal/e2e/gethnode"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestTokensOfAllDecimalsAreCreditedExactly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		coin        money.Coin
		pays, worth string
	}{
		{"USDT", "0.010001", "0.01"},
		{"GUSD", "1234567.89", "1234567.89"},
		{"DAI", "10.019999999999999999", "10.01"},
	} {
		t.Run(string(c.coin), func(t *testing.T) {
			node := newEthereum(t, c.coin)
			h := newHost(t, node, nil)
			paid := amount(t, node.asset(), c.pays)
			id := node.pay(h.address(voice), paid)
			h.mine(6)
			d := h.only(voice)
			require.Equal(t, payments.StateCredited, d.State)
			require.True(t, paid.Equal(d.Amount), "%s, not %s", paid, d.Amount)
			require.Equal(t, id.String()+":log:0", d.Key.ID)
			require.Equal(t, c.worth, h.balance(voice))
		})
	}
}

func TestFeeOnTransferIsCreditedWithWhatArrived(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "FEE")
	h := newHost(t, node, nil)
	to := h.address(voice)
	tx := node.transfer(gethnode.Wallet, node.tokens["FEE"], to, big.NewInt(100_000_000))
	h.mine(6)
	require.Len(t, node.Receipt(tx).Logs, 2, "the recipient's part and the collector's")
	d := h.only(voice)
	require.Equal(t, "99.000000", d.Amount.Text())
	require.Equal(t, "99.00", h.balance(voice))
	held := node.Read(node.tokens["FEE"], "balanceOf", common.Address([]byte(to.Raw)))
	require.Equal(t, []any{d.Amount.Units()}, held, "what the contract says we hold")
}

func TestLookAlikeTokenIsIgnored(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "USDT")
	fake := node.Deploy(contracts.Standard, "USDT", uint8(6))
	h := newHost(t, node, nil)
	to := h.address(voice)
	tx := node.Call(gethnode.Wallet, fake, nil, "mint", common.Address([]byte(to.Raw)), big.NewInt(1_000_000_000))
	h.mine(7)
	require.Len(t, node.Receipt(tx).Logs, 1)
	require.Empty(t, h.deposits(voice))
	require.Equal(t, "0.00", h.balance(voice))
}

func TestFailedTransactionsCreditNothing(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "USDT")
	payer := node.Deploy(contracts.BatchPayer)
	h := newHost(t, node, nil)
	to := h.address(voice)
	raw := common.Address([]byte(to.Raw))
	require.Equal(t, types.ReceiptStatusSuccessful, mined(h, node, // the contract holds 5
		node.transfer(gethnode.Wallet, node.tokens["USDT"], addressOf(payer.Address), big.NewInt(5))).Status)

	// The first transfer succeeds and logs, the second reverts both.
	batch := node.Call(gethnode.Wallet, payer, nil, "payToken", node.tokens["USDT"].Address,
		[]common.Address{raw, raw}, []*big.Int{big.NewInt(4), big.NewInt(4)})
	require.Equal(t, types.ReceiptStatusFailed, mined(h, node, batch).Status)
	// More than the payer has.
	much := new(big.Int).Exp(big.NewInt(10), big.NewInt(40), nil)
	require.Equal(t, types.ReceiptStatusFailed,
		mined(h, node, node.transfer(gethnode.Wallet, node.tokens["USDT"], to, much)).Status)
	h.mine(6)
	require.Empty(t, h.deposits(voice))

	good := node.Call(gethnode.Wallet, payer, nil, "payToken", node.tokens["USDT"].Address,
		[]common.Address{raw}, []*big.Int{big.NewInt(5)})
	require.Equal(t, types.ReceiptStatusSuccessful, mined(h, node, good).Status)
	require.Equal(t, "0.000005", h.only(voice).Amount.Text(), "the same call counts when it succeeds")
}

func TestZeroValueTransfersCreditNothing(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "USDT")
	h := newHost(t, node, nil)
	to := h.address(voice)
	token := node.transfer(gethnode.Wallet, node.tokens["USDT"], to, new(big.Int))
	native := node.Pay(common.Address([]byte(to.Raw)), new(big.Int))
	h.mine(7)
	require.Len(t, node.Receipt(token).Logs, 1, "it does log a Transfer")
	require.Equal(t, types.ReceiptStatusSuccessful, node.Receipt(native).Status)
	require.Empty(t, h.deposits(voice))
}

func TestBatchPaysOneAccountTwiceAndAnotherOnce(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "DAI")
	payer := node.Deploy(contracts.BatchPayer)
	h := newHost(t, node, nil)
	toVoice, toSMS := h.address(voice), h.address(sms)
	one := amount(t, node.asset(), "1").Units()
	node.transfer(gethnode.Wallet, node.tokens["DAI"], addressOf(payer.Address), new(big.Int).Mul(one, big.NewInt(10)))
	a, b := common.Address([]byte(toVoice.Raw)), common.Address([]byte(toSMS.Raw))
	tx := node.Call(gethnode.Wallet, payer, nil, "payToken", node.tokens["DAI"].Address,
		[]common.Address{a, b, a}, []*big.Int{one, new(big.Int).Mul(one, big.NewInt(2)), new(big.Int).Mul(one, big.NewInt(4))})
	h.mine(6)
	require.Equal(t, "5.00", h.balance(voice))
	require.Equal(t, "2.00", h.balance(sms))
	id := chain.Hash(tx.Hash()).String()
	both := h.deposits(voice)
	require.Len(t, both, 2)
	require.Equal(t, id+":log:0", both[0].Key.ID)
	require.Equal(t, id+":log:2", both[1].Key.ID)
}

func TestEtherAndTokenReachOneAccount(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "ETH")
	h := newHost(t, node, nil)
	to := h.address(voice)
	node.pay(to, amount(t, node.asset(), "0.5"))
	node.transfer(gethnode.Wallet, node.tokens["GUSD"], to, big.NewInt(1_25))
	h.mine(6)
	require.Len(t, h.deposits(voice), 2)
	require.Equal(t, "1501.25", h.balance(voice))
}

// A reorganisation may give a log another place in its block. The deposit is the
// same one.
func TestReorgToAnotherLogPositionKeepsTheDeposit(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "USDT")
	h := newHost(t, node, nil)
	to := h.address(voice)
	tx := node.transfer(gethnode.Wallet, node.tokens["USDT"], to, big.NewInt(7_000_000))
	h.mine(6)
	before := h.only(voice)
	require.Equal(t, payments.StateCredited, before.State)
	place := node.Receipt(tx).Logs[0].Index

	node.Undo(6)
	stranger := chain.Address{Family: chain.FamilyEVM, Raw: string(make([]byte, 19)) + "\x99"}
	node.transfer(gethnode.Whale, node.tokens["USDT"], stranger, big.NewInt(1)) // comes first by its tip
	h.mine(6)
	h.mine(1)
	require.Equal(t, place+1, node.Receipt(tx).Logs[0].Index, "another place in the block")
	after := h.only(voice)
	require.Equal(t, before.Key, after.Key)
	require.NotEqual(t, before.Block.Hash, after.Block.Hash)
	require.Equal(t, payments.StateCredited, after.State)
	require.Equal(t, before.Rate, after.Rate)
	require.Equal(t, "7.00", h.balance(voice))
}

func TestPaymentThatVanishesInAReorgIsTakenBack(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "ETH")
	h := newHost(t, node, nil)
	node.pay(h.address(voice), amount(t, node.asset(), "1"))
	h.mine(7)
	require.Equal(t, "3000.00", h.balance(voice))
	node.Undo(7)
	node.Forget()
	h.mine(20)
	require.Equal(t, payments.StateReversed, h.only(voice).State)
	require.Equal(t, "0.00", h.balance(voice))
}

func TestFinalizedTagIsReadAndCaughtUpBelow(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "USDT")
	h := newHost(t, node, nil)
	to := h.address(voice)
	h.mine(1)
	node.pay(to, amount(t, node.asset(), "1"))
	node.Mine(1)
	node.Mine(200) // nobody looks; most of it is final by now
	node.transfer(gethnode.Wallet, node.tokens["USDT"], to, big.NewInt(2_000_000))
	node.Mine(1)

	head, err := node.source(t, node.net).Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, node.Height(), head.Height)
	require.NotZero(t, node.Finalized())
	require.Equal(t, node.Finalized(), head.Final)
	h.restart()
	h.advance()
	require.Equal(t, "1.00", h.balance(voice))
	require.Len(t, h.deposits(voice), 2)
	h.mine(5)
	require.Equal(t, "3.00", h.balance(voice))
}

// mined mines a transaction, lets the library look, and returns the receipt.
func mined(h *host, node *ethereum, tx *types.Transaction) *types.Receipt {
	h.Helper()
	h.mine(1)
	return node.Receipt(tx)
}
