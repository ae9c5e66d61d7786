package evm

import (
	"cmp"
	"errors"

	"github.com/cointill/cointill/chain"
)

var (
	// errNoTrace says that the node gave up on a transaction's trace.
	errNoTrace = errors.New("no trace")
	// errOtherTracer says that the answer is not a call tracer's.
	errOtherTracer = errors.New("not the answer of a call tracer")
	errTwice       = errors.New("given twice")
)

// callFrame is the text of one frame of go-ethereum's callTracer while it is
// read.
type callFrame struct {
	kind, from, to, value, fail []byte
	hasCalls                    bool
	slot                        int // its place in traced.moves
}

// callScan reads answers of debug_traceBlockByHash with the callTracer. Frames
// hold the calls they made, to any depth; they are walked with a stack of their
// own, in time linear in the text.
type callScan struct {
	parser
	traced
	stack []callFrame
	hash  chain.Hash
}

// scanCallTraces calls each for every transaction in order, with its hash if the
// node gives it. The arguments are valid during the call. An answer in which the
// node gave up on a transaction is errNoTrace.
func scanCallTraces(b []byte, each func(t *traced, hash *chain.Hash) error) error {
	p := callScan{parser: parser{b: b}}
	if p.next() != '[' {
		return errOtherTracer
	}
	var gaveUp error
	empty, err := p.open('[', ']')
	for more := !empty; more && err == nil; p.place++ {
		var hash []byte
		var ok bool
		if ok, err = p.transactionTrace(&hash); err != nil {
			return err
		}
		if !ok {
			gaveUp = errNoTrace
		} else {
			var id *chain.Hash
			if !isNull(hash) {
				id = &p.hash
				if err = fixed(id[:], hash); err != nil {
					return field("txHash", err)
				}
			}
			if err = each(&p.traced, id); err != nil {
				return err
			}
		}
		more, err = p.more(']')
	}
	if err == nil {
		err = p.end()
	}
	return cmp.Or(err, gaveUp)
}

// transactionTrace reads {"txHash": …, "result": frame} and reports whether
// there is a result.
func (p *callScan) transactionTrace(hash *[]byte) (ok bool, err error) {
	if p.next() != '{' {
		return false, errOtherTracer
	}
	var fail []byte
	empty, err := p.open('{', '}')
	for more := !empty; more && err == nil; {
		var k, v []byte
		if k, err = p.key(); err != nil {
			return false, err
		}
		if string(k) == "result" && p.next() == '{' {
			if ok {
				return false, field("result", errTwice)
			}
			if ok, err = true, p.tree(); err != nil {
				return false, field("result", err)
			}
		} else {
			if v, err = p.value(); err != nil {
				return false, err
			}
			switch string(k) {
			case "txHash":
				*hash = v
			case "error":
				fail = v
			case "result":
				if !isNull(v) {
					return false, errOtherTracer
				}
			}
		}
		more, err = p.more('}')
	}
	if err != nil {
		return false, err
	}
	failed, err := says(fail)
	if err != nil {
		return false, field("error", err)
	}
	if failed {
		return false, nil
	}
	if !ok {
		return false, field("result", errMissing)
	}
	return true, nil
}

// says reports whether an error field holds an error.
func says(fail []byte) (bool, error) {
	if isNull(fail) {
		return false, nil
	}
	s, err := text(fail)
	return len(s) > 0, err
}

// tree reads a frame and all below it. Every frame takes a slot when it begins,
// so that moves lie in execution order although its value may be written after
// the calls it made; a frame that failed gives up its slot and all after it.
func (p *callScan) tree() error {
	p.stack, p.moves = p.stack[:0], p.moves[:0]
	more, err := p.enter()
	for err == nil {
		if more {
			more, err = p.frameField()
			continue
		}
		last := len(p.stack) - 1
		if err = p.leave(&p.stack[last]); err != nil {
			return err
		}
		p.stack = p.stack[:last]
		if last == 0 {
			p.compact()
			return nil
		}
		if more, err = p.more(']'); err != nil {
			return err
		}
		if more {
			more, err = p.enter()
		} else {
			more, err = p.more('}')
		}
	}
	return err
}

// enter begins a frame and reports whether it has fields.
func (p *callScan) enter() (bool, error) {
	if p.next() != '{' {
		return false, errKind
	}
	p.stack = append(p.stack, callFrame{slot: len(p.moves)})
	p.moves = append(p.moves, move{})
	empty, err := p.open('{', '}')
	return !empty, err
}

// frameField reads one field of the last frame, or enters the first call it made. It
// reports whether the frame that is then the last has another field.
func (p *callScan) frameField() (bool, error) {
	f := &p.stack[len(p.stack)-1]
	k, err := p.key()
	if err != nil {
		return false, err
	}
	if string(k) == "calls" && p.next() == '[' {
		if f.hasCalls {
			return false, field("calls", errTwice)
		}
		f.hasCalls = true
		empty, err := p.open('[', ']')
		if err != nil {
			return false, err
		}
		if !empty {
			return p.enter()
		}
		return p.more('}')
	}
	v, err := p.value()
	if err != nil {
		return false, err
	}
	switch string(k) {
	case "type":
		f.kind = v
	case "from":
		f.from = v
	case "to":
		f.to = v
	case "value":
		f.value = v
	case "error":
		f.fail = v
	case "calls":
		if !isNull(v) {
			return false, field("calls", errKind)
		}
	}
	return p.more('}')
}

// leave reads a complete frame's own fields. DELEGATECALL is shown with the value
// of the call around it, and CALLCODE pays its own account: neither moves
// anything.
func (p *callScan) leave(f *callFrame) error {
	if isNull(f.kind) {
		return errOtherTracer
	}
	kind, err := text(f.kind)
	if err != nil {
		return field("type", err)
	}
	root := f.slot == 0
	failed, err := says(f.fail)
	if err != nil {
		return field("error", err)
	}
	if root {
		p.failed, p.root = failed, move{tx: p.place}
	}
	if failed {
		p.moves = p.moves[:f.slot]
		return nil
	}
	switch string(kind) {
	case "CALL", "CREATE", "CREATE2", "SELFDESTRUCT":
	case "DELEGATECALL", "CALLCODE", "STATICCALL":
		if root {
			return field("type", errKind)
		}
		return nil
	default:
		return field("type", errKind)
	}
	m := move{tx: p.place}
	if err := readValue(&m.value, f.value); err != nil {
		return field("value", err)
	}
	if !root && m.value == [32]byte{} {
		return nil
	}
	if err := fixed(m.from[:], f.from); err != nil {
		return field("from", err)
	}
	if err := fixed(m.to[:], f.to); err != nil {
		return field("to", err)
	}
	if root {
		p.root = m
		return nil
	}
	p.moves[f.slot] = m
	return nil
}

// compact removes the slots of frames that moved nothing.
func (p *callScan) compact() {
	kept := p.moves[:0]
	for i := range p.moves {
		if p.moves[i].counts() {
			kept = append(kept, p.moves[i])
		}
	}
	p.moves = kept
}
