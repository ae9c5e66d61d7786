package cointill_test

import (
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// faked runs a trick with each coin on each node: nothing may be on record.
func faked(t *testing.T, trick func(e *chainsim.EVM, p chainsim.Payment), coins ...string) {
	for _, coin := range coins {
		onTills(t, evms(coin), func(x *till) {
			x.beside(func(to chain.Address) { trick(x.evm, x.to(to, "5")) })
			x.requireNothing()
		})
	}
}

func fakeFailed(t *testing.T) {
	faked(t, func(e *chainsim.EVM, p chainsim.Payment) { e.PayFailed(p) }, "ETH", "USDT")
}

func fakeReturnsFalse(t *testing.T) {
	faked(t, func(e *chainsim.EVM, p chainsim.Payment) { e.PayRefused(p) }, "USDT", "GUSD")
}

func fakeToken(t *testing.T) {
	faked(t, func(e *chainsim.EVM, p chainsim.Payment) { e.PayForeign(p) }, "USDT", "GUSD")
	t.Run("a contract of other decimals than the list says", func(t *testing.T) {
		onTills(t, ethereums("USDT")[:1], func(x *till) {
			v := x.address(voice)
			wrong := x.network
			wrong.Tokens = slices.Clone(wrong.Tokens)
			for i := range wrong.Tokens {
				wrong.Tokens[i].Asset.Decimals = 18 // a millionth of a millionth of the payment, or as much more
			}
			good := x.cfg.Rails
			x.cfg.Rails = []payments.Rail{x.rail(wrong, x.serve(x.face))}
			x.restart()
			x.pay(v.Address, x.coins("5"))
			x.now = x.now.Add(20e9)
			x.mine()
			var token *evm.TokenError
			require.ErrorAs(x, x.p.Advance(x.Context()), &token, "it does not run")
			require.Empty(x, x.deposits(voice))
			x.cfg.Rails = good
			x.restart()
			x.pay(x.address(sms).Address, x.coins("1"))
			x.blocks(7)
			x.requireHonest()
			require.Equal(x, "5000.00 USD", x.balance(voice))
			x.requireBooks("6", "0")
		})
	})
}

func fakeRevertedSubcall(t *testing.T) {
	faked(t, func(e *chainsim.EVM, p chainsim.Payment) {
		e.PayReverted(p)
		e.PayDelegated(p)
	}, "ETH")
	t.Run("and the call beside it counts", func(t *testing.T) {
		onTills(t, evms("ETH"), func(x *till) {
			x.beside(func(to chain.Address) {
				x.evm.PayReverted(x.to(to, "5"))
				x.evm.PayInternal(x.to(to, "0.25"))
			})
			require.Equal(x, "250.00 USD", x.balance(voice))
			x.requireBooks("1.25", "0")
		})
	})
}

func fakeNFT(t *testing.T) {
	for standard, pay := range map[string]func(*chainsim.EVM, chainsim.Payment) chain.Hash{
		"ERC-721": (*chainsim.EVM).PayNFT, "ERC-1155": (*chainsim.EVM).PayMultiToken,
	} {
		t.Run(standard, func(t *testing.T) {
			faked(t, func(e *chainsim.EVM, p chainsim.Payment) { pay(e, p) }, "USDT", "GUSD")
		})
	}
}

// fakeLogOfAReverted: the node's log index shows a Transfer of a transaction that
// failed; its receipt does not. No block is passed on such a word.
func fakeLogOfAReverted(t *testing.T) {
	const transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
	nodes := ethereums("USDT")[:2]
	for i := range nodes {
		honest := nodes[i].build
		nodes[i].build = func(x *till) http.Handler {
			return meddle(honest(x), func(method, params, result string) string {
				if method != "eth_getLogs" || x.forged == "" || !strings.Contains(params, x.forgedIn) {
					return result
				}
				if rest := strings.TrimPrefix(result, "["); rest != "]" {
					return "[" + x.forged + "," + rest
				}
				return "[" + x.forged + "]"
			})
		}
	}
	onTills(t, nodes, func(x *till) {
		v, m := x.address(voice), x.address(sms)
		x.blocks(1)
		id := x.evm.PayFailed(x.to(v.Address, "5"))
		x.now = x.now.Add(20e9)
		x.mine()
		at, mined := x.evm.BlockOf(id)
		require.True(x, mined)
		token, _ := x.network.Token(x.asset)
		pad := strings.Repeat("0", 24)
		x.forgedIn = at.Hash.String()
		x.forged = fmt.Sprintf(`{"address":"0x%x","topics":["%s","0x%s%x","0x%s%x"],"data":"0x%064x","blockHash":"0x%s",`+
			`"blockNumber":"0x%x","transactionHash":"0x%s","transactionIndex":"0x0","logIndex":"0x0","removed":false}`,
			token.Contract.Raw, transfer, pad, m.Address.Raw, pad, v.Address.Raw, 5_000_000, at.Hash, at.Height, id)
		for range 3 {
			require.ErrorIs(x, x.p.Advance(x.Context()), chain.ErrUnavailable)
			require.Empty(x, x.deposits(voice))
		}
		x.forged = "" // the node came to its senses
		x.pay(m.Address, x.coins("1"))
		x.blocks(7)
		x.requireHonest()
		x.requireNothing()
	})
}

func fakeZeroValue(t *testing.T) {
	for _, coin := range []string{"ETH", "USDT"} {
		onTills(t, evms(coin), func(x *till) {
			x.beside(func(to chain.Address) {
				x.send(x.to(to, "0"))
				x.send(x.to(to, "0"), x.to(to, "0"))
				// Whose first and last bytes are those of the customer's address.
				poison := chain.Address{Family: to.Family, Raw: to.Raw[:3] + strings.Repeat("\x77", 14) + to.Raw[17:]}
				x.send(x.to(poison, "3"))
			})
			x.requireNothing()
			// Where the honest payment came from is on record and nowhere offered.
			got := x.address(sms)
			require.NotContains(x, got.Text, fmt.Sprintf("%x", x.deposits(sms)[0].From.Raw))
		})
	}
}

// fakeNativeLogs: on a chain that logs every transfer of ether, a log at 0xff…fe
// is no token's, and ether told by a log, a trace and the transaction itself is one
// deposit.
func fakeNativeLogs(t *testing.T) {
	var nodes []tillCase
	for _, coin := range []string{"ETH", "USDT"} {
		for _, traces := range []bool{true, false} {
			c := ethereums(coin)[2]
			c.name = fmt.Sprintf("%s, traces: %v", c.name, traces)
			build := c.build
			c.build = func(x *till) http.Handler {
				h := build(x)
				x.node.Trace(traces)
				return h
			}
			nodes = append(nodes, c)
		}
	}
	onTills(t, nodes, func(x *till) {
		x.beside(func(to chain.Address) {
			eth := chainsim.Payment{To: to, Amount: money.NewAmount(x.network.Native, big.NewInt(1e16))}
			x.send(eth)
			x.evm.PayInternal(eth)
		})
		all := x.deposits(voice)
		require.Len(x, all, 2)
		for _, d := range all {
			require.Equal(x, x.network.Native, d.Amount.Asset())
			require.Equal(x, "10.00 USD", d.Credited.String())
		}
		require.Equal(x, "20.00 USD", x.balance(voice))
		if x.asset == x.network.Native {
			x.requireBooks("1.02", "0")
		} else {
			x.requireBooks("1", "0")
		}
	})
}

func fakeTaxed(t *testing.T) {
	onTills(t, evms("USDT"), func(x *till) {
		x.beside(func(to chain.Address) { x.evm.PayTaxed(x.to(to, "5"), x.coins("0.5")) })
		require.Len(x, x.deposits(voice), 1)
		require.Equal(x, "4500.00 USD", x.balance(voice), "what the log says arrived, not what the call data asked for")
		x.requireBooks("5.5", "0")
	})
	t.Run("a rebase", func(t *testing.T) {
		faked(t, func(e *chainsim.EVM, p chainsim.Payment) { e.Rebase(p.Amount.Asset()) }, "USDT")
	})
	t.Run("a rebase and destroyBlackFunds after the payment", func(t *testing.T) {
		onTills(t, evms("USDT"), func(x *till) {
			x.beside(func(to chain.Address) {
				x.pay(to, x.coins("5"))
				x.evm.Rebase(x.asset)
				x.evm.DestroyBlackFunds(to, x.coins("5"))
			})
			once := func() {
				x.Helper()
				require.Len(x, x.deposits(voice), 1, "balances that change without a Transfer pay and take nothing")
				require.Equal(x, "5000.00 USD", x.balance(voice))
				x.requireHonest()
				x.requireBooks("6", "0")
			}
			once()
			x.evm.DestroyBlackFunds(x.address(sms).Address, x.coins("1"))
			x.evm.Rebase(x.asset)
			x.blocks(7)
			once()
		})
	})
	t.Run("all of it is the fee", func(t *testing.T) {
		onTills(t, evms("USDT"), func(x *till) {
			x.beside(func(to chain.Address) { x.evm.PayTaxed(x.to(to, "5"), x.coins("5")) })
			x.requireNothing()
		})
	})
}

func fakeForced(t *testing.T) {
	onTills(t, ethereums("ETH"), func(x *till) {
		x.beside(func(to chain.Address) {
			x.evm.PayByDestruction(x.to(to, "2")) // somebody's transaction did it
			x.evm.Withdraw(x.to(to, "3"))         // nobody sent these
		})
		all := x.deposits(voice)
		require.Len(x, all, 2)
		for _, d := range all {
			if d.Origin == chain.OriginWithdrawal {
				require.Equal(x, payments.HoldOrigin, d.Hold)
				require.True(x, d.Credited.IsZero())
			} else {
				require.Equal(x, "2000.00 USD", d.Credited.String())
			}
		}
		require.Equal(x, "2000.00 USD", x.balance(voice))
		x.requireBooks("6", "3")
	})
	t.Run("on a node that does not trace", fakeForcedUntraced)
	t.Run("fees of a block that our address proposed", func(t *testing.T) {
		onTills(t, ethereums("ETH"), func(x *till) {
			v, m := x.address(voice), x.address(sms)
			x.blocks(1)
			x.pay(m.Address, x.coins("1"))
			x.now = x.now.Add(20e9)
			x.evm.MineTo(v.Address)
			x.blocks(7)
			x.requireHonest()
			for _, d := range x.deposits(voice) {
				require.Equal(x, chain.OriginFees, d.Origin)
				require.Equal(x, payments.HoldOrigin, d.Hold)
			}
			require.Len(x, x.deposits(voice), 1)
			require.Equal(x, "0.00 USD", x.balance(voice))
		})
	})
}
