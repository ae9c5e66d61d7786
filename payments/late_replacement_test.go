package payments_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
)

// TestAReplacementInAReorganisationGainsNoLaterPrice: a payment was mined, perhaps
// credited, and another branch holds a transaction of the same coins for somebody
// else, after the time that first sight counts for.
func TestAReplacementInAReorganisationGainsNoLaterPrice(t *testing.T) {
	for _, c := range []railCase{railCases()[0], railCases()[4], railCases()[5]} {
		for _, depth := range []int{1, 3, 7} {
			for _, wait := range []time.Duration{5 * time.Minute, 25 * time.Minute, 2 * time.Hour} {
				t.Run(fmt.Sprintf("%s/%d blocks/after %s", c.name, depth, wait), func(t *testing.T) {
					t.Parallel()
					b := newBundle(t, c, unbroken)
					v, s := b.address(voice), b.address(sms)
					b.advance()
					id := b.pay(v, 100)
					b.mine(depth)
					first := b.only(voice)
					for waited := time.Duration(0); waited < wait; waited += 10 * time.Second {
						b.clock.Advance(10 * time.Second) // the price rises by one each minute
						b.advance()
					}
					b.sim.Reorg(depth, chainsim.Branch{Replace: map[chain.Hash][]chainsim.Payment{id: {b.to(s, 100)}}})
					b.advance()
					b.mine(7)
					require.Equal(t, "0.00 USD", b.balance(voice))
					require.Equal(t, first.Rate.String(), b.only(sms).Rate.String())
					require.Equal(t, first.ReceivedAt, b.only(sms).ReceivedAt)
					require.Equal(t, "1000.00 USD", b.balance(sms))
					b.checkBooks()
				})
			}
		}
	}
}
