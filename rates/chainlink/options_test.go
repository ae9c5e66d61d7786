package chainlink_test

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/chainlink"
)

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func TestBadOptionsAreRefusedWithoutRepeatingTheURL(t *testing.T) {
	feed := chainlink.Ethereum().Feeds[0]
	network := func(change func(*chainlink.Network)) chainlink.Network {
		n := chainlink.Network{Name: "ethereum", ChainID: 1, Feeds: []chainlink.Feed{feed}}
		change(&n)
		return n
	}
	bad := func(change func(*chainlink.Feed)) chainlink.Network {
		return network(func(n *chainlink.Network) { change(&n.Feeds[0]) })
	}
	for name, c := range map[string]struct {
		o    chainlink.Options
		want error
	}{
		"no url":             {chainlink.Options{Network: chainlink.BSC()}, chainlink.ErrBadURL},
		"a socket":           {chainlink.Options{URL: "wss://node.example/secret", Network: chainlink.BSC()}, chainlink.ErrBadURL},
		"no host":            {chainlink.Options{URL: "https:///secret", Network: chainlink.BSC()}, chainlink.ErrBadURL},
		"not an address":     {chainlink.Options{URL: "https://secret\x7f", Network: chainlink.BSC()}, chainlink.ErrBadURL},
		"no network":         {chainlink.Options{URL: endpoint}, chainlink.ErrBadFeed},
		"no name":            {chainlink.Options{URL: endpoint, Network: network(func(n *chainlink.Network) { n.Name = "" })}, chainlink.ErrBadFeed},
		"no chain id":        {chainlink.Options{URL: endpoint, Network: network(func(n *chainlink.Network) { n.ChainID = 0 })}, chainlink.ErrBadFeed},
		"no feed":            {chainlink.Options{URL: endpoint, Network: network(func(n *chainlink.Network) { n.Feeds = nil })}, chainlink.ErrBadFeed},
		"a market twice":     {chainlink.Options{URL: endpoint, Network: network(func(n *chainlink.Network) { n.Feeds = append(n.Feeds, feed) })}, chainlink.ErrBadFeed},
		"no market":          {chainlink.Options{URL: endpoint, Network: bad(func(f *chainlink.Feed) { f.Market.Quote = "" })}, chainlink.ErrBadFeed},
		"no heartbeat":       {chainlink.Options{URL: endpoint, Network: bad(func(f *chainlink.Feed) { f.Heartbeat = 0 })}, chainlink.ErrBadFeed},
		"a short proxy":      {chainlink.Options{URL: endpoint, Network: bad(func(f *chainlink.Feed) { f.Proxy = f.Proxy[:40] })}, chainlink.ErrBadFeed},
		"a bare proxy":       {chainlink.Options{URL: endpoint, Network: bad(func(f *chainlink.Feed) { f.Proxy = "00" + f.Proxy[2:] })}, chainlink.ErrBadFeed},
		"a zero proxy":       {chainlink.Options{URL: endpoint, Network: bad(func(f *chainlink.Feed) { f.Proxy = "0x" + zeros(40) })}, chainlink.ErrBadFeed},
		"no hex":             {chainlink.Options{URL: endpoint, Network: bad(func(f *chainlink.Feed) { f.Proxy = "0xg" + f.Proxy[3:] })}, chainlink.ErrBadFeed},
		"another role":       {chainlink.Options{URL: endpoint, Network: chainlink.BSC(), Role: "judge"}, chainlink.ErrBadRole},
		"a coin as a member": {chainlink.Options{URL: endpoint, Network: network(func(*chainlink.Network) {}), Role: rates.RoleOracle}, chainlink.ErrBadRole},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := chainlink.New(c.o)
			require.Nil(t, made)
			require.ErrorIs(t, err, c.want)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestTheTablesAreUsableAndTheCallersOwn(t *testing.T) {
	for _, make := range []func() chainlink.Network{chainlink.Ethereum, chainlink.BSC} {
		n := make()
		_, err := chainlink.New(chainlink.Options{URL: endpoint, Network: n})
		require.NoError(t, err)
		for _, f := range n.Feeds {
			require.Equal(t, "USD", f.Market.Quote)
			require.Equal(t, f.Market.Coin == "EUR", f.Forex, "only currencies rest at weekends")
			require.Contains(t, []time.Duration{time.Hour, 24 * time.Hour}, f.Heartbeat)
			require.Equal(t, checksummed(f.Proxy), f.Proxy, "the address was mistyped")
		}
		n.Feeds[0].Proxy = "changed"
		require.NotEqual(t, "changed", make().Feeds[0].Proxy)
	}
}

// checksummed writes an address as EIP-55 has it.
func checksummed(s string) string {
	out := []byte(lower(s))
	sum := keccak(string(out[2:]))
	for i := 2; i < len(out); i++ {
		if nibble := sum[(i-2)/2] >> (4 * (1 - uint(i)%2)) & 15; out[i] >= 'a' && nibble >= 8 {
			out[i] -= 'a' - 'A'
		}
	}
	return string(out)
}
