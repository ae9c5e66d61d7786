//go:build !linux

package btcdnode

import "syscall"

func dieWithParent() *syscall.SysProcAttr { return nil }
