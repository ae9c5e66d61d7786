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

// A skipped test proves nothing. Where a test may skip, the lines before the skip say
// that it fails instead under the README's test command, or that it reads the shared
// data, which a plain clone does not have, or that another test runs it as a child.
func TestEverySkipFailsUnderTheTestCommandOrWantsSharedData(t *testing.T) {
	skip := regexp.MustCompile(`\b(t|tb|b|f)\.Skip(f|Now)?\(`)
	excuse := regexp.MustCompile(`(?s)Getenv\("COINTILL_REQUIRE"\).*\.Fatal\(|Getenv\("COINTILL_DATA"\)|LookupEnv\(bugVariable\)`)
	skips := 0
	eachGoFile(t, func(path, text string) {
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			if skip.MatchString(line) {
				skips++
				before := strings.Join(lines[max(0, i-5):i], "\n")
				require.Regexp(t, excuse, before, "%s:%d skips without asking whether it may", path, i+1)
			}
		}
	})
	require.Greater(t, skips, 10)
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
