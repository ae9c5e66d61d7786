package evm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/cointill/cointill/chain"
)

// call is one request and, after [Source.batch], its answer.
type call struct {
	method string
	args   []any
	result json.RawMessage // "null" if the node knows no such thing
	err    error           // what the node answered to this call alone
}

// batch makes the calls in one request, or in smaller ones if the node refuses
// so many. Its error is about the request as a
// whole; each call's own is in its err. Both are errors of this package,
// *tooWideError or *nodeError, with all credentials removed.
func (s *Source) batch(ctx context.Context, act string, calls []call) error {
	elems := make([]rpc.BatchElem, len(calls))
	for i := range calls {
		elems[i] = rpc.BatchElem{Method: calls[i].method, Args: calls[i].args, Result: &calls[i].result}
	}
	if err := s.client.BatchCallContext(ctx, elems); err != nil {
		var refused *refusal
		var wide *tooWideError
		answered := errors.As(err, &refused)
		err = s.failure(ctx, act, err)
		if half := len(calls) / 2; answered && half > 0 && errors.As(err, &wide) {
			if err := s.batch(ctx, act, calls[:half]); err != nil {
				return err
			}
			return s.batch(ctx, act, calls[half:])
		}
		return err
	}
	for i := range elems {
		switch err := elems[i].Error; {
		case errors.Is(err, rpc.ErrNoResult):
			calls[i].result = json.RawMessage("null")
		case err != nil:
			calls[i].err = s.failure(ctx, act, err)
		}
	}
	return nil
}

// nodeError is a JSON-RPC error about one call, its text bounded and without
// credentials. It wraps chain.ErrUnavailable; callers that know better what a
// refusal means look at the code first.
type nodeError struct {
	act, source string
	code        int
	message     string
}

func (e *nodeError) Error() string {
	return "evm: " + e.act + " on " + e.source + ": node says: " + e.message
}

func (e *nodeError) Unwrap() error { return chain.ErrUnavailable }

// unsupported reports whether a node answered that it has no such method, or
// not with these parameters.
func unsupported(err error) bool {
	var e *nodeError
	if !errors.As(err, &e) {
		return false
	}
	return e.code == -32601 || e.code == -32602 || containsAny(e.message, "not supported", "unsupported",
		"not available", "does not exist", "method not found", "unknown block", "not found", "invalid block")
}

// failure sorts an error of the transport or of the node.
func (s *Source) failure(ctx context.Context, act string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("evm: %s on %s: %w: %w", act, s.name, chain.ErrUnavailable, context.Cause(ctx))
	}
	var wide *tooWideError
	if errors.As(err, &wide) {
		return wide
	}
	status := 0
	var no *refusal
	if errors.As(err, &no) {
		status = no.status
	}
	var coded rpc.Error
	code, message := 0, ""
	if errors.As(err, &coded) {
		code, message = coded.ErrorCode(), s.clean(coded.Error())
	}
	switch {
	case status == http.StatusTooManyRequests && !tooWide(0, message):
		return &ThrottledError{Source: s.name, Wait: no.retryAfter}
	case status == http.StatusRequestEntityTooLarge:
		return &tooWideError{"request refused as too large"}
	case throttled(code, message):
		return &ThrottledError{Source: s.name}
	case tooWide(code, message):
		return &tooWideError{message}
	case coded != nil:
		return &nodeError{act: act, source: s.name, code: code, message: message}
	}
	// The transport's own wrapper repeats the URL.
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	// A node that works too long on a query is asked for less.
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		return &tooWideError{"no answer in time"}
	}
	return s.unavailable(act, "%s", s.clean(err.Error()))
}

// tooWide reports whether a refusal means that less should be asked for.
func tooWide(code int, message string) bool {
	switch code {
	case -32005, -32003:
		return true
	case -32600, -32602:
		return containsAny(message, "range", "limit", "too", "exceed", "more than", "batch", "result")
	}
	return containsAny(message, "more than 10000 results", "response size exceeded", "response too large",
		"exceed maximum block range", "block range", "limit exceeded", "timeout", "query returned", "batch too large")
}

// throttled reports whether a refusal means that calls come too fast.
func throttled(code int, message string) bool {
	return code == 429 || containsAny(message, "rate limit", "too many requests", "request count exceeded",
		"requests per second", "compute units per second", "quota")
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

// clean bounds a text from outside and takes credentials out of it.
func (s *Source) clean(text string) string {
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return strings.ToValidUTF8(text, "?")
}
