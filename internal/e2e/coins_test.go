package e2e_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/internal/e2e/contracts"
	"github.com/cointill/cointill/internal/e2e/gethnode"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// Every coin of the product on both EVM networks: contracts of our own stand at
// other addresses, with the decimals and the chain id of the real network.
func TestEveryCoinOnEthereumAndBSC(t *testing.T) {
	t.Parallel()
	for _, real := range []chain.Network{chain.Ethereum, chain.BSC} {
		t.Run(real.ID, func(t *testing.T) {
			t.Parallel()
			node := newReplica(t, real)
			h := newHost(t, node, nil)
			to := h.address(voice)
			balance := int64(0) // cents
			// The clock stands, or the blocks would seem older and older.
			mine := func(n int) {
				for range n {
					node.Mine(1)
					h.advance()
				}
			}
			for _, asset := range node.net.Assets() {
				t.Run(string(asset.Coin), func(t *testing.T) {
					node.coin = asset.Coin
					paid := money.NewAmount(asset, new(big.Int).Add(unit(asset), big.NewInt(7)))
					id := node.pay(to, paid)
					mine(5)
					require.Equal(t, payments.StateConfirming, h.byTx(voice)[id].State)
					require.Equal(t, money.USD.Cents(balance).Text(), h.balance(voice), "nothing before six confirmations")
					mine(1)
					d := h.byTx(voice)[id]
					require.Equal(t, payments.StateCredited, d.State, "%s", d.Hold)
					require.True(t, paid.Equal(d.Amount), "%s, not %s", paid, d.Amount)
					require.Equal(t, asset, d.Amount.Asset())
					// One coin at its own price; seven units more are below a cent, but of
					// GUSD, whose unit is one.
					worth, ok := map[money.Coin]int64{"ETH": 3_000_00, "BNB": 600_00, "BTC": 60_000_00, "LTC": 80_00, "DOGE": 100_00,
						"USDC": 1_00, "USDT": 1_00, "DAI": 1_00, "GUSD": 1_07}[asset.Coin]
					require.True(t, ok, "%s has a price", asset)
					require.Equal(t, quotes[string(asset.Coin)+"/USD"], d.Rate.String())
					require.Equal(t, money.USD, d.Currency)
					require.Equal(t, money.USD.Cents(worth), d.Value)
					require.Equal(t, money.USD.Cents(worth), d.Credited)
					balance += worth
					require.Equal(t, money.USD.Cents(balance).Text(), h.balance(voice))
				})
			}
			for _, token := range node.net.Unaccepted {
				t.Run(string(token.Asset.Coin)+" is held", func(t *testing.T) {
					node.coin = token.Asset.Coin
					paid := money.NewAmount(token.Asset, new(big.Int).Add(unit(token.Asset), big.NewInt(7)))
					id := node.pay(to, paid)
					mine(7)
					d := h.byTx(voice)[id]
					require.Equal(t, payments.HoldAsset, d.Hold)
					require.Equal(t, payments.StateCredited, d.State, "booked, and to nobody")
					require.True(t, paid.Equal(d.Amount), "%s, not %s", paid, d.Amount)
					require.False(t, d.Valued(), "nobody prices it")
					require.Zero(t, d.Credited.Sign())
					require.Equal(t, money.USD.Cents(balance).Text(), h.balance(voice), "and nobody is credited")
					require.Equal(t, []payments.EventKind{payments.EventDepositHeld, payments.EventDepositConfirming}, h.told(d.Key))
				})
			}
		})
	}
}

// unit is one whole coin.
func unit(a money.Asset) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(a.Decimals)), nil)
}

// newReplica starts a private chain that has the chain id of a real network and
// contracts with the decimals of its tokens.
func newReplica(t testing.TB, real chain.Network) *ethereum {
	t.Helper()
	n := real
	n.ID, n.Test = real.ID+"-replica", true
	n.Native.Network, n.Tokens, n.Unaccepted = n.ID, nil, nil
	e := &ethereum{Node: gethnode.Start(t, real.ChainID), net: n, tokens: map[money.Coin]gethnode.Token{}}
	for _, token := range real.Tokens {
		code := contracts.Standard
		if token.Asset.Coin == "USDT" && real.ID == chain.Ethereum.ID {
			code = contracts.NoReturn
		}
		at := e.Deploy(code, string(token.Asset.Coin), token.Asset.Decimals)
		e.tokens[token.Asset.Coin] = at
		e.Call(gethnode.Wallet, at, nil, "mint", gethnode.Wallet.Address(), new(big.Int).Lsh(big.NewInt(1), 100))
		e.net.Tokens = append(e.net.Tokens, e.listed(token.Asset.Coin, token.Asset.Decimals))
	}
	for _, token := range real.Unaccepted[:1] { // WBTC of 8 decimals, WBNB of 18
		e.tokens[token.Asset.Coin] = e.Deploy(contracts.Standard, string(token.Asset.Coin), token.Asset.Decimals)
		e.Call(gethnode.Wallet, e.tokens[token.Asset.Coin], nil, "mint", gethnode.Wallet.Address(), new(big.Int).Lsh(big.NewInt(1), 100))
		e.net.Unaccepted = append(e.net.Unaccepted, e.listed(token.Asset.Coin, token.Asset.Decimals))
	}
	e.Mine(1)
	return e
}

// One 0x address gets what was sent on the network nobody meant, and one legacy
// transaction that is valid on both networks is two payments.
func TestOneLegacyTransactionOnTwoChainsIsTwoDeposits(t *testing.T) {
	t.Parallel()
	first, second := newEVM(t, "one", 1337, "ETH"), newEVM(t, "two", 56, "ETH")
	h := newHost(t, first, func(c *payments.Config) { c.Rails = append(c.Rails, second.rail(t)) })
	to := common.Address([]byte(h.address(voice).Raw))
	raw := gethnode.Replayable(to, big.NewInt(1_000_000_000_000_000))
	for _, node := range []*ethereum{first, second} {
		node.PayFrom(gethnode.Wallet, gethnode.ReplayableFrom(), big.NewInt(1_000_000_000_000_000_000))
		node.Mine(1)
		node.Send(raw)
	}
	for range 6 {
		first.Mine(1)
		second.Mine(1)
		h.advance()
	}
	all := h.deposits(voice)
	require.Len(t, all, 2)
	require.Equal(t, all[0].TxID, all[1].TxID, "one transaction")
	require.Equal(t, all[0].Key.ID, all[1].Key.ID)
	require.NotEqual(t, all[0].Key.Network, all[1].Key.Network)
	for _, d := range all {
		require.Equal(t, payments.StateCredited, d.State)
		require.Equal(t, fmt.Sprintf("%x:eth:0x%x:0", raw.Hash(), to), d.Key.ID)
	}
	require.Equal(t, "6.00", h.balance(voice))
}
