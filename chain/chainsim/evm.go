package chainsim

import (
	"encoding/binary"
	"math/big"
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// EVM is a simulated chain of accounts: Ethereum and its relatives. Nothing is
// executed: a transaction is made together with its logs and internal calls.
type EVM struct {
	*Chain
	miner account // proposes the next block
}

// NewEVM starts a chain that holds block 0 only. It panics with a
// [*MisuseError] if n is a UTXO network.
func NewEVM(n chain.Network, o Options) *EVM {
	if n.UTXO() {
		misuse("NewEVM", "%s is a UTXO network; use NewUTXO", n.ID)
	}
	e := &EVM{Chain: newChain(n, o)}
	e.family = e
	e.extend(nil, nil)
	return e
}

// Finalize makes the blocks up to a height final. A height above the head
// counts when the head gets there; the final height falls only by [Chain.Reorg]
// and [Chain.Rewind].
func (e *EVM) Finalize(height uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.final = max(e.final, height)
	e.change()
}

// transaction implements family for plain payments.
func (e *EVM) transaction(act string, serial uint64, payments []Payment, claims []chain.Outpoint, bump int) *tx {
	t := e.blank(serial, claims, bump)
	if len(payments) == 1 {
		e.direct(act, t, payments[0])
	} else {
		e.batch(act, t, payments)
	}
	return e.finish(t, payments, bump)
}

func (e *EVM) bumped(_ uint64, old *tx) *tx {
	t := *old.evm
	t.gasPrice = gasPrice(old.bump + 1)
	return &tx{id: t.hash(e.network.ChainID), claims: old.claims, payments: old.payments, bump: old.bump + 1, evm: &t}
}

// gasPrice starts at 2 gwei; nodes ask for a tenth more to replace.
func gasPrice(bump int) uint64 { return 2_000_000_000 + uint64(bump)*250_000_000 }

// blank returns a transaction without effect from an account of its own, or
// from the account and nonce of claims.
func (e *EVM) blank(serial uint64, claims []chain.Outpoint, bump int) *evmTx {
	t := &evmTx{from: e.madeUp("payer", serial), value: new(big.Int), gasPrice: gasPrice(bump)}
	if claims != nil {
		copy(t.from[:], claims[0].TxID[12:])
		t.nonce = uint64(claims[0].Vout)
	}
	return t
}

// finish adds what follows from the rest of a transaction.
func (e *EVM) finish(t *evmTx, payments []Payment, bump int) *tx {
	if e.opts.NativeLogs {
		var logs []evmLog
		t.moves(func(m move) {
			if m.from != m.to {
				logs = append(logs, transferLog(nativeLogs, m.from, m.to, m.value))
			}
		})
		t.logs = append(logs, t.logs...)
	}
	return &tx{
		id: t.hash(e.network.ChainID), claims: []chain.Outpoint{t.claim()},
		payments: slices.Clone(payments), bump: bump, evm: t,
	}
}

// direct pays as a wallet does: value to the recipient, or a call of the
// token's transfer.
func (e *EVM) direct(act string, t *evmTx, p Payment) {
	to, units := e.check(act, p)
	if p.Amount.Asset() == e.network.Native {
		t.to, t.value = to, units
		return
	}
	t.to = e.contract(act, p.Amount.Asset())
	t.input = transferCall(to, units)
	t.logs = append(t.logs, transferLog(t.to, t.from, to, units))
}

// batch pays through a contract that makes all the transfers.
func (e *EVM) batch(act string, t *evmTx, payments []Payment) {
	t.to = e.madeUp("batch", 0)
	t.input = []byte("batch")
	for _, p := range payments {
		to, units := e.check(act, p)
		t.input = append(append(t.input, to[:]...), units.Bytes()...)
		if p.Amount.Asset() == e.network.Native {
			t.value = new(big.Int).Add(t.value, units)
			t.calls = append(t.calls, evmCall{from: t.to, to: to, value: units})
			continue
		}
		contract := e.contract(act, p.Amount.Asset())
		t.input = append(t.input, contract[:]...)
		t.calls = append(t.calls, evmCall{from: t.to, to: contract, value: new(big.Int)})
		t.logs = append(t.logs, transferLog(contract, t.from, to, units))
	}
}

func (e *EVM) check(act string, p Payment) (account, *big.Int) {
	units := p.Amount.Units()
	if units.Sign() < 0 || units.BitLen() > 256 {
		misuse(act, "amount %s; pay not less than zero and below 2^256 units", p.Amount)
	}
	return e.account(act, p.To), units
}

func (e *EVM) account(act string, a chain.Address) account {
	if len(a.Raw) != 20 || a.Family != chain.FamilyEVM {
		misuse(act, "address %s; give 20 bytes of the EVM family", a)
	}
	return account([]byte(a.Raw))
}

func (e *EVM) contract(act string, a money.Asset) account {
	for _, t := range e.network.Listed() {
		if t.Asset == a {
			return e.account(act, t.Contract)
		}
	}
	misuse(act, "asset %s is neither the coin nor a token of %s", a, e.network.ID)
	return account{}
}

func (e *EVM) madeUp(purpose string, i uint64) account {
	return account([]byte(madeUp(e.network, purpose, i).Raw))
}

// transferSelector begins a call of transfer(address,uint256).
const transferSelector = "\xa9\x05\x9c\xbb"

// transferCall is the call data of transfer(address,uint256).
func transferCall(to account, units *big.Int) []byte {
	a, u := padded(to), wordOf(units)
	return slices.Concat([]byte(transferSelector), a[:], u[:])
}

// baseFee is a plausible constant; on BNB Smart Chain it is zero (BEP-226).
func (e *EVM) baseFee() uint64 {
	if e.parlia() {
		return 0
	}
	return 1_000_000_000
}

// parlia reports whether the chain is BNB Smart Chain or its test network, where
// fees go to a system contract and not to the block's miner.
func (e *EVM) parlia() bool { return e.network.ChainID == 56 || e.network.ChainID == 97 }

func (e *EVM) seal(serial uint64, parent *block, at time.Time, txs []*tx, grants []grant) *block {
	b := &block{serial: serial, txs: slices.Clone(txs), grants: slices.Clone(grants), miner: e.miner, baseFee: e.baseFee(), unpaid: e.parlia()}
	b.Time = at
	content := binary.BigEndian.AppendUint64([]byte("block"), e.network.ChainID)
	if parent != nil {
		b.Height, b.Parent = parent.Height+1, parent.Hash
		content = append(content, parent.Hash[:]...)
	}
	content = binary.BigEndian.AppendUint64(content, serial)
	content = binary.BigEndian.AppendUint64(content, uint64(at.Unix()))
	for _, t := range b.txs {
		content = append(content, t.id[:]...)
	}
	b.Hash = keccak(content)
	return b
}
