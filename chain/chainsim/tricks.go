package chainsim

import (
	"math/big"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// PayFailed makes a transaction with the payment's value or call data whose
// execution failed: it is mined with status 0, moves nothing and has no logs.
func (e *EVM) PayFailed(p Payment) chain.Hash {
	return e.trick("PayFailed", p, func(t *evmTx, _ account, _ *big.Int) {
		t.failed, t.logs = true, nil
	})
}

// PayRefused makes a token payment that the contract refuses by returning false:
// the transaction succeeds and its call data says the amount, but nothing moves
// and there is no log.
func (e *EVM) PayRefused(p Payment) chain.Hash {
	return e.trick("PayRefused", p, func(t *evmTx, _ account, _ *big.Int) {
		e.contract("PayRefused", p.Amount.Asset()) // the coin has no contract to refuse it
		t.logs = nil
	})
}

// PayForeign makes the payment in a token contract that the network does not
// list, as a copy with the same symbol and decimals would. Amount may be of any
// listed token.
func (e *EVM) PayForeign(p Payment) chain.Hash {
	return e.trick("PayForeign", p, func(t *evmTx, to account, units *big.Int) {
		t.to, t.value = e.madeUp("foreign", 0), new(big.Int)
		t.input = transferCall(to, units)
		t.logs = []evmLog{transferLog(t.to, t.from, to, units)}
	})
}

// PayNFT makes the payment's token contract emit an ERC-721 Transfer: the same
// first topic, the number as a fourth topic and no data. It moves no amount.
func (e *EVM) PayNFT(p Payment) chain.Hash {
	return e.trick("PayNFT", p, func(t *evmTx, to account, units *big.Int) {
		contract := e.contract("PayNFT", p.Amount.Asset())
		topics := []word{transferTopic, padded(t.from), padded(to), wordOf(units)}
		t.logs = []evmLog{{contract: contract, topics: topics}}
	})
}

// PayTaxed makes a token payment of which the contract keeps a fee: the call
// data says the amount, a first log sends the fee to the contract and a second
// one the rest to the recipient.
func (e *EVM) PayTaxed(p Payment, fee money.Amount) chain.Hash {
	rest, err := p.Amount.Sub(fee)
	if err != nil || rest.Sign() < 0 || fee.Sign() < 0 {
		misuse("PayTaxed", "fee %s of %s; give a part of the amount", fee, p.Amount)
	}
	return e.trick("PayTaxed", p, func(t *evmTx, to account, _ *big.Int) {
		contract := e.contract("PayTaxed", p.Amount.Asset())
		t.logs = []evmLog{
			transferLog(contract, t.from, contract, fee.Units()),
			transferLog(contract, t.from, to, rest.Units()),
		}
	})
}

// PayReverted makes a successful transaction in which a contract pays the
// recipient native coin inside a call that is then reverted: a trace shows the
// payment, nothing arrives.
func (e *EVM) PayReverted(p Payment) chain.Hash {
	return e.nativeTrick("PayReverted", p, func(t *evmTx, to account, units *big.Int) {
		inner := e.madeUp("batch", 1)
		t.to, t.value = e.madeUp("batch", 0), new(big.Int)
		t.calls = []evmCall{{
			from: t.to, to: inner, value: new(big.Int), reverted: true,
			calls: []evmCall{{from: inner, to: to, value: units}},
		}}
	})
}

// trick makes a payment and lets change spoil it.
func (e *EVM) trick(act string, p Payment, change func(t *evmTx, to account, units *big.Int)) chain.Hash {
	e.mu.Lock()
	defer e.mu.Unlock()
	to, units := e.check(act, p)
	t := e.blank(e.next(), nil, 0)
	e.direct(act, t, p)
	change(t, to, units)
	return e.accept(e.finish(t, []Payment{p}, 0))
}
