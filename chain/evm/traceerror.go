package evm

import "errors"

// A refusal to trace is one of three things, and the difference matters. The
// node does not offer this kind of trace (notOffered): the other is asked for,
// and if there is none, only an audit of balances finds what contracts moved. It
// offers it, but has not got this block's (untraceable): the run is delivered
// with Found.Internal false; waiting would stop the network for ever. Anything
// else may pass: it is an error, and the run is asked for again. But a node that
// refuses so [patience] times in a row while it answers all else is taken at its
// word, for a refusal whose text is not known here must not stop a network.
const patience = 5

// tired reports whether an error is a refusal by the node, of this call alone,
// that has come too often to be waited out.
func (s *Source) tired(err error) bool {
	var e *nodeError
	return errors.As(err, &e) && s.refusals.Add(1) > patience
}

// notOffered reports whether a node said that it has no such method, or not for
// this caller, or not this tracer.
func notOffered(err error) bool {
	var e *nodeError
	if !errors.As(err, &e) || stateGone(e.message) {
		return false
	}
	if e.code == -32601 {
		return true
	}
	if e.code == 0 {
		return containsAny(e.message, "http status 401", "http status 403", "http status 405")
	}
	return containsAny(e.message, "method") && containsAny(e.message, "not found", "not supported", "unsupported",
		"not available", "does not exist", "not enabled", "disabled", "not allowed", "not whitelisted", "unknown", "no such") ||
		containsAny(e.message, "tracer not found", "unknown tracer", "unsupported tracer", "invalid tracer", "is not defined",
			"upgrade your", "paid plan", "free tier", "namespace")
}

// untraceable reports whether a node offers traces but cannot give this one: its
// state is pruned, it takes longer than the node permits, or the answer is larger
// than the node or this package permits.
func untraceable(err error) bool {
	var wide *tooWideError
	var e *nodeError
	return errors.Is(err, errNoTrace) || errors.As(err, &wide) ||
		errors.As(err, &e) && (stateGone(e.message) || containsAny(e.message, "execution timeout", "tracing timeout"))
}

// stateGone reports whether a refusal says that a block's state is no longer
// kept: go-ethereum and BSC, Erigon, Nethermind, Reth.
func stateGone(message string) bool {
	return containsAny(message, "historical state", "missing trie node", "state unavailable", "state not available",
		"state is not available", "state is unavailable", "state not found", "pruned", "history has been", "no state available",
		"state at block", "proof window", "state histories", "genesis is not traceable")
}

// tooWideAny reports whether a request, or a call of it, asked for too much.
func tooWideAny(err error, calls []call) bool {
	var wide *tooWideError
	if err != nil {
		return errors.As(err, &wide)
	}
	for i := range calls {
		if errors.As(calls[i].err, &wide) {
			return true
		}
	}
	return false
}
