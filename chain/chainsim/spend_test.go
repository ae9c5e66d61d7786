package chainsim_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments/money"
	"github.com/stretchr/testify/require"
)

// spendIDs is what left the first made-up addresses.
func spendIDs(f chain.Found) []string {
	out := []string{}
	for _, s := range f.Spends {
		out = append(out, s.ID)
	}
	return out
}

func hexOf(a chain.Address) string { return "0x" + a.String()[len("evm:"):] }

// balance asks for one native balance in units.
func balance(t testing.TB, s chain.Balancer, at chain.Anchor, a chain.Address) *big.Int {
	t.Helper()
	out, err := s.Balances(t.Context(), at, []chain.Address{a})
	require.NoError(t, err)
	require.Len(t, out, 1)
	return out[0].Units()
}

// ether returns a payment of milli-ether, enough to pay for gas.
func ether(n chain.Network, i int, milli int64) chainsim.Payment {
	units := new(big.Int).Mul(big.NewInt(milli), big.NewInt(1_000_000_000_000_000))
	return chainsim.Payment{To: chainsim.Address(n, i), Amount: money.NewAmount(n.Native, units)}
}

func TestASendFromOurAddressIsASpendWithItsGas(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	ours, cold := chainsim.Address(n, 0), chainsim.Address(n, 99)
	c.Pay(ether(n, 0, 100))
	c.Mine(1)
	id := c.Send(ours, ether(n, 99, 60))
	at := c.Mine(1)[0]

	found := scan(t, c.Source("a"))
	require.Equal(t, []chain.Spend{{
		ID: id.String() + ":out:" + hexOf(ours) + ":0", Kind: chain.SpendNative, TxID: id,
		From: ours, To: cold, Amount: ether(n, 99, 60).Amount, Block: at,
	}, {
		ID: id.String() + ":gas", Kind: chain.SpendGas, TxID: id, From: ours,
		Amount: money.Units(n.Native, 21_000*2_000_000_000), Block: at,
	}}, found.Spends)
	left, err := ether(n, 0, 40).Amount.Sub(found.Spends[1].Amount)
	require.NoError(t, err)
	require.Equal(t, left.Units(), balance(t, c.Source("a"), at, ours))
}

func TestATokenSentFromOurAddressIsATokenSpendAndGas(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	id := c.Send(chainsim.Address(n, 0), pay(n, 99, 1, 7))
	c.Mine(1)
	found := scan(t, c.Source("a"))
	require.Empty(t, found.Transfers)
	require.Equal(t, []string{id.String() + ":log:0", id.String() + ":gas"}, spendIDs(found))
	require.Equal(t, chain.SpendToken, found.Spends[0].Kind)
	require.Equal(t, chainsim.Address(n, 99), found.Spends[0].To)
	require.Equal(t, "7", found.Spends[0].Amount.UnitsText())
}

func TestAFailedSendCostsGasAndMovesNothing(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	id := c.SendFailed(chainsim.Address(n, 0), pay(n, 1, 1, 7))
	other := c.SendFailed(chainsim.Address(n, 0), pay(n, 1, 0, 7))
	c.Mine(1)
	found := scan(t, c.Source("a"))
	require.Empty(t, found.Transfers)
	require.Equal(t, []string{id.String() + ":gas", other.String() + ":gas"}, spendIDs(found))
}

func TestASweepBetweenOurAddressesIsTransferAndSpend(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	c.Send(chainsim.Address(n, 0), pay(n, 1, 1, 7), pay(n, 2, 0, 5))
	c.Mine(1)
	found := scan(t, c.Source("a"))
	require.Len(t, found.Transfers, 2)
	require.Equal(t, chainsim.Address(n, 2), found.Transfers[0].To, "by the batch contract")
	require.NotEqual(t, chainsim.Address(n, 0), found.Transfers[0].From)
	require.Equal(t, chainsim.Address(n, 0), found.Transfers[1].From, "taken by the batch contract")
	require.Equal(t, found.Transfers[1].ID, found.Spends[1].ID)
}

func TestEachSendUsesTheNextNonceSoThatBothAreMined(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	a, b := c.Send(chainsim.Address(n, 0), pay(n, 1, 1, 7)), c.Send(chainsim.Address(n, 0), pay(n, 1, 1, 7))
	require.Equal(t, []chain.Hash{a, b}, c.Pending())
	replacement := c.Replace(b, pay(n, 2, 1, 7))
	require.Equal(t, []chain.Hash{a, replacement}, c.Pending())
	c.Mine(1)
	require.Equal(t, []string{a.String() + ":log:0", replacement.String() + ":log:0"}, ids(scan(t, c.Source("a"))))
	requireMisuse(t, "Send", func() { c.Send(chainsim.Address(n, 0)) })
	requireMisuse(t, "Send", func() { c.Send(chainsim.Address(chain.Bitcoin, 0), pay(n, 1, 1, 7)) })
}

func TestInternalTransfersAreFoundOnlyByNodesThatTrace(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	internal := c.PayInternal(pay(n, 0, 0, 5), pay(n, 1, 1, 6), pay(n, 0, 0, 7)).String()
	destroyed := c.PayByDestruction(pay(n, 2, 0, 8)).String()
	own := c.Pay(pay(n, 3, 0, 9)).String()
	c.PayDelegated(pay(n, 4, 0, 10))
	c.PayReverted(pay(n, 4, 0, 10))
	c.Mine(1)
	tracing, blind := c.Source("tracing"), c.Source("blind")
	blind.Trace(false)

	found := scan(t, tracing)
	require.True(t, found.Internal)
	require.Equal(t, []string{
		internal + ":eth:" + hexOf(chainsim.Address(n, 0)) + ":0",
		internal + ":eth:" + hexOf(chainsim.Address(n, 0)) + ":1",
		internal + ":log:0",
		destroyed + ":eth:" + hexOf(chainsim.Address(n, 2)) + ":0",
		own + ":eth:" + hexOf(chainsim.Address(n, 3)) + ":0",
	}, ids(found))

	found = scan(t, blind)
	require.False(t, found.Internal)
	require.Equal(t, []string{internal + ":log:0", own + ":eth:" + hexOf(chainsim.Address(n, 3)) + ":0"}, ids(found))
	require.EqualValues(t, 12, balance(t, blind, c.Head(), chainsim.Address(n, 0)).Int64())
	require.Zero(t, balance(t, blind, c.Head(), chainsim.Address(n, 4)).Sign())
}

func TestNativeLogsShowInternalTransfersToEveryNode(t *testing.T) {
	c := chainsim.NewEVM(chain.Ethereum, chainsim.Options{NativeLogs: true})
	c.PayByDestruction(pay(c.Network(), 0, 0, 5))
	c.Mine(1)
	blind := c.Source("blind")
	blind.Trace(false)
	require.Equal(t, scan(t, c.Source("tracing")), scan(t, blind))
	require.Len(t, scan(t, blind).Transfers, 1)
}

func TestWithdrawalsAndFeesRaiseABalanceWithoutATransaction(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	number := c.Withdraw(ether(n, 0, 3))
	c.Pay(pay(n, 50, 0, 1))
	c.MineTx() // leaves both waiting
	at := c.MineTo(chainsim.Address(n, 1))
	found := scan(t, c.Source("a"))
	require.Equal(t, []chain.Transfer{{
		ID: "withdrawal:" + big.NewInt(int64(number)).String(), To: chainsim.Address(n, 0),
		Amount: ether(n, 0, 3).Amount, Block: at, Origin: chain.OriginWithdrawal,
	}, {
		ID: at.Hash.String() + ":fees", To: chainsim.Address(n, 1),
		Amount: money.Units(n.Native, 21_000*1_000_000_000), Block: at, Origin: chain.OriginFees,
	}}, found.Transfers)
	require.Equal(t, ether(n, 0, 3).Amount.Units(), balance(t, c.Source("a"), at, chainsim.Address(n, 0)))

	c.Reorg(1, chainsim.Branch{})
	again := scan(t, c.Source("a")).Transfers
	require.Equal(t, found.Transfers[0].ID, again[0].ID, "the network's number stays")
	require.Len(t, again, 1, "another proposer")
	requireMisuse(t, "Withdraw", func() { c.Withdraw(pay(n, 0, 0, 1)) })
	requireMisuse(t, "Withdraw", func() { c.Withdraw(pay(n, 0, 1, 1)) })
}

func TestBalancesAreThoseAfterABlockOfTheBestChainOnly(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	c.Pay(pay(n, 0, 0, 5))
	old := c.Mine(1)[0]
	c.Pay(pay(n, 0, 0, 6))
	c.Mine(1)
	s := c.Source("a")
	require.EqualValues(t, 5, balance(t, s, old, chainsim.Address(n, 0)).Int64())
	require.EqualValues(t, 11, balance(t, s, c.Head(), chainsim.Address(n, 0)).Int64())
	c.Reorg(2, chainsim.Branch{})
	for _, at := range []chain.Anchor{old, {Hash: chain.Hash{1}}} {
		_, err := s.Balances(t.Context(), at, nil)
		require.ErrorIs(t, err, chain.ErrUnavailable)
	}
}

func TestASweepOfFiveHundredInputsIsFast(t *testing.T) {
	c := newBitcoin()
	n := c.Network()
	var ours []chain.Outpoint
	for range 500 {
		ours = append(ours, chain.Outpoint{TxID: c.Pay(pay(n, 0, 0, 1000))})
	}
	c.Mine(1)
	begin := time.Now()
	c.Spend(ours, pay(n, 99, 0, 1))
	c.Mine(1)
	c.Reorg(2, chainsim.Branch{})
	head := c.Head()
	run, err := c.Source("a").Linked(t.Context(), 0, head.Height)
	require.NoError(t, err)
	require.Len(t, match(t, n, run, ours...).Spends, 500)
	t.Logf("sweep, block, reorganisation and match of 500 inputs: %s", time.Since(begin))
}

func TestValueForANewContractIsASpendToNobody(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	id := c.SendCreation(chainsim.Address(n, 0), pay(n, 0, 0, 5).Amount)
	c.Mine(1)
	found := scan(t, c.Source("a"))
	require.Len(t, found.Spends, 2)
	require.True(t, found.Spends[0].To.IsZero())
	var tx struct{ To *string }
	require.Zero(t, ask(t, c.Geth(), &tx, "eth_getTransactionByHash", "0x"+id.String()))
	require.Nil(t, tx.To)
	var receipt struct{ ContractAddress string }
	require.Zero(t, ask(t, c.Geth(), &receipt, "eth_getTransactionReceipt", "0x"+id.String()))
	require.Len(t, receipt.ContractAddress, 42)
	requireMisuse(t, "SendCreation", func() { c.SendCreation(chainsim.Address(n, 0), pay(n, 0, 1, 5).Amount) })
}

func TestBlocksOfBNBSmartChainPayNoFeesToTheirMiner(t *testing.T) {
	c := chainsim.NewEVM(chain.BSC, chainsim.Options{})
	c.Pay(pay(c.Network(), 50, 0, 1))
	c.MineTo(chainsim.Address(c.Network(), 0))
	require.Empty(t, scan(t, c.Source("a")).Transfers)
	require.Zero(t, balance(t, c.Source("a"), c.Head(), chainsim.Address(c.Network(), 0)).Sign())
}
