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
	eachGoFile(t, func(path, text string) {
		if strings.HasSuffix(path, "_test.go") {
			source.WriteString(text)
		}
	})
	for file, least := range map[string]int{"CONFORMANCE.md": 25, "README.md": 15} {
		page, err := os.ReadFile(file)
		require.NoError(t, err)
		names := regexp.MustCompile("`((?:Test|Fuzz|Benchmark|Example)[A-Za-z0-9_]+)`").FindAllStringSubmatch(string(page), -1)
		require.Greater(t, len(names), least)
		for _, name := range names {
			require.Contains(t, source.String(), "func "+name[1]+"(", "%s names it", file)
		}
		require.NotRegexp(t, `(?m)^\|.*\n\n\|`, string(page), "a row of %s stands outside its table", file)
	}
}

// A skipped test proves nothing. Where a test may skip, it fails instead under the
// README's test command, or it reads data that a plain clone does not have, or it
// is a child process of another test.
func TestEverySkipIsAFailureUnderTheTestCommand(t *testing.T) {
	skip := regexp.MustCompile(`\b(t|tb|b|f)\.Skip(f|Now)?\(`)
	excuse := regexp.MustCompile(`Getenv\("COINTILL_(REQUIRE|DATA)"\)|LookupEnv\(bugVariable\)`)
	skips := 0
	eachGoFile(t, func(path, text string) {
		if skip.MatchString(text) {
			skips++
			require.Regexp(t, excuse, text, "%s skips without asking whether it may", path)
		}
	})
	require.NotZero(t, skips)
}

func eachGoFile(t *testing.T, visit func(path, text string)) {
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		visit(path, string(text))
		return err
	}))
}
