package litecoinnode

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/internal/e2e/daemon"
)

// program is started directly: the litecoind in Debian's PATH is a shell script
// that makes a configuration in the home folder.
const program = "/usr/lib/litecoin/litecoind"

const (
	// funded is how many coinbases the payer has. They lie so deep that no test
	// makes them too young again.
	funded = 30
	// mwebHeight is where regtest's MWEB begins. Its first block must hold a
	// payment into it.
	mwebHeight = 432
	// undoable is how many blocks may be undone without touching that one.
	undoable = 18
)

// How long nodes may take to do as told, and how often they are asked.
const (
	eventually = 30 * time.Second
	soon       = 50 * time.Millisecond
)

// Node is a running litecoind. Its methods fail the test; they are for one
// goroutine.
type Node struct {
	*daemon.Daemon
	t                   testing.TB
	payer, private, own *daemon.Daemon
	peer                string // where the other of a pair listens
	kind                string // of addresses
}

// Start runs a node with a chain of 450 blocks. Its payers have 1,500 LTC in
// ordinary coins and 49 in the MWEB.
func Start(t testing.TB) *Node {
	t.Helper()
	n := start(t, arguments)
	n.private = n.wallet("private")
	n.Call(nil, "generatetoaddress", 1, address(n.private, "bech32"))
	n.Call(nil, "generatetoaddress", funded, address(n.payer, "bech32"))
	n.Call(nil, "generatetodescriptor", mwebHeight-2-funded, burnt())
	n.private.Call(nil, "sendtoaddress", address(n.private, "mweb"), 49)
	n.Mine(1 + undoable)
	require.Equal(t, mwebHeight+undoable, n.Height())
	return n
}

// StartPlain runs a node with a chain of 180 blocks, far below MWEB, that shows
// blocks and transactions without witnesses, as a node that knows none does. Its
// payer has 1,500 LTC.
func StartPlain(t testing.TB) *Node {
	t.Helper()
	n := start(t, func(dir, host, port string) []string {
		return append(arguments(dir, host, port), "-rpcserialversion=0")
	})
	n.kind = "legacy"
	n.Call(nil, "generatetoaddress", funded, address(n.payer, "legacy"))
	n.Call(nil, "generatetodescriptor", 150, burnt())
	return n
}

// start runs a node with an empty chain and its wallets.
func start(t testing.TB, arguments func(dir, host, port string) []string) *Node {
	t.Helper()
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("COINTILL_REQUIRE") == "1" {
			t.Fatal("litecoind is not installed:", err)
		}
		t.Skip("litecoind is not installed; make tools installs it:", err)
	}
	n := &Node{t: t, kind: "bech32", Daemon: daemon.Start(t, daemon.Program{
		Name: "litecoind", Path: program, Args: arguments, Noise: []string{"keypool", "Fee ", "InvalidChainFound", "PrioritiseTransaction", "UpdateTip", "CreateNewBlock", "AddToWallet"}})}
	n.payer, n.own = n.wallet("payer"), n.wallet("own")
	return n
}

func arguments(dir, host, port string) []string {
	return []string{
		"-regtest", "-datadir=" + dir, "-server", "-listen=0", "-dnsseed=0", "-rpcbind=" + host, "-rpcallowip=" + host,
		"-rpcport=" + port, "-rpcuser=" + daemon.User, "-rpcpassword=" + daemon.Password,
		"-fallbackfee=0.0002", "-keypool=5", "-dbcache=8", "-par=1", "-txindex=1", "-rpcworkqueue=256", "-printtoconsole", "-debuglogfile=0",
	}
}

func (n *Node) wallet(name string) *daemon.Daemon {
	n.t.Helper()
	n.Call(nil, "createwallet", name)
	return n.At("/wallet/" + name)
}

func address(wallet *daemon.Daemon, kind string) (text string) {
	wallet.Call(&text, "getnewaddress", "", kind)
	return text
}
