package btcdnode

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// binary builds btcd, once per process; an earlier build that is still good is
// kept by the go command.
var binary = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	path := filepath.Join(cache, "cointill-e2e", "btcd")
	out, err := exec.Command("go", "build", "-o", path, "github.com/btcsuite/btcd").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("btcdnode: build btcd: %w\n%s", err, out)
	}
	return path, nil
})
