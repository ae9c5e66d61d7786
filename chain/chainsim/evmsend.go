package chainsim

import (
	"math/big"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// Send is [Chain.Pay] from a given address, which pays value and gas and uses its
// next nonce: a sweep, gas sent to a customer's address, a payout. Several
// payments go through the batch contract, to which the address sends the coins.
// What the address lacks it is given: see [EVMSource.Balances].
func (e *EVM) Send(from chain.Address, payments ...Payment) chain.Hash {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(payments) == 0 {
		misuse("Send", "no payments")
	}
	return e.accept(e.transaction("Send", e.next(), payments, e.nextClaim("Send", from), 0))
}

// SendFailed is [EVM.Send] of a transaction whose execution fails: it moves
// nothing but the gas that from pays.
func (e *EVM) SendFailed(from chain.Address, p Payment) chain.Hash {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.check("SendFailed", p)
	t := e.blank(e.next(), e.nextClaim("SendFailed", from), 0)
	e.direct("SendFailed", t, p)
	t.failed, t.logs = true, nil
	return e.accept(e.finish(t, []Payment{p}, 0))
}

// SendCreation makes an address create a contract and give it an amount of the
// native coin: a transaction without recipient.
func (e *EVM) SendCreation(from chain.Address, amount money.Amount) chain.Hash {
	e.mu.Lock()
	defer e.mu.Unlock()
	if amount.Asset() != e.network.Native || amount.Sign() < 0 {
		misuse("SendCreation", "amount %s; give %s, not negative", amount, e.network.Native)
	}
	t := e.blank(e.next(), e.nextClaim("SendCreation", from), 0)
	t.to, t.creates = created(t.from, t.nonce), true
	t.value, t.input = amount.Units(), []byte("code")
	return e.accept(e.finish(t, nil, 0))
}

// created is the address of the contract that a transaction creates: the end of
// the hash of the RLP list of sender and nonce (Yellow Paper, section 7).
func created(from account, nonce uint64) account {
	n := new(big.Int).SetUint64(nonce).Bytes()
	if len(n) != 1 || n[0] >= 0x80 {
		n = append([]byte{0x80 + byte(len(n))}, n...)
	}
	body := slices.Concat([]byte{0x80 + 20}, from[:], n)
	h := keccak(append([]byte{0xc0 + byte(len(body))}, body...))
	return account(h[12:])
}

// nextClaim returns an address's first nonce that no transaction of the best
// chain or the mempool uses.
func (e *EVM) nextClaim(act string, from chain.Address) []chain.Outpoint {
	t := &evmTx{from: e.account(act, from), nonce: view{blocks: e.blocks, pool: e.pool}.nonce(e.account(act, from))}
	return []chain.Outpoint{t.claim()}
}

// nonce counts upwards from the mined and unmined transactions of an account.
func (v view) nonce(of account) uint64 {
	next := uint64(0)
	count := func(txs []*tx) {
		for _, t := range txs {
			if t.evm.from == of {
				next = max(next, t.evm.nonce+1)
			}
		}
	}
	for _, b := range v.blocks {
		count(b.txs)
	}
	count(v.pool)
	return next
}

// PayInternal makes a contract pay out of what it holds, as contract wallets and
// exchanges do: a call without value, in which the contract runs another's code
// (DELEGATECALL) that pays coins by calls and tokens by logs, in the order given.
func (e *EVM) PayInternal(payments ...Payment) chain.Hash {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(payments) == 0 {
		misuse("PayInternal", "no payments")
	}
	t := e.blank(e.next(), nil, 0)
	e.batch("PayInternal", t, payments)
	t.to, t.value, t.logs = e.madeUp("wallet", 0), new(big.Int), nil
	for i, p := range payments {
		t.calls[i].from = t.to
		if p.Amount.Asset() != e.network.Native {
			to, units := e.check("PayInternal", p)
			t.logs = append(t.logs, transferLog(e.contract("PayInternal", p.Amount.Asset()), t.to, to, units))
		}
	}
	t.calls = []evmCall{{
		kind: kindDelegate, from: t.to, to: e.madeUp("code", 0), value: new(big.Int), calls: t.calls,
	}}
	return e.accept(e.finish(t, payments, 0))
}

// PayByDestruction creates a contract that holds the payment and destroys itself
// in favour of the recipient: coins arrive without a call to him.
func (e *EVM) PayByDestruction(p Payment) chain.Hash {
	return e.nativeTrick("PayByDestruction", p, func(t *evmTx, to account, units *big.Int) {
		shell := e.madeUp("shell", e.serial)
		t.to, t.value = e.madeUp("factory", 0), units
		t.calls = []evmCall{{
			kind: kindCreate, from: t.to, to: shell, value: units,
			calls: []evmCall{{kind: kindDestroy, from: shell, to: to, value: units}},
		}}
	})
}

// PayDelegated makes a contract that was sent the payment's value run the
// recipient's code in its own place (DELEGATECALL): a trace shows the recipient
// with the value, nothing arrives.
func (e *EVM) PayDelegated(p Payment) chain.Hash {
	return e.nativeTrick("PayDelegated", p, func(t *evmTx, to account, units *big.Int) {
		t.to, t.value = e.madeUp("wallet", 0), units
		t.calls = []evmCall{{kind: kindDelegate, from: t.to, to: to, value: units}}
	})
}

// nativeTrick is trick for native coin through a contract.
func (e *EVM) nativeTrick(act string, p Payment, change func(t *evmTx, to account, units *big.Int)) chain.Hash {
	if p.Amount.Asset() != e.network.Native {
		misuse(act, "amount %s; pay in %s", p.Amount, e.network.Native)
	}
	return e.trick(act, p, func(t *evmTx, to account, units *big.Int) {
		change(t, to, units)
		t.input = append([]byte(act), to[:]...)
	})
}
