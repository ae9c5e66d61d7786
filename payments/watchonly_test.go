package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// TestACoinOnTheWatchedNetworkIsHeldAndNoAddressIsGivenThere: the other network
// of a family is watched, not offered.
func TestACoinOnAWatchOnlyNetworkIsHeldAndNoAddressIsGivenThere(t *testing.T) {
	b := newBundle(t, railCases()[1], nil)
	other := chainsim.NewEVM(twin("other-sim", 1338), chainsim.Options{Now: b.clock.Now, FinalLag: 64})
	other.Mine(3)
	b.cfg.Rails = append(b.cfg.Rails, payments.Rail{Network: other.Network(), Sources: []chain.Source{other.Source("o")},
		Wallet: testWallet{network: other.Network()}, UnprovedKey: true, WatchOnly: true})
	b.restart()
	_, err := b.p.DepositAddress(b.ctx, voice, other.Network())
	var refused *payments.WatchOnlyError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, payments.WatchOnlyError{Network: "other-sim", Use: []string{"ethereum-sim"}}, *refused)
	require.ErrorContains(t, err, "network other-sim is only watched and takes no payments; use ethereum-sim")

	to := b.address(voice)
	b.advance()
	for _, a := range other.Network().Assets() {
		other.Pay(chainsim.Payment{To: to, Amount: money.Units(a, 1_000_000)})
	}
	other.Mine(1)
	for range 8 {
		other.Mine(1)
		b.mine(1)
	}
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 100)
	require.NoError(t, err)
	require.Len(t, all, len(other.Network().Assets()))
	for _, d := range all {
		require.Equal(t, payments.HoldAsset, d.Hold)
		require.Equal(t, "other-sim", d.Key.Network)
	}
	require.Equal(t, "0.00 USD", b.balance(voice))
}

func TestAFamilyThatIsOnlyWatchedSaysSo(t *testing.T) {
	b := newBundle(t, railCases()[0], func(cfg *payments.Config) { cfg.Rails[0].WatchOnly = true })
	_, err := b.p.DepositAddress(b.ctx, voice, b.sim.Network())
	require.ErrorContains(t, err, "nor does another of its family")
	cfg := b.cfg
	cfg.Rails[0].Assets = []money.Asset{b.asset}
	_, err = payments.New(cfg)
	require.ErrorContains(t, err, "a watch-only rail accepts nothing")
}

func TestTreasuryAddressesMustBeTellable(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	n := b.sim.Network()
	at := func(i int) chain.Address { return chainsim.Address(n, i) }
	for says, list := range map[string][]payments.Treasury{
		"Treasury[0].Name":                   {{Address: at(1)}},
		"Treasury[1].Name":                   {{Name: "hot", Address: at(1)}, {Name: "a:b", Address: at(2)}},
		"Treasury[0].Address":                {{Name: "cold"}},
		"not of the bitcoin family":          {{Name: "cold", Address: chainsim.Address(testEthereum(), 1)}},
		`Treasury[1]: "cold": each name`:     {{Name: "cold", Address: at(1)}, {Name: "cold", Address: at(2)}},
		`Treasury[1]: "warm": each name and`: {{Name: "cold", Address: at(1)}, {Name: "warm", Address: at(1)}},
	} {
		cfg := b.cfg
		cfg.Rails = []payments.Rail{cfg.Rails[0]}
		cfg.Rails[0].Treasury = list
		_, err := payments.New(cfg)
		require.ErrorContains(t, err, says)
	}
	b.cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: at(1)}, {Name: "warm", Address: at(2)}}
	b.restart()
}
