package utxo

import (
	"fmt"
	"strings"

	"github.com/cointill/cointill/chain"
)

// Error codes of Bitcoin Core and btcd (rpc/protocol.h, btcjson/jsonrpcerr.go).
const (
	codeMisc      = -1 // btcd: also out of range and unimplemented
	codeType      = -3
	codeNotFound  = -5
	codeParameter = -8
	codeParse     = -32700
	codeInvalid   = -32600
	codeNoMethod  = -32601
	codeParams    = -32602
)

// Methods that are called from more than one place or judged by name.
const (
	getBlock       = "getblock"
	getBlockHash   = "getblockhash"
	getBlockHeader = "getblockheader"
	getTx          = "getrawtransaction"
	getPoolInfo    = "getmempoolinfo"
)

// refusesBatch reports whether a fault about a batch means that it is too long,
// or that the node reads no batches at all.
func refusesBatch(f *fault) bool {
	return f.Code == codeInvalid || f.Code == codeParse || strings.Contains(strings.ToLower(f.Message), "batch")
}

// judge turns a fault into one of chain's errors. What is not known to mean that
// something does not exist is chain.ErrUnavailable: a node that warms up (-28
// "Loading block index…"), that stops, or whose disk fails.
func (n *node) judge(method string, f *fault) error {
	text := strings.ToLower(f.Message)
	said := fmt.Sprintf("node says %d %s", f.Code, n.public(f.Message))
	switch {
	case throttles(f.Code, text):
		return &ThrottledError{Source: n.name, Reason: n.public(f.Message)}
	case lacksMethod(f.Code, text):
		return fmt.Errorf("%w: %s", errUnsupported, said)
	case strings.Contains(text, "pruned data"):
		return &PrunedError{Source: n.name, Reason: n.public(f.Message)}
	case method == getTx && f.Code == codeNotFound && strings.Contains(text, "txindex"):
		return fmt.Errorf("%w: %w: %s", errNoIndex, chain.ErrNotFound, said)
	case method == getTx && f.Code == codeNotFound && strings.Contains(text, "being indexed"):
		return fmt.Errorf("%w: %w: %s", errIndexing, chain.ErrNotFound, said)
	case f.Code == codeNotFound, method == getBlockHash && aboveHead(f.Code, text):
		return fmt.Errorf("%w: %s", chain.ErrNotFound, said)
	case method == getBlock && wantsBool(f.Code, text):
		return fmt.Errorf("%w: %w: %s", errVerbosity, chain.ErrUnavailable, said)
	}
	return fmt.Errorf("%w: %s", chain.ErrUnavailable, said)
}

// lacksMethod recognises a node without a method (-32601), btcd's -1 "Command
// unimplemented", and providers that allow some methods only and say so with a
// code of their own, such as -32000 "method not whitelisted".
func lacksMethod(code int64, text string) bool {
	switch code {
	case codeNoMethod:
		return true
	case codeMisc:
		return strings.Contains(text, "unimplemented")
	case codeParse, codeInvalid, codeParams:
		return false
	}
	return code <= -32000 && strings.Contains(text, "method")
}

// aboveHead recognises Core's "Block height out of range" (-8) and btcd's "Block
// number out of range" (-1).
func aboveHead(code int64, text string) bool {
	return (code == codeParameter || code == codeMisc) && strings.Contains(text, "out of range")
}

// wantsBool recognises a node whose getblock takes a boolean only: Dogecoin Core
// 1.14 and others of Bitcoin Core 0.14's time say -1 "JSON value is not a boolean
// as expected", later ones -3, btcd before 0.21 -32602 "must be type bool".
func wantsBool(code int64, text string) bool {
	switch code {
	case codeMisc, codeType, codeParameter, codeParams:
		return strings.Contains(text, "bool")
	}
	return false
}

// throttles recognises providers that refuse for frequency in a JSON-RPC error
// rather than by HTTP status.
func throttles(code int64, text string) bool {
	switch code {
	case 429, -32005, -32007, -32029:
		return true
	}
	return strings.Contains(text, "rate limit") || strings.Contains(text, "too many requests") ||
		strings.Contains(text, "request limit")
}
