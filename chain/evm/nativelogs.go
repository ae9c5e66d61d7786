package evm

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
)

// Since EIP-7708 a node logs every transfer of the native coin to another
// account: of transactions, calls, creations and self-destructions alike, in
// execution order, and of nothing that was reverted. Fees and withdrawals are
// not logged. Whether it is active is told by the presence of such logs, never
// by a height or a name.

// nativeBits are the bloom filter bits of such a log.
var nativeBits = bloomOf(systemContract[:], transferTopic[:])

// nativeLog is a log of EIP-7708.
type nativeLog struct {
	from, to  [20]byte
	value     [32]byte
	tx, index uint64
}

// readNative reads an EIP-7708 transfer, if e is one. The contract emits nothing
// else with that topic.
func readNative(e *event) (l nativeLog, ok bool, err error) {
	if e.contract != systemContract || e.topicCount == 0 || e.topics[0] != transferTopic {
		return l, false, nil
	}
	if e.topicCount != 3 || len(e.data) != 64 || !isAddress(&e.topics[1]) || !isAddress(&e.topics[2]) {
		return l, false, field("EIP-7708 log", errKind)
	}
	l = nativeLog{from: [20]byte(e.topics[1][12:]), to: [20]byte(e.topics[2][12:]), tx: e.txIndex, index: e.index}
	return l, true, padDigits(&l.value, e.data)
}

// isAddress reports whether a topic holds an address.
func isAddress(topic *chain.Hash) bool { return [12]byte(topic[:12]) == [12]byte{} }

// nativeLogs completes the blocks that hold logs of EIP-7708. Blocks whose bloom
// filter excludes them are not asked about; after an active block of the same
// run, such a block moved nothing.
func (r *run) nativeLogs(ctx context.Context) error {
	var ask []*block
	for i := range r.blocks {
		if b := &r.blocks[i]; b.mayHaveNativeLogs() {
			ask = append(ask, b)
		}
	}
	told, err := r.src.toldNative(ctx, r.act, ask)
	if err != nil {
		return err
	}
	for i, b := range ask {
		if err := r.takeNative(b, told[i]); err != nil {
			return err
		}
	}
	active := false
	for i := range r.blocks {
		b := &r.blocks[i]
		active = active || b.complete
		b.complete = active && (b.complete || !b.mayHaveNativeLogs())
	}
	return nil
}

func (b *block) mayHaveNativeLogs() bool {
	return b.txs > 0 && (!b.hasBloom || covers(&b.bloom, &nativeBits))
}

// takeNative turns a block's logs into what happened below its transactions:
// the first log of a transaction that pays another account is its own.
func (r *run) takeNative(b *block, told told) error {
	var logs []nativeLog
	err := told.scan(func(e *event) error {
		if e.block != b.Hash || e.removed {
			return r.src.unavailable(r.act, "a log asked for of block %d belongs to block %s", b.Height, e.block)
		}
		l, ok, err := readNative(e)
		if err != nil {
			return err
		}
		if !ok && told.receipts {
			return nil
		}
		if !ok {
			return r.src.unavailable(r.act, "a log asked for of block %d is of another kind", b.Height)
		}
		logs = append(logs, l)
		return nil
	})
	if err := r.src.scanned(r.act, err); err != nil || len(logs) == 0 {
		return err
	}
	slices.SortFunc(logs, func(a, b nativeLog) int { return cmp.Compare(a.index, b.index) })
	logs = slices.Compact(logs) // a node may list a log twice
	txs, err := listTransactions(b.raw, b.txs)
	if err != nil {
		return r.src.malformed(r.act, err)
	}
	if err := b.below(txs, logs); err != nil {
		return r.src.unavailable(r.act, "logs of native transfers in block %d: %s", b.Height, err)
	}
	b.complete = true
	return nil
}

// below keeps the logs that are not of a transaction itself as moves.
func (b *block) below(txs []own, logs []nativeLog) error {
	place, entry := uint64(0), uint32(0)
	for i := range logs {
		l := &logs[i]
		if l.tx < place || l.tx >= uint64(len(txs)) || i > 0 && l.index == logs[i-1].index {
			return fmt.Errorf("log %d contradicts those before it", l.index)
		}
		if l.tx != place || i == 0 {
			place, entry = l.tx, 0
		}
		entry++
		m := move{from: l.from, to: l.to, value: l.value, tx: uint32(l.tx), entry: entry}
		if !m.counts() {
			return fmt.Errorf("log %d moves nothing", l.index)
		}
		if o := &txs[place]; entry == 1 && o.value != [32]byte{} && o.from != o.to {
			if m.from != o.from || m.to != o.to || m.value != o.value {
				return fmt.Errorf("log %d is not that of its transaction", l.index)
			}
			continue
		}
		b.moves = append(b.moves, m)
	}
	return nil
}
