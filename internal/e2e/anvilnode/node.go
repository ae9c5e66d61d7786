package anvilnode

import (
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/internal/e2e/contracts"
	"github.com/cointill/cointill/internal/e2e/daemon"
	"github.com/cointill/cointill/internal/e2e/evmpayer"
)

// Node is a running anvil. Its methods fail the test; they are for one goroutine.
type Node struct {
	*daemon.Daemon
	t       testing.TB
	chainID *big.Int
	nonces  map[evmpayer.Payer]uint64
	sent    map[common.Hash]*types.Transaction
}

// Token is a deployed contract.
type Token struct {
	contracts.Contract
	Address common.Address
}

// program returns where the executable of this platform lies.
func program() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	arch := runtime.GOARCH
	path := filepath.Join(cache, "cointill-e2e", "node_modules", "@foundry-rs", "anvil-"+runtime.GOOS+"-"+arch, "bin", "anvil")
	_, err = os.Stat(path)
	return path, err
}

// Start runs a node with a chain id.
func Start(t testing.TB, chainID uint64) *Node {
	t.Helper()
	path, err := program()
	if err != nil {
		if os.Getenv("COINTILL_REQUIRE") == "1" {
			t.Fatal("anvil is not installed:", err)
		}
		t.Skip("anvil is not installed; make tools installs it:", err)
	}
	n := &Node{t: t, chainID: new(big.Int).SetUint64(chainID), nonces: map[evmpayer.Payer]uint64{},
		sent: map[common.Hash]*types.Transaction{}}
	n.Daemon = daemon.Start(t, daemon.Program{Name: "anvil", Path: path, Ready: "eth_chainId", Noise: []string{"eth_", "evm_", "debug_", "trace_"},
		Args: func(_, host, port string) []string {
			return []string{"--host", host, "--port", port, "--chain-id", strconv.FormatUint(chainID, 10),
				"--no-mining", "--slots-in-an-epoch", "1", "--accounts", "1"}
		}})
	for p := range evmpayer.Rich {
		n.Call(nil, "anvil_setBalance", p.Address(), (*hexutil.Big)(evmpayer.Fortune()))
	}
	return n
}

// Height returns the height of the best block.
func (n *Node) Height() uint64 {
	n.t.Helper()
	var height hexutil.Uint64
	n.Call(&height, "eth_blockNumber")
	return uint64(height)
}

// Mine makes n blocks, the first with all that waits.
func (n *Node) Mine(blocks int) {
	n.t.Helper()
	for range blocks {
		n.Call(nil, "evm_mine")
	}
}

// Reorg replaces the last blocks by empty ones, one more than it takes away. What
// they held waits for the next Mine.
func (n *Node) Reorg(depth int) {
	n.t.Helper()
	height := n.Height()
	var held []common.Hash
	for h := height - uint64(depth) + 1; h <= height; h++ {
		var block struct{ Transactions []common.Hash }
		n.Call(&block, "eth_getBlockByNumber", hexutil.Uint64(h), false)
		held = append(held, block.Transactions...)
	}
	n.Call(nil, "anvil_reorg", depth, []any{})
	n.Call(nil, "anvil_dropAllTransactions")
	n.Mine(1)
	require.Equal(n.t, height+1, n.Height())
	for _, id := range held {
		n.send(n.sent[id])
	}
}

// Deploy deploys a contract and mines it.
func (n *Node) Deploy(c contracts.Contract, args ...any) Token {
	n.t.Helper()
	packed, err := c.ABI.Pack("", args...)
	require.NoError(n.t, err)
	at := crypto.CreateAddress(evmpayer.Wallet.Address(), n.nonces[evmpayer.Wallet])
	n.Send(evmpayer.Wallet, nil, nil, append(append([]byte{}, c.Code...), packed...))
	n.Mine(1)
	return Token{c, at}
}

// Invoke sends a transaction that calls a contract's method.
func (n *Node) Invoke(from evmpayer.Payer, c Token, wei *big.Int, method string, args ...any) common.Hash {
	n.t.Helper()
	data, err := c.ABI.Pack(method, args...)
	require.NoError(n.t, err)
	return n.Send(from, &c.Address, wei, data)
}

// Send signs a transaction, sends it and returns its hash.
func (n *Node) Send(from evmpayer.Payer, to *common.Address, wei *big.Int, data []byte) common.Hash {
	n.t.Helper()
	tx := from.Sign(n.chainID, n.nonces[from], to, wei, data)
	n.nonces[from]++
	n.send(tx)
	return tx.Hash()
}

func (n *Node) send(tx *types.Transaction) {
	n.t.Helper()
	raw, err := tx.MarshalBinary()
	require.NoError(n.t, err)
	n.sent[tx.Hash()] = tx
	n.Call(nil, "eth_sendRawTransaction", hexutil.Bytes(raw))
}
