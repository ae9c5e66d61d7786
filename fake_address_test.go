package cointill_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// swapped is a database in which somebody put his own address in the place of
// voice's.
type swapped struct {
	payments.Store
	to chain.Address
}

func (s swapped) Update(ctx context.Context, fn func(payments.Tx) error) error {
	return s.Store.Update(ctx, func(tx payments.Tx) error { return fn(swappedTx{tx, s.to}) })
}

func (s swapped) View(ctx context.Context, fn func(payments.Tx) error) error {
	return s.Store.View(ctx, func(tx payments.Tx) error { return fn(swappedTx{tx, s.to}) })
}

type swappedTx struct {
	payments.Tx
	to chain.Address
}

func (t swappedTx) Unwrap() payments.Tx { return t.Tx }

func (t swappedTx) AddressesOf(ctx context.Context, f chain.Family, owners []payments.Owner) ([]payments.IssuedAddress, error) {
	rows, err := t.Tx.AddressesOf(ctx, f, owners)
	for i := range rows {
		if rows[i].Owner.Account == voice {
			rows[i].Address = t.to
		}
	}
	return rows, err
}

func fakeAddressSwap(t *testing.T) {
	onTills(t, everywhere(), func(x *till) {
		v, m := x.address(voice), x.address(sms)
		x.blocks(1)
		thief := chainsim.Address(x.network, 666)
		x.cfg.Store = swapped{x.cfg.Store, thief}
		x.restart()
		got, err := x.p.DepositAddress(x.Context(), voice, x.network)
		require.ErrorIs(x, err, payments.ErrAddressMismatch)
		require.Zero(x, got, "nothing that could be shown by mistake")
		require.Equal(x, m, x.address(sms))
		x.send(x.to(thief, "5"))
		x.pay(v.Address, x.coins("2")) // who had the right one already
		x.pay(m.Address, x.coins("1"))
		x.blocks(7)
		x.requireHonest()
		require.Equal(x, "2000.00 USD", x.balance(voice))
		x.requireBooks("3", "0")
	})
}

func fakeLookAlikes(t *testing.T) {
	onTills(t, everywhere(), func(x *till) {
		good := x.address(voice)
		back, err := address.Parse(x.network, good.Text)
		require.NoError(x, err)
		require.Equal(x, good.Address, back)
		likes := []string{"0", "О", "а", "а", "b", "Ь", "c", "с", "e", "е", "1", "l", "x", "х", "3", "З", "d", "ԁ", "5", "５"}
		fakes := []string{good.Text + "\u200b", "\ufeff" + good.Text, good.Text + " ", " " + good.Text, good.Text + "\n",
			strings.Replace(good.Text, good.Text[4:6], good.Text[4:5]+"\u200d"+good.Text[5:6], 1)}
		for i := 0; i < len(likes); i += 2 {
			if strings.Contains(good.Text, likes[i]) {
				fakes = append(fakes, strings.Replace(good.Text, likes[i], likes[i+1], 1))
			}
		}
		for i := 4; i < len(good.Text); i++ { // another character of the same alphabet
			with := "q"
			if good.Text[i] == 'q' {
				with = "p"
			}
			if !x.network.UTXO() {
				with = map[bool]string{true: "A", false: "b"}[good.Text[i] == 'b' || good.Text[i] == 'B']
			}
			if other := good.Text[:i] + with + good.Text[i+1:]; other != good.Text {
				fakes = append(fakes, other)
			}
		}
		for _, f := range fakes {
			_, err := address.Parse(x.network, f)
			var refused *address.Error
			require.ErrorAs(x, err, &refused, "%q", f)
		}
		require.Greater(x, len(fakes), 30)
		m := x.address(sms)
		x.blocks(1)
		x.pay(m.Address, x.coins("1"))
		x.blocks(7)
		x.requireHonest()
		x.requireNothing()
	})
}
