package utxo

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// seen gathers what a matcher is asked; hit says what to match.
type seen struct {
	hit     bool
	scripts []string
	ops     []chain.Outpoint
}

func (s *seen) Address(raw []byte) bool         { s.scripts = append(s.scripts, string(raw)); return s.hit }
func (s *seen) Outpoint(op chain.Outpoint) bool { s.ops = append(s.ops, op); return s.hit }

type none struct{}

func (none) Address([]byte) bool          { return false }
func (none) Outpoint(chain.Outpoint) bool { return false }

// spendTx writes a segwit transaction with outputs of 1, 2, … satoshi.
func spendTx(ops []chain.Outpoint, scripts []string, witness bool) []byte {
	size := func(b []byte, n int) []byte {
		if n < 0xfd {
			return append(b, byte(n))
		}
		return binary.LittleEndian.AppendUint16(append(b, 0xfd), uint16(n))
	}
	b := []byte{2, 0, 0, 0}
	if witness {
		b = append(b, 0, 1)
	}
	b = size(b, len(ops))
	for _, op := range ops {
		h := op.TxID
		slices.Reverse(h[:])
		b = binary.LittleEndian.AppendUint32(append(b, h[:]...), op.Vout)
		b = append(b, 0, 255, 255, 255, 255)
	}
	b = size(b, len(scripts))
	for i, s := range scripts {
		b = binary.LittleEndian.AppendUint64(b, uint64(i+1))
		b = append(size(b, len(s)), s...)
	}
	for range ops {
		if witness {
			b = append(append(append(b, 2, 72), make([]byte, 72)...), 1, 7)
		}
	}
	return append(b, 0, 0, 0, 0)
}

func mineBlock(parent chain.Hash, txs ...[]byte) []byte {
	m := merkle{}
	for _, raw := range txs {
		if _, err := walkTx(form{flags: 1}, raw, &m); err != nil {
			panic(err)
		}
	}
	root, _ := m.root()
	slices.Reverse(parent[:])
	b := append([]byte{0, 0, 0, 32}, parent[:]...)
	b = append(append(b, root[:]...), make([]byte, 12)...)
	b = binary.LittleEndian.AppendUint16(append(b, 0xfd), uint16(len(txs)))
	if len(txs) < 0xfd {
		b = append(b[:80], byte(len(txs)))
	}
	return append(b, slices.Concat(txs...)...)
}

var coinbase = spendTx([]chain.Outpoint{{Vout: 1<<32 - 1}}, []string{"miner"}, true)

func hashOf(raw []byte) chain.Hash { return printed(hash256(raw[:80])) }

// stub is a node over a chain of raw blocks.
type stub struct {
	blocks [][]byte
	btcd   bool
	wreck  func(http.ResponseWriter, []byte) []byte // changes the answer, nil: hijacked
}

func (n *stub) one(method string, p []any) (any, *fault) {
	at := func(h string) []byte {
		for _, b := range n.blocks {
			if hashOf(b).String() == h {
				return b
			}
		}
		return nil
	}
	switch method {
	case "getblockhash":
		if i := int(p[0].(float64)); i < len(n.blocks) {
			return hashOf(n.blocks[i]).String(), nil
		}
		if n.btcd {
			return nil, &fault{-1, "Block number out of range"}
		}
		return nil, &fault{-8, "Block height out of range"}
	case "getblock", "getblockheader":
		b := at(p[0].(string))
		if b == nil {
			return nil, &fault{-5, "Block not found"}
		}
		if method == "getblockheader" {
			return hex.EncodeToString(b[:80]), nil
		}
		if _, ok := p[1].(bool); !ok && n.btcd {
			return nil, &fault{-1, "JSON value is not a boolean as expected"}
		}
		return hex.EncodeToString(b), nil
	case "getblockchaininfo":
		if n.btcd {
			return nil, &fault{-1, "Command unimplemented"}
		}
		top := len(n.blocks) - 1
		return map[string]any{"blocks": top, "headers": top + 3, "bestblockhash": hashOf(n.blocks[top]).String()}, nil
	case "getblockcount":
		return len(n.blocks) - 1, nil
	case "getrawmempool":
		return []string{strings.Repeat("ab", 32), hashTx(coinbase).String()}, nil
	case "getrawtransaction":
		if p[0] == hashTx(coinbase).String() {
			return hex.EncodeToString(coinbase), nil
		}
		return nil, &fault{-5, "No information available about transaction"}
	}
	return nil, &fault{-32601, "Method not found"}
}

func hashTx(raw []byte) chain.Hash {
	t, err := walkTx(form{flags: 1}, raw, nobody{})
	if err != nil {
		panic(err)
	}
	return printed(new(hasher).id(t))
}

func (n *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	type call struct {
		ID     int
		Method string
		Params []any
	}
	var body json.RawMessage
	_ = json.NewDecoder(r.Body).Decode(&body)
	var calls []call
	lone := body[0] == '{'
	if lone {
		body = slices.Concat([]byte("["), body, []byte("]"))
	}
	_ = json.Unmarshal(body, &calls)
	var out []any
	for _, c := range slices.Backward(calls) { // batches are answered in reverse
		res, f := n.one(c.Method, c.Params)
		out = append(out, map[string]any{"id": c.ID, "result": res, "error": f})
	}
	ans, _ := json.Marshal(out)
	if lone {
		ans, _ = json.Marshal(out[0])
	}
	w.Header().Set("Content-Type", "application/json")
	if n.wreck != nil {
		ans = n.wreck(w, ans)
	}
	_, _ = w.Write(ans)
}

func chainOf(n int) [][]byte {
	var out [][]byte
	parent := chain.Hash{}
	for i := range n {
		op := chain.Outpoint{TxID: chain.Hash{1, byte(i)}, Vout: 3}
		b := mineBlock(parent, coinbase, spendTx([]chain.Outpoint{op}, []string{"to-us", ""}, i%2 == 0))
		out, parent = append(out, b), hashOf(b)
	}
	return out
}

const canary = "s3cr3t-canary"

func open(t *testing.T, n *stub) *Source {
	srv := httptest.NewServer(n)
	t.Cleanup(srv.Close)
	net := chain.BitcoinRegtest
	net.Genesis = hashOf(n.blocks[0]).String()
	s, err := NewSource(net, RPC{URL: srv.URL + "/" + canary + "path", User: "user", Password: canary})
	require.NoError(t, err)
	return s
}

func TestSourceFollowsBothDialects(t *testing.T) {
	for _, btcd := range []bool{false, true} {
		n := &stub{blocks: chainOf(12), btcd: btcd}
		s, ctx := open(t, n), context.Background()
		head, err := s.Head(ctx)
		require.NoError(t, err)
		require.Equal(t, uint64(11), head.Height)
		require.Equal(t, hashOf(n.blocks[10]), head.Parent)
		require.Equal(t, !btcd, head.Syncing)
		_, err = s.AnchorAt(ctx, 12)
		require.ErrorIs(t, err, chain.ErrNotFound)
		_, err = s.AnchorAt(ctx, 1<<32)
		require.ErrorIs(t, err, chain.ErrNotFound)
		r, err := s.Linked(ctx, 1, 11)
		require.NoError(t, err)
		require.Len(t, r.Anchors(), 11)
		m := &seen{hit: true}
		found, err := r.Match(ctx, m)
		require.NoError(t, err)
		again, err := r.Match(ctx, m)
		require.NoError(t, err)
		require.Equal(t, found, again)
		require.Len(t, found.Transfers, 33) // miner, to-us and "" in each block
		require.Len(t, found.Spends, 11)    // the null input is not asked for
		require.True(t, found.Transfers[0].Coinbase)
		require.Empty(t, found.Transfers[0].Inputs)
		x := found.Transfers[1]
		require.Equal(t, x.TxID.String()+":0", x.ID)
		require.Equal(t, money.Units(chain.BitcoinRegtest.Native, 1), x.Amount)
		require.Equal(t, []chain.Outpoint{{TxID: chain.Hash{1, 1}, Vout: 3}}, x.Inputs)
		require.Equal(t, x.TxID, found.Spends[0].TxID)
		require.Equal(t, r.Anchors()[0], x.Block)
		ids, err := s.Mempool(ctx)
		require.NoError(t, err)
		u, err := s.Unmined(ctx, ids)
		require.NoError(t, err)
		found, err = u.Match(ctx, m)
		require.NoError(t, err)
		require.Len(t, found.Transfers, 1)
		require.True(t, found.Transfers[0].Block.IsZero())
	}
}

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
		"oversize":      {func(w http.ResponseWriter, _ []byte) []byte { return make([]byte, maxBody+1) }, chain.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			n := &stub{blocks: chainOf(3)}
			s := open(t, n)
			n.wreck = c.wreck
			_, err := s.Head(context.Background())
			require.ErrorIs(t, err, c.want)
			require.NotContains(t, err.Error(), canary)
			n.wreck = nil // the next question finds a sound node again
			_, err = s.Head(context.Background())
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
		"wrong parent":    {func(n *stub) { n.blocks[2] = mineBlock(chain.Hash{9}, coinbase) }, chain.ErrUnavailable},
		"doubled transactions": {func(n *stub) {
			b := mineBlock(hashOf(n.blocks[1]), coinbase, spendTx([]chain.Outpoint{{}}, []string{"x"}, false), spendTx([]chain.Outpoint{{}}, []string{"y"}, false))
			last := spendTx([]chain.Outpoint{{}}, []string{"y"}, false)
			b[80] = 4
			n.blocks[2] = append(b, last...)
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
			n := &stub{blocks: chainOf(3)}
			s := open(t, n)
			c.lie(n)
			_, err := s.Linked(context.Background(), 1, 2)
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestNewSourceRefusesConfiguration(t *testing.T) {
	for _, u := range []string{"", "ftp://h", "http://", "http://%zz:" + canary + "@h", "http://u:" + canary + "@h#f"} {
		_, err := NewSource(chain.Bitcoin, RPC{URL: u})
		var bad *ConfigError
		require.ErrorAs(t, err, &bad)
		require.NotContains(t, err.Error(), canary)
	}
	_, err := NewSource(chain.Ethereum, RPC{URL: "http://h"})
	require.Error(t, err)
	s, err := NewSource(chain.Bitcoin, RPC{URL: "http://u:" + canary + "@h:1/p"})
	require.NoError(t, err)
	require.Equal(t, "h:1", s.Name())
}

func TestWalkShowsExactlyWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want seen
		txs := [][]byte{coinbase}
		want.scripts = append(want.scripts, "miner")
		for range rapid.IntRange(0, 5).Draw(t, "txs") {
			var ops []chain.Outpoint
			for range rapid.IntRange(1, 300).Draw(t, "inputs") {
				ops = append(ops, chain.Outpoint{TxID: chain.Hash{byte(len(ops)), 1}, Vout: rapid.Uint32().Draw(t, "vout")})
			}
			scripts := rapid.SliceOfN(rapid.StringN(0, 300, 300), 1, 5).Draw(t, "scripts")
			txs = append(txs, spendTx(ops, scripts, rapid.Bool().Draw(t, "witness")))
			want.ops, want.scripts = append(want.ops, ops...), append(want.scripts, scripts...)
		}
		raw := mineBlock(chain.Hash{}, txs...)
		got := &seen{}
		require.NoError(t, walk(form{flags: 1}, raw, &finder{matcher: got}))
		require.Equal(t, want.scripts, got.scripts)
		require.Equal(t, want.ops, got.ops)
		cut := rapid.IntRange(0, len(raw)-1).Draw(t, "cut")
		require.ErrorIs(t, walk(form{flags: 1}, raw[:cut], nobody{}), chain.ErrMalformed)
		require.ErrorIs(t, walk(form{flags: 1}, append(raw, 0), nobody{}), chain.ErrMalformed)
	})
}

func fullBlock() []byte {
	txs := [][]byte{coinbase}
	for i := range 3200 {
		ops := make([]chain.Outpoint, 2+i%3)
		for j := range ops {
			ops[j] = chain.Outpoint{TxID: chain.Hash{byte(i), byte(i >> 8), byte(j), 1}}
		}
		txs = append(txs, spendTx(ops, slices.Repeat([]string{strings.Repeat("s", 22)}, 2+i%2), true))
	}
	return mineBlock(chain.Hash{}, txs...)
}

func TestMatchWithoutMatchesAllocatesNothing(t *testing.T) {
	raw, f := fullBlock(), &finder{matcher: none{}}
	require.Zero(t, testing.AllocsPerRun(5, func() {
		if walk(form{flags: 1}, raw, f) != nil {
			t.Error("the block was refused")
		}
	}))
}

func BenchmarkMatch(b *testing.B) {
	raw, f := fullBlock(), &finder{matcher: none{}}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := walk(form{flags: 1}, raw, f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	raw, m := fullBlock(), &merkle{}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.verify(form{flags: 1}, raw, hashOf(raw)); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzWalk(f *testing.F) {
	f.Add(chainOf(1)[0], byte(0))
	f.Fuzz(func(t *testing.T, raw []byte, family byte) {
		forms := []form{{flags: 1}, {flags: 9, mweb: true}, {flags: 1, auxPoW: true}}
		if err := walk(forms[int(family)%3], raw, &finder{matcher: &seen{hit: true}}); err != nil {
			require.ErrorIs(t, err, chain.ErrMalformed)
		}
		_, _ = walkTx(forms[int(family)%3], raw, nobody{})
	})
}

func FuzzScannerAgreesWithEncodingJSON(f *testing.F) {
	f.Add([]byte(`[{"id":0,"result":"00","error":null},{"a":[1.5e-3,"\u00e9\n",true]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := scanner{b: text}
		_, err := s.value()
		if strings.Count(string(text), "[")+strings.Count(string(text), "{") < maxDepth {
			require.Equal(t, json.Valid(text), err == nil && s.end())
		}
		_, _ = parseReplies(text, 1)
		_, _ = parseReplies(text, 2)
	})
}

func TestRealBlocksReadAsRecorded(t *testing.T) {
	dir := os.Getenv("COINTILL_DATA")
	if dir == "" {
		t.Skip("COINTILL_DATA names no folder with recorded blocks")
	}
	text, err := os.ReadFile(filepath.Join(dir, "blocks", "expected.json"))
	require.NoError(t, err)
	type recordedTx struct {
		TxID string
		Vout []recordedOutput
	}
	var files map[string]struct {
		recordedTx
		Kind, Hash string
		TxDetail   []recordedTx `json:"tx_detail"`
	}
	require.NoError(t, json.Unmarshal(text, &files))
	require.NotEmpty(t, files)
	for name, want := range files {
		t.Run(name, func(t *testing.T) {
			digits, err := os.ReadFile(filepath.Join(dir, "blocks", name))
			require.NoError(t, err)
			raw, err := hex.DecodeString(strings.TrimSpace(string(digits)))
			require.NoError(t, err)
			fm := form{flags: 9, mweb: true}
			if strings.HasPrefix(name, "doge") {
				fm = form{flags: 1, auxPoW: true}
			}
			got := &recorder{}
			if want.Kind == "block" {
				hash, err := chain.ParseHash(want.Hash)
				require.NoError(t, err)
				_, err = new(merkle).verify(fm, raw, hash)
				require.NoError(t, err)
				require.NoError(t, walk(fm, raw, got))
			} else {
				_, err = walkTx(fm, raw, got)
				require.NoError(t, err)
				want.TxDetail = []recordedTx{want.recordedTx}
			}
			require.Len(t, got.ids, len(want.TxDetail))
			var outs []string
			for i, x := range want.TxDetail {
				require.Equal(t, x.TxID, got.ids[i])
				for _, o := range x.Vout {
					outs = append(outs, money.Units(chain.Bitcoin.Native, o.Value).UnitsText()+" "+o.Script)
				}
			}
			require.Equal(t, outs, got.outs)
		})
	}
}

// recorder keeps what a walk shows.
type recorder struct {
	hasher
	ids, outs []string
}

func (*recorder) input([]byte) {}
func (r *recorder) output(_ uint32, v int64, script []byte) {
	r.outs = append(r.outs, money.Units(chain.Bitcoin.Native, v).UnitsText()+" "+hex.EncodeToString(script))
}
func (r *recorder) end(t tx) { r.ids = append(r.ids, printed(r.id(t)).String()) }

// recordedOutput is written as an object in blocks and as a pair in lone
// transactions.
type recordedOutput struct {
	Value  int64
	Script string
}

func (o *recordedOutput) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, &[]any{&o.Value, &o.Script})
	}
	type plain recordedOutput
	return json.Unmarshal(b, (*plain)(o))
}
