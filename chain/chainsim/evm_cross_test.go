package chainsim_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The adapter reads through every face what the in-process source answers, over
// any history, whether the node traces, the chain logs what contracts move, or
// neither.
func TestEVMAdapterSeesWhatTheSourceSees(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		network := rapid.SampledFrom([]chain.Network{chain.Ethereum, chain.BSC}).Draw(r, "network")
		logs := rapid.Bool().Draw(r, "native logs")
		c := chainsim.NewEVM(network, chainsim.Options{NativeLogs: logs})
		face := rapid.SampledFrom([]func() *chainsim.EVMFace{c.Geth, c.Erigon, c.Anvil}).Draw(r, "face")()
		source := c.Source("in process")
		blind := rapid.Bool().Draw(r, "blind")
		if blind {
			face.Trace(false)
			source.Trace(false)
		}
		server := httptest.NewServer(face)
		defer server.Close()
		adapter, err := evm.NewSource(c.Network(), evm.RPC{URL: server.URL})
		require.NoError(t, err)
		c.Pay(pay(c.Network(), 0, 1, 7))
		for range rapid.IntRange(1, 8).Draw(r, "acts") {
			actOnEVM(r, c)
		}
		c.Mine(1)
		want, got := scan(t, source), scan(t, adapter)
		require.NotEmpty(r, readable(want))
		require.Equal(r, readable(want), readable(got))
		// That a block without logs is no block of the time before them, only the
		// simulator knows.
		if !blind || !logs {
			require.Equal(r, want.Internal, got.Internal)
		}
	})
}

func actOnEVM(r *rapid.T, c *chainsim.EVM) {
	n := c.Network()
	asset := rapid.IntRange(0, len(n.Tokens)).Draw(r, "asset")
	p := pay(n, rapid.IntRange(0, 12).Draw(r, "to"), asset, rapid.Int64Range(0, 9).Draw(r, "units"))
	token := p
	if asset == 0 {
		token = pay(n, 1, 1, 1)
	}
	height := int(c.Head().Height)
	from := chainsim.Address(n, rapid.IntRange(0, 12).Draw(r, "from"))
	switch act := rapid.IntRange(0, 16).Draw(r, "act"); {
	case act == 8:
		c.Send(from, p)
	case act == 9:
		c.Send(from, token, p)
	case act == 10:
		c.SendFailed(from, p)
	case act == 11:
		c.PayInternal(p, token, p)
	case act == 12 && asset == 0:
		c.PayByDestruction(p)
	case act == 13 && asset == 0:
		c.PayDelegated(p)
		c.PayReverted(p)
	case act == 14:
		c.Withdraw(ether(n, 4, 1))
	case act == 15:
		c.MineTo(p.To)
	case act == 16 && asset == 0:
		c.SendCreation(from, p.Amount)
	case act == 0:
		c.Pay(p)
	case act == 1:
		c.Pay(token, pay(n, 2, 2, 5), token)
	case act == 2:
		c.PayFailed(p)
	case act == 3:
		c.PayForeign(p)
	case act == 4:
		c.PayNFT(token)
		c.PayMultiToken(token)
	case act == 5:
		c.PayTaxed(pay(n, 3, 1, 9), pay(n, 3, 1, 2).Amount)
	case act == 6 && height > 0:
		c.Reorg(rapid.IntRange(1, height).Draw(r, "depth"), chainsim.Branch{
			Crowd: rapid.IntRange(0, 2).Draw(r, "crowd"), Reverse: rapid.Bool().Draw(r, "reverse"),
		})
	default:
		c.Mine(1)
	}
}

// readable is what a comparison shows: amounts as text.
func readable(f chain.Found) []string {
	out := []string{}
	for _, t := range f.Transfers {
		out = append(out, fmt.Sprintf("%s %s from %s to %s %s %s %q %v", t.ID, t.TxID, t.From, t.To, t.Amount, t.Block, t.Origin, t.Inputs))
	}
	for _, s := range f.Spends {
		out = append(out, fmt.Sprintf("%s %s %s from %s to %s %s %s %v %v", s.ID, s.Kind, s.TxID, s.From, s.To, s.Amount, s.Block, s.Outpoint, whole(s.Tx)))
	}
	return out
}

// whole is all of a UTXO transaction.
func whole(o *chain.Outflow) string {
	if o == nil {
		return ""
	}
	out := fmt.Sprint(o.Inputs)
	for _, p := range o.Outputs {
		out += " " + p.To.String() + " " + p.Amount.String()
	}
	return out
}
