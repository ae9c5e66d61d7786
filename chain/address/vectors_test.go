package address_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
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

// codeOf gives our code for the file's; its word malformed is only advice.
var codeOf = map[string]address.Code{
	"tron_address":       address.CodeTron,
	"cashaddr":           address.CodeCashAddr,
	"mweb_unsupported":   address.CodeMWEB,
	"segwit_unsupported": address.CodeSegWit,
	"wrong_chain":        address.CodeOtherChain,
	"wrong_network":      address.CodeWrongNetwork,
	"bad_checksum":       address.CodeChecksum,
	"zero_address":       address.CodeZero,
}

func TestEveryInvalidSharedVectorIsRefusedWithItsReason(t *testing.T) {
	v := loadShared(t)
	require.NotEmpty(t, v.Invalid)
	for _, row := range v.Invalid {
		n := networkOf(t, row.Chain, row.Network)
		a, err := address.Parse(n, row.Address)
		var refused *address.Error
		require.True(t, errors.As(err, &refused), "%s/%s %q gave %s (%s)", row.Chain, row.Network, row.Address, a, row.Reason)
		require.Zero(t, a)
		if want, binding := codeOf[row.Reject]; binding {
			require.Equal(t, want, refused.Code, "%s/%s %q (%s)", row.Chain, row.Network, row.Address, row.Reason)
		}
	}
}
