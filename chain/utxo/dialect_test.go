package utxo_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

// dialect is how a kind of node takes and refuses calls.
type dialect struct {
	network chain.Network
	chain   func(n int) [][]byte
	// params are the kinds each parameter of a method may have; a method that is
	// not here does not exist.
	params map[string][][]string
	// wrongKind and tooMany refuse parameters.
	wrongKind func(position int, got string, want []string) *fault
	tooMany   fault
	// unimplemented are methods refused with -1.
	unimplemented []string
	aboveHead     fault
	noIndex       string // the text for what only a transaction index would find
	noInitial     bool   // getblockchaininfo says nothing of an initial download
	poolLoads     bool   // getmempoolinfo says whether the mempool is loaded
}

var (
	text    = []string{"string"}
	number  = []string{"number"}
	boolean = []string{"bool"}
	either  = []string{"number", "bool"}
)

// methods are those of Bitcoin Core and its relatives.
func methods(verbosity, transaction []string) map[string][][]string {
	return map[string][][]string{
		"getblockhash": {number}, "getblock": {text, verbosity}, "getblockheader": {text, boolean},
		"getblockchaininfo": {}, "getblockcount": {}, "getmempoolinfo": {}, "getnetworkinfo": {},
		"getrawmempool": {boolean, boolean}, "getrawtransaction": {text, transaction, text},
	}
}

// changed returns methods that some nodes have otherwise.
func changed(m map[string][][]string, other map[string][][]string) map[string][][]string {
	maps.Copy(m, other)
	return m
}

// univalue refuses as Bitcoin Core did before release 24, and what forked off it.
func univalue(_ int, _ string, want []string) *fault {
	return &fault{-1, fmt.Sprintf("JSON value is not a%s as expected",
		map[string]string{"bool": " boolean", "number": "n integer", "string": " string"}[want[0]])}
}

var outOfRange = fault{-8, "Block height out of range"}

const needsIndex = "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries. Use gettransaction for wallet transactions."

// dialects are the kinds of nodes that are supported.
var dialects = map[string]dialect{
	"Bitcoin Core 31": {
		network: chain.BitcoinRegtest, chain: utxo.ChainOf, params: methods(either, either), poolLoads: true,
		wrongKind: func(position int, got string, want []string) *fault {
			return &fault{-3, fmt.Sprintf("Wrong type passed:\n{\n    \"Position %d (verbose)\": \"JSON value of type %s is not of expected type %s\"\n}", position+1, got, want[0])}
		},
		tooMany: fault{-1, "getblock \"blockhash\" ( verbosity )\n\nIf verbosity is 0, …"}, aboveHead: outOfRange, noIndex: needsIndex,
	},
	"Bitcoin Core 22": {
		network: chain.BitcoinRegtest, chain: utxo.ChainOf, params: methods(either, either), poolLoads: true,
		wrongKind: univalue, tooMany: fault{-1, "getblock \"blockhash\" ( verbosity )"}, aboveHead: outOfRange, noIndex: needsIndex,
	},
	"Litecoin Core 0.21": {
		network: litecoin, chain: utxo.LitecoinOf, params: methods(either, either), poolLoads: true,
		wrongKind: univalue, tooMany: fault{-1, "getblock \"blockhash\" ( verbosity )"}, aboveHead: outOfRange, noIndex: needsIndex,
	},
	"Dogecoin Core 1.21": {
		network: dogecoin, chain: utxo.DogecoinOf, params: methods(either, either), poolLoads: true,
		wrongKind: univalue, tooMany: fault{-1, "getblock \"blockhash\" ( verbosity )"}, aboveHead: outOfRange, noIndex: needsIndex,
	},
	"Dogecoin Core 1.14": {
		network: dogecoin, chain: utxo.DogecoinOf, noInitial: true,
		params: changed(methods(boolean, either), map[string][][]string{
			"getrawtransaction": {text, either}, "getrawmempool": {boolean},
		}),
		wrongKind: univalue, tooMany: fault{-1, "getrawtransaction \"txid\" ( verbose )\n\nNOTE: By default this function only works for mempool transactions."},
		aboveHead: outOfRange,
		noIndex:   "No such mempool transaction. Use -txindex to enable blockchain transaction queries. Use gettransaction for wallet transactions.",
	},
	"btcd 0.26": {
		network: chain.BitcoinRegtest, chain: utxo.ChainOf, noInitial: true,
		params:        changed(methods(number, number), map[string][][]string{"getrawtransaction": {text, number}}),
		unimplemented: []string{"getnetworkinfo"}, wrongKind: btcjson,
		tooMany: fault{-32602, "wrong number of params (expected between 1 and 2, received 3)"}, aboveHead: fault{-1, "Block number out of range"},
		noIndex: "The transaction index must be enabled to query the blockchain (specify --txindex)",
	},
	"btcd of old": {
		network: chain.BitcoinRegtest, chain: utxo.ChainOf,
		params: changed(methods(boolean, number), map[string][][]string{
			"getblock": {text, boolean, boolean}, "getrawtransaction": {text, number},
		}),
		unimplemented: []string{"getnetworkinfo", "getblockchaininfo", "getmempoolinfo"}, wrongKind: btcjson,
		tooMany: fault{-32602, "wrong number of params (expected between 1 and 2, received 3)"}, aboveHead: fault{-1, "Block number out of range"},
		noIndex: "The transaction index must be enabled to query the blockchain (specify --txindex)",
	},
}

func btcjson(position int, got string, want []string) *fault {
	kind := map[string]string{"number": "int", "bool": "bool", "string": "string"}[want[0]]
	return &fault{-32602, fmt.Sprintf("parameter #%d 'verbosity' must be type %s (got %s)", position+1, kind, got)}
}

var (
	litecoin = regtest(chain.Litecoin)
	dogecoin = regtest(chain.Dogecoin)
)

// regtest is a network of a family with blocks of the tests' own.
func regtest(n chain.Network) chain.Network {
	n.ID, n.Test = n.ID+"-regtest", true
	n.Native.Network = n.ID
	return n
}

// refuses returns the fault a node of the dialect answers a call with before it
// does anything, nil if it takes the call.
func (d dialect) refuses(c call) *fault {
	if slices.Contains(d.unimplemented, c.Method) {
		return &fault{-1, "Command unimplemented"}
	}
	kinds, ok := d.params[c.Method]
	if !ok {
		return &fault{-32601, "Method not found"}
	}
	if len(c.Params) > len(kinds) {
		return &d.tooMany
	}
	for i, p := range c.Params {
		if got := kindOf(p); !slices.Contains(kinds[i], got) {
			return d.wrongKind(i, got, kinds[i])
		}
	}
	return nil
}

func kindOf(v json.RawMessage) string {
	switch v[0] {
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	case '{', '[':
		return "object"
	}
	return "number"
}

// inEachDialect runs a test against a fresh node of every kind.
func inEachDialect(t *testing.T, blocks int, test func(t *testing.T, n *stub, s *utxo.Source)) {
	for name, d := range dialects {
		t.Run(name, func(t *testing.T) {
			n := &stub{blocks: d.chain(blocks), dialect: d}
			network := d.network
			network.Genesis = utxo.HashOf(n.blocks[0]).String()
			test(t, n, openOn(t, n, network))
		})
	}
}

func TestTheNodeBehindAnAddressMayBecomeAnother(t *testing.T) {
	n := &stub{blocks: utxo.DogecoinOf(5), dialect: dialects["Dogecoin Core 1.14"]}
	network := dogecoin
	network.Genesis = utxo.HashOf(n.blocks[0]).String()
	s, ctx := openOn(t, n, network), t.Context()
	_, err := s.Linked(ctx, 1, 4)
	require.NoError(t, err)

	strict := dialects["Dogecoin Core 1.21"]
	strict.params = methods(number, number) // takes no boolean any more
	n.dialect = strict
	_, err = s.Linked(ctx, 1, 4)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	r, err := s.Linked(ctx, 1, 4)
	require.NoError(t, err, "what was learnt was forgotten with the failed call")
	require.Len(t, r.Anchors(), 4)

	n.dialect = dialects["Dogecoin Core 1.14"]
	_, err = s.Linked(ctx, 1, 4)
	require.NoError(t, err, "a boolean is tried in the same call")
}

func TestWhatWasLearntIsNotAskedAgain(t *testing.T) {
	n := &stub{blocks: utxo.DogecoinOf(5), dialect: dialects["Dogecoin Core 1.14"]}
	network := dogecoin
	network.Genesis = utxo.HashOf(n.blocks[0]).String()
	s, ctx := openOn(t, n, network), t.Context()
	_, err := s.Linked(ctx, 1, 4)
	require.NoError(t, err)
	require.Contains(t, n.refused, "getblock")
	n.refused = nil
	_, err = s.Linked(ctx, 1, 4)
	require.NoError(t, err)
	_, err = s.Head(ctx)
	require.NoError(t, err)
	_, err = s.Mempool(ctx)
	require.NoError(t, err)
	require.Empty(t, n.refused)
}
