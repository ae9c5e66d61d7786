package evm

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// tooWide reports whether a refusal means that less should be asked for. Codes
// and texts are those of go-ethereum, BNB Smart Chain, Erigon, Nethermind, and of
// the hosted nodes of Alchemy, Ankr, BlockPI, Chainstack, dRPC, Infura, PublicNode
// and QuickNode, as their users quote them.
func tooWide(code int, message string) bool {
	switch code {
	case -32005, -32003:
		return true
	case -32600, -32602:
		return containsAny(message, "range", "limit", "too many blocks", "too large", "too wide", "exceed", "more than", "batch", "result")
	}
	return containsAny(message, "more than 10000 results", "too many results", "exceeds limit of", "response size", "response too large",
		"response is too big", "result is too large", "maximum block range", "max block range", "max range", "block range",
		"blocks range", "range is too", "range too", "ranges over", "limited to", "limit the query", "too many blocks",
		"limit exceeded", "timeout", "timed out", "query returned", "query exceeds", "batch too large", "batch size", "batch limit",
		"batch length", "in batch", "too many calls", "batch of more than")
}

// heavy reports whether an HTTP status says that a request was too large, or
// took a proxy's patience: 524 is Cloudflare's.
func heavy(status int) bool {
	switch status {
	case http.StatusRequestEntityTooLarge, http.StatusRequestTimeout, http.StatusGatewayTimeout, 524:
		return true
	}
	return false
}

// throttled reports whether a refusal means that calls come too fast.
func throttled(code int, message string) bool {
	return code == 429 || containsAny(message, "rate limit", "rate-limit", "request rate", "request limit", "too many requests",
		"request count exceeded", "requests per second", "/second", "compute units per second", "quota", "throughput", "retry after", "try again in")
}

// disabled reports whether a node does not offer a method at all.
func disabled(err error) bool {
	var e *nodeError
	return errors.As(err, &e) && (e.code == -32601 || containsAny(e.message, "disabled", "not whitelisted", "not supported",
		"unsupported", "not available", "not allowed", "does not exist", "method not found"))
}

// unsupported reports whether a node answered that it has no such method, or
// not with these parameters.
func unsupported(err error) bool {
	var e *nodeError
	if !errors.As(err, &e) {
		return false
	}
	return disabled(err) || e.code == -32602 || containsAny(e.message, "unknown block", "not found", "invalid block")
}

var (
	hexRange  = regexp.MustCompile(`\[\s*0x([0-9a-fA-F]{1,16})\s*,\s*0x([0-9a-fA-F]{1,16})\s*\]`)
	blockSpan = regexp.MustCompile(`(?i)(?:([0-9][0-9,]{0,8})(k?)[ -]blocks?\b|(?:range(?: limit)?|limited to|max(?:imum)?(?: is(?: set to)?)?)(?: of|:)? ([0-9][0-9,]{0,8})(k?)\b)`)
)

// suggested returns how many blocks a refusal offers to answer for: a range
// ("try with this block range [0x1, 0x5]") or a number ("up to a 10 block range",
// "maximum block range: 5000"). 0 if it does not say. A node may say too much;
// the caller then hears another refusal.
func suggested(message string) uint64 {
	if m := hexRange.FindStringSubmatch(message); m != nil {
		from, err1 := strconv.ParseUint(m[1], 16, 64)
		to, err2 := strconv.ParseUint(m[2], 16, 64)
		if err1 == nil && err2 == nil && from <= to && to-from < maxSpan {
			return to - from + 1
		}
	}
	if m := blockSpan.FindStringSubmatch(message); m != nil {
		n, err := strconv.ParseUint(strings.ReplaceAll(m[1]+m[3], ",", ""), 10, 32)
		if err == nil && m[2]+m[4] != "" {
			n *= 1000
		}
		if err == nil {
			return n
		}
	}
	return 0
}

var waitText = regexp.MustCompile(`(?i)(?:retry|try again|back off|backoff|wait)[a-z ]*?(?:after|in|for)?:? ([0-9]{1,5}) ?(ms|milliseconds?|s|sec|seconds?|m|min|minutes?)\b`)

// waitIn returns how long a refusal's text asks to be left alone ("retry after
// 30s", "try again in 2 minutes"), 0 if it does not say.
func waitIn(message string) time.Duration {
	m := waitText.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseUint(m[1], 10, 32)
	if err != nil {
		return 0
	}
	unit := time.Second
	switch u := strings.ToLower(m[2]); {
	case strings.HasPrefix(u, "ms"), strings.HasPrefix(u, "milli"):
		unit = time.Millisecond
	case strings.HasPrefix(u, "m"):
		unit = time.Minute
	}
	return time.Duration(n) * unit
}

func containsAny(s string, parts ...string) bool {
	s = strings.ToLower(s)
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
