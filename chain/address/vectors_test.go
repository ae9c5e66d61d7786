package address_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
)

// sharedVectors is the file of collected vectors: valid rows carry the output
// script, invalid ones the expected reason.
type sharedVectors struct {
	Valid, Invalid []struct {
		Chain, Network, Address, Type, Canonical, Reject, Reason string

		Script string `json:"script_pubkey"`
	}
	Ambiguous []struct {
		Address  string
		ValidFor []string `json:"valid_for"`
	}
	Versions map[string]map[string]struct {
		PubKeyHash string `json:"p2pkh"`
		ScriptHash string `json:"p2sh"`
		Bech32     string `json:"hrp"`
	} `json:"version_table"`
}

func loadShared(t *testing.T) (v sharedVectors) {
	t.Helper()
	dir := os.Getenv("COINTILL_DATA")
	if dir == "" {
		t.Skip("COINTILL_DATA does not name the folder of shared vectors")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "address_vectors.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &v))
	return v
}

// networkOf maps the file's names to networks. The file says testnet for
// Bitcoin's three test networks.
func networkOf(t *testing.T, c, n string) chain.Network {
	t.Helper()
	if n == "" {
		n = "mainnet"
	}
	net, ok := testNetworks[c+"/"+n]
	require.True(t, ok, "no network %s/%s", c, n)
	return net
}

func TestEveryValidSharedVectorParsesAndFormats(t *testing.T) {
	v := loadShared(t)
	require.NotEmpty(t, v.Valid)
	for _, row := range v.Valid {
		n := networkOf(t, row.Chain, row.Network)
		a, err := address.Parse(n, row.Address)
		require.NoError(t, err, "%s/%s %s", row.Chain, row.Network, row.Address)
		require.Equal(t, n.Family, a.Family)
		if row.Script != "" {
			require.Equal(t, row.Script, hex.EncodeToString([]byte(a.Raw)), row.Address)
		}
		want := row.Address
		if row.Canonical != "" {
			want = row.Canonical
		}
		text, err := address.Format(n, a)
		require.NoError(t, err)
		again, err := address.Parse(n, text)
		require.NoError(t, err)
		require.Equal(t, a, again)
		if row.Canonical != "" || row.Type != "p2sh" {
			require.Equal(t, want, text)
		}
	}
}

// advisory is the one reason of the file that is only advice; the others bind.
const advisory = "malformed"

func TestEveryInvalidSharedVectorIsRefusedWithItsReason(t *testing.T) {
	v := loadShared(t)
	require.NotEmpty(t, v.Invalid)
	for _, row := range v.Invalid {
		n := networkOf(t, row.Chain, row.Network)
		a, err := address.Parse(n, row.Address)
		var refused *address.Error
		require.True(t, errors.As(err, &refused), "%s/%s %q gave %s (%s)", row.Chain, row.Network, row.Address, a, row.Reason)
		require.Zero(t, a)
		if row.Reject != advisory {
			require.EqualValues(t, row.Reject, refused.Code, "%s/%s %q (%s)", row.Chain, row.Network, row.Address, row.Reason)
		}
	}
}

// ambiguousFor are the networks that the file's words for an ambiguous address
// mean. Bitcoin Cash is none of ours.
var ambiguousFor = map[string][]string{
	"bitcoin/mainnet p2sh":           {"bitcoin/mainnet"},
	"bitcoin/mainnet p2pkh":          {"bitcoin/mainnet"},
	"litecoin/mainnet p2sh (legacy)": {"litecoin/mainnet"},
	"litecoin/mainnet p2sh (legacy of MHhghmmCTASDnuwpgsPUNJVPTFaj61GzaG)": {"litecoin/mainnet"},
	"bitcoin cash legacy p2sh":               {},
	"bitcoin cash legacy p2pkh":              {},
	"bitcoin testnet/signet/regtest p2pkh":   {"bitcoin/testnet", "bitcoin/regtest"},
	"bitcoin testnet/signet/regtest p2sh":    {"bitcoin/testnet", "bitcoin/regtest"},
	"litecoin testnet/regtest p2pkh":         {"litecoin/testnet", "litecoin/regtest"},
	"litecoin testnet/regtest p2sh (legacy)": {"litecoin/testnet", "litecoin/regtest"},
	"dogecoin regtest p2pkh":                 {"dogecoin/regtest"},
	"dogecoin testnet/regtest p2sh":          {"dogecoin/testnet", "dogecoin/regtest"},
	"bitcoin testnet3":                       {"bitcoin/testnet"},
	"bitcoin testnet4":                       {"bitcoin/testnet"},
	"bitcoin signet":                         {"bitcoin/testnet"},
	"ethereum":                               {"ethereum/mainnet"},
	"bsc":                                    {"bsc/mainnet"},
	"every EVM chain":                        {"ethereum/mainnet", "bsc/mainnet"},
}

func TestEveryAmbiguousSharedVectorIsOneScriptOnAllItsNetworks(t *testing.T) {
	v := loadShared(t)
	require.NotEmpty(t, v.Ambiguous)
	for _, row := range v.Ambiguous {
		scripts, said := map[string]bool{}, map[string]bool{}
		for _, words := range row.ValidFor {
			names, ok := ambiguousFor[words]
			require.True(t, ok, "%s: no network is known for %q", row.Address, words)
			for _, name := range names {
				said[name] = true
				a, err := address.Parse(testNetworks[name], row.Address)
				require.NoError(t, err, "%s on %s", row.Address, name)
				require.Equal(t, testNetworks[name].Family, a.Family)
				scripts[a.Raw] = true
			}
		}
		require.Len(t, scripts, 1, "%s is one script everywhere", row.Address)
		for name, n := range testNetworks {
			_, err := address.Parse(n, row.Address)
			require.Equal(t, said[name], err == nil, "%s on %s: %v", row.Address, name, err)
		}
	}
}

func TestTheVersionBytesAreThoseOfTheSharedTable(t *testing.T) {
	v := loadShared(t)
	rows := 0
	for name, n := range testNetworks {
		if !n.UTXO() {
			continue
		}
		kind := strings.TrimPrefix(name, string(n.Family)+"/")
		for listed, row := range v.Versions[string(n.Family)] {
			if !strings.HasPrefix(listed, kind) {
				continue
			}
			rows++
			require.Equal(t, row.PubKeyHash, fmt.Sprintf("0x%02x", n.Address.PubKeyHash), name)
			require.Equal(t, row.ScriptHash, fmt.Sprintf("0x%02x", n.Address.ScriptHash), name)
			require.Equal(t, row.Bech32, n.Address.Bech32, name)
		}
	}
	require.Equal(t, 9, rows, "three networks of three chains")
}
