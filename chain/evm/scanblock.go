package evm

import (
	"bytes"
	"errors"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"github.com/cointill/cointill/chain"
)

// header is what a block says of itself.
type header struct {
	chain.Anchor
	bloom    types.Bloom
	hasBloom bool

	// Below is read with the transactions only.

	miner       [20]byte // whom the fees go to
	hasMiner    bool
	baseFee     []byte // hex digits, none before EIP-1559
	withdrawals []byte // the array's text, none before EIP-4895
}

var (
	errMissing = errors.New("missing")
	errKind    = errors.New("not the expected kind of value")
	errNoBody  = errors.New("no transactions or withdrawals, but the root of some")
)

// emptyRoot is the root of no transactions and of no withdrawals, as it is
// written.
var emptyRoot = []byte(`"0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"`)

// withoutBody reports whether a block's transactions or withdrawals were left out, as by a node
// that has its header alone.
func withoutBody(list, root []byte) bool {
	if isNull(root) || bytes.EqualFold(root, emptyRoot) {
		return false
	}
	return len(list) > 1 && list[0] == '[' && len(bytes.TrimSpace(list[1:len(list)-1])) == 0
}

// scanBlock reads a block. each is called for every transaction in order and
// must not keep its argument; with a nil each the transactions are skipped
// unread, whether they are objects or hashes.
func scanBlock(b []byte, each func(*transaction) error) (header, error) {
	p := parser{b: b}
	var number, hash, parent, stamp, logsBloom, txs, root, out, outRoot, miner, baseFee []byte
	empty, err := p.open('{', '}')
	for more := !empty; more && err == nil; {
		var k, v []byte
		if k, err = p.key(); err != nil {
			break
		}
		if string(k) == "transactions" && each != nil {
			v, err = p.passObjects(new(layout))
		} else {
			v, err = p.value()
		}
		if err != nil {
			break
		}
		switch string(k) {
		case "number":
			number = v
		case "hash":
			hash = v
		case "parentHash":
			parent = v
		case "timestamp":
			stamp = v
		case "logsBloom":
			logsBloom = v
		case "transactions":
			txs = v
		case "transactionsRoot":
			root = v
		case "withdrawals":
			out = v
		case "withdrawalsRoot":
			outRoot = v
		case "miner":
			miner = v
		case "baseFeePerGas":
			baseFee = v
		}
		more, err = p.more('}')
	}
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return header{}, err
	}
	var h header
	if h.Height, err = quantity(number); err != nil {
		return header{}, field("number", err)
	}
	if err = fixed(h.Hash[:], hash); err != nil {
		return header{}, field("hash", err)
	}
	if err = fixed(h.Parent[:], parent); err != nil {
		return header{}, field("parentHash", err)
	}
	sec, err := quantity(stamp)
	if err != nil || sec > 1<<40 {
		return header{}, field("timestamp", errHex)
	}
	h.Time = time.Unix(int64(sec), 0).UTC()
	if !isNull(logsBloom) {
		if err = fixed(h.bloom[:], logsBloom); err != nil {
			return header{}, field("logsBloom", err)
		}
		h.hasBloom = true
	}
	if each == nil {
		return h, nil
	}
	if withoutBody(txs, root) || withoutBody(out, outRoot) || isNull(out) && !isNull(outRoot) {
		return header{}, errNoBody
	}
	if h.hasMiner = !isNull(miner); h.hasMiner {
		if err = fixed(h.miner[:], miner); err != nil {
			return header{}, field("miner", err)
		}
	}
	if !isNull(baseFee) {
		if h.baseFee, err = word(baseFee); err != nil {
			return header{}, field("baseFeePerGas", err)
		}
	}
	if !isNull(out) {
		h.withdrawals = out
		if err = scanWithdrawals(out, func(*withdrawal) error { return nil }); err != nil {
			return header{}, field("withdrawals", err)
		}
	}
	return h, field("transactions", scanTransactions(txs, each))
}
