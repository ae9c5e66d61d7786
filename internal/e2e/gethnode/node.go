package gethnode

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/eth/tracers"
	_ "github.com/ethereum/go-ethereum/eth/tracers/native" // callTracer
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/internal/e2e/evmpayer"
)

// Node is a running go-ethereum. Its methods fail the test; they are for one
// goroutine.
type Node struct {
	t testing.TB
	// URL is the HTTP JSON-RPC endpoint.
	URL     string
	chainID *big.Int
	eth     *eth.Ethereum
	beacon  *catalyst.SimulatedBeacon
	nonces  map[Payer]uint64
	// withheld are the transactions that Undo took off the chain.
	withheld []*types.Transaction
}

// Payer is an account that can pay.
type Payer = evmpayer.Payer

// The rich payers.
const (
	Wallet = evmpayer.Wallet
	Whale  = evmpayer.Whale
)

// Start runs a node with a chain id.
func Start(t testing.TB, chainID uint64) *Node {
	t.Helper()
	n := &Node{t: t, chainID: new(big.Int).SetUint64(chainID), nonces: map[Payer]uint64{}}
	host := node.DefaultConfig
	host.DataDir = "" // in memory
	host.P2P = p2p.Config{NoDiscovery: true, NoDial: true}
	host.HTTPHost, host.HTTPPort, host.AuthPort = "127.0.0.1", 0, 0
	host.HTTPModules = []string{"eth", "net", "web3", "debug"}
	stack, err := node.New(&host)
	require.NoError(t, err)
	n.eth, err = eth.New(stack, n.config(chainID))
	require.NoError(t, err)
	logs := filters.NewFilterSystem(n.eth.APIBackend, filters.Config{})
	stack.RegisterAPIs([]rpc.API{{Namespace: "eth", Service: filters.NewFilterAPI(logs)}})
	stack.RegisterAPIs(tracers.APIs(n.eth.APIBackend))
	require.NoError(t, stack.Start())
	t.Cleanup(func() { _ = stack.Close() })
	n.URL = stack.HTTPEndpoint()
	n.beacon, err = catalyst.NewSimulatedBeacon(0, common.Address{}, n.eth)
	require.NoError(t, err)
	require.NoError(t, n.beacon.Fork(n.eth.BlockChain().GetCanonicalHash(0)))
	return n
}

func (n *Node) config(chainID uint64) *ethconfig.Config {
	rules := *params.AllDevChainProtocolChanges
	rules.ChainID = n.chainID
	alloc := core.SystemContractAllocs()
	for p := range evmpayer.Rich {
		alloc[p.Address()] = types.Account{Balance: evmpayer.Fortune()}
	}
	c := ethconfig.Defaults
	c.NetworkId, c.SyncMode, c.LogNoHistory = chainID, ethconfig.FullSync, true
	c.Genesis = &core.Genesis{Config: &rules, GasLimit: 30_000_000, Alloc: alloc}
	c.NoPruning, c.StateScheme = true, "hash"
	c.TrieCleanCache, c.TrieDirtyCache, c.DatabaseCache = 16, 16, 16
	return &c
}
