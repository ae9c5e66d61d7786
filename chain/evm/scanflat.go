package evm

import (
	"cmp"
	"errors"
	"slices"

	"github.com/cointill/cointill/chain"
)

var errNoRoot = errors.New("the transaction's own call is missing")

// flatFrame is what matters of one entry of trace_block: the transaction's own
// call, one that failed, or one that moves value.
type flatFrame struct {
	move
	path   []uint32 // traceAddress
	failed bool
}

func (f *flatFrame) compare(g *flatFrame) int {
	return cmp.Or(cmp.Compare(f.tx, g.tx), slices.Compare(f.path, g.path))
}

// flatText holds the fields of one entry as they were written.
type flatText struct {
	kind, fail, block, hash, place, path []byte
	hasAction, hasResult                 bool

	from, to, value, callType        []byte // of a call or creation
	contract, refundAddress, balance []byte // of a self-destruction
	created                          []byte // result.address
}

// flatScan reads answers of trace_block, as OpenEthereum defined it and Erigon,
// Nethermind and Reth give it: one list of all calls, each with its place in the
// tree.
type flatScan struct {
	parser
	frames []flatFrame
	paths  []uint32
}

// scanFlatTraces calls each for every transaction in order, and belongs for every
// entry with the block and transaction it names. Rewards are left out: they are
// no transaction's. An entry that failed takes along all below it, wherever in
// the list they are.
func scanFlatTraces(b []byte, belongs func(block, tx *chain.Hash, place uint32) error, each func(*traced) error) error {
	p := flatScan{parser: parser{b: b}}
	if p.next() != '[' {
		return errOtherTracer
	}
	empty, err := p.open('[', ']')
	t := new(flatText)
	for more := !empty; more && err == nil; {
		*t = flatText{}
		if err = p.entry(t); err != nil {
			return err
		}
		if err = p.keep(t, belongs); err != nil {
			return err
		}
		more, err = p.more(']')
	}
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return err
	}
	return p.sweep(each)
}

// entry reads the texts of one entry.
func (p *flatScan) entry(t *flatText) error {
	return p.object(func(k []byte) error {
		switch string(k) {
		case "action":
			if t.hasAction {
				return field("action", errTwice)
			}
			t.hasAction = true
			return field("action", p.object(func(k []byte) error {
				v, err := p.value()
				switch string(k) {
				case "from":
					t.from = v
				case "to":
					t.to = v
				case "value":
					t.value = v
				case "callType":
					t.callType = v
				case "address":
					t.contract = v
				case "refundAddress":
					t.refundAddress = v
				case "balance":
					t.balance = v
				}
				return err
			}))
		case "result":
			if t.hasResult {
				return field("result", errTwice)
			}
			t.hasResult = true
			if p.next() == '{' {
				return field("result", p.object(func(k []byte) error {
					v, err := p.value()
					if string(k) == "address" {
						t.created = v
					}
					return err
				}))
			}
			v, err := p.value()
			if err == nil && !isNull(v) {
				err = field("result", errKind)
			}
			return err
		}
		v, err := p.value()
		switch string(k) {
		case "type":
			t.kind = v
		case "error":
			t.fail = v
		case "blockHash":
			t.block = v
		case "transactionHash":
			t.hash = v
		case "transactionPosition":
			t.place = v
		case "traceAddress":
			t.path = v
		}
		return err
	})
}

// object reads an object; each reads the value of the key it is given.
func (p *parser) object(each func(k []byte) error) error {
	if p.next() != '{' {
		return errKind
	}
	empty, err := p.open('{', '}')
	for more := !empty; more && err == nil; {
		k, kerr := p.key()
		if kerr != nil {
			return kerr
		}
		if err = each(k); err != nil {
			return err
		}
		more, err = p.more('}')
	}
	return err
}

// keep reads an entry's fields and keeps it if it matters.
func (p *flatScan) keep(t *flatText, belongs func(block, tx *chain.Hash, place uint32) error) error {
	if isNull(t.kind) {
		return errOtherTracer
	}
	kind, err := text(t.kind)
	if err != nil {
		return field("type", err)
	}
	if string(kind) == "reward" {
		return nil
	}
	if !t.hasAction {
		return field("action", errMissing)
	}
	var block, hash chain.Hash
	if err := fixed(block[:], t.block); err != nil {
		return field("blockHash", err)
	}
	if err := fixed(hash[:], t.hash); err != nil {
		return field("transactionHash", err)
	}
	var f flatFrame
	if f.tx, err = count(t.place); err != nil {
		return field("transactionPosition", err)
	}
	start := len(p.paths)
	if p.paths, err = readPath(p.paths, t.path); err != nil {
		return field("traceAddress", err)
	}
	f.path = p.paths[start:len(p.paths):len(p.paths)]
	if err := belongs(&block, &hash, f.tx); err != nil {
		return err
	}
	if f.failed, err = says(t.fail); err != nil {
		return field("error", err)
	}
	if !f.failed {
		if err := f.read(string(kind), t); err != nil {
			return err
		}
		if len(f.path) > 0 && !f.counts() {
			p.paths = p.paths[:start]
			return nil
		}
	}
	p.frames = append(p.frames, f)
	return nil
}

// read reads what a frame that did not fail moved; nothing, if it is a call that
// never does.
func (f *flatFrame) read(kind string, t *flatText) error {
	from, to, value := t.from, t.to, t.value
	switch kind {
	case "call":
		how, err := text(t.callType)
		if err != nil {
			return field("callType", err)
		}
		switch string(how) {
		case "call":
		case "delegatecall", "callcode", "staticcall":
			if len(f.path) == 0 {
				return field("callType", errKind)
			}
			return nil
		default:
			return field("callType", errKind)
		}
	case "create":
		to = t.created
	case "suicide", "selfdestruct":
		if len(f.path) == 0 {
			return field("type", errKind)
		}
		from, to, value = t.contract, t.refundAddress, t.balance
	default:
		return field("type", errKind)
	}
	if err := readValue(&f.value, value); err != nil {
		return field("value", err)
	}
	if len(f.path) > 0 && f.value == [32]byte{} {
		return nil
	}
	if err := fixed(f.from[:], from); err != nil {
		return field("from", err)
	}
	return field("to", fixed(f.to[:], to))
}

// sweep hands over the transactions. In the order of their places in the tree,
// all that lies below a frame follows it.
func (p *flatScan) sweep(each func(*traced) error) error {
	byPlace := func(f, g flatFrame) int { return f.compare(&g) }
	if !slices.IsSortedFunc(p.frames, byPlace) {
		slices.SortFunc(p.frames, byPlace)
	}
	var t traced
	for i := 0; i < len(p.frames); {
		root := &p.frames[i]
		if len(root.path) > 0 {
			return errNoRoot
		}
		t = traced{place: root.tx, failed: root.failed, root: root.move, moves: t.moves[:0]}
		var dropped []uint32
		drop := root.failed
		for i++; i < len(p.frames) && p.frames[i].tx == root.tx; i++ {
			f := &p.frames[i]
			if slices.Equal(f.path, p.frames[i-1].path) {
				return field("traceAddress", errTwice)
			}
			if drop && len(f.path) >= len(dropped) && slices.Equal(f.path[:len(dropped)], dropped) {
				continue
			}
			if drop = f.failed; drop {
				dropped = f.path
				continue
			}
			t.moves = append(t.moves, f.move)
		}
		if err := each(&t); err != nil {
			return err
		}
	}
	return nil
}

// count reads a JSON number that counts something.
func count(v []byte) (uint32, error) {
	if len(v) == 0 || len(v) > 9 {
		return 0, errKind
	}
	n := uint32(0)
	for _, c := range v {
		if c < '0' || c > '9' {
			return 0, errKind
		}
		n = 10*n + uint32(c-'0')
	}
	return n, nil
}

// readPath appends an array of numbers to path.
func readPath(path []uint32, b []byte) ([]uint32, error) {
	p := parser{b: b}
	if len(b) == 0 || p.next() != '[' {
		return path, errKind
	}
	empty, err := p.open('[', ']')
	for more := !empty; more && err == nil; {
		var v []byte
		if v, err = p.value(); err != nil {
			break
		}
		var n uint32
		if n, err = count(v); err != nil {
			break
		}
		path = append(path, n)
		more, err = p.more(']')
	}
	return path, err
}
