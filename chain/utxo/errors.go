package utxo

import (
	"errors"
	"fmt"
	"time"

	"github.com/cointill/cointill/chain"
)

// ConfigError says which part of a source's configuration cannot work. It holds
// no credential.
type ConfigError struct {
	// Field is the part: "Network", "RPC.URL", "RPC.User".
	Field string
	// Reason says what is wrong and what to write instead.
	Reason string
}

func (e *ConfigError) Error() string { return fmt.Sprintf("utxo: %s: %s", e.Field, e.Reason) }

// ThrottledError says that the node, or what stands before it, refused a call
// because there were too many: HTTP 429, HTTP 503 with Retry-After, Bitcoin
// Core's "Work queue depth exceeded", or an error of a provider that says so. It
// wraps [chain.ErrUnavailable].
type ThrottledError struct {
	// Source is the source's name.
	Source string
	// Wait is how long the node asks to be left alone, 0 if it does not say.
	Wait time.Duration
	// Reason is what the node said, clipped, without credentials; it may be empty.
	Reason string
}

func (e *ThrottledError) Error() string {
	text := "utxo: " + e.Source + ": too many requests"
	if e.Wait > 0 {
		text += ", asked to wait " + e.Wait.String()
	}
	if e.Reason != "" {
		text += ": node says " + e.Reason
	}
	return text
}

// RetryAfter returns Wait; see [chain.RetryAfter].
func (e *ThrottledError) RetryAfter() time.Duration { return e.Wait }

// Unwrap returns [chain.ErrUnavailable].
func (e *ThrottledError) Unwrap() error { return chain.ErrUnavailable }

// PrunedError says that the node has deleted a block that is still needed. It
// is for the operator: give the network a node that keeps its blocks, or start
// this one with a larger -prune and -reindex. Nothing is skipped meanwhile. It
// wraps [chain.ErrUnavailable], because another source may have the block.
type PrunedError struct {
	// Source is the source's name.
	Source string
	// Reason is what the node said, clipped, without credentials.
	Reason string
}

func (e *PrunedError) Error() string {
	return "utxo: " + e.Source + ": the node has pruned a block that is needed: " +
		"use one that keeps more blocks than the longest outage: node says " + e.Reason
}

// Unwrap returns [chain.ErrUnavailable].
func (e *PrunedError) Unwrap() error { return chain.ErrUnavailable }

// OutdatedError says that a node of Litecoin's main network is older than the
// release that consensus needs: such a node can follow a chain that the network
// has rejected, as in April 2026. It is for the operator and wraps
// [chain.ErrWrongNetwork]: nothing is credited on the node's word.
type OutdatedError struct {
	// Source is the source's name.
	Source string
	// Version is what the node calls itself, Need the oldest that is accepted.
	Version, Need string
}

func (e *OutdatedError) Error() string {
	return fmt.Sprintf("utxo: %s: the node is Litecoin Core %s, which may follow an invalid chain: upgrade it to %s or later",
		e.Source, e.Version, e.Need)
}

// Unwrap returns [chain.ErrWrongNetwork].
func (e *OutdatedError) Unwrap() error { return chain.ErrWrongNetwork }

// Answers that are neither a result nor one of chain's errors.
var (
	errUnsupported = fmt.Errorf("%w: the node does not have this method", chain.ErrUnavailable)
	errTooLarge    = fmt.Errorf("%w: answer larger than %d bytes", chain.ErrMalformed, maxBody)
	errBatch       = fmt.Errorf("%w: the node refuses so long a request", chain.ErrUnavailable)
	errVerbosity   = errors.New("utxo: the node wants a boolean for verbosity")
	errNoIndex     = errors.New("utxo: the node keeps no transaction index")
	errIndexing    = errors.New("utxo: the node is still building its transaction index")
)
