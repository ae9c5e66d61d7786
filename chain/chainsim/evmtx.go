package chainsim

import (
	"encoding/binary"
	"math/big"

	"github.com/cointill/cointill/chain"
	"golang.org/x/crypto/sha3"
)

// account is an EVM address.
type account [20]byte

// word is a log topic or a stack value.
type word [32]byte

// evmTx is an EVM transaction with what its execution yields.
type evmTx struct {
	from, to account
	// creates: to is the contract that the transaction creates.
	creates  bool
	nonce    uint64
	value    *big.Int
	input    []byte
	failed   bool
	gasPrice uint64
	calls    []evmCall
	logs     []evmLog
}

// evmCall is a call made by the called contract.
type evmCall struct {
	kind     callKind
	from, to account
	value    *big.Int
	// reverted calls have no effect, nor have the calls they made.
	reverted bool
	calls    []evmCall
}

// evmLog is one log of a receipt.
type evmLog struct {
	contract account
	topics   []word
	data     []byte
}

// transferTopic is keccak256("Transfer(address,address,uint256)").
var transferTopic = word(keccak([]byte("Transfer(address,address,uint256)")))

// nativeLogs is the address that emits the logs of EIP-7708.
var nativeLogs = account{
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
}

func transferLog(contract, from, to account, units *big.Int) evmLog {
	data := wordOf(units)
	return evmLog{contract: contract, topics: []word{transferTopic, padded(from), padded(to)}, data: data[:]}
}

// callKind is the instruction that made a call.
type callKind string

const (
	kindCall     callKind = "" // CALL
	kindCreate   callKind = "CREATE"
	kindDestroy  callKind = "SELFDESTRUCT"
	kindDelegate callKind = "DELEGATECALL" // names a value and moves none
)

// move is one successful transfer of value.
type move struct {
	from, to account
	value    *big.Int
	// own: the transaction's, not that of a call inside it.
	own bool
}

// moves calls yield for each successful transfer of value, in execution order. A
// call of an account to itself transfers nothing, and EIP-7708 logs none.
func (t *evmTx) moves(yield func(m move)) {
	if t.failed {
		return
	}
	if t.value.Sign() > 0 {
		yield(move{from: t.from, to: t.to, value: t.value, own: true})
	}
	movesOf(t.calls, yield)
}

func movesOf(calls []evmCall, yield func(m move)) {
	for _, c := range calls {
		if c.reverted {
			continue
		}
		if c.value.Sign() > 0 && c.kind != kindDelegate && c.from != c.to {
			yield(move{from: c.from, to: c.to, value: c.value})
		}
		movesOf(c.calls, yield)
	}
}

// fee is what the sender pays for the transaction, failed or not.
func (t *evmTx) fee() *big.Int {
	return new(big.Int).Mul(new(big.Int).SetUint64(t.gas()), new(big.Int).SetUint64(t.gasPrice))
}

// hash stands for the hash of the signed transaction: every field that the
// payer signs goes into it.
func (t *evmTx) hash(chainID uint64) chain.Hash {
	b := binary.BigEndian.AppendUint64([]byte("tx"), chainID)
	b = append(append(b, t.from[:]...), t.to[:]...)
	b = binary.BigEndian.AppendUint64(b, t.nonce)
	b = binary.BigEndian.AppendUint64(b, t.gasPrice)
	v := wordOf(t.value)
	b = append(b, v[:]...)
	return keccak(append(b, t.input...))
}

// claim is the nonce in the form in which transactions are compared for
// conflicts.
func (t *evmTx) claim() chain.Outpoint {
	return chain.Outpoint{TxID: chain.Hash(padded(t.from)), Vout: uint32(t.nonce)}
}

func keccak(b []byte) [32]byte {
	var out [32]byte
	h := sha3.NewLegacyKeccak256()
	h.Write(b)
	h.Sum(out[:0])
	return out
}

func padded(a account) word {
	var w word
	copy(w[12:], a[:])
	return w
}

func wordOf(n *big.Int) word {
	var w word
	n.FillBytes(w[:])
	return w
}
