package litecoinnode

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/internal/e2e/daemon"
)

// StartPair runs two nodes of one network, in agreement: the first as Start makes
// it, the second with no coins of its own. Part and Join cut and restore the line
// between them.
func StartPair(t testing.TB) (first, second *Node) {
	t.Helper()
	port, err := daemon.FreePort()
	require.NoError(t, err)
	first = Start(t)
	second = start(t, func(dir, host, rpc string) []string {
		args := slices.DeleteFunc(arguments(dir, host, rpc), func(a string) bool { return a == "-listen=0" })
		return append(args, "-listen", "-bind="+port)
	})
	first.peer = port
	first.Join(second)
	return first, second
}

// Join connects the node to the other of its pair and waits until both are on the
// branch with more work.
func (n *Node) Join(other *Node) {
	n.t.Helper()
	n.Call(nil, "addnode", n.peer, "onetry")
	require.Eventually(n.t, func() bool {
		return n.HashAt(n.Height()) == other.HashAt(other.Height())
	}, eventually, soon, "the nodes do not agree")
}

// Part cuts the line.
func (n *Node) Part() {
	n.t.Helper()
	n.Call(nil, "disconnectnode", n.peer)
	require.Eventually(n.t, func() bool {
		var peers []any
		n.Call(&peers, "getpeerinfo")
		return len(peers) == 0
	}, eventually, soon, "the nodes stay connected")
}
