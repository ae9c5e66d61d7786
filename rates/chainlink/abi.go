package chainlink

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The contracts' functions, by the first four bytes of the hash of their
// signatures.
var (
	latestRoundData  = [4]byte{0xfe, 0xaf, 0x96, 0x8c}
	getRoundData     = [4]byte{0x9a, 0x6f, 0xc8, 0xf5} // (uint80)
	getDecimals      = [4]byte{0x31, 0x3c, 0xe5, 0x67}
	getDescription   = [4]byte{0x72, 0x84, 0xe4, 0x16}
	phaseAggregators = [4]byte{0xc1, 0x59, 0x73, 0x04} // (uint16)
	// of Multicall3
	aggregate3        = [4]byte{0x82, 0xad, 0x56, 0xcb} // ((address,bool,bytes)[])
	blockTimestamp    = [4]byte{0x0f, 0x28, 0xc9, 0x7d} // getCurrentBlockTimestamp()
	multicallsChainID = [4]byte{0x34, 0x08, 0xe4, 0x70} // getChainId()
)

// multicall3 is the same on every chain (mds1/multicall3).
var multicall3 = address{0xca, 0x11, 0xbd, 0xe0, 0x59, 0x77, 0xb3, 0x63, 0x11, 0x67, 0x02, 0x88, 0x62, 0xbe, 0x2a, 0x17, 0x39, 0x76, 0xca, 0x11}

// errShape marks an answer that is not as the contract's interface says.
var errShape = errors.New("not as documented")

const wordSize = 32

// call is one question to one contract.
type call struct {
	to   address
	data []byte
}

// ask returns a call whose arguments are numbers.
func ask(to address, function [4]byte, args ...[wordSize]byte) call {
	data := function[:]
	data = append(make([]byte, 0, 4+wordSize*len(args)), data...)
	for _, a := range args {
		data = append(data, a[:]...)
	}
	return call{to: to, data: data}
}

func wordOf(n uint64) (w [wordSize]byte) {
	binary.BigEndian.PutUint64(w[wordSize-8:], n)
	return w
}

// packCalls encodes aggregate3 of calls that may each fail alone.
func packCalls(calls []call) []byte {
	number := func(out []byte, n uint64) []byte {
		w := wordOf(n)
		return append(out, w[:]...)
	}
	out := append([]byte(nil), aggregate3[:]...)
	out = number(out, wordSize)
	out = number(out, uint64(len(calls)))
	at := wordSize * len(calls) // from the first offset
	for _, c := range calls {
		out = number(out, uint64(at))
		at += 4*wordSize + padded(len(c.data))
	}
	for _, c := range calls {
		out = append(out, make([]byte, wordSize-len(c.to))...)
		out = append(out, c.to[:]...)
		out = number(out, 1) // may fail
		out = number(out, 3*wordSize)
		out = number(out, uint64(len(c.data)))
		out = append(out, c.data...)
		out = append(out, make([]byte, padded(len(c.data))-len(c.data))...)
	}
	return out
}

func padded(n int) int { return (n + wordSize - 1) / wordSize * wordSize }

// unpackResults decodes what aggregate3 returns for n calls: what each returned,
// nil for one that failed. It shares memory with body.
func unpackResults(body []byte, n int) ([][]byte, error) {
	list, err := tail(body, 0)
	if err != nil {
		return nil, err
	}
	count, err := number(list, 0)
	if err != nil {
		return nil, err
	}
	if count != uint64(n) {
		return nil, fmt.Errorf("%w: %d results of %d calls", errShape, count, n)
	}
	list = list[wordSize:]
	out := make([][]byte, n)
	for i := range out {
		one, err := tail(list, i)
		if err != nil {
			return nil, err
		}
		success, err := number(one, 0)
		if err != nil {
			return nil, err
		}
		data, err := blob(one, 1)
		switch {
		case err != nil:
			return nil, err
		case success > 1:
			return nil, fmt.Errorf("%w: a truth value of %d", errShape, success)
		case success == 1:
			out[i] = data
		}
	}
	return out, nil
}

// number reads the i-th word as a small number.
func number(b []byte, i int) (uint64, error) {
	if i < 0 || len(b) < wordSize*(i+1) {
		return 0, fmt.Errorf("%w: %d bytes", errShape, len(b))
	}
	w := b[wordSize*i : wordSize*(i+1)]
	for _, c := range w[:wordSize-8] {
		if c != 0 {
			return 0, fmt.Errorf("%w: a number of over 64 bits", errShape)
		}
	}
	return binary.BigEndian.Uint64(w[wordSize-8:]), nil
}

// tail follows the offset in the i-th word.
func tail(b []byte, i int) ([]byte, error) {
	at, err := number(b, i)
	if err != nil {
		return nil, err
	}
	if at > uint64(len(b)) {
		return nil, fmt.Errorf("%w: an offset past the end", errShape)
	}
	return b[at:], nil
}

// blob follows the offset in the i-th word to bytes with their length; it is
// never nil without an error.
func blob(b []byte, i int) ([]byte, error) {
	t, err := tail(b, i)
	if err != nil {
		return nil, err
	}
	size, err := number(t, 0)
	if err != nil {
		return nil, err
	}
	if t = t[wordSize:]; size > uint64(len(t)) {
		return nil, fmt.Errorf("%w: a length past the end", errShape)
	}
	return t[:size:size], nil
}
