package utxo_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments/money"
)

// recorded is what another parser read in a real block or transaction.
type recorded struct {
	TxID   string
	CoreID string `json:"core_txid"` // a MWEB transaction's, where it differs
	Vout   []recordedOutput
	Kind   string
	Hash   string
	Prev   string
	Txs    []recorded `json:"tx_detail"`
}

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

// outputs lists what transactions pay, leaving out empty outputs and what the
// MWEB holds or takes in, which is nobody's.
func outputs(txs []recorded) []string {
	out := []string{}
	for _, x := range txs {
		for i, o := range x.Vout {
			if o.Value > 0 && !strings.HasPrefix(o.Script, "5820") && !strings.HasPrefix(o.Script, "5920") {
				out = append(out, fmt.Sprintf("%s:%d %d %s", x.TxID, i, o.Value, o.Script))
			}
		}
	}
	return out
}

func paid(found chain.Found) []string {
	out := []string{}
	for _, x := range found.Transfers {
		out = append(out, fmt.Sprintf("%s %s %x", x.ID, x.Amount.UnitsText(), x.To.Raw))
	}
	return out
}

// readRecorded calls check for every recorded block and transaction.
func readRecorded(t *testing.T, check func(t *testing.T, network chain.Network, raw []byte, want recorded)) {
	dir := os.Getenv("COINTILL_DATA")
	if dir == "" {
		t.Skip("COINTILL_DATA names no folder with recorded blocks")
	}
	text, err := os.ReadFile(filepath.Join(dir, "blocks", "expected.json"))
	require.NoError(t, err)
	var files map[string]recorded
	require.NoError(t, json.Unmarshal(text, &files))
	require.NotEmpty(t, files)
	for name, want := range files {
		t.Run(name, func(t *testing.T) {
			digits, err := os.ReadFile(filepath.Join(dir, "blocks", name))
			require.NoError(t, err)
			raw, err := hex.DecodeString(strings.TrimSpace(string(digits)))
			require.NoError(t, err)
			network := chain.Network{ID: "litecoin-testnet", Family: chain.FamilyLitecoin,
				Native: money.Asset{Coin: "LTC", Network: "litecoin-testnet", Decimals: 8}}
			if strings.HasPrefix(name, "doge") {
				network = chain.Network{ID: "dogecoin", Family: chain.FamilyDogecoin,
					Native: money.Asset{Coin: "DOGE", Network: "dogecoin", Decimals: 8}}
			}
			check(t, network, raw, want)
		})
	}
}

func TestRecordedBlocksOfOtherFamiliesAreReadThroughANode(t *testing.T) {
	readRecorded(t, func(t *testing.T, network chain.Network, raw []byte, want recorded) {
		if want.Kind != "block" {
			return
		}
		network.Genesis = utxo.HashOf(raw).String()
		s, ctx := openOn(t, &stub{blocks: [][]byte{raw}}, network), t.Context()
		r, err := s.Linked(ctx, 0, 0)
		require.NoError(t, err)
		require.Equal(t, want.Hash, r.Anchors()[0].Hash.String())
		require.Equal(t, want.Prev, r.Anchors()[0].Parent.String())
		anchor, err := s.AnchorAt(ctx, 0)
		require.NoError(t, err)
		require.Equal(t, r.Anchors()[0], anchor)
		found, err := r.Match(ctx, everything{})
		require.NoError(t, err)
		require.Equal(t, outputs(want.Txs), paid(found))
		require.Equal(t, network.Native, found.Transfers[0].Amount.Asset())
		require.Equal(t, network.Family, found.Transfers[0].To.Family)

		script, spoilt := []byte(found.Transfers[0].To.Raw), bytes.Clone(raw)
		spoilt[bytes.Index(spoilt, script)] ^= 1
		_, err = openOn(t, &stub{blocks: [][]byte{spoilt}}, network).Linked(ctx, 0, 0)
		require.ErrorIs(t, err, chain.ErrMalformed, "one bit of an output differs")

		network.Family, network.Genesis = chain.FamilyBitcoin, ""
		bitcoin, err := openOn(t, &stub{blocks: [][]byte{raw}}, network).Linked(ctx, 0, 0)
		if err != nil { // blocks without proof or MWEB have Bitcoin's form
			require.ErrorIs(t, err, chain.ErrMalformed)
			return
		}
		found, err = bitcoin.Match(ctx, everything{})
		require.NoError(t, err)
		require.Equal(t, outputs(want.Txs), paid(found))
	})
}

func TestRecordedMempoolTransactionsAreReadThroughANode(t *testing.T) {
	readRecorded(t, func(t *testing.T, network chain.Network, raw []byte, want recorded) {
		if want.Kind != "tx" {
			return
		}
		id := want.TxID
		if want.CoreID != "" {
			id = want.CoreID
		}
		s, ctx := openOn(t, &stub{blocks: utxo.ChainOf(1), pending: map[string][]byte{id: raw}}, network), t.Context()
		ids, err := s.Mempool(ctx)
		require.NoError(t, err)
		u, err := s.Unmined(ctx, ids)
		require.NoError(t, err)
		found, err := u.Match(ctx, everything{})
		require.NoError(t, err)
		require.Equal(t, outputs([]recorded{want}), paid(found))
	})
}
