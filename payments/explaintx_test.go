package payments_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
)

// explains makes a rail whose processor reads and writes addresses.
func explains(t *testing.T, c railCase, change func(*payments.Config)) *bundle {
	return newBundle(t, c, func(cfg *payments.Config) {
		cfg.ParseAddress, cfg.FormatAddress = address.Parse, address.Format
		if change != nil {
			change(cfg)
		}
	})
}

func onEveryExplainingRail(t *testing.T, test func(t *testing.T, b *bundle)) {
	for _, c := range railCases() {
		t.Run(c.name, func(t *testing.T) { t.Parallel(); test(t, explains(t, c, nil)) })
	}
}

// asks returns the only finding on a transaction.
func (b *bundle) asks(id chain.Hash, verdict payments.TxVerdict, says ...string) payments.TxFinding {
	b.Helper()
	x, err := b.p.ExplainTx(b.ctx, chain.Network{}, id.String())
	require.NoError(b, err)
	require.Equal(b, verdict, x.Verdict, x.Text)
	require.Len(b, x.Findings, 1)
	for _, s := range says {
		require.Contains(b, x.Text, s)
	}
	return x.Findings[0]
}

func TestExplainTxFollowsAPaymentFromTheMempoolToItsCredit(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		b.asks(chain.Hash{7}, payments.TxUnknown, "knows this transaction", "TRON")
		id := b.pay(to, 100)
		if b.sim.Network().UTXO() {
			b.asks(id, payments.TxUnmined, "paying 1.0", "no block holds it yet")
			b.advance()
			b.asks(id, payments.TxUnmined, "account acme/voice", "No block holds it yet.")
		}
		b.sim.Mine(1)
		found := b.asks(id, payments.TxNotRecorded, "it is recorded when that block is reached")
		require.Len(t, found.Unrecorded, 1)
		b.advance()
		b.mine(1)
		found = b.asks(id, payments.TxConfirming, "It has 2 of 6 confirmations.")
		require.Equal(t, "a", found.Source)
		require.Len(t, found.Deposits, 1)
		require.Equal(t, found.Deposits[0].Deposit.Block.Hash, found.Block.Hash)
		b.mine(4)
		found = b.asks(id, payments.TxCredited, "It was credited with", "The rate then was")
		require.Equal(t, b.only(voice).Key, found.Deposits[0].Deposit.Key)
		b.clock.Advance(1)
		b.sim.Reorg(6, chainsim.Branch{Vanish: []chain.Hash{id}})
		b.sim.Mine(1)
		b.advance()
		b.asks(id, payments.TxReversed, "taken back")
	})
}

func TestExplainTxNamesWhomAPaymentWentToInstead(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		b.address(voice)
		b.advance()
		stranger := chainsim.Address(b.sim.Network(), 9_999)
		id := b.pay(stranger, 100)
		b.mine(1)
		text, err := address.Format(b.sim.Network(), stranger)
		require.NoError(t, err)
		found := b.asks(id, payments.TxNotOurs, "pays none of our addresses", text)
		require.Contains(t, found.Recipients, text)
	})
}

func TestExplainTxOfAPaymentOnTheChainButNotOnRecordAdvisesARescan(t *testing.T) {
	for _, c := range railCases() {
		b, node, id, _ := forgot(t, c)
		node.Omit()
		b.asks(id, payments.TxNotRecorded, "rescan that block")
	}
}

func TestExplainTxSaysByWhatAPaymentWasReplaced(t *testing.T) {
	b := explains(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.advance()
	two := b.sim.Replace(id, chainsim.Payment{To: to, Amount: b.coins(100)})
	b.mine(2)
	found := b.asks(id, payments.TxReplaced, "Another transaction spent the same coins", "by transaction "+two.String(), "does not know the transaction now")
	require.Equal(t, two, found.ReplacedBy)
	b.asks(two, payments.TxConfirming)
}

func TestExplainTxOfADroppedAndAnOrphanedPayment(t *testing.T) {
	b := explains(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.advance()
	b.sim.Drop(id)
	b.advance()
	b.clock.Advance(3 * time.Hour)
	b.sim.Mine(1)
	b.advance()
	b.asks(id, payments.TxDropped, "no longer holds it")
	id = b.pay(to, 200)
	b.mine(2)
	b.sim.Reorg(2, chainsim.Branch{Vanish: []chain.Hash{id}})
	b.sim.Mine(1)
	b.advance()
	b.asks(id, payments.TxOrphaned, "replaced by the network")
}

func TestExplainTxOfAHeldPaymentSaysWhy(t *testing.T) {
	for _, c := range railCases() {
		b := explains(t, c, func(cfg *payments.Config) {
			cfg.InTx = func(_ context.Context, _ payments.Tx, _ []payments.Event) error { return errors.New("no such row") }
		})
		to := b.address(voice)
		b.advance()
		id := b.pay(to, 100)
		b.mine(7)
		b.asks(id, payments.TxHeld, "It is held: the host's own bookkeeping refused it")
	}
}

// explainEVM is a rail on the simulated EVM chain with all its tricks.
func explainEVM(t *testing.T, change func(*payments.Config)) (*bundle, *chainsim.EVM, chain.Address) {
	b := explains(t, railCases()[1], change)
	to := b.address(voice)
	b.advance()
	return b, b.sim.(*chainsim.EVM), to
}

func TestExplainTxOfAFailedTransaction(t *testing.T) {
	b, sim, to := explainEVM(t, nil)
	id := sim.PayFailed(chainsim.Payment{To: to, Amount: b.coins(100)})
	b.mine(1)
	b.asks(id, payments.TxFailed, "The transaction failed", "The sender still has the coins")
}

func TestExplainTxOfCoinsSentToTheTokensContract(t *testing.T) {
	b, sim, _ := explainEVM(t, nil)
	usdt, ok := sim.Network().Asset("USDT")
	require.True(t, ok)
	token, _ := sim.Network().Token(usdt)
	id := sim.Pay(chainsim.Payment{To: token.Contract, Amount: money.Units(usdt, 5_000_000)})
	b.mine(1)
	b.asks(id, payments.TxToContract, "contract of the token USDT itself")
}

func TestExplainTxOfAnImitatedToken(t *testing.T) {
	b, sim, to := explainEVM(t, nil)
	usdt, _ := sim.Network().Asset("USDT")
	id := sim.PayForeign(chainsim.Payment{To: to, Amount: money.Units(usdt, 5_000_000)})
	other := sim.PayForeign(chainsim.Payment{To: chainsim.Address(sim.Network(), 9_999), Amount: money.Units(usdt, 5_000_000)})
	b.mine(1)
	b.asks(id, payments.TxUnlisted, "not among those known here", "Nothing was credited")
	b.asks(other, payments.TxNotOurs)
}

func TestExplainTxOfAnAssetThatIsNotAccepted(t *testing.T) {
	b, sim, to := explainEVM(t, func(cfg *payments.Config) {
		cfg.Rails[0].Assets = cfg.Rails[0].Network.Assets()[:1]
	})
	usdt, _ := sim.Network().Asset("USDT")
	id := sim.Pay(chainsim.Payment{To: to, Amount: money.Units(usdt, 5_000_000)})
	b.mine(7)
	b.asks(id, payments.TxUnaccepted, "not accepted on this network")
}

// twoEVM is one store with Ethereum and BNB Smart Chain, both simulated.
func twoEVM(t *testing.T) (eth, bsc *chainsim.EVM, p *payments.Processor) {
	c := newClock()
	eth = chainsim.NewEVM(testEthereum(), chainsim.Options{Now: c.Now})
	n := chain.BSC
	n.Test = true
	bsc = chainsim.NewEVM(n, chainsim.Options{Now: c.Now})
	btc := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: c.Now})
	cfg := payments.Config{Store: memstore.New(), Rates: &movingRates{now: c.Now}, Now: c.Now,
		ParseAddress: address.Parse, FormatAddress: address.Format}
	for _, r := range []payments.Rail{
		{Network: btc.Network(), Sources: []chain.Source{btc.Source("btc")}},
		{Network: eth.Network(), Sources: []chain.Source{eth.Source("eth")}},
		{Network: bsc.Network(), Sources: []chain.Source{bsc.Source("bsc")}},
	} {
		r.Wallet, r.UnprovedKey = testWallet{network: r.Network}, true
		cfg.Rails = append(cfg.Rails, r)
	}
	p, err := payments.New(cfg)
	require.NoError(t, err)
	return eth, bsc, p
}

func TestExplainTxFindsAPaymentMadeOnTheOtherEVMNetwork(t *testing.T) {
	eth, bsc, p := twoEVM(t)
	to, err := p.DepositAddress(t.Context(), voice, eth.Network())
	require.NoError(t, err)
	require.NoError(t, p.Advance(t.Context()))
	id := bsc.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(bsc.Network().Native, 5_000_000_000)})
	bsc.Mine(1)
	require.NoError(t, p.Advance(t.Context()))
	x, err := p.ExplainTx(t.Context(), eth.Network(), "0x"+id.String())
	require.NoError(t, err)
	require.Equal(t, payments.TxConfirming, x.Verdict)
	require.Contains(t, x.Text, "It is not on Ethereum (simulated) but on BNB Smart Chain.")
	require.Len(t, x.Findings, 2, "a 0x id cannot be Bitcoin's")
	require.Equal(t, "bsc", x.Findings[0].Network)
	require.Equal(t, payments.TxUnknown, x.Findings[1].Verdict)
	without, err := p.ExplainTx(t.Context(), chain.Network{}, id.String())
	require.NoError(t, err)
	require.Len(t, without.Findings, 3, "without 0x it may be of any")
	require.Equal(t, payments.TxConfirming, without.Verdict)
	given, err := p.ExplainTx(t.Context(), chain.BitcoinRegtest, id.String())
	require.NoError(t, err)
	require.Len(t, given.Findings, 1)
	require.Equal(t, payments.TxUnknown, given.Verdict)
}

func TestExplainTxOfATextThatIsNoID(t *testing.T) {
	_, _, p := twoEVM(t)
	for text, says := range map[string]string{
		"":                                   "not a transaction id",
		"0x12":                               "not a transaction id",
		chain.Hash{}.String():                "not a transaction id",
		"TJRabPrwbZy45sbavfcjinPJC18kjpRTv8": "TRON",
		"0x52908400098527886E0F7030069857D2E4169EE7": "This is an address",
	} {
		x, err := p.ExplainTx(t.Context(), chain.Network{}, text)
		require.NoError(t, err)
		require.Equal(t, payments.TxUnreadable, x.Verdict)
		require.Contains(t, x.Text, says, "%q", text)
	}
	_, err := p.ExplainTx(t.Context(), chain.Dogecoin, "00")
	require.ErrorIs(t, err, payments.ErrUnknownNetwork)
}

// mute is a source that cannot look transactions up.
type mute struct{ chain.Source }

func TestExplainTxWithoutANodeToAskAnswersFromTheRecordAndSaysSo(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		b.cfg.Rails[0].Sources = []chain.Source{mute{b.source("a")}}
		b.restart()
		to := b.address(voice)
		b.advance()
		id := b.pay(to, 100)
		b.mine(2)
		found := b.asks(id, payments.TxConfirming, "It has 2 of 6", "No node could be asked")
		require.Empty(t, found.Source)
		b.asks(chain.Hash{7}, payments.TxUnknown, "Nothing is on record.", "No node could be asked")
	})
}

func TestExplainTxAsksTheNextSourceWhenOneFails(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		down := b.source("down").(forgetful)
		b.cfg.Rails[0].Sources = []chain.Source{down, b.source("up")}
		b.restart()
		stranger := chainsim.Address(b.sim.Network(), 9_999)
		b.advance()
		id := b.pay(stranger, 100)
		b.mine(1)
		down.Intercept(func(string) error { return errors.New("connection refused") })
		require.Equal(t, "up", b.asks(id, payments.TxNotOurs).Source)
		b.cfg.Rails[0].Sources = []chain.Source{down}
		b.restart()
		found := b.asks(id, payments.TxUnknown, "No node could be asked")
		require.ErrorContains(t, found.Err, "connection refused")
		text, err := json.Marshal(found)
		require.NoError(t, err)
		require.Contains(t, string(text), "connection refused")
	})
}

// TestExplainTxOfOurOwnCoinsMoving plants what following records of a sweep.
func TestExplainTxOfOurOwnCoinsMoving(t *testing.T) {
	onEveryExplainingRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		tip := b.sim.Head()
		net := b.sim.Network().ID
		require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
			_, err := tx.InsertSpends(b.ctx, []payments.Spend{{Key: payments.SpendKey{Network: net, ID: "x"}, Kind: chain.SpendNative,
				TxID: chain.Hash{8}, From: to, Amount: b.coins(100), Place: "treasury:cold", Block: tip}})
			require.NoError(t, err)
			_, err = tx.InsertDeposits(b.ctx, []payments.Deposit{{Key: payments.DepositKey{Network: net, ID: "y"}, TxID: chain.Hash{9},
				To: to, Amount: b.coins(100), Owner: payments.Owner{Account: voice}, State: payments.StateInternal, Block: tip, SeenAt: b.clock.Now()}})
			return err
		}))
		found := b.asks(chain.Hash{8}, payments.TxOutgoing, "moves coins from our own addresses", "to treasury:cold")
		require.Len(t, found.Spends, 1)
		b.asks(chain.Hash{9}, payments.TxInternal, "own coins moving")
	})
}
