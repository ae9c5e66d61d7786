package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the host chooses the driver

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/sqlitestore"
)

// openStore opens the books, in a file of a temporary folder when none is named.
// Closing removes that folder again.
func openStore(ctx context.Context, file string) (store payments.Store, closeStore func(), err error) {
	cleanup := func() {}
	if file == "" {
		dir, err := os.MkdirTemp("", "cointill-portal-")
		if err != nil {
			return nil, nil, fmt.Errorf("portal: temporary folder: %w", err)
		}
		file = filepath.Join(dir, "portal.db")
		cleanup = func() { os.RemoveAll(dir) } // nothing of it is needed again
	}
	if file, err = filepath.Abs(file); err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: filepath.ToSlash(file), RawQuery: "_txlock=immediate"}).String())
	if err != nil {
		cleanup()
		return nil, nil, err
	}
	closeAll := func() {
		db.Close()
		cleanup()
	}
	if err = sqlitestore.Migrate(ctx, db); err == nil {
		store, err = sqlitestore.New(db)
	}
	if err != nil {
		closeAll()
		return nil, nil, errors.Join(errors.New("portal: open the books"), err)
	}
	return store, closeAll, nil
}
