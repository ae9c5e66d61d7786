package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
)

func (b *bundle) text(a chain.Address) string {
	b.Helper()
	text, err := address.Format(b.sim.Network(), a)
	require.NoError(b, err)
	return text
}

func (b *bundle) asksAddress(text string, verdict payments.AddressVerdict, says ...string) payments.AddressExplanation {
	b.Helper()
	x, err := b.p.ExplainAddress(b.ctx, text)
	require.NoError(b, err)
	require.Equal(b, verdict, x.Verdict, x.Text)
	for _, s := range says {
		require.Contains(b, x.Text, s)
	}
	return x
}

func TestExplainAddressSaysWhoseItIsAndWhatArrived(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		issued := b.clock.Now()
		b.asksAddress(b.text(to), payments.AddressOurs, "account acme/voice", "Nothing has arrived", "balance is 0.00 USD")
		b.advance()
		b.pay(to, 100)
		b.mine(6)
		b.pay(to, 250)
		b.mine(1)
		x := b.asksAddress("  "+b.text(to)+"\n", payments.AddressOurs, "2 payments to it are on record", "1 confirming, 1 credited")
		require.Equal(t, payments.Owner{Account: voice}, x.Owner)
		require.Equal(t, issued, x.IssuedAt)
		require.Equal(t, []string{b.sim.Network().ID}, x.Networks)
		require.Len(t, x.Deposits, 2)
		require.Len(t, x.Arrived, 1)
		require.Equal(t, b.coins(350), x.Arrived[0])
		require.Equal(t, b.balance(voice), x.Balance.String())
	})
}

func TestExplainAddressOfAStranger(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		b.address(voice)
		b.asksAddress(b.text(chainsim.Address(b.sim.Network(), 9_999)), payments.AddressForeign, "not one of ours")
	})
}

func TestExplainAddressNeverGivenOutButPaid(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		b.address(voice) // reserves a run of indexes
		b.advance()
		to := chainsim.Address(b.sim.Network(), 3)
		b.pay(to, 100)
		b.mine(1)
		x := b.asksAddress(b.text(to), payments.AddressUnassigned, "never given to an account", "1 held")
		require.Len(t, x.Deposits, 1)
	})
}

func TestExplainAddressOfTheTreasury(t *testing.T) {
	b := explains(t, railCases()[0], nil)
	cold := chainsim.Address(b.sim.Network(), 9_998)
	b.cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: cold}}
	b.restart()
	require.Equal(t, "cold", b.asksAddress(b.text(cold), payments.AddressTreasury, `own address "cold"`).Treasury)
}

// TestExplainAddressThatWasSwappedInTheStoreWarns plants an address under
// another's index.
func TestExplainAddressThatWasSwappedInTheStoreWarns(t *testing.T) {
	b := explains(t, railCases()[0], nil)
	b.address(voice)
	thief := chainsim.Address(b.sim.Network(), 9_999)
	require.NoError(t, b.store.(*memstore.Store).Update(b.ctx, func(tx payments.Tx) error {
		_, err := tx.InsertAddresses(b.ctx, []payments.IssuedAddress{{Address: thief, Key: b.cfg.Rails[0].Wallet.Fingerprint(),
			Index: 1, Owner: payments.Owner{Account: sms}, IssuedAt: b.clock.Now()}})
		return err
	}))
	b.asksAddress(b.text(thief), payments.AddressMismatch, "WARNING", "Show it to nobody")
}

func TestExplainAddressSaysWhyATextIsRefused(t *testing.T) {
	_, _, p := twoEVM(t)
	for text, want := range map[string]struct{ reason, says string }{
		"TJRabPrwbZy45sbavfcjinPJC18kjpRTv8":         {"tron_address", "TRC20"},
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa":         {"wrong_network", "Bitcoin"},
		"DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L":         {"wrong_chain", "Dogecoin"},
		"0x52908400098527886E0F7030069857D2E4169Ee7": {"bad_checksum", "checksum"},
		"0x0000000000000000000000000000000000000000": {"zero_address", "nobody"},
		"hello": {"malformed", "not an address"},
		"":      {"malformed", "not an address"},
	} {
		x, err := p.ExplainAddress(t.Context(), text)
		require.NoError(t, err)
		require.Equal(t, payments.AddressRefused, x.Verdict, text)
		require.Equal(t, want.reason, x.Reason, "%s: %s", text, x.Text)
		require.Contains(t, x.Text, want.says)
	}
}

func TestExplainAddressOnTwoNetworksOfOneFamilyNamesBoth(t *testing.T) {
	eth, _, p := twoEVM(t)
	to, err := p.DepositAddress(t.Context(), voice, eth.Network())
	require.NoError(t, err)
	text, err := address.Format(eth.Network(), to.Address)
	require.NoError(t, err)
	x, err := p.ExplainAddress(t.Context(), text)
	require.NoError(t, err)
	require.Equal(t, payments.AddressOurs, x.Verdict)
	require.Equal(t, []string{"ethereum-sim", "bsc"}, x.Networks)
}

func TestExplainAddressWithoutAParserSaysWhatToSet(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	_, err := b.p.ExplainAddress(b.ctx, "x")
	var config *payments.ConfigError
	require.ErrorAs(t, err, &config)
	require.Equal(t, "ParseAddress", config.Field)
}
