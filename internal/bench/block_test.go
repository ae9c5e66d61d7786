package bench_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/wire/v2"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/utxo"
)

// BenchmarkBlock compares what a full block costs, on the same bytes.
//
// "walk and match" is what a step does with a block that was fetched: the strict
// walk over every byte, a look-up of every outpoint and every output script among
// 100,000 watched addresses and 205 outpoints, and the making of the 20 transfers and 5 spends that are found
// there. Its peer "btcd decode" makes a wire.MsgBlock of the bytes and looks
// nothing up.
//
// "answer to found" begins with the node's answer: JSON, hex, the proof of header
// and merkle root, then walk and match. Its peer does the same steps with
// encoding/json, encoding/hex and btcd, without the look-ups.
//
//	for i in 1 2 3 4 5 6; do go test -run '^$' -bench Block .; done
func BenchmarkBlock(b *testing.B) {
	raw, scripts, spent := fullBlock(b)
	b.Log(describe(raw))
	watched := chain.NewWatched()
	for i := range 100_000 {
		watched.AddAddress(chainsim.Address(chain.BitcoinRegtest, i))
	}
	for _, s := range scripts {
		watched.AddAddress(chain.Address{Family: chain.FamilyBitcoin, Raw: string(s)})
	}
	for _, op := range spent {
		watched.AddOutpoint(op)
	}
	var pending []chain.Outpoint
	for i := range 200 {
		pending = append(pending, chain.Outpoint{TxID: chain.Hash{byte(i), 1}, Vout: uint32(i)})
	}
	watched.SetOutpoints(pending)
	node := newCanned(raw)
	peers := fmt.Appendf(nil, `{"result":"%s","error":null,"id":0}`, node.block)
	src, err := utxo.NewSource(chain.BitcoinRegtest, utxo.RPC{URL: "http://canned", HTTP: &http.Client{Transport: node}})
	require.NoError(b, err)
	run, err := src.Linked(b.Context(), 1, 1)
	require.NoError(b, err)
	match := func(b *testing.B, run chain.Run) {
		found, err := run.Match(b.Context(), watched)
		if err != nil || len(found.Transfers) != len(scripts) || len(found.Spends) != len(spent) {
			b.Fatal(len(found.Transfers), len(found.Spends), err)
		}
	}
	decode := func(b *testing.B, raw []byte) *wire.MsgBlock {
		var block wire.MsgBlock
		if err := block.Deserialize(bytes.NewReader(raw)); err != nil {
			b.Fatal(err)
		}
		return &block
	}
	for _, c := range []struct {
		name string
		once func(b *testing.B)
	}{
		{"walk and match", func(b *testing.B) { match(b, run) }},
		{"btcd decode", func(b *testing.B) { decode(b, raw) }},
		{"answer to found", func(b *testing.B) {
			run, err := src.Linked(b.Context(), 1, 1)
			if err != nil {
				b.Fatal(err)
			}
			match(b, run)
		}},
		{"btcd answer to proof", func(b *testing.B) {
			var answer struct{ Result string }
			if err := json.Unmarshal(peers, &answer); err != nil {
				b.Fatal(err)
			}
			raw, err := hex.DecodeString(answer.Result)
			if err != nil {
				b.Fatal(err)
			}
			if block := decode(b, raw); rootOf(block) != block.Header.MerkleRoot {
				b.Fatal("another root")
			}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				c.once(b)
			}
		})
	}
}

// canned is a node with one block, at height 1. It answers without a network.
type canned struct {
	hash, block string
}

func newCanned(raw []byte) *canned {
	var block wire.MsgBlock
	if err := block.Header.Deserialize(bytes.NewReader(raw)); err != nil {
		panic(err)
	}
	return &canned{hash: block.Header.BlockHash().String(), block: hex.EncodeToString(raw)}
}

// cannedCall is one call of a request.
type cannedCall struct {
	ID     json.Number
	Method string
	Params []any
}

func (c *canned) result(call cannedCall) string {
	switch {
	case call.Method == "getblock":
		return c.block
	case call.Method == "getblockhash" && fmt.Sprint(call.Params) == "[0]":
		return chain.BitcoinRegtest.Genesis
	case call.Method == "getblockhash":
		return c.hash
	}
	panic("no answer to " + call.Method)
}

// RoundTrip answers one call or a list of them. The block's hex is read in place.
func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	opening, closing := "[", "]"
	if !bytes.HasPrefix(asked, []byte("[")) {
		asked, opening, closing = fmt.Appendf(nil, "[%s]", asked), "", ""
	}
	var calls []cannedCall
	if err := json.Unmarshal(asked, &calls); err != nil {
		return nil, err
	}
	said := []string{opening}
	for i, call := range calls {
		if i > 0 {
			said = append(said, ",")
		}
		said = append(said, `{"result":"`, c.result(call), `","error":null,"id":`+call.ID.String()+"}")
	}
	said = append(said, closing)
	var length int64
	var parts []io.Reader
	for _, part := range said {
		length += int64(len(part))
		parts = append(parts, strings.NewReader(part))
	}
	return &http.Response{StatusCode: http.StatusOK, ContentLength: length, Body: io.NopCloser(io.MultiReader(parts...))}, nil
}
