package evm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cointill/cointill/chain"
)

// call is one request and, after [Source.batch], its answer.
type call struct {
	method string
	args   []any
	result json.RawMessage // "null" if the node knows no such thing
	err    error           // what the node answered to this call alone
}

// batch makes the calls in one request. Its error is about the request as a
// whole; each call's own is in its err. Both are errors of this package,
// *tooWideError or *nodeError, with all credentials removed. Answers are found
// by their id, in whatever order they come; a call whose answer is missing is
// one that the request was too large for.
func (s *Source) batch(ctx context.Context, act string, calls []call) error {
	if err := s.client.do(ctx, calls); err != nil {
		return s.failure(ctx, act, err)
	}
	for i := range calls {
		if calls[i].err != nil {
			calls[i].err = s.failure(ctx, act, calls[i].err)
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
	var coded interface {
		error
		ErrorCode() int
	}
	code, message := 0, ""
	if errors.As(err, &coded) {
		code, message = coded.ErrorCode(), s.clean(coded.Error())
	}
	switch {
	case status == http.StatusTooManyRequests && !tooWide(0, message):
		return &ThrottledError{Source: s.name, Wait: max(no.retryAfter, waitIn(message))}
	case heavy(status):
		return &tooWideError{
			reason: "request refused as too large, HTTP status " + strconv.Itoa(status),
			said:   status == http.StatusRequestEntityTooLarge,
		}
	case throttled(code, message):
		wait := waitIn(message)
		if no != nil {
			wait = max(wait, no.retryAfter)
		}
		return &ThrottledError{Source: s.name, Wait: wait}
	case tooWide(code, message):
		return &tooWideError{reason: message, code: code, span: suggested(message), said: true}
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
		return &tooWideError{reason: "no answer in time"}
	}
	return s.unavailable(act, "%s", s.clean(err.Error()))
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
