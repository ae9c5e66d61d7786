package evm

import (
	"context"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// maxTold bounds the lists of an inspection.
const maxTold = 20

// Inspect tells what the node knows of one transaction. What concerns the matcher
// is found as in [Source.Linked], over the block that holds the transaction, so
// that ids are the same; of an unmined one only its own value is told, for its
// logs do not exist yet. Tokens that the source leaves out count as unlisted.
func (s *Source) Inspect(ctx context.Context, id chain.Hash, m chain.Matcher) (out chain.Inspection, err error) {
	defer func() { s.settle(err) }()
	act := fmt.Sprintf("inspect transaction %s", id)
	if err := s.check(ctx); err != nil {
		return chain.Inspection{}, err
	}
	tx, proof, err := s.lone(ctx, act, id)
	if err != nil {
		return chain.Inspection{}, err
	}
	if !tx.mined {
		out = chain.Inspection{State: chain.TxUnmined, Contract: s.sentToContract(&tx, nil)}
		if t, ok := s.ownValue(&tx); ok && m.Address(tx.to[:]) {
			out.Found.Transfers = []chain.Transfer{t}
		}
		out.Recipients, err = s.recipients(act, &tx, nil)
		return out, err
	}
	fetched, err := s.Linked(ctx, tx.height, tx.height)
	if err != nil {
		return chain.Inspection{}, err
	}
	out = chain.Inspection{State: chain.TxMined, Block: fetched.Anchors()[0]}
	if out.Block.Hash != tx.block {
		return chain.Inspection{}, s.unavailable(act, "its block %d %s is not on the best chain", tx.height, tx.block)
	}
	if out.Found, err = fetched.Match(ctx, m); err != nil {
		return chain.Inspection{}, err
	}
	out.Found.Transfers = slices.DeleteFunc(out.Found.Transfers, func(t chain.Transfer) bool { return t.TxID != id })
	out.Found.Spends = slices.DeleteFunc(out.Found.Spends, func(t chain.Spend) bool { return t.TxID != id })
	if !proof.ok {
		out.State = chain.TxFailed
		return out, nil
	}
	out.Contract = s.sentToContract(&tx, proof)
	if out.Unlisted, err = s.unlisted(act, proof, m); err != nil {
		return chain.Inspection{}, err
	}
	out.Recipients, err = s.recipients(act, &tx, proof)
	return out, err
}

// lone fetches a transaction and, if it is mined, its receipt, which must agree.
func (s *Source) lone(ctx context.Context, act string, id chain.Hash) (lone, *receipt, error) {
	arg := []any{hexBytes(id[:])}
	calls := []call{{method: "eth_getTransactionByHash", args: arg}, {method: "eth_getTransactionReceipt", args: arg}}
	if err := s.few(ctx, act, calls); err != nil {
		return lone{}, nil, err
	}
	if err := calls[0].err; err != nil {
		return lone{}, nil, s.whole(act, err)
	}
	if isNull(calls[0].result) {
		return lone{}, nil, fmt.Errorf("evm: %s on %s: %w", act, s.name, chain.ErrNotFound)
	}
	tx, err := scanLone(calls[0].result)
	if err != nil {
		return lone{}, nil, s.malformed(act, err)
	}
	if tx.hash != id {
		return lone{}, nil, s.unavailable(act, "the node answered with transaction %s", tx.hash)
	}
	if !tx.mined {
		return tx, nil, nil
	}
	if err := calls[1].err; err != nil {
		return lone{}, nil, s.whole(act, err)
	}
	if isNull(calls[1].result) {
		return lone{}, nil, s.unavailable(act, "it is mined in block %d and has no receipt", tx.height)
	}
	proof, err := scanReceipt(calls[1].result)
	if err != nil {
		return lone{}, nil, s.malformed(act, err)
	}
	if proof.tx != id || proof.block != tx.block {
		return lone{}, nil, s.unavailable(act, "its receipt belongs elsewhere")
	}
	return tx, &proof, nil
}

// ownValue returns the native transfer of an unmined transaction.
func (s *Source) ownValue(tx *lone) (chain.Transfer, bool) {
	v := number(tx.value)
	t := chain.Transfer{
		ID: fmt.Sprintf("%s:eth:%s:0", tx.hash, hexBytes(tx.to[:])), TxID: tx.hash,
		To: evmAddress(tx.to[:]), Amount: money.NewAmount(s.network.Native, v),
	}
	if tx.from != [20]byte{} {
		t.From = evmAddress(tx.from[:])
	}
	return t, !tx.creates && v.Sign() > 0
}

// sentToContract returns the listed token whose contract the transaction sends
// coins to: as the recipient of a token's transfer, or of the native coin. A
// contract that logs something in return has made use of the coin: WETH wraps it.
func (s *Source) sentToContract(tx *lone, proof *receipt) chain.Token {
	if tx.creates {
		return chain.Token{}
	}
	called, ok := s.tokens[tx.to]
	if !ok {
		return chain.Token{}
	}
	if to, ok := tx.calledRecipient(); ok {
		return s.tokens[to]
	}
	if number(tx.value).Sign() == 0 {
		return chain.Token{}
	}
	used := false
	if proof != nil {
		err := scanLogs(proof.logs, func(e *event) error {
			used = used || e.contract == tx.to
			return nil
		})
		used = used || err != nil // checked when the receipt was read
	}
	if used {
		return chain.Token{}
	}
	return called
}

// unlisted returns the transfers to watched addresses by contracts that the
// source does not read.
func (s *Source) unlisted(act string, proof *receipt, m chain.Matcher) ([]chain.Unlisted, error) {
	var out []chain.Unlisted
	err := scanLogs(proof.logs, func(e *event) error {
		if !e.hasRecipient() || e.contract == systemContract || s.reads(e.contract) || !m.Address(e.topics[2][12:]) {
			return nil
		}
		u := chain.Unlisted{Contract: evmAddress(e.contract[:]), To: evmAddress(e.topics[2][12:])}
		if len(out) < maxTold && !slices.Contains(out, u) {
			out = append(out, u)
		}
		return nil
	})
	if err != nil {
		return nil, s.malformed(act, err)
	}
	return out, nil
}

// recipients returns who was sent something: by the transaction's own value, and
// by transfers, which are read from the logs or, while there are none yet, from
// the call.
func (s *Source) recipients(act string, tx *lone, proof *receipt) ([]chain.Address, error) {
	var out []chain.Address
	add := func(raw []byte) {
		if a := evmAddress(raw); len(out) < maxTold && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	if !tx.creates && number(tx.value).Sign() > 0 {
		add(tx.to[:])
	}
	if proof == nil {
		if to, ok := tx.calledRecipient(); ok {
			add(to[:])
		}
		return out, nil
	}
	err := scanLogs(proof.logs, func(e *event) error {
		if e.hasRecipient() {
			add(e.topics[2][12:])
		}
		return nil
	})
	if err != nil {
		return nil, s.malformed(act, err)
	}
	return out, nil
}

// hasRecipient reports whether a log has the topics of a transfer of any token
// standard that shares ERC-20's signature: ERC-721 has a fourth.
func (e *event) hasRecipient() bool {
	return e.topicCount >= 3 && e.topics[0] == transferTopic && isAddress(&e.topics[2])
}

func evmAddress(raw []byte) chain.Address {
	return chain.Address{Family: chain.FamilyEVM, Raw: string(raw)}
}
