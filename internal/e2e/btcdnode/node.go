package btcdnode

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Credentials of every node of this package.
const (
	User     = "payee"
	Password = "not-a-secret"
)

// matured is how many coinbases a fresh node's payer can spend.
const matured = 20

// Node is a running btcd. Its methods fail the test; they are for one goroutine.
type Node struct {
	t testing.TB
	// URL is the JSON-RPC endpoint.
	URL   string
	http  http.Client
	coins []coin
}

// Start runs a node with a chain of 120 blocks and a payer who can make some
// twenty payments.
func Start(t testing.TB) *Node {
	t.Helper()
	program, err := binary()
	require.NoError(t, err)
	var n *Node
	for try := range 5 { // the free port may be taken before btcd listens on it
		if n, err = start(t, program); err == nil {
			break
		}
		t.Logf("btcd, try %d: %v", try+1, err)
	}
	require.NoError(t, err)
	n.call(nil, "generate", 100+matured)
	for h := 1; h <= matured; h++ {
		tx := n.block(n.hashAt(h)).Transactions()[0].MsgTx()
		n.coins = append(n.coins, coin{tx: tx.TxHash(), value: tx.TxOut[0].Value})
	}
	return n
}

func start(t testing.TB, program string) (*Node, error) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "btcd")
	require.NoError(t, err)
	listen, err := freePort()
	if err != nil {
		return nil, err
	}
	config, log := filepath.Join(dir, "btcd.conf"), filepath.Join(dir, "output")
	require.NoError(t, os.WriteFile(config, nil, 0o600))
	output, err := os.Create(log)
	require.NoError(t, err)
	cmd := exec.Command(program, "--configfile="+config, "--regtest", "--notls", "--nolisten", "--nodnsseed",
		"--datadir="+filepath.Join(dir, "data"), "--logdir="+filepath.Join(dir, "logs"),
		"--rpclisten="+listen, "--rpcuser="+User, "--rpcpass="+Password,
		"--txindex", "--utxocachemaxsize=8", "--miningaddr="+payerAddress.EncodeAddress())
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = output, output, dieWithParent()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("btcdnode: start: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		_ = output.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log)
			t.Logf("btcd's log:\n%s", story(text))
		}
	})
	n := &Node{t: t, URL: "http://" + listen}
	n.http.Timeout = 30 * time.Second
	t.Cleanup(n.http.CloseIdleConnections)
	return n, n.answers(ended)
}

// answers waits until the node answers, with a deadline.
func (n *Node) answers(ended chan error) error {
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		err := n.try(nil, "getblockcount")
		if err == nil {
			return nil
		}
		select {
		case <-poll.C:
		case got := <-ended:
			ended <- got
			return fmt.Errorf("btcdnode: btcd ended: %w", got)
		case <-deadline.C:
			return fmt.Errorf("btcdnode: no answer in time: %w", err)
		}
	}
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// story is the end of a log, without the many blocks every chain begins with.
func story(log []byte) []byte {
	lines := slices.DeleteFunc(bytes.Split(log, []byte("\n")), func(line []byte) bool {
		return bytes.Contains(line, []byte("via CPU miner"))
	})
	return bytes.Join(lines[max(0, len(lines)-40):], []byte("\n"))
}
