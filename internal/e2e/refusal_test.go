package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments"
)

func TestNodeWithAnotherGenesisIsRefused(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	other := chain.BitcoinRegtest
	other.Genesis = chain.Bitcoin.Genesis
	src := node.source(t, other)
	_, err := src.Head(t.Context())
	require.ErrorIs(t, err, chain.ErrWrongNetwork)
	_, err = src.Mempool(t.Context())
	require.ErrorIs(t, err, chain.ErrWrongNetwork)

	h := newHost(t, node, func(c *payments.Config) {
		c.Rails[0].Network, c.Rails[0].Sources = other, []chain.Source{src}
	})
	refused(t, h)
}

func TestNodeWithAnotherChainIDIsRefused(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "USDT")
	other := node.net
	other.ChainID = 56
	src := node.source(t, other)
	_, err := src.Head(t.Context())
	require.ErrorIs(t, err, chain.ErrWrongNetwork)
	_, err = src.Linked(t.Context(), 1, 2)
	require.ErrorIs(t, err, chain.ErrWrongNetwork)

	h := newHost(t, node, func(c *payments.Config) {
		c.Rails[0].Network, c.Rails[0].Sources = other, []chain.Source{src}
	})
	refused(t, h)
}

// refused checks that the engine takes nothing from the node and says why.
func refused(t *testing.T, h *host) {
	t.Helper()
	_, err := h.p.DepositAddress(h.ctx, voice, h.chain.network())
	require.NoError(t, err)
	require.ErrorIs(t, h.p.Advance(h.ctx), chain.ErrWrongNetwork)
	health, err := h.p.Health(h.ctx)
	require.NoError(t, err)
	require.ErrorIs(t, health.Networks[0].Err, chain.ErrWrongNetwork)
	require.Zero(t, health.Networks[0].Tip)
}

func TestTokenThatIsNotWhatTheHostSaysIsRefused(t *testing.T) {
	t.Parallel()
	node := newEthereum(t, "USDT")
	for name, wrong := range map[string]chain.Token{
		"other decimals": {Asset: node.listed("USDT", 18).Asset, Contract: node.listed("USDT", 18).Contract},
		"no contract":    {Asset: node.listed("USDT", 6).Asset, Contract: chain.Address{Family: chain.FamilyEVM, Raw: "12345678901234567890"}},
	} {
		t.Run(name, func(t *testing.T) {
			n := node.net
			n.Tokens = []chain.Token{wrong}
			_, err := node.source(t, n).Head(t.Context())
			require.Error(t, err)
			require.NotErrorIs(t, err, chain.ErrUnavailable, "trying again does not help")
		})
	}
}

func TestWrongPasswordIsNotInTheError(t *testing.T) {
	t.Parallel()
	node := newBitcoin(t)
	src, err := utxo.NewSource(chain.BitcoinRegtest, utxo.RPC{
		URL: node.URL, User: "somebody", Password: "hunter2-hunter2", HTTP: httpClient(t)})
	require.NoError(t, err)
	_, err = src.Head(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.NotContains(t, err.Error(), "hunter2")
}

// The keys of the tests are the published ones, and give the published addresses.
func TestKeysAreThePublishedVectors(t *testing.T) {
	w, err := hd.OpenWallet(chain.BitcoinRegtest, hd.BIP84, bitcoinKey)
	require.NoError(t, err)
	leaves, err := w.Leaves(0, 1)
	require.NoError(t, err)
	require.Equal(t, "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk", leaves[0].Text)

	sepolia := chain.Ethereum
	sepolia.Test = true
	w, err = hd.OpenWallet(sepolia, hd.BIP44, ethereumKey)
	require.NoError(t, err)
	leaves, err = w.Leaves(0, 1)
	require.NoError(t, err)
	require.Equal(t, "0x9858EfFD232B4033E47d90003D41EC34EcaEda94", leaves[0].Text)
}
