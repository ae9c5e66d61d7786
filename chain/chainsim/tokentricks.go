package chainsim

import (
	"math/big"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// The first topics of what token contracts log beside ERC-20's Transfer: the two
// events of ERC-1155, the rebase of Ampleforth and of those made like it, and what
// Tether's contract logs when it takes the coins of a listed address.
var (
	singleTopic  = word(keccak([]byte("TransferSingle(address,address,address,uint256,uint256)")))
	batchTopic   = word(keccak([]byte("TransferBatch(address,address,address,uint256[],uint256[])")))
	rebaseTopic  = word(keccak([]byte("LogRebase(uint256,uint256)")))
	destroyTopic = word(keccak([]byte("DestroyedBlackFunds(address,uint256)")))
)

// PayMultiToken makes the payment's token contract log a transfer of the amount
// of an ERC-1155 token, as TransferSingle and as TransferBatch; both once more
// under the first topic of ERC-20's Transfer; and Transfers with the id as a
// fourth topic, and in the data before the value. None of them moves an amount of
// the token.
func (e *EVM) PayMultiToken(p Payment) chain.Hash {
	return e.trick("PayMultiToken", p, func(t *evmTx, to account, units *big.Int) {
		contract := e.contract("PayMultiToken", p.Amount.Asset())
		single := dataOf(big.NewInt(7), units)
		batch := dataOf(big.NewInt(0x40), big.NewInt(0x80), big.NewInt(1), big.NewInt(7), big.NewInt(1), units)
		parties := []word{padded(t.from), padded(t.from), padded(to)} // operator, from, to
		of := func(topic word, parties []word, data []byte) evmLog {
			return evmLog{contract: contract, topics: append([]word{topic}, parties...), data: data}
		}
		t.logs = []evmLog{
			of(singleTopic, parties, single), of(batchTopic, parties, batch),
			of(transferTopic, parties, single), of(transferTopic, parties, batch),
			of(transferTopic, append(parties[1:3:3], wordOf(big.NewInt(7))), dataOf(units)),
			of(transferTopic, parties[1:], single),
		}
	})
}

// Rebase makes a token contract multiply every balance, as rebasing tokens do:
// it logs the new supply and no transfer. Balances of tokens are not simulated.
func (e *EVM) Rebase(a money.Asset) chain.Hash {
	return e.callContract("Rebase", a, "rebase(uint256,int256)", dataOf(big.NewInt(1), big.NewInt(5)), func(contract account) evmLog {
		return evmLog{contract: contract, topics: []word{rebaseTopic, wordOf(big.NewInt(1))}, data: dataOf(big.NewInt(1_000_000))}
	})
}

// DestroyBlackFunds makes a token contract take all that an address holds, as
// Tether's does with those it has listed: amount is gone without a transfer.
func (e *EVM) DestroyBlackFunds(of chain.Address, amount money.Amount) chain.Hash {
	listed := e.account("DestroyBlackFunds", of)
	whom := padded(listed)
	if amount.Sign() < 0 || amount.Units().BitLen() > 256 {
		misuse("DestroyBlackFunds", "amount %s; give not less than zero and below 2^256 units", amount)
	}
	return e.callContract("DestroyBlackFunds", amount.Asset(), "destroyBlackFunds(address)", whom[:], func(contract account) evmLog {
		return evmLog{contract: contract, topics: []word{destroyTopic}, data: append(whom[:], dataOf(amount.Units())...)}
	})
}

// callContract sends a transaction that calls a function of a token's contract,
// which logs one event.
func (e *EVM) callContract(act string, a money.Asset, function string, args []byte, logged func(contract account) evmLog) chain.Hash {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.blank(e.next(), nil, 0)
	t.to = e.contract(act, a)
	selector := keccak([]byte(function))
	t.input = slices.Concat(selector[:4], args)
	t.logs = []evmLog{logged(t.to)}
	return e.accept(e.finish(t, nil, 0))
}

// dataOf is the data of words.
func dataOf(words ...*big.Int) []byte {
	var out []byte
	for _, n := range words {
		w := wordOf(n)
		out = append(out, w[:]...)
	}
	return out
}
