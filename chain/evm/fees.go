package evm

import (
	"context"
	"math/big"
	"slices"

	"github.com/cointill/cointill/chain"
)

// systemFees are the chain ids of BNB Smart Chain and its test network. There
// fees go to a system contract, which pays validators later by transactions of
// its own (BEP-95), and the block's miner gets nothing.
var systemFees = []uint64{56, 97}

// paysProposer reports whether a block's fees go to the address it names.
func (s *Source) paysProposer() bool { return !slices.Contains(systemFees, s.network.ChainID) }

// cost is what a transaction's sender paid for it, failed or not: gas (EIP-1559)
// and blobs (EIP-4844).
func (rc *receipt) cost() (*big.Int, error) {
	if rc.gas == nil {
		return nil, field("gasUsed", errMissing)
	}
	if rc.price == nil {
		return nil, field("effectiveGasPrice", errMissing)
	}
	sum := number(rc.gas)
	sum.Mul(sum, number(rc.price))
	if rc.blobGas == nil {
		return sum, nil
	}
	if rc.blobPrice == nil {
		return nil, field("blobGasPrice", errMissing)
	}
	blobs := number(rc.blobGas)
	return sum.Add(sum, blobs.Mul(blobs, number(rc.blobPrice))), nil
}

// fees adds what a block paid to the address it names: of each transaction, gas
// used times what its price is above the base fee, which is burnt, as are fees
// for blobs. Rewards of the days before proof of stake are not counted.
func (p *prover) fees(ctx context.Context, c *candidate) error {
	receipts, err := p.src.blockReceipts(ctx, p.act, c.block)
	if err != nil {
		return err
	}
	base := number(c.block.baseFee)
	sum := new(big.Int)
	for i := range receipts {
		rc := &receipts[i]
		if rc.gas == nil || rc.price == nil {
			return p.src.malformed(p.act, field("gasUsed or effectiveGasPrice", errMissing))
		}
		tip := number(rc.price)
		if tip.Sub(tip, base).Sign() < 0 {
			return p.src.unavailable(p.act, "transaction %s of block %d paid less than the base fee", rc.tx, c.block.Height)
		}
		sum.Add(sum, tip.Mul(tip, number(rc.gas)))
	}
	if sum.Sign() > 0 {
		c.amount = sum
		p.arrive(c, c.block.Hash.String()+":fees", chain.OriginFees)
	}
	return nil
}
