package utxo_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

// litecoinBlocks returns a chain of a first block and one of the transactions
// with a tail behind them.
func litecoinBlocks(tail string, txs ...[]byte) *stub {
	first := utxo.MineBlock(chain.Hash{}, utxo.Coinbase)
	return &stub{dialect: dialects["Litecoin Core 0.21"],
		blocks: [][]byte{first, append(utxo.MineBlock(utxo.HashOf(first), txs...), tail...)}}
}

func openLitecoin(t *testing.T, n *stub) *utxo.Source {
	network := litecoin
	network.Genesis = utxo.HashOf(n.blocks[0]).String()
	return openOn(t, n, network)
}

func litecoinFound(t *testing.T, n *stub, m chain.Matcher) chain.Found {
	t.Helper()
	r, err := openLitecoin(t, n).Linked(t.Context(), 1, 1)
	require.NoError(t, err)
	f, err := r.Match(t.Context(), m)
	require.NoError(t, err)
	return f
}

var hog = utxo.HogEx([]chain.Outpoint{{TxID: chain.Hash{8}}}, ourScript, "other", ourScript)

func TestPegOutsAreTheLaterOutputsOfTheHogEx(t *testing.T) {
	pay := utxo.SpendTx(from(1), []string{ourScript, utxo.PegIn}, true)
	n := litecoinBlocks("\x01mweb", utxo.SpendTx([]chain.Outpoint{{Vout: 1<<32 - 1}}, []string{ourScript}, true), pay, hog)
	f := litecoinFound(t, n, scripts(ourScript, utxo.HogAddr, utxo.PegIn)) // an overeager matcher
	var origins []chain.Origin
	for _, x := range f.Transfers {
		origins = append(origins, x.Origin)
	}
	require.Equal(t, []chain.Origin{chain.OriginCoinbase, chain.OriginPayment, chain.OriginPegOut, chain.OriginPegOut}, origins)
	id := utxo.TxID(hog).String()
	require.Equal(t, []string{id + ":1", id + ":3"}, ids(f)[2:])
	require.Equal(t, uint64(6), litecoin.Maturity(f.Transfers[2].Origin))
}

func TestAPegOutIsOneThoughTheNodeHidesTheMarker(t *testing.T) {
	bare := append(append(bytes.Clone(hog[:4]), hog[6:len(hog)-5]...), hog[len(hog)-4:]...)
	require.Equal(t, utxo.TxID(hog), utxo.TxID(bare), "the merkle root does not cover the marker")
	f := litecoinFound(t, litecoinBlocks("", utxo.Coinbase, bare), scripts(ourScript))
	require.Equal(t, []chain.Origin{chain.OriginPegOut, chain.OriginPegOut}, []chain.Origin{f.Transfers[0].Origin, f.Transfers[1].Origin})
}

func TestAHogExWhereNoneCanBeIsRefused(t *testing.T) {
	pay := utxo.SpendTx(from(1), []string{ourScript}, true)
	plain := utxo.SpendTx(from(1), []string{ourScript}, false) // marked as a HogEx below
	forged := append(append(append(bytes.Clone(plain[:4]), 0, 8), plain[4:len(plain)-4]...), 0, 0, 0, 0, 0)
	require.Equal(t, utxo.TxID(plain), utxo.TxID(forged))
	for name, n := range map[string]*stub{
		"not the last":          litecoinBlocks("", utxo.Coinbase, hog, pay),
		"the only one":          litecoinBlocks("\x00", hog),
		"without a HogAddr":     litecoinBlocks("\x00", utxo.Coinbase, forged),
		"without a tail":        litecoinBlocks("", utxo.Coinbase, hog),
		"with an unknown tail":  litecoinBlocks("\x02mweb", utxo.Coinbase, hog),
		"with an empty MWEB":    litecoinBlocks("\x01", utxo.Coinbase, hog),
		"tail without a HogEx":  litecoinBlocks("\x01mweb", utxo.Coinbase, pay),
		"bytes behind the tail": litecoinBlocks("\x00\x00", utxo.Coinbase, hog),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openLitecoin(t, n).Linked(t.Context(), 1, 1)
			require.ErrorIs(t, err, chain.ErrMalformed)
		})
	}
}

func TestNothingInTheMempoolIsAPegOut(t *testing.T) {
	id := utxo.TxID(hog)
	n := litecoinBlocks("", utxo.Coinbase)
	n.pending = map[string][]byte{id.String(): hog}
	s := openLitecoin(t, n)
	run, err := s.Unmined(t.Context(), []chain.Hash{id})
	require.NoError(t, err)
	f, err := run.Match(t.Context(), scripts(ourScript))
	require.NoError(t, err)
	require.Len(t, f.Transfers, 2)
	for _, x := range f.Transfers {
		require.Equal(t, chain.OriginPayment, x.Origin)
	}
}

func TestTheHogExIsNoPegOutWhereTheNetworkHasNone(t *testing.T) {
	n := litecoinBlocks("\x01mweb", utxo.Coinbase, hog)
	network := litecoin
	network.Genesis, network.PegOutMaturity = utxo.HashOf(n.blocks[0]).String(), 0
	r, err := openOn(t, n, network).Linked(t.Context(), 1, 1)
	require.NoError(t, err)
	f, err := r.Match(t.Context(), scripts(ourScript))
	require.NoError(t, err)
	require.Equal(t, chain.OriginPayment, f.Transfers[0].Origin)

	bitcoin := utxo.SpendTx(from(1), []string{utxo.HogAddr, ourScript}, true) // anyone may pay to version 8
	g := found(t, chain.BitcoinRegtest, scripts(ourScript, utxo.HogAddr), utxo.Coinbase, bitcoin)
	require.Len(t, g.Transfers, 2, "on Bitcoin it is a script like any other")
	require.Equal(t, chain.OriginPayment, g.Transfers[1].Origin)
}

func TestInspectKnowsAPegOut(t *testing.T) {
	n := litecoinBlocks("\x01mweb", utxo.Coinbase, hog)
	id := utxo.TxID(hog)
	n.index = map[string]mined{id.String(): {raw: hog, block: utxo.HashOf(n.blocks[1]).String()}}
	got, err := openLitecoin(t, n).Inspect(t.Context(), id, scripts(ourScript))
	require.NoError(t, err)
	require.Equal(t, chain.TxMined, got.State)
	require.Len(t, got.Found.Transfers, 2)
	require.Equal(t, chain.OriginPegOut, got.Found.Transfers[0].Origin)
	require.Equal(t, []chain.Address{
		{Family: chain.FamilyLitecoin, Raw: ourScript}, {Family: chain.FamilyLitecoin, Raw: "other"},
	}, got.Recipients, "the HogAddr is nobody's")
}

func TestAnUnprovableTransactionCanPayNobody(t *testing.T) {
	// Its MWEB data gives the id, which is not read; but then it must be empty.
	body := append(append([]byte{0, 1}, 9, 0, 0, 0, 0, 0, 0, 0, byte(len(ourScript))), ourScript...)
	forged := append(append([]byte{2, 0, 0, 0, 0, 8}, body...), 1, 'm', 'w', 0, 0, 0, 0)
	n := litecoinBlocks("", utxo.Coinbase)
	n.pending = map[string][]byte{(chain.Hash{5}).String(): forged}
	_, err := openLitecoin(t, n).Unmined(t.Context(), []chain.Hash{{5}})
	require.ErrorIs(t, err, chain.ErrMalformed)

	n.pending = map[string][]byte{(chain.Hash{5}).String(): {2, 0, 0, 0, 0, 8, 0, 0, 1, 'm', 'w', 0, 0, 0, 0}}
	run, err := openLitecoin(t, n).Unmined(t.Context(), []chain.Hash{{5}})
	require.NoError(t, err)
	f, err := run.Match(t.Context(), everything{})
	require.NoError(t, err)
	require.Empty(t, f)
}

func TestAnOldNodeOfLitecoinsMainNetworkIsRefused(t *testing.T) {
	for version, old := range map[string]bool{
		"/LitecoinCore:0.21.5.3/":           true,
		"/LitecoinCore:0.21.2.1/":           true,
		"/LitecoinCore:0.21.5/":             true,
		"/LitecoinCore:0.18.1(comment)/":    true,
		"/LitecoinCore:0.21.5.4/":           false,
		"/LitecoinCore:0.21.5.5(a; 0.1.0)/": false,
		"/LitecoinCore:0.22.0/":             false,
		"/LitecoinCore:1.0.0/":              false,
		"/LitecoinCore:0.21.5.10/":          false,
		"/ltcwire:0.5.0/ltcd:0.24.0/":       false, // another make: nothing is known of it
		"/LitecoinCore:new/":                false,
		"":                                  false,
	} {
		n := litecoinBlocks("", utxo.Coinbase)
		n.version, n.genesis = version, chain.Litecoin.Genesis
		s := openOn(t, n, chain.Litecoin)
		_, err := s.Head(t.Context())
		if !old {
			require.NoError(t, err, version)
			continue
		}
		require.ErrorIs(t, err, chain.ErrWrongNetwork, version)
		var outdated *utxo.OutdatedError
		require.ErrorAs(t, err, &outdated, version)
		require.Equal(t, "0.21.5.4", outdated.Need)
		require.ErrorContains(t, err, "upgrade it")

		n.version = "/LitecoinCore:0.21.5.5/"
		_, err = s.Head(t.Context())
		require.NoError(t, err, "it was upgraded")
		n.version, n.genesis = version, ""
		_, err = openLitecoin(t, n).Head(t.Context())
		require.NoError(t, err, "a test network is nobody's to forbid")
	}
}

func TestANodeThatDoesNotSayItsReleaseIsTakenAsItIs(t *testing.T) {
	for _, f := range []fault{
		{-32601, "Method not found"}, {-1, "Command unimplemented"}, {-32000, "method not whitelisted"},
		{-32603, "The method getnetworkinfo is not available on your plan"},
	} {
		n := litecoinBlocks("", utxo.Coinbase)
		n.genesis = chain.Litecoin.Genesis
		n.fail = func(c call) *fault {
			if c.Method == "getnetworkinfo" {
				return &f
			}
			return nil
		}
		_, err := openOn(t, n, chain.Litecoin).Head(t.Context())
		require.NoError(t, err, f.Message)
		n.fail = func(c call) *fault {
			if c.Method == "getnetworkinfo" {
				return &fault{-28, "Verifying blocks…"}
			}
			return nil
		}
		_, err = openOn(t, n, chain.Litecoin).Head(t.Context())
		require.ErrorIs(t, err, chain.ErrUnavailable, "it will say so later")
	}
}
