package utxo_test

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

// bound is the largest answer that is read.
const bound = 64 << 20

func TestSourceRefusesWreckedAnswers(t *testing.T) {
	text := func(s string) func(http.ResponseWriter, []byte) []byte {
		return func(http.ResponseWriter, []byte) []byte { return []byte(s) }
	}
	status := func(code int, kind string) func(http.ResponseWriter, []byte) []byte {
		return func(w http.ResponseWriter, b []byte) []byte {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Location", "/elsewhere?"+canary)
			w.WriteHeader(code)
			return b
		}
	}
	for name, c := range map[string]struct {
		wreck func(http.ResponseWriter, []byte) []byte
		want  error
	}{
		"redirect":      {status(307, "application/json"), chain.ErrUnavailable},
		"unauthorised":  {status(401, "text/plain"), chain.ErrUnavailable},
		"page":          {status(200, "text/html"), chain.ErrUnavailable},
		"busy":          {status(503, "text/plain"), chain.ErrUnavailable},
		"truncated":     {func(_ http.ResponseWriter, b []byte) []byte { return b[:len(b)-2] }, chain.ErrMalformed},
		"empty":         {text(""), chain.ErrMalformed},
		"other id":      {text(`{"id":7,"result":"00"}`), chain.ErrMalformed},
		"no result":     {text(`{"id":0,"result":null,"error":null}`), chain.ErrMalformed},
		"wrong genesis": {text(`{"id":0,"result":"` + strings.Repeat("00", 32) + `"}`), chain.ErrWrongNetwork},
		"echoed secret": {text(`{"id":0,"error":{"code":-1,"message":"` + canary + `"}}`), chain.ErrUnavailable},
		"oversize":      {func(http.ResponseWriter, []byte) []byte { return make([]byte, bound+1) }, chain.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			n := &stub{blocks: utxo.ChainOf(3)}
			s := open(t, n)
			n.wreck = c.wreck
			_, err := s.Head(t.Context())
			require.ErrorIs(t, err, c.want)
			require.NotContains(t, err.Error(), canary)
			n.wreck = nil // the next question finds a sound node again
			_, err = s.Head(t.Context())
			require.NoError(t, err)
		})
	}
}

func TestLinkedRefusesLies(t *testing.T) {
	for name, c := range map[string]struct {
		lie  func(*stub)
		want error
	}{
		"merkle mismatch": {func(n *stub) { b := n.blocks[2]; b[len(b)-1] ^= 1 }, chain.ErrMalformed},
		"wrong parent":    {func(n *stub) { n.blocks[2] = utxo.MineBlock(chain.Hash{9}, utxo.Coinbase) }, chain.ErrUnavailable},
		"doubled transactions": {func(n *stub) {
			x, y := utxo.SpendTx([]chain.Outpoint{{}}, []string{"x"}, false), utxo.SpendTx([]chain.Outpoint{{}}, []string{"y"}, false)
			b := utxo.MineBlock(utxo.HashOf(n.blocks[1]), utxo.Coinbase, x, y)
			b[80] = 4
			n.blocks[2] = append(b, y...)
		}, chain.ErrMalformed},
		"missing reply": {func(n *stub) {
			n.wreck = func(_ http.ResponseWriter, b []byte) []byte {
				if b[0] == '[' {
					return append(b[:strings.LastIndex(string(b), `,{"error"`)], ']')
				}
				return b
			}
		}, chain.ErrUnavailable},
		"hash mismatch": {func(n *stub) {
			from, to := hex.EncodeToString(n.blocks[1]), hex.EncodeToString(n.blocks[2])
			n.wreck = func(_ http.ResponseWriter, b []byte) []byte { return []byte(strings.ReplaceAll(string(b), from, to)) }
		}, chain.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			n := &stub{blocks: utxo.ChainOf(3)}
			s := open(t, n)
			c.lie(n)
			_, err := s.Linked(t.Context(), 1, 2)
			require.ErrorIs(t, err, c.want)
		})
	}
}

// tooLarge refuses to carry more than most blocks in one answer and notes how
// many were asked for.
func tooLarge(n *stub, most int) *[]int {
	var sizes []int
	n.before = func(w http.ResponseWriter, _ *http.Request, calls []call) bool {
		if calls[0].Method != "getblock" {
			return false
		}
		sizes = append(sizes, len(calls))
		if len(calls) <= most {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "67108865")
		_, _ = w.Write([]byte("["))
		return true
	}
	return &sizes
}

func TestABatchTooLargeIsAskedForInParts(t *testing.T) {
	n := &stub{blocks: utxo.ChainOf(40)}
	s := open(t, n)
	sizes := tooLarge(n, 2)
	r, err := s.Linked(t.Context(), 1, 39)
	require.NoError(t, err)
	require.Len(t, r.Anchors(), 39)
	require.Greater(t, (*sizes)[0], 2, "the first batch was refused")
	for i, size := range *sizes {
		if size > 2 {
			require.Less(t, (*sizes)[i+1], size, "the same was asked for again")
		}
	}

	tooLarge(n, 0) // a single block is too large: that is the node's fault
	_, err = s.Linked(t.Context(), 1, 39)
	require.ErrorIs(t, err, chain.ErrMalformed)
	require.ErrorContains(t, err, "larger than")
}

func TestAnAnswerMayBeWrittenWithEscapes(t *testing.T) {
	n := &stub{blocks: utxo.ChainOf(3)}
	s := open(t, n)
	n.wreck = func(_ http.ResponseWriter, b []byte) []byte {
		return []byte(strings.NewReplacer(`"id"`, `"\u0069d"`, `"result"`, `"res\u0075lt"`, `"0`, `"\u0030`, `"1`, `"\u0031`).Replace(string(b)))
	}
	head, err := s.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, utxo.HashOf(n.blocks[2]), head.Hash)
	r, err := s.Linked(t.Context(), 0, 2)
	require.NoError(t, err)
	require.Len(t, r.Anchors(), 3)
	ids, err := s.Mempool(t.Context())
	require.NoError(t, err)
	require.Len(t, ids, 1)
}

func TestAMergedMiningProofIsReadToItsEnd(t *testing.T) {
	n := &stub{blocks: utxo.DogecoinOf(3), dialect: dialects["Dogecoin Core 1.14"]}
	network := dogecoin
	network.Genesis = utxo.HashOf(n.blocks[0]).String()
	s := openOn(t, n, network)
	proof := hex.EncodeToString(utxo.Proof)
	for name, instead := range map[string]string{
		"bytes behind it": proof + "00", "cut short": proof[:len(proof)-2], "another": "00", "a branch without end": proof[:len(proof)-400] + "ff",
	} {
		n.wreck = func(_ http.ResponseWriter, b []byte) []byte {
			return []byte(strings.Replace(string(b), proof, instead, 1))
		}
		_, err := s.AnchorAt(t.Context(), 2)
		require.ErrorIs(t, err, chain.ErrMalformed, name)
	}
	n.wreck = func(_ http.ResponseWriter, b []byte) []byte { return []byte(strings.Replace(string(b), proof, "", 1)) }
	anchor, err := s.AnchorAt(t.Context(), 2)
	require.NoError(t, err, "a node may leave it out")
	require.Equal(t, utxo.HashOf(n.blocks[2]), anchor.Hash)
}
