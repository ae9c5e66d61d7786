package cointill_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/cointill/cointill/"

// listed is what `go list` says of one package.
type listed struct {
	ImportPath   string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Standard,Imports,TestImports,XTestImports,Deps"}, args...)...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("go list: %s", exit.Stderr)
	}
	require.NoError(t, err)
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
}

// fence keeps a dependency where the design put it.
type fence struct {
	dep    string
	only   []string // packages of this module that may link it, by prefix
	reason string
}

var fences = []fence{
	{"github.com/ethereum/go-ethereum", []string{"chain/evm"},
		"it is large and LGPL: a host that takes only Bitcoin must not link it"},
	{"github.com/tyler-smith/go-bip32", []string{"chain/hd"},
		"it derives wrong keys without the guards of that package"},
	{"golang.org/x/sync", []string{"rates/exchange", "chain/evm"}, "only what fetches over the network needs it"},
	{"golang.org/x/time", []string{"rates/exchange"}, "price sources alone need it"},
	{"testing", []string{"payments/storetest", "chain/chaintest"},
		"simulators and the engine are linked into programs; suites alone may need it"},
	{"modernc.org/sqlite", nil, "the host chooses and links its own driver"},
	{"github.com/jackc/pgx", []string{"payments/pgstore"}, "the host links it with that store only"},
}

func TestHeavyDependenciesStayBehindTheirFences(t *testing.T) {
	for _, p := range list(t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		if strings.HasPrefix(name, "examples/") {
			continue // programs choose their own parts; see the next test
		}
		for _, f := range fences {
			if slices.ContainsFunc(f.only, func(o string) bool { return name == o || strings.HasPrefix(name, o+"/") }) {
				continue
			}
			for _, dep := range p.Deps {
				require.False(t, dep == f.dep || strings.HasPrefix(dep, f.dep+"/") && f.dep != "testing",
					"%s links %s: %s", name, dep, f.reason)
			}
		}
	}
}

// core packages link one third-party package, and their tests no driver: a
// host's go.sum would grow by everything their tests import.
var core = []string{"payments", "payments/money", "chain", "rates", "ledger", "invoice", "bitpay"}

func TestTheCoreLinksDecimalAlone(t *testing.T) {
	for _, name := range core {
		p := list(t, module+name)[0]
		for _, dep := range p.Deps {
			if strings.Contains(strings.Split(dep, "/")[0], ".") && !strings.HasPrefix(dep, module) {
				require.Equal(t, "github.com/shopspring/decimal", dep, "%s links it", name)
			}
		}
		for _, dep := range slices.Concat(p.TestImports, p.XTestImports) {
			for _, driver := range []string{"modernc.org/sqlite", "github.com/jackc/pgx", "github.com/ethereum/go-ethereum"} {
				require.False(t, strings.HasPrefix(dep, driver), "a test of %s imports %s", name, dep)
			}
		}
	}
}

// below lists what each package of the core may import of this module: arrows
// point down only.
var below = map[string][]string{
	"payments/money": {},
	"chain":          {"payments/money"},
	"rates":          {"payments/money"},
	"ledger":         {"payments/money"},
	"invoice":        {"payments/money"},
	"payments":       {"payments/money", "chain", "rates", "ledger", "invoice", "bitpay"},
	"chain/utxo":     {"payments/money", "chain"},
	"chain/evm":      {"payments/money", "chain"},
	"chain/address":  {"payments/money", "chain", "chain/address/base58"},
	"chain/hd":       {"payments/money", "chain", "chain/address", "chain/address/base58"},
	"chain/chainsim": {"payments/money", "chain", "chain/address"},
	"rates/exchange": {"payments/money", "rates"}, "rates/chainlink": {"payments/money", "rates"},
	"bitpay": {"payments/money"}, "bitpay/bitauth": {"chain/address/base58"},
	// never bitpay: two readings of one API must be able to disagree
	"bitpay/bitpaysim": {"payments/money", "chain/address/base58"},
}

func TestArrowsPointDownOnly(t *testing.T) {
	for name, allowed := range below {
		for _, p := range list(t, module+name) {
			for _, dep := range p.Imports {
				if strings.HasPrefix(dep, module) {
					require.Contains(t, allowed, strings.TrimPrefix(dep, module), "%s imports it", name)
				}
			}
		}
	}
}
