package e2e_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/wire/v2"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments/money"
)

// BenchmarkBlock compares what a full block costs: this library's strict walk
// with a look-up of every output, and btcd's decoding alone, on the same bytes.
//
//	go test -run '^$' -bench Block -count 5 .
func BenchmarkBlock(b *testing.B) {
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	for i := range 3_200 {
		sim.Pay(chainsim.Payment{To: chainsim.Address(sim.Network(), 2*i), Amount: money.Units(sim.Network().Native, 1_000)},
			chainsim.Payment{To: chainsim.Address(sim.Network(), 2*i+1), Amount: money.Units(sim.Network().Native, 2_000)})
	}
	tip := sim.Mine(1)[0]
	server := httptest.NewServer(sim.Core())
	b.Cleanup(server.Close)
	src, err := utxo.NewSource(sim.Network(), utxo.RPC{URL: server.URL})
	require.NoError(b, err)
	run, err := src.Linked(b.Context(), tip.Height, tip.Height)
	require.NoError(b, err)
	raw := rawBlock(b, server.URL, tip.Hash)
	watched := chain.NewWatched()
	for i := range 10_000 {
		watched.AddAddress(chainsim.Address(sim.Network(), 1_000_000+i))
	}
	b.Run("walk and match", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if found, err := run.Match(b.Context(), watched); err != nil || len(found.Transfers) > 0 {
				b.Fatal(found, err)
			}
		}
	})
	b.Run("btcd decode", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			var block wire.MsgBlock
			if err := block.Deserialize(bytes.NewReader(raw)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func rawBlock(b *testing.B, url string, hash chain.Hash) []byte {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url,
		strings.NewReader(`{"jsonrpc":"1.0","id":1,"method":"getblock","params":["`+hash.String()+`",0]}`))
	require.NoError(b, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(b, err)
	defer func() { require.NoError(b, resp.Body.Close()) }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(b, err)
	var answer struct{ Result string }
	require.NoError(b, json.Unmarshal(text, &answer))
	raw, err := hex.DecodeString(answer.Result)
	require.NoError(b, err)
	return raw
}
