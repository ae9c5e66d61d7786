package chainsim

import (
	"encoding/hex"
	"math/big"
	"strconv"
)

func hexData(b []byte) string        { return "0x" + hex.EncodeToString(b) }
func quantity(n uint64) string       { return "0x" + strconv.FormatUint(n, 16) }
func bigQuantity(n *big.Int) string  { return "0x" + n.Text(16) }
func fixed(purpose, s string) string { h := digest(purpose, s, 0); return hexData(h[:]) }

// Hashes of an empty list of uncles and of an empty trie.
const (
	noUncles  = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
	emptyTrie = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
)

func evmBlockJSON(b *block, full bool, chainID uint64) map[string]any {
	var filter bloom
	gas := uint64(0)
	txs := make([]any, len(b.txs))
	for i, t := range b.txs {
		filter.addLogs(t.evm.logs)
		gas += t.evm.gas()
		txs[i] = hexData(t.id[:])
		if full {
			txs[i] = evmTxJSON(b, i, chainID)
		}
	}
	txRoot, receiptRoot := emptyTrie, emptyTrie
	if len(txs) > 0 {
		txRoot, receiptRoot = fixed("txroot", b.Hash.String()), fixed("receiptroot", b.Hash.String())
	}
	withdrawalRoot := emptyTrie
	if len(b.grants) > 0 {
		withdrawalRoot = fixed("withdrawalroot", b.Hash.String())
	}
	return map[string]any{
		"number": quantity(b.Height), "hash": hexData(b.Hash[:]), "parentHash": hexData(b.Parent[:]),
		"timestamp": quantity(uint64(b.Time.Unix())), "logsBloom": hexData(filter[:]),
		"transactions": txs, "transactionsRoot": txRoot, "receiptsRoot": receiptRoot,
		"stateRoot": fixed("state", b.Hash.String()), "mixHash": fixed("mix", b.Hash.String()),
		"sha3Uncles": noUncles, "uncles": []string{}, "withdrawals": withdrawalsJSON(b), "withdrawalsRoot": withdrawalRoot,
		"miner": hexData(b.miner[:]), "nonce": "0x0000000000000000", "extraData": "0x",
		"difficulty": "0x0", "size": quantity(uint64(600 + 150*len(txs))),
		"gasLimit": quantity(30_000_000), "gasUsed": quantity(gas), "baseFeePerGas": quantity(b.baseFee),
	}
}

// withdrawalsJSON lists withdrawals with their amounts in gwei (EIP-4895).
func withdrawalsJSON(b *block) []any {
	out := make([]any, len(b.grants))
	for i, g := range b.grants {
		out[i] = map[string]any{
			"index": quantity(g.number), "validatorIndex": quantity(g.number + 1000),
			"address": hexData([]byte(g.payment.To.Raw)), "amount": bigQuantity(new(big.Int).Quo(g.payment.Amount.Units(), gwei)),
		}
	}
	return out
}

// gas is a plausible cost.
func (t *evmTx) gas() uint64 { return 21_000 + 30_000*uint64(len(t.logs)+len(t.calls)) }

func evmTxJSON(b *block, i int, chainID uint64) map[string]any {
	t := b.txs[i]
	r, s := digest("r", t.id.String(), 0), digest("s", t.id.String(), 0)
	to, _ := t.evm.recipient()
	return map[string]any{
		"blockHash": hexData(b.Hash[:]), "blockNumber": quantity(b.Height), "transactionIndex": quantity(uint64(i)),
		"hash": hexData(t.id[:]), "from": hexData(t.evm.from[:]), "to": to,
		"value": bigQuantity(t.evm.value), "input": hexData(t.evm.input), "nonce": quantity(t.evm.nonce),
		"gas": quantity(t.evm.gas()), "gasPrice": quantity(t.evm.gasPrice), "type": "0x0",
		"chainId": quantity(chainID), "v": quantity(chainID*2 + 35),
		"r": bigQuantity(new(big.Int).SetBytes(r[:])), "s": bigQuantity(new(big.Int).SetBytes(s[:])),
	}
}

func receiptsJSON(b *block) []any {
	logs := make([][]any, len(b.txs))
	eachLog(b, func(at logPlace, log evmLog) { logs[at.index] = append(logs[at.index], logJSON(b, at, log)) })
	out := make([]any, len(b.txs))
	total := uint64(0)
	for i, t := range b.txs {
		var filter bloom
		filter.addLogs(t.evm.logs)
		total += t.evm.gas()
		status := "0x1"
		if t.evm.failed {
			status = "0x0"
		}
		if logs[i] == nil {
			logs[i] = []any{}
		}
		to, contract := t.evm.recipient()
		out[i] = map[string]any{
			"blockHash": hexData(b.Hash[:]), "blockNumber": quantity(b.Height),
			"transactionHash": hexData(t.id[:]), "transactionIndex": quantity(uint64(i)),
			"from": hexData(t.evm.from[:]), "to": to, "contractAddress": contract,
			"status": status, "type": "0x0", "logs": logs[i], "logsBloom": hexData(filter[:]),
			"gasUsed": quantity(t.evm.gas()), "cumulativeGasUsed": quantity(total), "effectiveGasPrice": quantity(t.evm.gasPrice),
		}
	}
	return out
}

// recipient returns whom a transaction names and what it creates, one of them
// nil.
func (t *evmTx) recipient() (to, contract any) {
	if t.creates {
		return nil, hexData(t.to[:])
	}
	return hexData(t.to[:]), nil
}

func logJSON(b *block, at logPlace, log evmLog) map[string]any {
	topics := make([]string, len(log.topics))
	for i, topic := range log.topics {
		topics[i] = hexData(topic[:])
	}
	return map[string]any{
		"address": hexData(log.contract[:]), "topics": topics, "data": hexData(log.data),
		"blockHash": hexData(b.Hash[:]), "blockNumber": quantity(b.Height), "blockTimestamp": quantity(uint64(b.Time.Unix())),
		"transactionHash": hexData(at.tx.id[:]), "transactionIndex": quantity(uint64(at.index)),
		"logIndex": quantity(uint64(at.log)), "removed": false,
	}
}
