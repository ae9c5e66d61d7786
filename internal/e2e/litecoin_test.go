package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/internal/e2e/daemon"
	"github.com/cointill/cointill/internal/e2e/litecoinnode"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// litecoin is Litecoin Core and its native coin, with MWEB active.
type litecoin struct {
	*litecoinnode.Node
	t   testing.TB
	net chain.Network
}

func newLitecoin(t testing.TB) litecoin {
	t.Helper()
	n := litecoinnode.Start(t)
	return litecoin{n, t, litecoinRegtest(n)}
}

func litecoinRegtest(n *litecoinnode.Node) chain.Network {
	return chain.Network{
		ID: "litecoin-regtest", Name: "Litecoin (regtest)", Family: chain.FamilyLitecoin, Test: true,
		Genesis:   n.HashAt(0),
		Native:    money.Asset{Coin: "LTC", Network: "litecoin-regtest", Decimals: 8},
		BlockTime: chain.Litecoin.BlockTime,
		Address:   chain.AddressParams{PubKeyHash: 0x6f, ScriptHash: 0x3a, Bech32: "rltc"},
		URIScheme: "litecoin", CoinType: 1, CoinbaseMaturity: 100, PegOutMaturity: 6,
	}
}

func (l litecoin) network() chain.Network { return l.net }
func (l litecoin) asset() money.Asset     { return l.net.Native }

func (l litecoin) rail(t testing.TB) payments.Rail {
	t.Helper()
	w, err := hd.OpenWallet(l.net, hd.BIP84, bitcoinKey) // SLIP-0044: all test coins share m/84'/1'
	require.NoError(t, err)
	return payments.Rail{Network: l.net, Sources: []chain.Source{l.source(t, l.net)}, Wallet: w, UnprovedKey: true}
}

func (l litecoin) source(t testing.TB, n chain.Network) *utxo.Source {
	t.Helper()
	s, err := utxo.NewSource(n, utxo.RPC{
		URL: l.URL, User: daemon.User, Password: daemon.Password, HTTP: httpClient(t)})
	require.NoError(t, err)
	return s
}

func (l litecoin) pay(to chain.Address, x money.Amount) chain.Hash {
	return l.hash(l.Pay(l.text(to), x.Text()))
}

func (l litecoin) pegOut(to chain.Address, x money.Amount) chain.Hash {
	return l.hash(l.PegOut(l.text(to), x.Text()))
}

func (l litecoin) text(to chain.Address) string {
	l.t.Helper()
	text, err := address.Format(l.net, to)
	require.NoError(l.t, err)
	return text
}

func (l litecoin) hash(id string) chain.Hash {
	l.t.Helper()
	h, err := chain.ParseHash(id)
	require.NoError(l.t, err)
	return h
}

// hogEx is the id of the best block's last transaction.
func (l litecoin) hogEx() chain.Hash {
	id, _ := l.HogEx()
	return l.hash(id)
}

func TestPaymentOutOfMWEBIsFoundInTheHogEx(t *testing.T) {
	t.Parallel()
	node := newLitecoin(t)
	h := newHost(t, node, nil)
	paid := amount(t, node.asset(), "1.23456789")
	told := node.pegOut(h.address(voice), paid)
	pegIn := node.PegIn("0.5")
	require.ElementsMatch(t, []string{told.String(), pegIn}, node.Mempool())
	h.advance()
	require.Empty(t, h.deposits(voice), "unmined, it is private")

	h.mine(1)
	hogEx, all := node.HogEx()
	require.NotContains(t, all, told.String(), "the payer's id is of no mined transaction")
	first := h.only(voice)
	require.Equal(t, hogEx, first.TxID.String())
	require.Equal(t, hogEx+":1", first.Key.ID)
	require.True(t, paid.Equal(first.Amount))
	require.Equal(t, uint64(1), first.Confirmations)
	h.mine(4)
	require.Equal(t, "0.00", h.balance(voice), "five confirmations")
	h.mine(1)
	require.Equal(t, payments.StateCredited, h.only(voice).State)
	require.Equal(t, "98.76", h.balance(voice))
	h.mine(42)
	require.Equal(t, payments.StateFinal, h.only(voice).State, "48 confirmations")
	require.Equal(t, "98.76", h.balance(voice), "credited once")
}

// A rival block holds the same payment in another HogEx: one deposit goes and
// another comes, which inherits the first sight, as both spend the HogEx before.
func TestPaymentOutOfMWEBInARivalBlockKeepsItsRate(t *testing.T) {
	t.Parallel()
	node := newLitecoin(t)
	h := newHost(t, node, nil)
	node.pegOut(h.address(voice), amount(t, node.asset(), "1.23456789"))
	h.mine(6)
	first := h.only(voice)
	require.Equal(t, "98.76", h.balance(voice))

	h.clock.Advance(5 * time.Minute)
	h.board.write(map[string]string{"LTC/USD": "160"})
	node.Undo(6)
	node.PegIn("0.5") // otherwise the HogEx would be the same
	h.mine(1)
	rival := node.hogEx()
	require.NotEqual(t, first.TxID, rival)
	h.mine(5)
	all := h.byTx(voice)
	require.Len(t, all, 2)
	require.Equal(t, payments.StateReplaced, all[first.TxID].State)
	require.Equal(t, payments.StateCredited, all[rival].State)
	require.Equal(t, first.ReceivedAt, all[rival].ReceivedAt)
	require.Equal(t, "98.76", h.balance(voice), "credited once, at the first rate")
}

// On a branch that holds it some blocks later, no HogEx has an input in common
// with the first.
func TestPaymentOutOfMWEBMinedLaterOnAnotherBranchIsCreditedOnce(t *testing.T) {
	t.Parallel()
	node := newLitecoin(t)
	h := newHost(t, node, nil)
	told := node.pegOut(h.address(voice), amount(t, node.asset(), "1.23456789"))
	h.mine(6)
	first := h.only(voice)
	require.Equal(t, "98.76", h.balance(voice))

	node.Undo(8)
	require.Contains(t, node.Mempool(), told.String(), "it waits again, under the payer's id")
	h.mineEmpty(9)
	require.Equal(t, "0.00", h.balance(voice), "taken back")
	h.mine(1)
	again := node.hogEx()
	require.NotEqual(t, first.TxID, again)
	h.mine(4)
	require.Equal(t, "0.00", h.balance(voice), "five confirmations again")
	h.mine(1)
	all := h.byTx(voice)
	require.Len(t, all, 2)
	require.Zero(t, all[first.TxID].Credited.Sign())
	require.Equal(t, payments.StateCredited, all[again].State)
	require.Equal(t, "98.76", h.balance(voice), "credited once")
}

// byTx returns an account's deposits by transaction.
func (h *host) byTx(a payments.Account) map[chain.Hash]payments.DepositView {
	h.Helper()
	out := map[chain.Hash]payments.DepositView{}
	for _, d := range h.deposits(a) {
		out[d.TxID] = d
	}
	return out
}
