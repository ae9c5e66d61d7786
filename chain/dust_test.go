package chain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

func TestTheSmallestAmountFollowsFromTheFormOfTheOutput(t *testing.T) {
	program := func(version byte, n int) string {
		return string([]byte{version, byte(n)}) + strings.Repeat("p", n)
	}
	for _, c := range []struct {
		name, script string
		units        int64 // 3 for each byte of output and input
	}{
		{"the longest program of the last version", program(0x60, 40), 3 * (9 + 42 + 67)},
		{"the shortest of version 1", program(0x51, 2), 3 * (9 + 4 + 67)},
		{"no version", program(0x61, 20), 3 * (9 + 22 + 148)},
		{"too long for a program", program(0x51, 41), 3 * (9 + 43 + 148)},
		{"too short for a program", program(0x51, 1), 3 * (9 + 3 + 148)},
		{"another length than it says", program(0, 20) + "x", 3 * (9 + 23 + 148)},
		{"nothing", "", 3 * (9 + 148)},
	} {
		to := chain.Address{Family: chain.FamilyBitcoin, Raw: c.script}
		require.Equal(t, money.Units(chain.Bitcoin.Native, c.units), chain.Bitcoin.Smallest(to), c.name)
	}
	require.True(t, chain.Ethereum.Smallest(chain.Ethereum.Tokens[0].Contract).IsZero())
	require.True(t, chain.Network{Native: chain.Bitcoin.Native}.Smallest(chain.Address{}).IsZero(), "no policy is known")
}
