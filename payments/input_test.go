package payments_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
)

func TestBadAccountsAreRefusedAndNothingIsStored(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	before, err := b.store.(*memstore.Store).Dump(b.ctx)
	require.NoError(t, err)
	for _, a := range []payments.Account{
		{}, {Profile: "acme"}, {Name: "voice"}, {Profile: "a\nb", Name: "voice"},
		{Profile: strings.Repeat("x", 129), Name: "voice"}, {Profile: "\xff", Name: "voice"},
	} {
		var input *payments.InputError
		_, err := b.p.DepositAddress(b.ctx, a, b.sim.Network())
		require.ErrorAs(t, err, &input, "%q", a)
		require.ErrorAs(t, b.p.OpenAccount(b.ctx, a, money.USD), &input)
	}
	_, err = b.p.DepositAddress(b.ctx, voice, chain.Bitcoin)
	require.ErrorIs(t, err, payments.ErrUnknownNetwork)
	var input *payments.InputError
	require.ErrorAs(t, b.p.OpenAccount(b.ctx, voice, "XYZ"), &input)
	require.ErrorAs(t, b.p.AcceptTerms(b.ctx, "acme", ""), &input)
	after, err := b.store.(*memstore.Store).Dump(b.ctx)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestAnAccountsCurrencyNeverChanges(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	require.NoError(t, b.p.OpenAccount(b.ctx, voice, money.EUR))
	require.NoError(t, b.p.OpenAccount(b.ctx, voice, money.EUR))
	var input *payments.InputError
	require.ErrorAs(t, b.p.OpenAccount(b.ctx, voice, money.USD), &input)
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(6)
	require.Equal(t, "1000.00 EUR", b.balance(voice))
}

func TestConfigComplaintsComeAllAtOnce(t *testing.T) {
	_, err := payments.New(payments.Config{Currency: "XXX"})
	var c *payments.ConfigError
	require.ErrorAs(t, err, &c)
	for _, field := range []string{"Store", "Rates", "Currency", "Rails"} {
		require.ErrorContains(t, err, "config "+field)
	}
	b := newBundle(t, railCases()[0], nil)
	rail := b.cfg.Rails[0]
	change := func(f func(*payments.Rail)) error {
		r := rail
		f(&r)
		cfg := b.cfg
		cfg.Rails = []payments.Rail{r}
		_, err := payments.New(cfg)
		return err
	}
	require.ErrorContains(t, change(func(r *payments.Rail) { r.Sources = nil }), "Sources")
	require.ErrorContains(t, change(func(r *payments.Rail) { r.Wallet = nil }), "Wallet")
	require.ErrorContains(t, change(func(r *payments.Rail) { r.Network = chain.Bitcoin }), "another network")
	require.ErrorContains(t, change(func(r *payments.Rail) { r.Wallet = testWallet{network: testEthereum()} }), "derives evm addresses")
	require.ErrorContains(t, change(func(r *payments.Rail) { r.Assets = []money.Asset{{Coin: "DOGE", Network: "dogecoin", Decimals: 8}} }), "not an asset")
	cfg := b.cfg
	cfg.Rails = []payments.Rail{rail, rail}
	_, err = payments.New(cfg)
	require.ErrorContains(t, err, "has a rail already")
}

func TestAStoreOfTestCoinsRefusesRealOnes(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.address(voice)
	real := b.sim.Network()
	real.Test = false
	sim, source := utxoSim(b.clock)
	_ = sim
	cfg := b.cfg
	cfg.Rails = []payments.Rail{{Network: real, Sources: []chain.Source{renamed{source("a"), real}},
		Wallet: testWallet{network: real}, UnprovedKey: true}}
	p := b.processor(cfg)
	_, err := p.DepositAddress(b.ctx, sms, real)
	require.ErrorContains(t, err, "holds test coins")
	require.ErrorContains(t, p.Run(b.ctx), "holds test coins")
}

// renamed is a source that claims another network.
type renamed struct {
	chain.Source
	network chain.Network
}

func (r renamed) Network() chain.Network { return r.network }

func TestAWalletIssuesNothingUntilItsKeyIsProved(t *testing.T) {
	b := newBundle(t, railCases()[0], func(c *payments.Config) { c.Rails[0].UnprovedKey = false })
	_, err := b.p.DepositAddress(b.ctx, voice, b.sim.Network())
	require.ErrorIs(t, err, payments.ErrUnproved)
	message, err := b.p.ProofMessage(b.sim.Network())
	require.NoError(t, err)
	op := payments.Actor{ID: "op", Reason: "set-up"}
	require.Error(t, b.p.Prove(b.ctx, b.sim.Network(), "signed:something else", op))
	_, err = b.p.DepositAddress(b.ctx, voice, b.sim.Network())
	require.ErrorIs(t, err, payments.ErrUnproved)
	require.NoError(t, b.p.Prove(b.ctx, b.sim.Network(), "signed:"+message, op))
	b.address(voice)
}

func TestAnAddressSwappedInTheStoreIsNeverShown(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	evil := payments.IssuedAddress{Address: chain.Address{Family: chain.FamilyBitcoin, Raw: "\x00\x14evil-evil-evil-evil-"},
		Key: testWallet{network: b.sim.Network()}.Fingerprint(), Index: 0, Owner: payments.Owner{Account: voice}, IssuedAt: b.clock.Now()}
	require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
		_, err := tx.InsertAddresses(b.ctx, []payments.IssuedAddress{evil})
		return err
	}))
	_, err := b.p.DepositAddress(b.ctx, voice, b.sim.Network())
	require.ErrorIs(t, err, payments.ErrAddressMismatch)
}

func TestPreconditionIsAskedBeforeTheFirstAddressOnly(t *testing.T) {
	incomplete := errors.New("host: complete your postal address first")
	var blocked error = incomplete
	b := newBundle(t, railCases()[0], nil)
	b.cfg.Precondition = func(ctx context.Context, a payments.Account) error { return blocked }
	b.restart()
	_, err := b.p.DepositAddress(b.ctx, voice, b.sim.Network())
	require.ErrorIs(t, err, incomplete)
	blocked = nil
	to := b.address(voice)
	blocked = incomplete
	require.Equal(t, to, b.address(voice))
	b.advance()
	b.pay(to, 100)
	b.mine(6)
	require.Equal(t, "1000.00 USD", b.balance(voice), "never blocks a deposit that has arrived")
}
