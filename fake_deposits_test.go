package cointill_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// TestFakeDeposits holds a case for each known way to make a payments system
// believe in a deposit that is not there, or is not what it looks like. The real
// adapters read simulated nodes over HTTP; every case runs on the memory and on the
// SQLite store, and beside the fake stands a payment that nothing is wrong with and
// that must be credited.
func TestFakeDeposits(t *testing.T) {
	page, err := os.ReadFile("CONFORMANCE.md")
	require.NoError(t, err)
	for _, row := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"failed EVM tx shown with value or calldata (status 0)", fakeFailed},
		{"token transfer that returns false without reverting", fakeReturnsFalse},
		{"fake token with the same name and symbol, or a log forged by another contract", fakeToken},
		{"Transfer log in a tx whose outer call reverted", fakeLogOfAReverted},
		{"internal native transfer inside a reverted sub-call", fakeRevertedSubcall},
		{"zero-value Transfer, address poisoning", fakeZeroValue},
		{"dust spam on thousands of deposit addresses", fakeDust},
		{"ERC-721/1155 with the ERC-20 topic0", fakeNFT},
		{"EIP-7708 logs taken as tokens", fakeNativeLogs},
		{"fee-on-transfer or rebasing token", fakeTaxed},
		{"force-send by SELFDESTRUCT, block rewards, withdrawals", fakeForced},
		{"wrong-network deposit (ETH address on BSC)", fakeWrongNetwork},
		{"0-conf double spend, RBF, Finney and race attacks", fakeDoubleSpend},
		{"same payment in two txids", fakeTwoTxids},
		{"coinbase or peg-out outputs paid to you", fakeImmature},
		{"nLockTime tx shown by hand", fakeShownByHand},
		{"bare multisig or other script that lists your address, P2PK", fakeScripts},
		{"one tx with several outputs to one address, or to several of yours", fakeSeveralOutputs},
		{"same txid credited twice after reorg, restart, or two providers", fakeTwice},
		{"deposit reorged out after credit", fakeReorgedOut},
		{"lying or lagging RPC provider, eclipse of one node", fakeProvider},
		{"old LTC node on an invalid chain", fakeOldLitecoin},
		{"payer sends the token to the token contract or native coin to the contract", fakeToTheContract},
		{"overflow and precision: 18-decimals amounts in int64 or float", fakeOverflow},
		{"address swap in the page or database", fakeAddressSwap},
		{"look-alike characters in a pasted address", fakeLookAlikes},
	} {
		require.Contains(t, string(page), "\n| "+row.name+" |", "CONFORMANCE.md has a line for each case")
		t.Run(row.name, func(t *testing.T) { t.Parallel(); row.test(t) })
	}
}

// till is a stack whose simulator and node a case can reach.
type till struct {
	*stack
	utxo    *chainsim.UTXO
	evm     *chainsim.EVM
	node    *chainsim.Face
	face    *chainsim.EVMFace // the same node, on an EVM network
	network chain.Network
	// forged is a log that the node shows in the answer about the block forgedIn.
	forged, forgedIn string
}

type tillCase struct {
	name, coin string
	build      func(x *till) http.Handler
}

// onTills runs a case on each node with the memory store, and with SQLite on the
// first and the last of them.
func onTills(t *testing.T, cases []tillCase, test func(x *till)) {
	for store, open := range stores {
		for i, c := range cases {
			if store == "SQLite" && i > 0 && i < len(cases)-1 {
				continue
			}
			t.Run(c.name+" in "+store, func(t *testing.T) {
				x := &till{}
				onRail(t, rail{c.name, c.coin, func(s *stack) (chain.Network, http.Handler) {
					x.stack = s
					h := c.build(x)
					s.pay = func(to chain.Address, a money.Amount) chain.Hash { return x.send(chainsim.Payment{To: to, Amount: a}) }
					s.mine = func() { x.chain().Mine(1) }
					return x.network, h
				}}, open, func(*stack) { test(x) })
			})
		}
	}
}

func (x *till) chain() *chainsim.Chain {
	if x.evm != nil {
		return x.evm.Chain
	}
	return x.utxo.Chain
}

func (x *till) send(p ...chainsim.Payment) chain.Hash { return x.chain().Pay(p...) }

func (x *till) to(a chain.Address, coins string) chainsim.Payment {
	x.Helper()
	return chainsim.Payment{To: a, Amount: x.coins(coins)}
}

// serve mounts another node and returns its address.
func (x *till) serve(h http.Handler) string {
	server := httptest.NewServer(h)
	x.Cleanup(server.Close)
	return server.URL
}

// meddle stands between a node and its client and changes results.
func meddle(node http.Handler, change func(method, params, result string) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(asked))
		said := httptest.NewRecorder()
		node.ServeHTTP(said, r)
		w.Header().Set("Content-Type", said.Header().Get("Content-Type"))
		w.WriteHeader(said.Code)
		_, _ = w.Write(meddled(asked, said.Body.Bytes(), change))
	})
}

// meddled changes the results of one call or of a batch. What is neither it leaves
// alone.
func meddled(asked, said []byte, change func(method, params, result string) string) []byte {
	type message = map[string]json.RawMessage
	var calls, answers []message
	single := json.Unmarshal(asked, &calls) != nil
	if single {
		calls, answers = make([]message, 1), make([]message, 1)
		if json.Unmarshal(asked, &calls[0]) != nil || json.Unmarshal(said, &answers[0]) != nil {
			return said
		}
	} else if json.Unmarshal(said, &answers) != nil {
		return said
	}
	for _, a := range answers {
		for _, c := range calls {
			var method string
			if string(a["id"]) == string(c["id"]) && a["result"] != nil && json.Unmarshal(c["method"], &method) == nil {
				a["result"] = json.RawMessage(change(method, string(c["params"]), string(a["result"])))
			}
		}
	}
	var out []byte
	var err error
	if single {
		out, err = json.Marshal(answers[0])
	} else {
		out, err = json.Marshal(answers)
	}
	if err != nil {
		return said
	}
	return out
}

// beside makes a fake payment to voice and an honest one of a coin to sms in one
// block, and lets both become deep.
func (x *till) beside(fake func(to chain.Address)) {
	x.Helper()
	v, m := x.address(voice), x.address(sms)
	x.blocks(1)
	fake(v.Address)
	x.pay(m.Address, x.coins("1"))
	x.blocks(7)
	x.requireHonest()
}

// requireHonest demands that the honest payment was credited, once.
func (x *till) requireHonest() {
	x.Helper()
	require.Equal(x, "1000.00 USD", x.balance(sms))
	require.Len(x, x.deposits(sms), 1)
	require.Contains(x, []payments.DepositState{payments.StateCredited, payments.StateFinal}, x.deposits(sms)[0].State)
}

// requireNothing demands that nothing at all is on record for voice, and that the
// books hold the honest payment alone.
func (x *till) requireNothing() {
	x.Helper()
	require.Empty(x, x.deposits(voice))
	require.Equal(x, "0.00 USD", x.balance(voice))
	x.requireBooks("1", "0")
}

func (x *till) deposits(a payments.Account) []payments.DepositView {
	x.Helper()
	all, err := x.p.Deposits(x.Context(), a, payments.DepositKey{}, 1_000)
	require.NoError(x, err)
	return all
}

// requireBooks demands what the books say of the coin: the coins at our addresses
// and those in suspense. Every asset sums to zero.
func (x *till) requireBooks(position, suspense string) {
	x.Helper()
	n := x.network.ID
	got := map[ledger.Account]money.Amount{ledger.Position(n, "deposits"): x.coins("0"), ledger.Suspense(n): x.coins("0")}
	sums := map[money.Asset]money.Amount{}
	accounts := []ledger.Account{ledger.Clearing, ledger.Customer(voice.Profile, voice.Name), ledger.Customer(sms.Profile, sms.Name)}
	for _, r := range x.cfg.Rails {
		accounts = append(accounts, ledger.Position(r.Network.ID, "deposits"), ledger.Suspense(r.Network.ID))
	}
	require.NoError(x, x.cfg.Store.View(x.Context(), func(tx payments.Tx) error {
		rows, err := tx.Balances(x.Context(), accounts)
		for _, r := range rows {
			if r.Amount.Asset() == x.asset {
				got[r.Account] = r.Amount
			}
			a := r.Amount.Asset()
			if _, ok := sums[a]; !ok {
				sums[a] = money.Units(a, 0)
			}
			if sums[a], err = sums[a].Add(r.Amount); err != nil {
				return err
			}
		}
		return err
	}))
	require.Equal(x, x.coins(position).String(), got[ledger.Position(n, "deposits")].String(), "coins at our addresses")
	require.Equal(x, x.coins(suspense).String(), got[ledger.Suspense(n)].Neg().String(), "coins in suspense")
	for a, sum := range sums {
		require.True(x, sum.IsZero(), "%s sums to %s", a, sum)
	}
}
