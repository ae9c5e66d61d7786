package chainsim_test

import (
	"net/http/httptest"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The adapter reads through the face what the in-process source answers, over
// any history without internal transfers of native coin, which the adapter does
// not trace.
func TestEVMAdapterSeesWhatTheSourceSees(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := newEthereum()
		server := httptest.NewServer(c.Geth())
		defer server.Close()
		adapter, err := evm.NewSource(c.Network(), evm.RPC{URL: server.URL})
		require.NoError(r, err)
		c.Pay(pay(c.Network(), 0, 1, 7))
		for range rapid.IntRange(1, 8).Draw(r, "acts") {
			actOnEVM(r, c, plainActs)
		}
		c.Mine(1)
		want := readable(scan(t, c.Source("in process")))
		require.NotEmpty(r, want)
		require.Equal(r, want, readable(scan(t, adapter)))
	})
}

// plainActs make nothing that only traces, balances or senders tell.
const plainActs, allActs = 7, 16

func actOnEVM(r *rapid.T, c *chainsim.EVM, last int) {
	n := c.Network()
	asset := rapid.IntRange(0, len(n.Tokens)).Draw(r, "asset")
	p := pay(n, rapid.IntRange(0, 12).Draw(r, "to"), asset, rapid.Int64Range(0, 9).Draw(r, "units"))
	token := p
	if asset == 0 {
		token = pay(n, 1, 1, 1)
	}
	height := int(c.Head().Height)
	from := chainsim.Address(n, rapid.IntRange(0, 12).Draw(r, "from"))
	switch act := rapid.IntRange(0, last).Draw(r, "act"); {
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
		out = append(out, t.ID+" "+t.To.String()+" "+t.Amount.String()+" "+t.Block.String())
	}
	for _, s := range f.Spends {
		out = append(out, "spend "+s.Outpoint.TxID.String()+" by "+s.TxID.String()+" "+s.Block.String())
	}
	return out
}
