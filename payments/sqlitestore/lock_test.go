package sqlitestore_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/sqlitestore"
)

// lockHolder names the database a child process is to hold the run lock of.
const lockHolder = "SQLITESTORE_TEST_HOLD_LOCK"

func TestMain(m *testing.M) {
	if path := os.Getenv(lockHolder); path != "" {
		holdLock(path)
		return
	}
	os.Exit(m.Run())
}

// holdLock says "held" once it holds the lock, and keeps it until it is killed.
func holdLock(path string) {
	db, err := sql.Open("sqlite", "file:"+path)
	if err == nil {
		var store *sqlitestore.Store
		if store, err = sqlitestore.New(db); err == nil {
			_, err = store.LockRun(context.Background())
		}
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("held")
	var forever [1]byte
	_, _ = os.Stdin.Read(forever[:]) // the parent never writes
}

func TestLockRun_endsWithTheProcessThatHoldsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	store := newStore(t, openDB(t, path))
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), lockHolder+"="+path)
	stdin, err := child.StdinPipe()
	require.NoError(t, err)
	defer func() { _ = stdin.Close() }()
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "held\n", line)

	_, err = store.LockRun(context.Background())
	require.ErrorIs(t, err, payments.ErrAlreadyRunning)

	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait(), "killed")
	unlock, err := store.LockRun(context.Background())
	require.NoError(t, err)
	unlock()
}

func TestLockRun_secondCallInOneProcessIsRefusedUntilUnlock(t *testing.T) {
	file, db := openFile(t)
	sameFile, err := sqlitestore.New(db)
	require.NoError(t, err)
	mem, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	mem.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, mem.Close()) })
	memory := newStore(t, mem)
	for name, pair := range map[string][2]*sqlitestore.Store{
		"same store": {file, file}, "two stores, one file": {file, sameFile}, "in memory": {memory, memory},
	} {
		t.Run(name, func(t *testing.T) {
			unlock, err := pair[0].LockRun(context.Background())
			require.NoError(t, err)
			_, err = pair[1].LockRun(context.Background())
			require.ErrorIs(t, err, payments.ErrAlreadyRunning)
			unlock()
			unlock()
			again, err := pair[1].LockRun(context.Background())
			require.NoError(t, err)
			again()
		})
	}
}
