package chain_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// constants are the networks once more, without their tokens, each value from
// where the network defines it:
//
//   - Bitcoin: kernel/chainparams.cpp (base58Prefixes, bech32_hrp,
//     hashGenesisBlock) and consensus/consensus.h (COINBASE_MATURITY) of Bitcoin
//     Core, DUST_RELAY_TX_FEE of its policy/policy.h; the scheme is BIP21's.
//   - Litecoin: chainparams.cpp (SCRIPT_ADDRESS2 is the version that is written)
//     and consensus/consensus.h (COINBASE_MATURITY, PEGOUT_MATURITY) of Litecoin
//     Core, DUST_RELAY_TX_FEE of its policy/policy.h; the scheme is BITCOIN_IPC_PREFIX of its paymentserver.cpp.
//   - Dogecoin: chainparams.cpp of Dogecoin Core, whose nCoinbaseMaturity is 240
//     from block 145,000; DEFAULT_DUST_LIMIT (0.01) and DEFAULT_HARD_DUST_LIMIT
//     (0.001) of its policy/policy.h; the scheme is that of its paymentserver.cpp.
//   - EVM: params/config.go of go-ethereum and of BNB Chain's bsc; chain ids also
//     in chainid.network's list; the scheme is ERC-681's on every network.
//   - Coin types: SLIP-0044, where every test network of a UTXO chain is 1. Wallets
//     derive BNB Smart Chain and the EVM test networks as Ethereum.
var constants = []chain.Network{
	{
		ID: "bitcoin", Name: "Bitcoin", Family: "bitcoin",
		Genesis:   "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
		Native:    money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 8},
		BlockTime: 600 * time.Second, Address: chain.AddressParams{PubKeyHash: 0, ScriptHash: 5, Bech32: "bc"},
		URIScheme: "bitcoin", CoinType: 0, CoinbaseMaturity: 100, Dust: chain.Dust{FeeRate: 3_000},
	},
	{
		ID: "bitcoin-regtest", Name: "Bitcoin (regtest)", Family: "bitcoin", Test: true,
		Genesis:   "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
		Native:    money.Asset{Coin: "BTC", Network: "bitcoin-regtest", Decimals: 8},
		BlockTime: 600 * time.Second, Address: chain.AddressParams{PubKeyHash: 111, ScriptHash: 196, Bech32: "bcrt"},
		URIScheme: "bitcoin", CoinType: 1, CoinbaseMaturity: 100, Dust: chain.Dust{FeeRate: 3_000},
	},
	{
		ID: "litecoin", Name: "Litecoin", Family: "litecoin",
		Genesis:   "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2",
		Native:    money.Asset{Coin: "LTC", Network: "litecoin", Decimals: 8},
		BlockTime: 150 * time.Second, Address: chain.AddressParams{PubKeyHash: 48, ScriptHash: 50, Bech32: "ltc"},
		URIScheme: "litecoin", CoinType: 2, CoinbaseMaturity: 100, PegOutMaturity: 6, Dust: chain.Dust{FeeRate: 30_000},
	},
	{
		ID: "dogecoin", Name: "Dogecoin", Family: "dogecoin",
		Genesis:   "1a91e3dace36e2be3bf030a65679fe821aa1d6ef92e7c9902eb318182c355691",
		Native:    money.Asset{Coin: "DOGE", Network: "dogecoin", Decimals: 8},
		BlockTime: 60 * time.Second, Address: chain.AddressParams{PubKeyHash: 30, ScriptHash: 22},
		URIScheme: "dogecoin", CoinType: 3, CoinbaseMaturity: 240,
		Dust: chain.Dust{Hard: 100_000, Soft: 1_000_000},
	},
	{
		ID: "ethereum", Name: "Ethereum", Family: "evm", ChainID: 1,
		Native:    money.Asset{Coin: "ETH", Network: "ethereum", Decimals: 18},
		BlockTime: 12 * time.Second, URIScheme: "ethereum", CoinType: 60,
	},
	{
		ID: "bsc", Name: "BNB Smart Chain", Family: "evm", ChainID: 56,
		Native:    money.Asset{Coin: "BNB", Network: "bsc", Decimals: 18},
		BlockTime: 450 * time.Millisecond, URIScheme: "ethereum", CoinType: 60,
	},
	{
		ID: "sepolia", Name: "Ethereum Sepolia", Family: "evm", ChainID: 11155111, Test: true,
		Native:    money.Asset{Coin: "ETH", Network: "sepolia", Decimals: 18},
		BlockTime: 12 * time.Second, URIScheme: "ethereum", CoinType: 60,
	},
	{
		ID: "bsc-testnet", Name: "BNB Smart Chain Testnet", Family: "evm", ChainID: 97, Test: true,
		Native:    money.Asset{Coin: "BNB", Network: "bsc-testnet", Decimals: 18},
		BlockTime: 450 * time.Millisecond, URIScheme: "ethereum", CoinType: 60,
	},
}

func TestEachNetworkHasTheConstantsOfItsChain(t *testing.T) {
	require.Len(t, constants, len(registry))
	for i, n := range registry {
		n.Tokens, n.Unaccepted = nil, nil
		require.Equal(t, constants[i], n)
	}
}

// The parameters of CreateGenesisBlock in each node's chainparams.cpp.
func TestGenesisHashesAreThoseOfTheHeadersInTheNodes(t *testing.T) {
	const satoshi = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
	for _, c := range []struct {
		network           chain.Network
		merkle            string
		time, bits, nonce uint32
	}{
		{chain.Bitcoin, satoshi, 1231006505, 0x1d00ffff, 2083236893},
		{chain.BitcoinRegtest, satoshi, 1296688602, 0x207fffff, 2},
		{chain.Litecoin, "97ddfbbae6be97fd6cdf3e7ca13232a3afff2353e29badfab7f73011edd4ced9", 1317972665, 0x1e0ffff0, 2084524493},
		{chain.Dogecoin, "5b2a3f53f605d62c53e62932dac6925e3d74afa5a4b459745c36d42d0ed26a69", 1386325540, 0x1e0ffff0, 99943},
	} {
		root, err := hex.DecodeString(c.merkle)
		require.NoError(t, err)
		slices.Reverse(root)
		header := append(binary.LittleEndian.AppendUint32(nil, 1), make([]byte, 32)...)
		header = append(header, root...)
		for _, v := range []uint32{c.time, c.bits, c.nonce} {
			header = binary.LittleEndian.AppendUint32(header, v)
		}
		once := sha256.Sum256(header)
		twice := sha256.Sum256(once[:])
		slices.Reverse(twice[:])
		require.Equal(t, hex.EncodeToString(twice[:]), c.network.Genesis, "%s", c.network.ID)
	}
}
