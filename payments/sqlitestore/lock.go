package sqlitestore

import (
	"context"
	"database/sql"
	"fmt"
	"sync"

	"github.com/cointill/cointill/payments"
)

// LockRun implements payments.RunLocker with a lock of the operating system on a
// file beside the database ("<database>-run.lock"). The lock ends with its
// process, however that ends; the file stays and means nothing. A second call
// in one process is refused like one in another. Unlocking twice does nothing.
// A database in memory is locked within its process.
//
// The lock needs a local disk, as WAL mode does.
func (s *Store) LockRun(ctx context.Context) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.path == "" {
		return lockMemory(s.db)
	}
	path := s.path + "-run.lock"
	free, err := lockFile(path)
	if err != nil {
		return nil, fmt.Errorf("sqlitestore: lock %s: %w", path, err)
	}
	return sync.OnceFunc(free), nil
}

// running holds the databases in memory that are run on.
var running struct {
	sync.Mutex
	dbs map[*sql.DB]bool
}

func lockMemory(db *sql.DB) (unlock func(), err error) {
	running.Lock()
	defer running.Unlock()
	if running.dbs[db] {
		return nil, payments.ErrAlreadyRunning
	}
	if running.dbs == nil {
		running.dbs = make(map[*sql.DB]bool)
	}
	running.dbs[db] = true
	return sync.OnceFunc(func() {
		running.Lock()
		defer running.Unlock()
		delete(running.dbs, db)
	}), nil
}
