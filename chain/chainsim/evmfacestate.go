package chainsim

import (
	"encoding/hex"
	"encoding/json"
	"math/big"
	"strings"

	"github.com/cointill/cointill/chain"
)

// ethCall answers decimals() of the network's tokens and nothing else.
func (g *EVMFace) ethCall(_ view, p params) (any, error) {
	var c struct{ To, Data, Input string }
	if err := p.read(0, &c, codeInvalid); err != nil {
		return nil, err
	}
	for _, t := range g.chain.network.Listed() {
		if sameAddress(c.To, t.Contract) && (c.Data+c.Input == "0x313ce567") {
			w := wordOf(big.NewInt(int64(t.Asset.Decimals)))
			return hexData(w[:]), nil
		}
	}
	return "0x", nil
}

// code answers some code for the network's tokens and none for others.
func (g *EVMFace) code(_ view, p params) (any, error) {
	var to string
	if err := p.read(0, &to, codeInvalid); err != nil {
		return nil, err
	}
	for _, t := range g.chain.network.Listed() {
		if sameAddress(to, t.Contract) {
			return "0x60806040", nil
		}
	}
	return "0x", nil
}

// balance implements eth_getBalance; see [EVMSource.Balances].
func (g *EVMFace) balance(v view, p params) (any, error) {
	of, err := p.account(0)
	if err != nil {
		return nil, err
	}
	b, err := g.stateAt(v, p, 1)
	if err != nil {
		return nil, err
	}
	return bigQuantity(balances(g.lineage(v, b), []account{of})[0]), nil
}

// transactionCount implements eth_getTransactionCount. Only the tag pending
// counts what is not mined.
func (g *EVMFace) transactionCount(v view, p params) (any, error) {
	of, err := p.account(0)
	if err != nil {
		return nil, err
	}
	if len(p) > 1 && string(p[1]) == `"pending"` {
		return quantity(v.nonce(of)), nil
	}
	b, err := g.stateAt(v, p, 1)
	if err != nil {
		return nil, err
	}
	return quantity(view{blocks: g.lineage(v, b)}.nonce(of)), nil
}

// stateAt reads the block whose state is asked for: a number, a tag, or the
// object of EIP-1898.
func (g *EVMFace) stateAt(v view, p params, i int) (*block, error) {
	var object struct {
		BlockHash        *string
		BlockNumber      *string
		RequireCanonical bool
	}
	var b *block
	var err error
	switch {
	case p.absent(i):
		return v.tip(), nil
	case json.Unmarshal(p[i], &object) != nil:
		b, err = g.block(v, p, i)
	case object.BlockHash != nil:
		b, err = g.named(v, *object.BlockHash)
	case object.BlockNumber != nil:
		b, err = g.named(v, *object.BlockNumber)
	}
	if err != nil {
		return nil, err
	}
	if b == nil {
		refusal := g.dialect.unknownBlock
		return nil, &refusal
	}
	if !v.keeps(b) {
		return nil, refusal(codeServer, "missing trie node %s (path ) state is not available", b.Hash)
	}
	if object.RequireCanonical && !v.onBest(b) {
		return nil, &RPCError{Code: codeServer, Message: "hash is not currently canonical"}
	}
	return b, nil
}

// account decodes parameter i as 20 bytes in hex.
func (p params) account(i int) (account, error) {
	var text string
	if err := p.read(i, &text, codeInvalid); err != nil {
		return account{}, err
	}
	raw, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(raw) != 20 {
		return account{}, &RPCError{Code: codeInvalid, Message: "invalid argument: want an address of 20 bytes in hex"}
	}
	return account(raw), nil
}

// sameAddress compares by bytes: texts differ in case.
func sameAddress(text string, a chain.Address) bool {
	if len(text) != 42 {
		return false
	}
	raw, err := hex.DecodeString(text[2:])
	return err == nil && string(raw) == a.Raw
}
