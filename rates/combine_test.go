package rates_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

var anyBook = rates.RuleOf("BTC")

func votes(values ...string) []rates.Vote {
	out := make([]rates.Vote, len(values))
	for i, v := range values {
		out[i] = rates.Vote{Venue: fmt.Sprint("venue ", i), Value: rate(v)}
	}
	return out
}

// drawVotes draws honest votes within half a percent, and liars anywhere.
func drawVotes(t *rapid.T, honest, liars int) []rates.Vote {
	middle := rapid.Int64Range(1e6, 1e13).Draw(t, "middle")
	exp := rapid.Int32Range(-12, 0).Draw(t, "exponent")
	out := make([]rates.Vote, 0, honest+liars)
	add := func(n int64) {
		r, err := money.NewRate(decimal.New(n, exp))
		require.NoError(t, err)
		out = append(out, rates.Vote{Venue: fmt.Sprint("venue ", len(out)), Value: r})
	}
	for range honest {
		add(middle + middle/1000*rapid.Int64Range(-5, 5).Draw(t, "honest"))
	}
	for range liars {
		add(rapid.OneOf(rapid.Int64Range(1, 9e15), rapid.Int64Range(middle-middle/50, middle+middle/50)).Draw(t, "liar"))
	}
	return out
}

// rounded is n/d at 12 significant digits, half to even, by other arithmetic.
func rounded(x *big.Rat) *big.Rat {
	scale, limit := big.NewRat(1, 1), new(big.Rat).SetInt64(1e12)
	ten := big.NewRat(10, 1)
	for shift := 0; new(big.Rat).Mul(x, scale).Cmp(new(big.Rat).Quo(limit, ten)) < 0 && shift < 18; shift++ {
		scale.Mul(scale, ten)
	}
	for new(big.Rat).Mul(x, scale).Cmp(limit) >= 0 {
		scale.Quo(scale, ten)
	}
	scaled := new(big.Rat).Mul(x, scale)
	q, rem := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	twice := rem.Lsh(rem, 1).Cmp(scaled.Denom())
	if twice > 0 || twice == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return new(big.Rat).Quo(new(big.Rat).SetInt(q), scale)
}

func bounds(vs []rates.Vote) (low, high *big.Rat) {
	for _, v := range vs {
		x := v.Value.Decimal().Rat()
		if low == nil || x.Cmp(low) < 0 {
			low = x
		}
		if high == nil || x.Cmp(high) > 0 {
			high = x
		}
	}
	return rounded(low), rounded(high)
}

func TestTheMedianStaysWithinWhatHonestVenuesSayWhileFewerThanHalfLie(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		honest := rapid.IntRange(2, 7).Draw(t, "honest venues")
		all := drawVotes(t, honest, rapid.IntRange(0, honest-1).Draw(t, "liars"))
		low, high := bounds(all[:honest])
		out, _ := rates.Combine(anyBook, rapid.Permutation(all).Draw(t, "order"), len(all), money.Rate{})
		require.True(t, out.Value.Valid(), "refused or not, the median is told")
		v := out.Value.Decimal().Rat()
		require.GreaterOrEqual(t, v.Cmp(low), 0, "%s under the honest", out.Value)
		require.LessOrEqual(t, v.Cmp(high), 0, "%s over the honest", out.Value)
	})
}

func TestTheMedianIsTheMiddleRoundedOnceHalfToEven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawVotes(t, rapid.IntRange(1, 6).Draw(t, "venues"), 0)
		sorted := make([]*big.Rat, 0, len(all))
		for _, v := range all {
			at := 0
			for at < len(sorted) && sorted[at].Cmp(v.Value.Decimal().Rat()) < 0 {
				at++
			}
			sorted = append(sorted[:at], append([]*big.Rat{v.Value.Decimal().Rat()}, sorted[at:]...)...)
		}
		want := new(big.Rat).Add(sorted[(len(sorted)-1)/2], sorted[len(sorted)/2])
		want = rounded(want.Mul(want, big.NewRat(1, 2)))
		out, _ := rates.Combine(anyBook, all, len(all), money.Rate{})
		require.Zero(t, want.Cmp(out.Value.Decimal().Rat()), "%s, not %s", out.Value, want.FloatString(18))
	})
}

func TestAHalfIsRoundedToTheEvenDigit(t *testing.T) {
	for in, want := range map[string]string{
		"1.000000000005":       "1",
		"1.000000000015":       "1.00000000002",
		"1.0000000000050001":   "1.00000000001",
		"999999999999.5":       "1000000000000",
		"123456789012345":      "123456789012000",
		"0.000000000000000001": "0.000000000000000001",
	} {
		r := anyBook
		r.MinSources = 1
		out, err := rates.Combine(r, votes(in), 1, money.Rate{})
		require.NoError(t, err, in)
		require.Equal(t, want, out.Value.String(), in)
	}
}

func TestOrderOfVotesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawVotes(t, rapid.IntRange(0, 4).Draw(t, "honest venues"), rapid.IntRange(0, 4).Draw(t, "liars"))
		for i := range all {
			all[i].Converted = rapid.Bool().Draw(t, "converted")
			all[i].Venue = rapid.SampledFrom([]string{"a", "a/b", "c", "d", "e", "f", "g"}).Draw(t, "venue")
		}
		order := rapid.Permutation(indexes(len(all))).Draw(t, "order")
		other := make([]rates.Vote, len(all))
		for to, from := range order {
			other[to] = all[from]
		}
		one, errOne := rates.Combine(anyBook, all, len(all), money.Rate{})
		two, errTwo := rates.Combine(anyBook, other, len(all), money.Rate{})
		require.Equal(t, errOne == nil, errTwo == nil)
		require.True(t, one.Value.Equal(two.Value))
		require.Equal(t, one.SpreadBps, two.SpreadBps)
	})
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func TestScalingEveryVoteScalesTheResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawVotes(t, rapid.IntRange(1, 4).Draw(t, "honest venues"), rapid.IntRange(0, 2).Draw(t, "liars"))
		one, errOne := rates.Combine(anyBook, all, len(all), money.Rate{})
		shift := rapid.Int32Range(0, 4).Draw(t, "power of ten")
		scaled := make([]rates.Vote, len(all))
		for i, v := range all {
			r, err := money.NewRate(v.Value.Decimal().Shift(shift))
			require.NoError(t, err)
			scaled[i] = rates.Vote{Venue: v.Venue, Value: r}
		}
		two, errTwo := rates.Combine(anyBook, scaled, len(all), money.Rate{})
		require.Equal(t, errOne == nil, errTwo == nil)
		require.True(t, one.Value.Decimal().Shift(shift).Equal(two.Value.Decimal()), "%s scaled is %s", one.Value, two.Value)
		require.Equal(t, one.Agreed, two.Agreed)
	})
}

func TestAVoteEqualToTheResultDoesNotMoveItAndMoreWhoAgreeAreNeverTooFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawVotes(t, rapid.IntRange(2, 5).Draw(t, "honest venues"), rapid.IntRange(0, 2).Draw(t, "liars"))
		one, errOne := rates.Combine(anyBook, all, len(all), money.Rate{})
		more := append(append([]rates.Vote(nil), all...), rates.Vote{Venue: "one more", Value: one.Value})
		two, errTwo := rates.Combine(anyBook, more, len(more), money.Rate{})
		if len(all)%2 == 1 || errOne == nil {
			require.True(t, one.Value.Equal(two.Value), "%s moved to %s", one.Value, two.Value)
		}
		if errOne == nil {
			require.NoError(t, errTwo)
		}
	})
}

func TestAVenueCountsOnce(t *testing.T) {
	two := votes("64000", "64010")
	_, err := rates.Combine(anyBook, append(two, rates.Vote{Venue: "venue 1", Value: rate("64010")}), 4, money.Rate{})
	require.ErrorIs(t, err, rates.ErrUnavailable, "three of four are needed, and two venues spoke")
	_, err = rates.Combine(anyBook, append(two, rates.Vote{Venue: "venue 1/usdc", Value: rate("64010")}), 4, money.Rate{})
	require.ErrorIs(t, err, rates.ErrUnavailable, "its other market is the same venue")
	_, err = rates.Combine(anyBook, append(two, rates.Vote{Venue: "venue 2", Value: rate("64010")}), 4, money.Rate{})
	require.NoError(t, err)
}

func TestTheQuorum(t *testing.T) {
	for name, c := range map[string]struct {
		votes []rates.Vote
		asked int
		min   int
		ok    bool
	}{
		"nobody":                         {nil, 5, 0, false},
		"one alone":                      {votes("100"), 1, 0, false},
		"one alone, allowed":             {votes("100"), 1, 1, true},
		"one of two":                     {votes("100"), 2, 0, false},
		"both of two":                    {votes("100", "100.5"), 2, 0, true},
		"both of two, far apart":         {votes("100", "101.1"), 2, 0, false},
		"two of three":                   {votes("100", "100.5"), 3, 0, true},
		"two of three, one far":          {votes("100", "100.5", "130"), 3, 0, true},
		"two of four":                    {votes("100", "100.5"), 4, 0, false},
		"three of four":                  {votes("100", "100.5", "100.2"), 4, 0, true},
		"three of nine":                  {votes("100", "100.5", "100.2"), 9, 0, true},
		"five wanted":                    {votes("100", "100", "100", "100"), 9, 5, false},
		"two camps":                      {votes("100", "100", "104", "104"), 4, 0, false},
		"agreeing too widely":            {votes("100", "100.8", "101.6", "99.2"), 4, 0, false},
		"two thirds of a percent around": {votes("100", "100.6", "99.4"), 3, 0, true},
	} {
		r := anyBook
		r.MinSources = c.min
		_, err := rates.Combine(r, c.votes, c.asked, money.Rate{})
		require.Equal(t, c.ok, err == nil, "%s: %v", name, err)
		if err != nil {
			require.ErrorIs(t, err, rates.ErrUnavailable, name)
		}
	}
}

func TestBooksInTetherFillAtMostHalfOfAQuorum(t *testing.T) {
	all := votes("100", "100", "100", "100", "100")
	for i, ok := range []bool{true, true, true, true, false, false} { // how many are converted
		for k := range all {
			all[k].Converted = k < i
		}
		_, err := rates.Combine(anyBook, all, len(all), money.Rate{})
		require.Equal(t, ok, err == nil, "%d of %d in USDT: %v", i, len(all), err)
	}
}

func TestAJumpNeedsEveryVenueAndThree(t *testing.T) {
	for name, c := range map[string]struct {
		votes  []rates.Vote
		before string
		ok     bool
	}{
		"ten percent is no jump": {votes("110", "110"), "100", true},
		"all three up":           {votes("120", "120", "120"), "100", true},
		"all three down":         {votes("80", "80", "80"), "100", true},
		"only two":               {votes("120", "120"), "100", false},
		"one stayed":             {votes("120", "120", "120", "100"), "100", false},
		"nothing before":         {votes("120", "120", "120", "100"), "", true},
	} {
		var before money.Rate
		if c.before != "" {
			before = rate(c.before)
		}
		_, err := rates.Combine(anyBook, c.votes, len(c.votes), before)
		require.Equal(t, c.ok, err == nil, "%s: %v", name, err)
	}
}
