package btcdnode

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/internal/e2e/daemon"
)

// matured is how many coinbases a fresh node's payer can spend.
const matured = 60

// Node is a running btcd. Its methods fail the test; they are for one goroutine.
type Node struct {
	*daemon.Daemon
	t     testing.TB
	coins []coin
	own   map[string]*btcec.PrivateKey // by script
	// fetched are transactions whose outputs Spend needed.
	fetched map[chainhash.Hash]*wire.MsgTx
}

// Start runs a node with a chain of 160 blocks and a payer who can make some
// sixty payments.
func Start(t testing.TB) *Node {
	t.Helper()
	program, err := binary()
	require.NoError(t, err)
	n := &Node{t: t, own: map[string]*btcec.PrivateKey{}, fetched: map[chainhash.Hash]*wire.MsgTx{}, Daemon: daemon.Start(t, daemon.Program{
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
