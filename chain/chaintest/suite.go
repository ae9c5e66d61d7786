package chaintest

import (
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// suite is a world and what the cases have used of it.
type suite struct {
	World
	network chain.Network
	used    int
}

// Run runs the suite against a world.
func Run(t *testing.T, w World) {
	s := &suite{World: w, network: w.Source.Network()}
	if len(s.Assets) == 0 {
		s.Assets = []money.Asset{s.network.Native}
	}
	_, mempool := w.Source.(chain.Mempooler)
	_, ranger := w.Source.(chain.Ranger)
	_, balancer := w.Source.(chain.Balancer)
	_, inspector := w.Source.(chain.Inspector)
	for _, c := range []struct {
		name   string
		exists bool
		test   func(t *testing.T, s *suite)
	}{
		{"the head grows by what is mined", true, headGrows},
		{"no block stands above the head", true, noBlockAboveHead},
		{"a run holds every block asked for, linked", true, runIsWhole},
		{"a run beyond the head is an error, not fewer blocks", true, runBeyondHead},
		{"a payment of each asset is found whole", true, paymentOfEachAsset},
		{"payments to others are not found", true, strangersAreNotFound},
		{"matching again gives the same", true, matchingAgain},
		{"one transaction pays several, one of them twice", w.Batch != nil, batch},
		{"an unmined payment keeps its id when it is mined", mempool, unminedKeepsItsID},
		{"a transaction nobody knows is left out of the mempool", mempool, unknownIsLeftOut},
		{"a payment keeps its id in another block", true, idSurvivesReorg},
		{"a reorganised block no longer stands", true, staleBlock},
		{"a follower ends where the source is", true, follower},
		{"a spent outpoint is found with all its transaction does", w.Spend != nil, outpointSpent},
		{"a coin spent in the block it arrived in is found twice", w.Spend != nil, spentAtOnce},
		{"a sweep of 500 outpoints is found whole", w.Spend != nil && w.Batch != nil, sweep},
		{"change sent to one of ours is found with the coin that paid it", w.Spend != nil, changeToOurs},
		{"a sweep reorganised away is told again when it is mined again", w.sweepable(), sweepReorganised},
		{"what arrived and left while nobody looked is found in one run", w.sweepable(), sweepWhileDown},
		{"what a sender moves and pays for is found", w.Send != nil, senderSpends},
		{"gas sent from one of ours to another is told on both sides", w.Send != nil, gasFunding},
		{"what leaves a contract of ours is found where the source says it looks", w.PayInternal != nil, internalSpend},
		{"a failed transaction moves nothing", w.PayFailed != nil, failedMovesNothing},
		{"a contract's payment is found where the source says it looks", w.PayInternal != nil, internalPayment},
		{"a payment that was taken back is not found", w.PayReverted != nil, takenBack},
		{"a delegated call moves nothing", w.PayDelegated != nil, delegated},
		{"a contract that destroys itself pays its heir", w.PayByDestruction != nil, destroyed},
		{"a payment out of MWEB is found and marked", w.PegOut != nil, pegOut},
		{"newly mined coins are marked", w.MineTo != nil, coinbase},
		{"balances are those after the block", balancer, balances},
		{"a range run finds what linked runs find", ranger && w.Final != nil, rangeEqualsLinked},
		{"a transaction is inspected at each of its stages", inspector, inspected},
		{"a node of another network is refused", w.Other != nil, otherNetwork},
		{"a call ends when its context does", true, cancelled},
		{"many callers get one answer", true, manyCallers},
	} {
		if c.exists {
			t.Run(c.name, func(t *testing.T) { c.test(t, s) })
		}
	}
}

// address returns one that no case has used.
func (s *suite) address() chain.Address {
	s.used++
	return s.Address(s.used)
}

// own is address for coins the suite can move.
func (s *suite) own() chain.Address {
	s.used++
	return s.Own(s.used)
}

// amount is a sum of an asset that no other case sends.
func (s *suite) amount(a money.Asset) money.Amount {
	s.used++
	units := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(2, int(a.Decimals)-2))), nil)
	return money.NewAmount(a, units.Add(units, big.NewInt(int64(s.used))))
}

// pay sends an amount of the native asset to an address nobody has used.
func (s *suite) pay() (Payment, chain.Hash) {
	p := Payment{To: s.address(), Amount: s.amount(s.network.Native)}
	return p, s.Pay(p)
}

func (s *suite) head(t *testing.T) chain.Head {
	t.Helper()
	h, err := s.Source.Head(t.Context())
	require.NoError(t, err)
	return h
}

// found matches the blocks from..to.
func (s *suite) found(t *testing.T, from, to uint64, m chain.Matcher) chain.Found {
	t.Helper()
	run, err := s.Source.Linked(t.Context(), from, to)
	require.NoError(t, err)
	f, err := run.Match(t.Context(), m)
	require.NoError(t, err)
	return f
}

// mined mines one block and matches it.
func (s *suite) mined(t *testing.T, m chain.Matcher) chain.Found {
	t.Helper()
	before := s.head(t).Height
	s.Mine(1)
	return s.found(t, before+1, s.head(t).Height, m)
}

// only returns the one transfer to an address.
func only(t *testing.T, f chain.Found, to chain.Address) chain.Transfer {
	t.Helper()
	var out []chain.Transfer
	for _, x := range f.Transfers {
		if x.To == to {
			out = append(out, x)
		}
	}
	require.Len(t, out, 1, "transfers to one address")
	return out[0]
}

func watch(addresses ...chain.Address) *chain.Watched {
	w := chain.NewWatched()
	for _, a := range addresses {
		w.AddAddress(a)
	}
	return w
}

// outpoint is what a UTXO transfer can be spent by.
func outpoint(t *testing.T, x chain.Transfer) chain.Outpoint {
	t.Helper()
	txid, vout, ok := strings.Cut(x.ID, ":")
	require.True(t, ok, "id %q", x.ID)
	require.Equal(t, x.TxID.String(), txid)
	n, err := strconv.ParseUint(vout, 10, 32)
	require.NoError(t, err)
	return chain.Outpoint{TxID: x.TxID, Vout: uint32(n)}
}
