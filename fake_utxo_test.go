package cointill_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// somebody is an address of nobody here.
func (x *till) somebody(coins string) chainsim.Payment {
	return x.to(chainsim.Address(x.network, 7_777), coins)
}

func (x *till) states(a payments.Account) (out []payments.DepositState) {
	for _, d := range x.deposits(a) {
		out = append(out, d.State)
	}
	return out
}

// step lets a block that was just mined be followed.
func (x *till) step(mine func()) {
	x.Helper()
	x.now = x.now.Add(20e9)
	mine()
	require.NoError(x, x.p.Advance(x.Context()))
}

func fakeDoubleSpend(t *testing.T) {
	for name, attack := range map[string]func(x *till, id chain.Hash){
		"RBF": func(x *till, id chain.Hash) { x.utxo.Replace(id, x.somebody("5")) },
		"race": func(x *till, id chain.Hash) {
			other := x.utxo.Replace(id, x.somebody("5"))
			x.step(func() { x.utxo.MineTx(other) })
		},
		"Finney": func(x *till, id chain.Hash) {
			mined := x.utxo.Replace(id, x.somebody("5")) // in a block that nobody has seen yet
			x.utxo.Resend(id)
			require.NoError(x, x.p.Advance(x.Context()))
			require.Equal(x, []payments.DepositState{payments.StateSeen}, x.states(voice))
			x.step(func() { x.utxo.MineTx(mined) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			onTills(t, utxos(), func(x *till) {
				v, m := x.address(voice), x.address(sms)
				x.blocks(1)
				id := x.pay(v.Address, x.coins("5"))
				require.NoError(x, x.p.Advance(x.Context()))
				require.Equal(x, []payments.DepositState{payments.StateSeen}, x.states(voice))
				require.Equal(x, "0.00 USD", x.balance(voice), "seen is not credited")
				attack(x, id)
				x.pay(m.Address, x.coins("1"))
				x.blocks(7)
				require.Equal(x, []payments.DepositState{payments.StateReplaced}, x.states(voice))
				require.Equal(x, "0.00 USD", x.balance(voice))
				x.requireHonest()
				x.requireBooks("1", "0")
			})
		})
	}
}

func fakeTwoTxids(t *testing.T) {
	onTills(t, utxos(), func(x *till) {
		x.cfg.Rails[0].Breaker = 100
		x.restart()
		v := x.address(voice)
		x.blocks(1)
		first := x.pay(v.Address, x.coins("5"))
		require.NoError(x, x.p.Advance(x.Context()))
		second := x.utxo.FeeBump(first)
		require.NotEqual(x, first, second)
		require.NoError(x, x.p.Advance(x.Context()))
		m := x.address(sms)
		x.pay(m.Address, x.coins("1"))
		x.blocks(7)
		standing := func(id chain.Hash) {
			x.Helper()
			all := x.deposits(voice)
			require.Len(x, all, 2)
			for _, d := range all {
				if d.TxID == id {
					require.Equal(x, payments.StateCredited, d.State)
				} else {
					require.Equal(x, payments.StateReplaced, d.State)
				}
			}
			require.Equal(x, "5000.00 USD", x.balance(voice), "never the sum of both")
			x.requireHonest()
			x.requireBooks("6", "0")
		}
		standing(second)
		x.utxo.Reorg(7, chainsim.Branch{Later: []chain.Hash{second}}) // and a miner prefers the first
		x.utxo.Resend(first)
		x.step(func() { x.utxo.MineTx(first) })
		x.blocks(6)
		standing(first)
	})
	t.Run("peg-out", func(t *testing.T) { onTills(t, litecoins(), fakePegOutTwice) })
}

// fakePegOutTwice: out of MWEB one payment has another id in each block that pays
// it.
func fakePegOutTwice(x *till) {
	x.cfg.Rails[0].Breaker = 100
	x.restart()
	v, m := x.address(voice), x.address(sms)
	x.blocks(1)
	x.utxo.PegOut(x.to(v.Address, "5"))
	x.pay(m.Address, x.coins("1"))
	x.blocks(7)
	require.Equal(x, "5000.00 USD", x.balance(voice))
	first := x.deposits(voice)[0]
	x.setRate("1500") // the customer would be glad of another receipt
	x.utxo.Reorg(7, chainsim.Branch{Crowd: 1})
	x.blocks(7)
	all := x.deposits(voice)
	require.Len(x, all, 2)
	for _, d := range all {
		if d.TxID == first.TxID {
			require.Equal(x, payments.StateReplaced, d.State)
			require.True(x, d.Credited.IsZero())
		} else {
			require.Equal(x, "5000.00 USD", d.Credited.String(), "at the rate of its receipt")
		}
	}
	require.Equal(x, "5000.00 USD", x.balance(voice))
	x.requireHonest()
	x.requireBooks("6", "0")
}

func fakeImmature(t *testing.T) {
	t.Run("coinbase", func(t *testing.T) {
		onTills(t, append(bitcoins(), dogecoins()[0]), func(x *till) {
			maturity := map[chain.Family]uint64{chain.FamilyBitcoin: 100, chain.FamilyDogecoin: 240}[x.network.Family]
			x.cfg.Rails[0].Final = 2 * maturity
			x.restart()
			v, m := x.address(voice), x.address(sms)
			x.blocks(1)
			x.step(func() { x.utxo.MineTo(v.Address) })
			x.pay(m.Address, x.coins("1"))
			x.blocks(int(maturity) - 2)
			x.requireHonest()
			require.Equal(x, []payments.DepositState{payments.StateConfirming}, x.states(voice))
			require.Equal(x, maturity, x.deposits(voice)[0].Required)
			x.requireBooks("1", "0")
			x.blocks(1)
			require.Equal(x, "50000.00 USD", x.balance(voice))
			x.requireBooks("51", "0")
		})
	})
	t.Run("peg-out", func(t *testing.T) {
		onTills(t, litecoins(), func(x *till) {
			x.cfg.Rails[0].Confirmations = 1 // a host that trusts every block
			x.restart()
			v, m := x.address(voice), x.address(sms)
			x.blocks(1)
			x.utxo.PegOut(x.to(v.Address, "5"))
			x.pay(m.Address, x.coins("1"))
			for n := range 5 {
				x.blocks(1)
				x.requireHonest()
				require.Equal(x, "0.00 USD", x.balance(voice), "%d confirmations", n+1)
				require.Equal(x, uint64(6), x.deposits(voice)[0].Required)
			}
			x.requireBooks("1", "0")
			x.blocks(1)
			require.Equal(x, "5000.00 USD", x.balance(voice))
			require.Equal(x, chain.OriginPegOut, x.deposits(voice)[0].Origin)
			x.requireBooks("6", "0")
		})
	})
}

// fakeShownByHand: there is no call that takes a transaction from a payer. What the
// network does not have is not there, until it is.
func fakeShownByHand(t *testing.T) {
	onTills(t, slices.Concat(bitcoins(), dogecoins(), bscs("ETH"), ethereums("ETH")[:1]), func(x *till) {
		v, m := x.address(voice), x.address(sms)
		x.blocks(1)
		id := x.pay(v.Address, x.coins("5"))
		x.chain().Drop(id) // valid, signed, and kept back
		x.pay(m.Address, x.coins("1"))
		x.blocks(8)
		x.requireHonest()
		x.requireNothing()
		x.requireVerdict(id, "unknown")
		x.chain().Resend(id)
		x.blocks(6)
		require.Equal(x, "5000.00 USD", x.balance(voice))
		x.requireBooks("6", "0")
	})
}

func fakeScripts(t *testing.T) {
	onTills(t, utxos(), func(x *till) {
		v, m := x.address(voice), x.address(sms)
		issued := v.Address.Raw
		hash := strings.TrimPrefix(issued, "\x00\x14") // OP_0 and the hash of a key
		if x.network.Family == chain.FamilyDogecoin {
			hash = strings.TrimSuffix(strings.TrimPrefix(issued, "\x76\xa9\x14"), "\x88\xac")
		}
		require.Len(x, hash, 20)
		key := "\x02" + hash + hash[:12]
		fakes := []string{
			"\x51\x21" + key + "\x21\x03" + strings.Repeat("t", 32) + "\x52\xae", // 1 of 2, ours listed first
			"\x51\x21\x03" + strings.Repeat("t", 32) + "\x21" + key + "\x52\xae", // and last
			"\x51\x21" + key + "\x51\xae",                                        // 1 of 1
			"\x21" + key + "\xac",                                                // P2PK
			"\x76\xa9\x14" + hash + "\x88\xac",                                   // P2PKH of the same hash
			"\x00\x14" + hash,                                                    // P2WPKH
			"\xa9\x14" + hash + "\x87",                                           // P2SH
			"\x51\x20" + hash + hash[:12],                                        // taproot
			"\x00\x20" + hash + hash[:12],                                        // P2WSH
			issued + "\x75",                                                      // one byte more
			issued[:len(issued)-1],                                               // and less
			"\x6a" + string(rune(len(issued))) + issued,                          // quoted
		}
		fakes = slices.DeleteFunc(fakes, func(script string) bool { return script == issued })
		require.Len(x, fakes, 11)
		var outs []chainsim.Payment
		for _, script := range fakes {
			outs = append(outs, x.to(chain.Address{Family: v.Address.Family, Raw: script}, "5"))
		}
		x.blocks(1)
		outs = append(outs, x.to(m.Address, "1")) // the honest output of the same transaction
		id := x.send(outs...)
		require.NoError(x, x.p.Advance(x.Context()))
		require.Empty(x, x.deposits(voice))
		x.blocks(7)
		x.requireHonest()
		x.requireNothing()
		require.Equal(x, fmt.Sprintf("%s:%d", id, len(fakes)), x.deposits(sms)[0].Key.ID)
	})
}

func fakeSeveralOutputs(t *testing.T) {
	cases := slices.Concat(utxos(), evms("ETH"), evms("USDT"))
	onTills(t, cases, func(x *till) {
		v, m := x.address(voice), x.address(sms)
		x.blocks(1)
		id := x.send(x.to(v.Address, "2"), x.to(m.Address, "1"), x.to(v.Address, "2"), x.to(v.Address, "0.5"))
		x.blocks(7)
		require.Len(x, x.deposits(voice), 3, "each output is a deposit of its own")
		for _, d := range x.deposits(voice) {
			require.Equal(x, id, d.TxID)
		}
		require.Equal(x, "4500.00 USD", x.balance(voice))
		x.requireHonest()
		x.requireBooks("5.5", "0")
	})
}

func fakeDust(t *testing.T) {
	onTills(t, []tillCase{bitcoins()[0], dogecoins()[0], ethereums("USDT")[0]}, func(x *till) {
		const victims = 1_000
		account := func(i int) payments.Account { return payments.Account{Profile: "p", Name: fmt.Sprint(i)} }
		v, m := x.address(voice), x.address(sms)
		var dust []chainsim.Payment
		unit := money.Units(x.asset, 1)
		for i := range victims {
			dust = append(dust, chainsim.Payment{To: x.address(account(i)).Address, Amount: unit})
		}
		x.blocks(1)
		x.send(dust...)
		var drops []chainsim.Payment
		for range 1_500 { // one address, again and again: it adds up to cents and to no more
			drops = append(drops, chainsim.Payment{To: v.Address, Amount: unit})
		}
		x.send(drops...)
		x.pay(m.Address, x.coins("1"))
		x.blocks(7)
		x.requireHonest()
		for i := range victims {
			require.Equal(x, "0.00 USD", x.balance(account(i)))
			require.Len(x, x.deposits(account(i)), 1)
		}
		want := map[uint8]string{8: "0.01 USD", 6: "1.50 USD"}[x.asset.Decimals] // 1,500 × 0.00001 and × 0.001
		require.Equal(x, want, x.balance(voice))
	})
}
