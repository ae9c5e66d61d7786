package payments_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestExplainAddressNamesAPaymentBeforeItIsFollowed(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		tip := b.sim.Head()
		if b.pay(to, 100); b.sim.Network().UTXO() {
			x := b.asksAddress(b.text(to), payments.AddressOurs, "Nothing is on record there.",
				"shows "+b.coins(100).String()+" on the way there; no block holds it yet.")
			require.Len(t, x.Sightings[0].Transfers, 1)
		}
		b.sim.Mine(2)
		b.pay(to, 250)
		b.sim.Mine(1)
		x := b.asksAddress(b.text(to), payments.AddressOurs, "Nothing is on record there.",
			"node a shows arriving there", b.coins(100).String(), b.coins(250).String(), "it is recorded when that block is reached")
		require.NotContains(t, x.Text, "Nothing has arrived")
		require.Empty(t, x.Deposits, "it writes nothing")
		require.Len(t, x.Sightings, 1)
		s := x.Sightings[0]
		require.Equal(t, b.sim.Network().ID, s.Network)
		require.Equal(t, "a", s.Source)
		require.NoError(t, s.Err)
		require.Equal(t, b.sim.Head(), s.Head)
		require.Equal(t, []uint64{tip.Height + 1, s.Head.Height}, []uint64{s.From, s.To})
		require.Len(t, s.Transfers, 2)
		b.advance()
		x = b.asksAddress(b.text(to), payments.AddressOurs, "2 payments to it are on record")
		require.Empty(t, x.Sightings[0].Transfers, "what is on record is told once")
		require.NotContains(t, x.Text, "arriving there")
		require.Zero(t, x.Sightings[0].To, "nothing is above what was followed")
	})
}

func TestExplainAddressBeforeTheFirstPassSaysWhatTheNodeShows(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.pay(to, 100)
		b.sim.Mine(1)
		b.asksAddress(b.text(to), payments.AddressOurs, "shows arriving there "+b.coins(100).String(), "is not followed yet")
	})
}

func TestExplainAddressLooksAtABoundedNumberOfBlocksAndSaysSo(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		reach := uint64(256)
		if b.sim.Network().UTXO() {
			reach = 64
		}
		tip := b.sim.Head().Height
		b.pay(to, 100)
		b.sim.Mine(10)
		b.pay(to, 250) // in the first block that is looked at
		b.sim.Mine(int(reach))
		x := b.asksAddress(b.text(to), payments.AddressOurs, "Nothing is on record there.",
			"blocks ahead of what was followed; blocks 4 to 13 were not looked at")
		s := x.Sightings[0]
		require.Equal(t, uint64(10), s.Beyond)
		require.Equal(t, tip+11, s.From)
		require.Len(t, s.Transfers, 1)
		require.Equal(t, b.coins(250), s.Transfers[0].Amount)
		require.Zero(t, s.Unexplained, "a balance is not compared over blocks that nobody read")
		b.sim.Mine(1)
		x = b.asksAddress(b.text(to), payments.AddressOurs, "Nothing is on record there.")
		require.NotContains(t, x.Text, "Nothing has arrived", "eleven blocks are unknown")
	})
}

func TestExplainAddressOnAnotherBranchOfTheNode(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.sim.Mine(5)
		b.advance()
		b.sim.Reorg(3, chainsim.Branch{})
		b.pay(to, 100)
		b.sim.Mine(1)
		x := b.asksAddress(b.text(to), payments.AddressOurs, "shows arriving there "+b.coins(100).String(), "on another branch than the one followed")
		require.True(t, x.Sightings[0].Branch)
		b.advance()
		b.asksAddress(b.text(to), payments.AddressOurs, "1 confirming")
	})
}

func TestExplainAddressTellsOfSourcesThatFailAndAsksTheNext(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		down, up := b.source("down").(forgetful), b.source("up")
		b.cfg.Rails[0].Sources = []chain.Source{down, up}
		b.restart()
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.sim.Mine(1)
		refused := func(string) error { return errors.New("connection refused") }
		down.Intercept(refused)
		s := b.asksAddress(b.text(to), payments.AddressOurs, "node up shows arriving there "+b.coins(100).String()).Sightings[0]
		require.Equal(t, "up", s.Source)
		down.Intercept(func(method string) error { // answers in part
			if method == "Linked" {
				return refused(method)
			}
			return nil
		})
		b.cfg.Rails[0].Sources = []chain.Source{down}
		b.restart()
		x := b.asksAddress(b.text(to), payments.AddressOurs, "Nothing is on record there.", "did not answer everything")
		require.ErrorContains(t, x.Sightings[0].Err, "connection refused")
		down.Intercept(refused)
		x = b.asksAddress(b.text(to), payments.AddressOurs, "Nothing is on record there.", "could be asked just now", "balance is 0.00 USD")
		require.NotContains(t, x.Text, "Nothing has arrived")
		require.Empty(t, x.Sightings[0].Source)
		text, err := json.Marshal(x)
		require.NoError(t, err)
		require.Contains(t, string(text), "connection refused")
	})
}

func TestExplainAddressGoesOnFromANodeThatLags(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		behind := b.source("behind")
		b.cfg.Rails[0].Sources = []chain.Source{behind, b.source("fresh")}
		b.restart()
		to := b.address(voice)
		b.advance()
		behind.(interface{ ServeBehind(int) }).ServeBehind(2)
		b.pay(to, 100)
		b.sim.Mine(1)
		b.asksAddress(b.text(to), payments.AddressOurs, "node fresh shows arriving there "+b.coins(100).String())
	})
}

func TestExplainAddressOfAStrangerSaysWhatTheNodeShowsToo(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		b.address(voice) // reserves a run of indexes
		b.advance()
		to := chainsim.Address(b.sim.Network(), 3)
		b.pay(to, 100)
		b.sim.Mine(1)
		b.asksAddress(b.text(to), payments.AddressForeign, "shows arriving there "+b.coins(100).String(), "reserved the address")
		b.advance()
		b.asksAddress(b.text(to), payments.AddressUnassigned, "1 held")
	})
}

func TestExplainAddressTriesEveryNetworkOfTheAddress(t *testing.T) {
	eth, bsc, p := twoEVM(t)
	to, err := p.DepositAddress(t.Context(), voice, eth.Network())
	require.NoError(t, err)
	require.NoError(t, p.Advance(t.Context()))
	usdt, _ := bsc.Network().Asset("USDT")
	bsc.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(usdt, 5_000_000_000)})
	bsc.Mine(1)
	text, err := address.Format(eth.Network(), to.Address)
	require.NoError(t, err)
	x, err := p.ExplainAddress(t.Context(), text)
	require.NoError(t, err)
	require.Len(t, x.Sightings, 2)
	require.Equal(t, []string{"ethereum-sim", "bsc"}, []string{x.Sightings[0].Network, x.Sightings[1].Network})
	require.Empty(t, x.Sightings[0].Transfers)
	require.Len(t, x.Sightings[1].Transfers, 1)
	require.Contains(t, x.Text, "The BNB Smart Chain node bsc shows arriving there")
}

// TestExplainAddressComparesTheBalanceWithTheRecord is what answers for a payment
// that no node shows as a transfer.
func TestExplainAddressComparesTheBalanceWithTheRecord(t *testing.T) {
	for name, traced := range map[string]bool{"a node that traces": true, "a node that does not": false} {
		t.Run(name, func(t *testing.T) {
			b := explains(t, railCases()[1], nil)
			src := b.source("a").(*chainsim.EVMSource)
			src.Trace(traced)
			b.cfg.Rails[0].Sources = []chain.Source{src}
			b.restart()
			sim, to := b.sim.(*chainsim.EVM), b.address(voice)
			b.advance()
			b.pay(to, 100)
			b.mine(1)
			s := b.asksAddress(b.text(to), payments.AddressOurs, "It holds "+b.coins(100).String()).Sightings[0]
			require.Equal(t, b.coins(100), s.Holds)
			require.Zero(t, s.Unexplained.Sign())
			sim.PayInternal(chainsim.Payment{To: to, Amount: b.coins(40)})
			b.pay(to, 7)
			b.sim.Mine(1)
			says := []string{"shows arriving there " + b.coins(40).String(), b.coins(7).String(), "It holds " + b.coins(147).String()}
			if !traced {
				says = []string{"shows arriving there " + b.coins(7).String(), "It holds " + b.coins(147).String(),
					"That is " + b.coins(40).String() + " more than is known to have arrived"}
			}
			s = b.asksAddress(b.text(to), payments.AddressOurs, says...).Sightings[0]
			require.Equal(t, !traced, s.Unexplained.Sign() > 0)
			b.advance()
			s = b.asksAddress(b.text(to), payments.AddressOurs, "It holds "+b.coins(147).String()).Sightings[0]
			require.Equal(t, !traced, s.Unexplained.Sign() > 0)
		})
	}
}

// TestExplainAddressCountsWhatLeavesAboveTheTrail: coins and their fee go in a block
// that was not followed yet.
func TestExplainAddressCountsWhatLeavesAboveTheTrail(t *testing.T) {
	b := explains(t, railCases()[1], nil)
	sim, to := b.sim.(*chainsim.EVM), b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(1)
	sim.Send(to, chainsim.Payment{To: chainsim.Address(b.sim.Network(), 9_999), Amount: b.coins(40)})
	b.sim.Mine(1)
	s := b.asksAddress(b.text(to), payments.AddressOurs, "It holds").Sightings[0]
	less, err := s.Holds.Cmp(b.coins(60))
	require.NoError(t, err)
	require.Equal(t, -1, less, "its fee is gone too")
	require.Zero(t, s.Unexplained.Sign(), "%s", s.Unexplained)
	b.advance()
	s = b.asksAddress(b.text(to), payments.AddressOurs).Sightings[0]
	require.Zero(t, s.Unexplained.Sign(), "%s", s.Unexplained)
}

func TestExplainAddressInsideATransactionIsRefused(t *testing.T) {
	b := explains(t, railCases()[0], nil)
	require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
		_, err := b.p.In(tx).ExplainAddress(b.ctx, "x")
		require.ErrorIs(t, err, payments.ErrJoined)
		return nil
	}))
}
