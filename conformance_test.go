package cointill_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the README and CONFORMANCE.md say is proven names the test that proves it.
func TestConformanceNamesTestsThatExist(t *testing.T) {
	var source strings.Builder
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		source.Write(text)
		return err
	}))
	for file, least := range map[string]int{"CONFORMANCE.md": 25, "README.md": 15} {
		page, err := os.ReadFile(file)
		require.NoError(t, err)
		names := regexp.MustCompile("`(Test[A-Za-z0-9_]+)`").FindAllStringSubmatch(string(page), -1)
		require.Greater(t, len(names), least)
		for _, name := range names {
			require.Contains(t, source.String(), "func "+name[1]+"(", "%s names it", file)
		}
	}
}
