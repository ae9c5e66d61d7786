//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package sqlitestore

import "errors"

// lockFile refuses: a lock that outlived its process, or that two processes could
// hold, would be worse than none.
func lockFile(string) (unlock func(), err error) {
	return nil, errors.New("this operating system has no file lock that ends with its process; run on PostgreSQL instead")
}
