package sqlitestore

import (
	"errors"
	"syscall"

	"github.com/cointill/cointill/payments"
)

// errSharingViolation is ERROR_SHARING_VIOLATION: another handle is open.
const errSharingViolation = syscall.Errno(32)

// lockFile opens the file without sharing it. Windows closes the handle, and so
// frees the lock, when the process ends.
func lockFile(path string) (unlock func(), err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errSharingViolation) {
		return nil, payments.ErrAlreadyRunning
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = syscall.CloseHandle(h) }, nil
}
