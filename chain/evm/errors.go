package evm

import (
	"fmt"
	"time"

	"github.com/cointill/cointill/chain"
)

// ConfigError says why [NewSource] refused its arguments. It is for the
// programmer; it names the field and never contains the URL, which may hold a
// key.
type ConfigError struct {
	Field  string
	Reason string
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("evm: new source: %s: %s", e.Field, e.Reason)
}

// TokenError says that a token contract is not what the network's list says: it
// has no code, or not the decimals of its asset. It wraps
// [chain.ErrWrongNetwork] and is for the operator: correct the list or point the
// source at the right node.
type TokenError struct {
	// Source is the source's name.
	Source string
	Token  chain.Token
	Reason string
}

func (e *TokenError) Error() string {
	return fmt.Sprintf("evm: check %s on %s: contract %s: %s; correct the token list or the node",
		e.Token.Asset, e.Source, hexBytes(e.Token.Contract.Raw), e.Reason)
}

// Unwrap returns [chain.ErrWrongNetwork].
func (e *TokenError) Unwrap() error { return chain.ErrWrongNetwork }

// ThrottledError says that the node refused a call because there were too many.
// It wraps [chain.ErrUnavailable].
type ThrottledError struct {
	// Source is the source's name.
	Source string
	// Wait is how long the node asks to be left alone, 0 if it does not say.
	Wait time.Duration
}

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("evm: %s: too many requests, asked to wait %s", e.Source, e.Wait)
}

// RetryAfter returns Wait; see [chain.RetryAfter].
func (e *ThrottledError) RetryAfter() time.Duration { return e.Wait }

// Unwrap returns [chain.ErrUnavailable].
func (e *ThrottledError) Unwrap() error { return chain.ErrUnavailable }

// tooWideError says that an answer would be larger than the node, or this
// package, permits, or that it takes the node too long. Callers ask for less.
type tooWideError struct {
	reason string
	code   int    // the node's own, 0 without
	span   uint64 // how many blocks the node says it would answer for, 0 if it does not
	said   bool   // by the node, as opposed to a time or size that ran out here or in a proxy
}

func (e *tooWideError) Error() string { return e.reason }

// unavailable makes an error about act that wraps chain.ErrUnavailable.
func (s *Source) unavailable(act, format string, args ...any) error {
	return fmt.Errorf("evm: %s on %s: %s: %w", act, s.name, fmt.Sprintf(format, args...), chain.ErrUnavailable)
}

// malformed makes an error about act that wraps chain.ErrMalformed.
func (s *Source) malformed(act string, cause error) error {
	return fmt.Errorf("evm: %s on %s: %w: %w", act, s.name, chain.ErrMalformed, cause)
}
