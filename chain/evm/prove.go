package evm

import (
	"context"
	"fmt"
	"math/big"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// prover turns candidates into what was found.
type prover struct {
	*run
	receipts map[chain.Hash]*receipt
	found    chain.Found
	known    map[string]bool // what was found already: a node may list a log twice
}

// prove adds a candidate to what was found if its receipt says that it happened.
// A contradiction between receipt and log or trace is tried again.
func (p *prover) prove(ctx context.Context, c *candidate) error {
	switch c.kind {
	case kindFees:
		return p.fees(ctx, c)
	case kindWithdrawal:
		p.arrive(c, fmt.Sprintf("withdrawal:%d", c.place), chain.OriginWithdrawal)
		return nil
	}
	rc := p.receipts[c.tx]
	switch c.kind {
	case kindGas:
		cost, err := rc.cost()
		if err != nil {
			return p.src.malformed(p.act, field("receipt of transaction "+c.tx.String(), err))
		}
		if cost.Sign() > 0 {
			c.amount = cost
			p.leave(c, c.tx.String()+":gas", chain.SpendGas)
		}
	case kindNative:
		if !rc.ok && c.move == nil {
			return nil
		}
		if err := p.happened(c, rc); err != nil {
			return err
		}
		if c.in {
			p.arrive(c, fmt.Sprintf("%s:eth:%s:%d", c.tx, hexBytes(c.to[:]), c.nthIn), chain.OriginPayment)
		}
		if c.out {
			p.leave(c, fmt.Sprintf("%s:out:%s:%d", c.tx, hexBytes(c.from[:]), c.nthOut), chain.SpendNative)
		}
	case kindToken:
		place, err := p.place(c, rc)
		if err != nil {
			return err
		}
		id := fmt.Sprintf("%s:log:%d", c.tx, place)
		if c.in {
			p.arrive(c, id, chain.OriginPayment)
		}
		if c.out {
			p.leave(c, id, chain.SpendToken)
		}
	}
	return nil
}

func (p *prover) arrive(c *candidate, id string, origin chain.Origin) {
	if p.known["in "+id] {
		return
	}
	p.known["in "+id] = true
	t := chain.Transfer{ID: id, TxID: c.tx, To: address(c.to), Amount: money.NewAmount(c.asset, c.amount), Block: c.block.Anchor, Origin: origin}
	if origin == chain.OriginPayment {
		t.From = address(c.from)
	}
	p.found.Transfers = append(p.found.Transfers, t)
}

func (p *prover) leave(c *candidate, id string, what chain.SpendKind) {
	if p.known["out "+id] {
		return
	}
	p.known["out "+id] = true
	s := chain.Spend{ID: id, Kind: what, TxID: c.tx, From: address(c.from), Amount: money.NewAmount(c.asset, c.amount), Block: c.block.Anchor}
	if what != chain.SpendGas && !c.creates {
		s.To = address(c.to)
	}
	p.found.Spends = append(p.found.Spends, s)
}

func address(a [20]byte) chain.Address {
	return chain.Address{Family: chain.FamilyEVM, Raw: string(a[:])}
}

// happened checks a transfer of the native coin against the receipt: that the
// transaction succeeded and, where a log told of it, that the log stands there.
func (p *prover) happened(c *candidate, rc *receipt) error {
	contradiction := func() error {
		return p.src.unavailable(p.act, "what contracts moved in transaction %s of block %d is not in its receipt", c.tx, c.block.Height)
	}
	if !rc.ok {
		return contradiction()
	}
	if c.move == nil || c.move.entry == 0 {
		return nil
	}
	found, entry := false, uint32(0)
	err := scanLogs(rc.logs, func(e *event) error {
		l, ok, err := readNative(e)
		if err != nil || !ok {
			return err
		}
		if entry++; entry == c.move.entry {
			found = l.from == c.from && l.to == c.to && l.value == c.move.value && e.tx == c.tx && e.block == c.block.Hash && !e.removed
		}
		return nil
	})
	if err != nil {
		return p.src.malformed(p.act, err)
	}
	if !found {
		return contradiction()
	}
	return nil
}

// place finds a token's log in the receipt of its transaction.
func (p *prover) place(c *candidate, rc *receipt) (int, error) {
	place, n := -1, 0
	err := scanLogs(rc.logs, func(e *event) error {
		if sameLog(e, c.log, c.amount) {
			place = n
		}
		n++
		return nil
	})
	if err != nil {
		return 0, p.src.malformed(p.act, err)
	}
	if !rc.ok || place < 0 {
		return 0, p.src.unavailable(p.act,
			"log %d of block %d is not in the receipt of its transaction %s", c.log.index, c.block.Height, c.tx)
	}
	return place, nil
}

func sameLog(e, want *event, amount *big.Int) bool {
	return e.index == want.index && e.tx == want.tx && e.block == want.block &&
		e.contract == want.contract && e.topicCount == want.topicCount && e.topics == want.topics &&
		!e.removed && len(e.data) == 64 && number(e.data).Cmp(amount) == 0
}
