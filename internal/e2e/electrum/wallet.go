package electrum

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Wallet is one wallet file in a folder of its own. Its methods fail the test.
type Wallet struct {
	t    testing.TB
	dir  string
	args []string
}

// Create makes a new native SegWit wallet on Bitcoin's regtest.
func Create(t testing.TB) *Wallet {
	t.Helper()
	w := open(t, "--regtest")
	w.run("create")
	return w
}

// Restore opens an extended public key (a wallet that only watches) or private
// key of an account. Options such as "--regtest" choose the network.
func Restore(t testing.TB, key string, options ...string) *Wallet {
	t.Helper()
	w := open(t, options...)
	w.run("restore", key)
	return w
}

func open(t testing.TB, options ...string) *Wallet {
	dir := t.TempDir()
	return &Wallet{t: t, dir: dir, args: append([]string{"--offline", "-D", dir, "-w", filepath.Join(dir, "wallet")}, options...)}
}

func (w *Wallet) run(command string, args ...string) string {
	w.t.Helper()
	cmd := exec.Command("electrum", append(append([]string{command}, args...), w.args...)...)
	cmd.Env = append(cmd.Environ(), "HOME="+w.dir)
	var failed strings.Builder
	cmd.Stderr = &failed
	out, err := cmd.Output()
	require.NoError(w.t, err, "electrum %s: %s", command, failed.String())
	return strings.TrimSpace(string(out))
}

// Key returns the account's extended public key.
func (w *Wallet) Key() string {
	w.t.Helper()
	return w.run("getmpk")
}

// Addresses returns the first receiving addresses, in order.
func (w *Wallet) Addresses() (all []string) {
	w.t.Helper()
	require.NoError(w.t, json.Unmarshal([]byte(w.run("listaddresses", "--receiving")), &all))
	require.GreaterOrEqual(w.t, len(all), 20)
	return all
}

// Learn tells the wallet of a transaction, in hex, that pays it.
func (w *Wallet) Learn(raw string) {
	w.t.Helper()
	w.run("addtransaction", raw)
}

// Pay signs a payment of whole coins, or of all coins with "!", and returns the
// transaction in hex.
func (w *Wallet) Pay(to, coins string) string {
	w.t.Helper()
	return w.run("payto", to, coins, "--fee", "0.00001")
}

// Sign signs a message with an address's key.
func (w *Wallet) Sign(address, message string) string {
	w.t.Helper()
	return w.run("signmessage", address, message)
}

// ReadURI returns what the wallet understands of a payment URI.
func ReadURI(t testing.TB, uri string) (read struct {
	Address string
	Amount  int64 // satoshi
}) {
	t.Helper()
	const program = `import sys, json
from electrum.util import parse_URI
print(json.dumps(parse_URI(sys.argv[1]), default=str))`
	out, err := exec.Command("/usr/bin/python3", "-c", program, uri).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NoError(t, json.Unmarshal(out, &read))
	return read
}
