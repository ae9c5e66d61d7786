package payments

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// Tier is what a deposit must reach before it is credited, from a value on. All
// tiers that apply hold together, and beside them always Rail.Confirmations and
// the maturity of mined and pegged-out coins (chain.Network.Maturity).
type Tier struct {
	// Asset limits the tier to deposits of one asset; the zero Asset means all of
	// the network.
	Asset money.Asset
	// Above is the value from which the tier applies, itself included, in major
	// units of the account's currency. It is compared with the sum of all that the
	// profile has on this network in whatever asset, credited and not final or
	// waiting to be credited: splitting a payment evades nothing. Held deposits do
	// not count until they are released. The numbers of accounts in several
	// currencies are added as they are: this is a limit, not a price. Zero applies
	// to all.
	Above decimal.Decimal
	// AtRisk makes Above compare with the sum over all profiles: it is reached when
	// much is under way on the network, whoever sent it.
	AtRisk bool
	// Confirmations is the depth to reach, 0 to 10,000; less than
	// Rail.Confirmations adds nothing.
	Confirmations uint64
	// Finalized asks that the network itself calls the block final. While a network
	// that has the notion stops finalising, 240 confirmations serve instead. It is
	// refused on UTXO networks, which have no such notion.
	Finalized bool
	// Agree is how many sources, the followed one included, must see the same
	// transfer in the same block. 0 and 1 ask nothing; a rail with fewer sources is
	// refused. Where several tiers name a number, the largest holds for each.
	Agree int
}

// maxDepth bounds a tier's Confirmations: no reorganisation longer than it is
// followed.
const maxDepth = 10_000

// checkTiers tells bad what is wrong with tiers on this rail.
func (r Rail) checkTiers(tiers []Tier, bad func(name, reason string, args ...any)) {
	for i, t := range tiers {
		field := fmt.Sprintf("Tiers[%d]", i)
		if known, ok := r.Network.Asset(t.Asset.Coin); t.Asset != (money.Asset{}) && (!ok || known != t.Asset) {
			bad(field+".Asset", "%s is not an asset of %s; leave it empty for all", t.Asset, r.Network.ID)
		}
		if t.Above.Sign() < 0 || !sane(t.Above) {
			bad(field+".Above", "must be 0 or a plain value of less than 48 digits, such as 1000")
		}
		if t.Confirmations == 0 && !t.Finalized && t.Agree <= 0 {
			bad(field, "asks nothing; set Confirmations, Finalized or Agree")
		}
		if t.Confirmations > maxDepth {
			bad(field+".Confirmations", "%d is more than %d, and would never be reached", t.Confirmations, maxDepth)
		}
		if t.Finalized && r.Network.UTXO() {
			bad(field+".Finalized", "%s calls no block final; ask for Confirmations", r.Network.ID)
		}
		if t.Agree < 0 || t.Agree > len(r.Sources) {
			bad(field+".Agree", "%d of %d sources; add sources or ask fewer", t.Agree, len(r.Sources))
		}
	}
}

// sane reports whether a value can be compared without expanding a huge exponent
// and comes back from the store as it is.
func sane(d decimal.Decimal) bool {
	if d.Exponent() < -36 || d.Exponent() > 18 || d.Coefficient().BitLen() > 160 {
		return false
	}
	_, err := money.ParseDecimal(d.String())
	return err == nil || d.Sign() == 0
}
