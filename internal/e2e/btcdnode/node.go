package btcdnode

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/internal/e2e/daemon"
)

// matured is how many coinbases a fresh node's payer can spend.
const matured = 20

// Node is a running btcd. Its methods fail the test; they are for one goroutine.
type Node struct {
	*daemon.Daemon
	t     testing.TB
	coins []coin
}

// Start runs a node with a chain of 120 blocks and a payer who can make some
// twenty payments.
func Start(t testing.TB) *Node {
	t.Helper()
	program, err := binary()
	require.NoError(t, err)
	n := &Node{t: t, Daemon: daemon.Start(t, daemon.Program{
		Name: "btcd", Path: program, Args: arguments, Noise: []string{"via CPU miner"}})}
	n.Call(nil, "generate", 100+matured)
	for h := 1; h <= matured; h++ {
		tx := n.block(n.HashAt(h)).Transactions()[0].MsgTx()
		n.coins = append(n.coins, coin{tx: tx.TxHash(), value: tx.TxOut[0].Value})
	}
	return n
}

func arguments(dir, host, port string) []string {
	return []string{
		"--configfile=" + os.DevNull, "--regtest", "--notls", "--nolisten", "--nodnsseed",
		"--datadir=" + filepath.Join(dir, "data"), "--logdir=" + filepath.Join(dir, "logs"),
		"--rpclisten=" + host + ":" + port, "--rpcuser=" + daemon.User, "--rpcpass=" + daemon.Password,
		"--txindex", "--utxocachemaxsize=8", "--miningaddr=" + payerAddress.EncodeAddress(),
	}
}

// block fetches a block; its height is not set.
func (n *Node) block(hash string) *btcutil.Block {
	n.t.Helper()
	var text string
	n.Call(&text, "getblock", hash, 0)
	raw, err := hex.DecodeString(text)
	require.NoError(n.t, err)
	b, err := btcutil.NewBlockFromBytes(raw)
	require.NoError(n.t, err)
	return b
}
