package daemon

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Credentials of every daemon.
const (
	User     = "payee"
	Password = "not-a-secret"
)

// Program says how a node program is started.
type Program struct {
	// Name is for logs and folders.
	Name string
	// Path is the executable.
	Path string
	// Args returns the arguments of one run: dir is an empty folder, host and
	// port are where JSON-RPC must answer.
	Args func(dir, host, port string) []string
	// Ready is a method that answers when the program does. Empty: getblockcount.
	Ready string
	// Noise are parts of log lines that tell nothing, such as one for every block.
	Noise []string
}

// Daemon is a running node program. Its methods fail the test unless they return
// an error; they are for one goroutine.
type Daemon struct {
	t testing.TB
	// URL is the JSON-RPC endpoint.
	URL  string
	http *http.Client
}

// Start runs a program until the test ends and waits for its first answer.
func Start(t testing.TB, p Program) *Daemon {
	t.Helper()
	var d *Daemon
	var err error
	for try := range 5 { // the free port may be taken before the program listens on it
		if d, err = start(t, p); err == nil {
			break
		}
		t.Logf("%s, try %d: %v", p.Name, try+1, err)
	}
	require.NoError(t, err)
	return d
}

func start(t testing.TB, p Program) (*Daemon, error) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), p.Name)
	require.NoError(t, err)
	listen, err := FreePort()
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(listen)
	require.NoError(t, err)
	log := filepath.Join(dir, "output")
	output, err := os.Create(log)
	require.NoError(t, err)
	cmd := exec.Command(p.Path, p.Args(dir, host, port)...)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = output, output, dieWithParent()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("daemon: start %s: %w", p.Name, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		_ = output.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log)
			t.Logf("%s's log:\n%s", p.Name, story(text, p.Noise))
		}
	})
	d := &Daemon{t: t, URL: "http://" + listen, http: &http.Client{Timeout: 30 * time.Second}}
	t.Cleanup(d.http.CloseIdleConnections)
	if p.Ready == "" {
		p.Ready = "getblockcount"
	}
	return d, d.answers(p.Ready, ended)
}

// answers waits until the daemon answers, with a deadline.
func (d *Daemon) answers(method string, ended chan error) error {
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		err := d.Try(nil, method)
		if err == nil {
			return nil
		}
		select {
		case <-poll.C:
		case got := <-ended:
			ended <- got
			return fmt.Errorf("daemon: the program ended: %w", got)
		case <-deadline.C:
			return fmt.Errorf("daemon: no answer in time: %w", err)
		}
	}
}

// handedOut are the addresses FreePort has returned. Programs that start at the
// same time must not get one address: each would take the other for itself.
var handedOut sync.Map

// FreePort returns an address of this machine that nobody listens on now, never
// the same twice.
func FreePort() (string, error) {
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		free := l.Addr().String()
		_ = l.Close() // nothing was written
		if _, taken := handedOut.LoadOrStore(free, true); !taken {
			return free, nil
		}
	}
}

// story is the end of a log, without the many blocks every chain begins with.
func story(log []byte, noise []string) []byte {
	lines := slices.DeleteFunc(bytes.Split(log, []byte("\n")), func(line []byte) bool {
		return slices.ContainsFunc(noise, func(part string) bool { return bytes.Contains(line, []byte(part)) })
	})
	return bytes.Join(lines[max(0, len(lines)-40):], []byte("\n"))
}
