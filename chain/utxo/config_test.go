package utxo_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

func TestNewSourceRefusesConfiguration(t *testing.T) {
	for _, u := range []string{"", "ftp://h", "http://", "http://%zz:" + canary + "@h", "http://u:" + canary + "@h#f"} {
		_, err := utxo.NewSource(chain.Bitcoin, utxo.RPC{URL: u})
		var bad *utxo.ConfigError
		require.ErrorAs(t, err, &bad)
		require.Equal(t, "RPC.URL", bad.Field)
		require.NotContains(t, err.Error(), canary)
	}
	badGenesis, noAsset := chain.Bitcoin, chain.Bitcoin
	badGenesis.Genesis, noAsset.Native.Network = "00", ""
	for name, n := range map[string]chain.Network{"EVM": chain.Ethereum, "bad genesis": badGenesis, "no native asset": noAsset, "zero": {}} {
		_, err := utxo.NewSource(n, utxo.RPC{URL: "http://h"})
		var bad *utxo.ConfigError
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, "Network", bad.Field, name)
	}
	_, err := utxo.NewSource(chain.Bitcoin, utxo.RPC{URL: "http://u:" + canary + "@h", User: "u"})
	var bad *utxo.ConfigError
	require.ErrorAs(t, err, &bad)
	require.Equal(t, "RPC.User", bad.Field)

	s, err := utxo.NewSource(chain.Bitcoin, utxo.RPC{URL: "http://u:" + canary + "@h:1/p"})
	require.NoError(t, err)
	require.Equal(t, "h:1", s.Name())
	require.Equal(t, chain.Bitcoin, s.Network())
}

// counting is the transport of a caller's client.
type counting struct {
	calls    atomic.Int64
	password atomic.Value
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.calls.Add(1)
	_, password, _ := r.BasicAuth()
	c.password.Store(password)
	return http.DefaultTransport.RoundTrip(r)
}

func TestTheCallersClientIsUsedAndLeftAsItWas(t *testing.T) {
	n := &stub{blocks: utxo.ChainOf(3)}
	server := httptest.NewServer(n)
	t.Cleanup(server.Close)
	network := chain.BitcoinRegtest
	network.Genesis = utxo.HashOf(n.blocks[0]).String()
	transport := &counting{}
	followed := false
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		followed = true
		return nil
	}}
	s, err := utxo.NewSource(network, utxo.RPC{URL: server.URL, User: "u", Password: canary, HTTP: client})
	require.NoError(t, err)
	_, err = s.Head(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, transport.calls.Load(), "genesis, chain info, header")
	require.Equal(t, canary, transport.password.Load())

	n.wreck = func(w http.ResponseWriter, b []byte) []byte {
		w.Header().Set("Location", server.URL+"/elsewhere")
		w.WriteHeader(http.StatusTemporaryRedirect)
		return b
	}
	_, err = s.Head(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.ErrorContains(t, err, "redirect")
	require.False(t, followed, "the credentials would have gone along")
	require.NoError(t, client.CheckRedirect(nil, nil))
	require.True(t, followed, "the client is still the caller's")
}
