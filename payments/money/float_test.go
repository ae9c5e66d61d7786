package money_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// floaty are the names by which a floating point number comes into a program.
// Declaring or calling one of them is refused wherever it stands.
var floaty = map[string]string{
	"float32":                  "a binary fraction cannot hold 0.1",
	"float64":                  "a binary fraction cannot hold 0.1",
	"complex128":               "a pair of binary fractions",
	"ParseFloat":               "parse with money.ParseDecimal",
	"FormatFloat":              "write the decimal's own text",
	"NewFromFloat":             "hides what was lost before: parse the text",
	"NewFromFloat32":           "hides what was lost before: parse the text",
	"NewFromFloatWithExponent": "hides what was lost before: parse the text",
	"NewFromBigFloat":          "hides what was lost before: parse the text",
	"InexactFloat64":           "loses digits",
	"Float64":                  "loses digits: keep the number as text or integer",
	"Float32":                  "loses digits: keep the number as text or integer",
	"SetFloat64":               "takes a binary fraction",
	"NewFloat":                 "takes a binary fraction",
}

// floats lists where a file uses floating point, with the reason why not. What a
// benchmark reports (testing.B.ReportMetric) is a measurement and no money.
func floats(files *token.FileSet, f *ast.File) []string {
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "ReportMetric" {
				return false
			}
		case *ast.Ident:
			if why, ok := floaty[n.Name]; ok {
				found = append(found, fmt.Sprintf("%s: %s: %s", files.Position(n.Pos()), n.Name, why))
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT || n.Kind == token.IMAG {
				found = append(found, fmt.Sprintf("%s: %s: an untyped constant that becomes a float64", files.Position(n.Pos()), n.Value))
			}
		}
		return true
	})
	return found
}

// TestNoFloatTouchesMoney reads the module's own source. Only tests are left
// out, and modules of their own (internal/e2e, internal/bench), which nobody
// imports.
func TestNoFloatTouchesMoney(t *testing.T) {
	root := filepath.Join("..", "..")
	files, read := token.NewFileSet(), 0
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, own := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (own == nil || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		read++
		found = append(found, floats(files, f)...)
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, read, 50, "the module's source was not found")
	require.Empty(t, found, "no floating point number may stand near money")
}

func TestFloatsAreFoundInEveryDisguise(t *testing.T) {
	for _, body := range []string{
		"var x float64", "type T struct{ X float32 }", "var x = 1.5", "var x = 1e3", `x, _ := strconv.ParseFloat("1", 64)`,
		"x := decimal.NewFromFloat(y)", "x := d.InexactFloat64()", "x, _ := n.Float64()", "var m map[string]*float64",
	} {
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, "x.go", "package x\nfunc _() {\n"+body+"\n}", 0)
		require.NoError(t, err)
		require.Len(t, floats(files, f), 1, body)
	}
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, "x.go", "package x\n// float64 in words\nvar x = \"float64 1.5\"\n", parser.ParseComments)
	require.NoError(t, err)
	require.Empty(t, floats(files, f))
	f, err = parser.ParseFile(files, "x.go", "package x\nfunc _() { b.ReportMetric(float64(n), \"credits/s\") }", 0)
	require.NoError(t, err)
	require.Empty(t, floats(files, f))
}
