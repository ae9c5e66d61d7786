package evm

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/cointill/cointill/chain"
)

// decimalsCall is the selector of decimals().
const decimalsCall = "0x313ce567"

// check proves that the node serves the network, unless it has done so since
// the last failed call.
func (s *Source) check(ctx context.Context) error {
	if s.checked.Load() {
		return nil
	}
	const act = "check node"
	calls := []call{{method: "eth_chainId"}, {method: "eth_syncing"}}
	listed := s.network.Listed()
	for _, t := range listed {
		c := hexBytes(t.Contract.Raw)
		calls = append(calls,
			call{method: "eth_getCode", args: []any{c, "latest"}},
			call{method: "eth_call", args: []any{map[string]string{"to": c, "data": decimalsCall}, "latest"}})
	}
	if err := s.few(ctx, act, calls); err != nil {
		return err
	}
	if err := s.rightChain(act, calls[0]); err != nil {
		return err
	}
	syncing := calls[1].err == nil && string(calls[1].result) != "false"
	var read []chain.Token
	var leftOut []*TokenError
	for i, t := range listed {
		err := s.checkToken(act, t, calls[2+2*i], calls[3+2*i], syncing)
		var wrong *TokenError
		accepted := i < len(s.network.Tokens)
		switch {
		case err != nil && accepted:
			return err
		case errors.As(err, &wrong):
			leftOut = append(leftOut, wrong)
			continue
		case err != nil && !refused(err):
			return err
		}
		// An unaccepted token that the node cannot answer about is read: money in
		// sight is better than money out of sight.
		read = append(read, t)
	}
	s.listing.Store(list(read))
	s.leftOut.Store(&leftOut)
	s.checked.Store(!syncing)
	return nil
}

// rightChain reads the answer to eth_chainId.
func (s *Source) rightChain(act string, c call) error {
	if err := s.whole(act, c.err); err != nil {
		return err
	}
	id, err := quantity(c.result)
	if err != nil {
		return s.malformed(act, field("eth_chainId", err))
	}
	if id != s.network.ChainID {
		return fmt.Errorf("evm: %s on %s: chain id %d, %s has %d; point the source at the right node: %w",
			act, s.name, id, s.network.ID, s.network.ChainID, chain.ErrWrongNetwork)
	}
	return nil
}

// refused reports whether a node refused one call, as opposed to failing or
// answering with what cannot be read.
func refused(err error) bool {
	var e *nodeError
	return errors.As(err, &e)
}

func (s *Source) checkToken(act string, t chain.Token, code, decimals call, syncing bool) error {
	if err := s.whole(act, code.err); err != nil {
		return err
	}
	c, err := digits(code.result)
	if err != nil {
		return s.malformed(act, field("eth_getCode", err))
	}
	refuse := func(format string, args ...any) error {
		return &TokenError{Source: s.name, Token: t, Reason: fmt.Sprintf(format, args...)}
	}
	if len(c) == 0 {
		if syncing {
			return nil // its state is not there yet; asked again at the next call
		}
		return refuse("there is no contract")
	}
	if reverted(decimals.err) {
		return refuse("decimals() fails")
	}
	if err := s.whole(act, decimals.err); err != nil {
		return err
	}
	d, err := digits(decimals.result)
	if err != nil || hexOnly(d) != nil {
		return s.malformed(act, field("decimals()", errHex))
	}
	if len(d) == 0 || len(d) > 64 {
		return refuse("decimals() returns %d bytes", len(d)/2)
	}
	if n := number(d); n.Cmp(big.NewInt(int64(t.Asset.Decimals))) != 0 {
		return refuse("decimals() is %s, the asset has %d", n, t.Asset.Decimals)
	}
	return nil
}

// reverted reports whether a contract's code failed, as opposed to the node.
func reverted(err error) bool {
	var e *nodeError
	return errors.As(err, &e) && (e.code == 3 || containsAny(e.message, "revert", "invalid opcode", "out of gas"))
}

// whole turns a refusal as too wide into an ordinary one, where less cannot be
// asked for.
func (s *Source) whole(act string, err error) error {
	var wide *tooWideError
	if errors.As(err, &wide) {
		return s.unavailable(act, "%s", wide.reason)
	}
	return err
}
