package rates

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Policy is how a [Composite] works. The zero Policy is the default.
type Policy struct {
	// Rules replaces the default rule of a coin, or of "EUR" for EUR/USD.
	Rules map[money.Coin]Rule
	// Timeout is how long one source may take for a live answer, 5 s if zero. No
	// round takes longer.
	Timeout time.Duration
	// Now is the clock, time.Now if nil.
	Now func() time.Time
	// Notify is told when something begins or ends, once each, in order, never by
	// two goroutines at once. It is called without any lock, and no round waits for
	// it. It may be nil.
	Notify func(Finding)
}

const (
	defaultTimeout = 5 * time.Second
	candleTimeout  = time.Minute
	// candleSettle is how long after its end a candle is taken to be final.
	candleSettle = 30 * time.Second
)

// usable returns the policy with its defaults, or all that is wrong with it.
func (p Policy) usable() (Policy, error) {
	var errs []error
	p.Rules = maps.Clone(p.Rules)
	for coin, r := range p.Rules {
		if err := r.validate(coin); err != nil {
			errs = append(errs, err)
		}
	}
	if p.Timeout < 0 {
		errs = append(errs, fmt.Errorf("%w: the timeout is negative", ErrBadPolicy))
	}
	if p.Timeout == 0 {
		p.Timeout = defaultTimeout
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	return p, errors.Join(errs...)
}

func (p Policy) rule(c money.Coin) Rule {
	if r, ok := p.Rules[c]; ok {
		return r
	}
	return RuleOf(c)
}

// The pairs that others are converted with.
var (
	tetherUSD = Pair{"USDT", money.USD}
	euroUSD   = Pair{"EUR", money.USD}
)

// needs returns the markets that a pair can be made of: direct books, books kept
// in USDT with USDT/USD, and for EUR those of USD with EUR/USD.
func (p Policy) needs(pair Pair) []Market {
	direct := []Market{pair.Market()}
	switch {
	case pair == tetherUSD:
		return direct
	case pair.Currency == money.EUR:
		if p.rule(pair.Coin).Stable {
			direct = nil // par is par in USD
		}
		direct = append(direct, p.needs(Pair{pair.Coin, money.USD})...)
		return append(direct, p.needs(euroUSD)...)
	}
	return append(direct, Market{pair.Coin, "USDT"}, tetherUSD.Market())
}
