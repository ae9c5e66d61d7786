package chainsim

import (
	"fmt"
	"math/big"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// evmMatch collects what concerns a matcher.
type evmMatch struct {
	network chain.Network
	matcher chain.Matcher
	found   chain.Found
}

// matching begins a match.
func (s *EVMSource) matching(m chain.Matcher, internal bool) *evmMatch {
	return &evmMatch{network: s.chain.network, matcher: m, found: chain.Found{Internal: internal}}
}

func (x *evmMatch) block(b *block) {
	for _, t := range b.txs {
		x.tx(t, b.Anchor)
	}
	for _, g := range b.grants {
		to := account([]byte(g.payment.To.Raw))
		x.receive(to, chain.Transfer{
			ID: fmt.Sprintf("withdrawal:%d", g.number), Amount: g.payment.Amount, Block: b.Anchor, Origin: chain.OriginWithdrawal,
		})
	}
	if income := b.income(); income.Sign() > 0 {
		x.receive(b.miner, chain.Transfer{
			ID: b.Hash.String() + ":fees", Amount: x.coins(income), Block: b.Anchor, Origin: chain.OriginFees,
		})
	}
}

func (x *evmMatch) tx(t *tx, at chain.Anchor) {
	x.native(t, at)
	x.tokens(t, at)
	x.spend(t.evm.from, chain.Spend{
		ID: t.id.String() + ":gas", Kind: chain.SpendGas, TxID: t.id, Amount: x.coins(t.evm.fee()), Block: at,
	})
}

// native takes the transfers of value, numbered by recipient and by sender.
func (x *evmMatch) native(t *tx, at chain.Anchor) {
	in, out := make(map[account]int), make(map[account]int)
	t.evm.moves(func(m move) {
		if !m.own && !x.found.Internal {
			return
		}
		n, k := in[m.to], out[m.from]
		in[m.to], out[m.from] = n+1, k+1
		amount := x.coins(m.value)
		x.receive(m.to, chain.Transfer{
			ID:   fmt.Sprintf("%s:eth:%s:%d", t.id, hexData(m.to[:]), n),
			TxID: t.id, From: addressOf(m.from), Amount: amount, Block: at,
		})
		spend := chain.Spend{
			ID:   fmt.Sprintf("%s:out:%s:%d", t.id, hexData(m.from[:]), k),
			Kind: chain.SpendNative, TxID: t.id, Amount: amount, Block: at,
		}
		if !m.own || !t.evm.creates {
			spend.To = addressOf(m.to)
		}
		x.spend(m.from, spend)
	})
}

// tokens takes the transfers of listed tokens.
func (x *evmMatch) tokens(t *tx, at chain.Anchor) {
	for n, log := range t.evm.logs {
		token, ok := listed(x.network, log.contract)
		if !ok || !log.pays() {
			continue
		}
		id := fmt.Sprintf("%s:log:%d", t.id, n)
		from, to := log.party(1), log.party(2)
		amount := money.NewAmount(token.Asset, new(big.Int).SetBytes(log.data))
		x.receive(to, chain.Transfer{ID: id, TxID: t.id, From: addressOf(from), Amount: amount, Block: at})
		x.spend(from, chain.Spend{ID: id, Kind: chain.SpendToken, TxID: t.id, To: addressOf(to), Amount: amount, Block: at})
	}
}

func (x *evmMatch) receive(to account, t chain.Transfer) {
	if x.matcher.Address(to[:]) {
		t.To = addressOf(to)
		x.found.Transfers = append(x.found.Transfers, t)
	}
}

func (x *evmMatch) spend(from account, s chain.Spend) {
	if x.matcher.Address(from[:]) {
		s.From = addressOf(from)
		x.found.Spends = append(x.found.Spends, s)
	}
}

func (x *evmMatch) coins(units *big.Int) money.Amount {
	return money.NewAmount(x.network.Native, units)
}

// pays reports whether a log is an ERC-20 Transfer of something.
func (l evmLog) pays() bool {
	return len(l.topics) == 3 && l.topics[0] == transferTopic && len(l.data) == 32 && new(big.Int).SetBytes(l.data).Sign() > 0
}

// party is the address in a topic.
func (l evmLog) party(topic int) account { return account(l.topics[topic][12:]) }

// listed returns the token of a contract.
func listed(n chain.Network, contract account) (chain.Token, bool) {
	for _, t := range n.Listed() {
		if t.Contract.Raw == string(contract[:]) {
			return t, true
		}
	}
	return chain.Token{}, false
}

func addressOf(a account) chain.Address {
	return chain.Address{Family: chain.FamilyEVM, Raw: string(a[:])}
}
