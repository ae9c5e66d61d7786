package chain

import "github.com/cointill/cointill/payments/money"

// Dust is the policy by which nodes refuse to relay small outputs. A payment of
// less reaches no miner by way of the network, and ordinary wallets refuse to make
// it. The zero Dust is a network without such a policy.
type Dust struct {
	// FeeRate is what an output must hold for each 1,000 virtual bytes of itself
	// and of the input that will spend it, in units of the native coin
	// (DUST_RELAY_TX_FEE of Bitcoin Core and Litecoin Core, in policy/policy.h).
	FeeRate uint64
	// Hard and Soft are limits for outputs of any form, in units of the native
	// coin (DEFAULT_HARD_DUST_LIMIT and DEFAULT_DUST_LIMIT of Dogecoin Core, in
	// policy/policy.h, since 1.14.5). Nodes refuse what is below Hard. For each output
	// between the two they ask an additional fee of Soft, which is as much as the
	// output may hold; wallets make none.
	Hard, Soft uint64
}

// The virtual sizes of inputs by which GetDustThreshold of Bitcoin Core's
// policy/policy.cpp counts, and of an output without its script.
const (
	legacyInput  = 148
	witnessInput = 67
	outputHead   = 8 + 1
)

// Smallest returns the least amount of the native coin that an address can be
// asked for: below it nodes do not relay the payment, or not at an ordinary fee. On
// a network without such limits, as EVM networks are, it is zero; token transfers
// have none.
func (n Network) Smallest(to Address) money.Amount {
	units := max(n.Dust.Hard, n.Dust.Soft)
	if n.Dust.FeeRate > 0 {
		size := outputHead + len(to.Raw) + legacyInput
		if witness(to.Raw) {
			size += witnessInput - legacyInput
		}
		units = max(units, uint64(size)*n.Dust.FeeRate/1_000)
	}
	return money.Units(n.Native, int64(units))
}

// witness reports whether an output script is a witness program (BIP141).
func witness(script string) bool {
	return len(script) >= 4 && len(script) <= 42 && int(script[1]) == len(script)-2 &&
		(script[0] == 0 || script[0] >= 0x51 && script[0] <= 0x60)
}
