package payments

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// validate returns every complaint at once, each a *ConfigError.
func (c Config) validate() error {
	var errs []error
	bad := func(field, reason string, args ...any) {
		errs = append(errs, &ConfigError{Field: field, Reason: fmt.Sprintf(reason, args...)})
	}
	if c.Store == nil {
		bad("Store", "is required: memstore.New() for a try, sqlitestore.New(db) to keep what it holds")
	}
	if c.Rates == nil {
		bad("Rates", "is required: a price source, or rates.NewFixed for a try")
	}
	if !c.Currency.Valid() {
		bad("Currency", "%q: accounts are kept in USD or EUR", c.Currency)
	}
	if len(c.Rails) == 0 {
		bad("Rails", "at least one network is required")
	}
	if c.FirstSightLimit.Sign() < 0 || !sane(c.FirstSightLimit) {
		bad("FirstSightLimit", "must be a positive value of less than 48 digits, such as 1000")
	}
	networks := map[string]bool{}
	wallets := map[chain.Family]string{}
	for i, r := range c.Rails {
		field := fmt.Sprintf("Rails[%d]", i)
		r.validate(func(name, reason string, args ...any) { bad(field+"."+name, reason, args...) })
		if networks[r.Network.ID] {
			bad(field+".Network", "%s has a rail already", r.Network.ID)
		}
		networks[r.Network.ID] = true
		if r.Network.Test != c.Rails[0].Network.Test {
			bad(field+".Network", "%s: real and test networks do not mix in one processor", r.Network.ID)
		}
		if r.Wallet == nil {
			continue
		}
		if known, ok := wallets[r.Network.Family]; ok && known != r.Wallet.Fingerprint() {
			bad(field+".Wallet", "the %s family has another wallet already; its rails share one", r.Network.Family)
		}
		wallets[r.Network.Family] = r.Wallet.Fingerprint()
	}
	if c.BitPay != nil {
		c.BitPay.validate(len(c.Rails) == 0 || c.Rails[0].Network.Test, func(name, reason string, args ...any) {
			bad("BitPay."+name, reason, args...)
		})
	}
	return errors.Join(errs...)
}

func (r Rail) validate(bad func(name, reason string, args ...any)) {
	if r.Network.ID == "" || r.Network.Family == "" || r.Network.Native.Network != r.Network.ID {
		bad("Network", "needs an id, a family, and a native asset on itself; start from chain.Bitcoin or another value of package chain")
	}
	if len(r.Sources) == 0 {
		bad("Sources", "at least one is required, such as utxo.NewSource or evm.NewSource")
	}
	for _, s := range r.Sources {
		if s == nil || s.Network().ID != r.Network.ID {
			bad("Sources", "a source is nil or made for another network than %s", r.Network.ID)
		}
	}
	if r.Wallet == nil {
		bad("Wallet", "is required: hd.OpenWallet with an account-level extended public key")
	} else if r.Wallet.Family() != r.Network.Family {
		bad("Wallet", "derives %s addresses, the network needs %s", r.Wallet.Family(), r.Network.Family)
	}
	for _, a := range r.Assets {
		if known, ok := r.Network.Asset(a.Coin); !ok || known != a {
			bad("Assets", "%s is not an asset of %s", a, r.Network.ID)
		}
	}
	if r.WatchOnly && len(r.Assets) > 0 {
		bad("Assets", "a watch-only rail accepts nothing; leave Assets empty")
	}
	if r.Window < 0 || r.Poll < 0 || r.Stale < 0 {
		bad("Window, Poll, Stale", "must not be negative")
	}
	for field, values := range map[string]map[money.Asset]decimal.Decimal{"Minimum": r.Minimum, "DailyCap": r.DailyCap} {
		for a, value := range values {
			if known, ok := r.Network.Asset(a.Coin); !ok || known != a {
				bad(field, "%s is not an asset of %s", a, r.Network.ID)
			}
			if value.Sign() < 0 || !sane(value) {
				bad(field, "%s: must be 0 or a plain value of less than 48 digits, such as 5", a)
			}
		}
	}
	if r.Window > 0 && !r.Network.UTXO() {
		bad("Window", "%s has none: inclusion is receipt", r.Network.ID)
	}
	r.checkTiers(r.Tiers, bad)
	r.checkTreasury(bad)
}

// checkTreasury refuses what the books could not tell apart.
func (r Rail) checkTreasury(bad func(name, reason string, args ...any)) {
	names, addresses := map[string]bool{}, map[chain.Address]bool{}
	for i, t := range r.Treasury {
		field := fmt.Sprintf("Treasury[%d]", i)
		if validName("name", t.Name) != nil || strings.ContainsAny(t.Name, ":/") {
			bad(field+".Name", "must be 1 to %d bytes of UTF-8 without ':' and '/'", maxName)
		}
		if t.Address.IsZero() || t.Address.Family != r.Network.Family {
			bad(field+".Address", "is missing or not of the %s family", r.Network.Family)
		}
		if names[t.Name] || addresses[t.Address] {
			bad(field, "%q: each name and each address stands once", t.Name)
		}
		names[t.Name], addresses[t.Address] = true, true
	}
}
