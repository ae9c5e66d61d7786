package money_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
)

func TestAmountSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := money.NewAmount(drawAsset(t), drawUnits(t, true))
		b, err := json.Marshal(x)
		require.NoError(t, err)
		var back money.Amount
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, x, back)
	})
	b, err := json.Marshal(money.Units(btc, 123400))
	require.NoError(t, err)
	require.JSONEq(t, `{"asset":"BTC@bitcoin","decimals":8,"units":"123400"}`, string(b))
	b, err = json.Marshal(money.Amount{})
	require.NoError(t, err)
	back := money.Units(btc, 5)
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, money.Amount{}, back)
}

func TestAmountRefusesJSONThatLeavesDoubt(t *testing.T) {
	for name, text := range map[string]string{
		"no decimals: a satoshi read as a coin": `{"asset":"BTC@bitcoin","units":"5"}`,
		"null decimals":                         `{"asset":"BTC@bitcoin","decimals":null,"units":"5"}`,
		"too many decimals":                     `{"asset":"BTC@bitcoin","decimals":19,"units":"5"}`,
		"decimals beyond a byte":                `{"asset":"BTC@bitcoin","decimals":264,"units":"5"}`,
		"coin that would be read as a currency": `{"asset":"BTC@","decimals":8,"units":"5"}`,
		"network without coin":                  `{"asset":"@bitcoin","decimals":8,"units":"5"}`,
		"units of nothing":                      `{"asset":"","decimals":0,"units":"5"}`,
		"units as a number":                     `{"asset":"BTC@bitcoin","decimals":8,"units":5}`,
		"units with an exponent":                `{"asset":"BTC@bitcoin","decimals":8,"units":"1e1000000000"}`,
		"units with a point":                    `{"asset":"BTC@bitcoin","decimals":8,"units":"1.5"}`,
		"no units":                              `{"asset":"BTC@bitcoin","decimals":8}`,
		"endless units":                         `{"asset":"BTC@bitcoin","decimals":8,"units":"` + strings.Repeat("9", 1<<16) + `"}`,
		"null":                                  `null`,
		"empty":                                 `{}`,
		"list":                                  `[]`,
		"text":                                  `"1"`,
	} {
		t.Run(name, func(t *testing.T) {
			x := money.Units(btc, 7)
			err := json.Unmarshal([]byte(text), &x)
			require.ErrorContains(t, err, "money: ")
			require.Less(t, len(err.Error()), 300)
			require.Equal(t, money.Units(btc, 7), x, "a refused text changes nothing")
		})
	}
}

func TestRateIsTextInJSON(t *testing.T) {
	for text, want := range map[string]string{`"64000.50"`: "64000.5", `"6.4e4"`: "64000", `""`: ""} {
		var r money.Rate
		require.NoError(t, json.Unmarshal([]byte(text), &r))
		require.Equal(t, want, r.String())
		b, err := json.Marshal(r)
		require.NoError(t, err)
		require.Equal(t, `"`+want+`"`, string(b))
	}
	for _, text := range []string{`64000`, `0`, `"0"`, `"-1"`, `"1e1000000000"`, `"NaN"`, `{}`, `true`, `" 1"`} {
		r, err := money.ParseRate("3")
		require.NoError(t, err)
		require.Error(t, json.Unmarshal([]byte(text), &r), text)
		require.Equal(t, "3", r.String())
	}
}
