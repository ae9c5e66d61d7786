package payments_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// TestPeerFailures holds a case for each way in which a comparable system was
// seen to lose or invent money while it followed a chain. The numbers are those of
// the project's table of them, the words say what failed there. In each case the
// fault happens beside a payment that nothing is wrong with, which must be
// credited, and the books are compared with what the chain holds.
func TestPeerFailures(t *testing.T) {
	page, err := os.ReadFile("../CONFORMANCE.md")
	require.NoError(t, err)
	for _, row := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"P1 block throws, height still advances", peerBlockThrows},
		{"P2 gap larger than a cap is jumped", peerGapIsJumped},
		{"P3 cursor only in memory, pauses when no order waits", peerCursorInMemory},
		{"P7 Settled is terminal", peerSettledIsTerminal},
		{"P8 state reverts silently", peerRevertsSilently},
		{"P9 replay re-emits under a new id, nothing retracted", peerReplayReEmits},
		{"P10 payment in a block at or below creation height refused", peerCreationHeight},
		{"P11 txid used as the key", peerTxidIsTheKey},
		{"P12 uniqueness (coin, txid, invoice)", peerOncePerInvoice},
		{"P13 equal amounts", peerEqualAmounts},
		{"P18 catch-up sees only unspent coins", peerOnlyUnspent},
		{"P19 forged internal transfer", peerForgedInternal},
		{"P20 contract-sent ETH", peerContractSent},
		{"P24 same ticker, other decimals or contract", peerSameTicker},
		{"P25 depth 1 for BTC", peerDepthOne},
		{"P26 head regresses (RPC behind a balancer)", peerHeadRegresses},
	} {
		require.Contains(t, string(page), "\n| "+strings.Replace(row.name, " ", " | ", 1)+" |", "CONFORMANCE.md has a line for each case")
		t.Run(row.name, func(t *testing.T) { t.Parallel(); row.test(t) })
	}
}

// onFlatRails runs a case on every rail with prices that do not move.
func onFlatRails(t *testing.T, test func(t *testing.T, b *bundle)) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.flat()
		test(t, b)
	})
}

// flat makes a coin worth 1,000 whenever it is received.
func (b *bundle) flat() {
	b.cfg.Rates = flatRates{b.rates}
	b.restart()
}

type flatRates struct{ *movingRates }

func (f flatRates) Latest(_ context.Context, pairs []rates.Pair) (out []rates.Snapshot, err error) {
	for _, p := range pairs {
		s, err := f.at(p, f.now(), rates.MethodVenue)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (f flatRates) Candle(_ context.Context, pair rates.Pair, at time.Time) (rates.Snapshot, error) {
	return f.at(pair, at.Truncate(time.Minute), rates.MethodCandle)
}

func (f flatRates) at(pair rates.Pair, at time.Time, how rates.Method) (rates.Snapshot, error) {
	rate, err := money.ParseRate("1000")
	if err != nil {
		return rates.Snapshot{}, err
	}
	return rates.NewSnapshot(rates.Snapshot{Pair: pair, Rate: rate, AsOf: at, Method: how,
		Prices: []rates.Price{{Source: "testvenue", Symbol: pair.String(), Last: rate, FetchedAt: at}}})
}

// all returns an account's deposits.
func (b *bundle) all(a payments.Account) []payments.DepositView {
	b.Helper()
	all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 1_000)
	require.NoError(b, err)
	return all
}

// requireCredit demands that an account has exactly this balance, that it is the
// sum of its deposits, and that of each transaction as many credits stand in its
// statement as deposits are credited. Then the books are checked against the chain.
func (b *bundle) requireCredit(a payments.Account, balance string) {
	b.Helper()
	require.Equal(b, balance, b.balance(a))
	sum, want, got := money.USD.Cents(0), map[string]int{}, map[string]int{}
	for _, d := range b.all(a) {
		if d.Credited.Sign() > 0 {
			var err error
			sum, err = sum.Add(d.Credited)
			require.NoError(b, err)
			want[d.TxID.String()]++
		}
	}
	require.Equal(b, balance, sum.String(), "the deposits")
	lines, _, err := b.p.Statement(b.ctx, a, ledger.Cursor{}, 1_000)
	require.NoError(b, err)
	for _, l := range lines {
		if got[l.Reference]++; l.Kind == ledger.KindReversal {
			got[l.Reference] -= 2
		}
	}
	for txid, n := range got {
		require.Equal(b, want[txid], n, "credits of %s that stand", txid)
	}
	b.checkBooks()
}

// states returns the states of an account's deposits, in order of key.
func (b *bundle) states(a payments.Account) (out []payments.DepositState) {
	b.Helper()
	for _, d := range b.all(a) {
		out = append(out, d.State)
	}
	return out
}
