package chain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

func FuzzParseHash(f *testing.F) {
	f.Add(strings.Repeat("0f", 32))
	f.Add("0x" + strings.Repeat("A9", 32))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := chain.ParseHash(text)
		if err != nil {
			require.Zero(t, h)
			return
		}
		require.Equal(t, h.String(), strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(text, "0x"), "0X")))
		var again chain.Hash
		require.NoError(t, again.UnmarshalText([]byte(h.String())))
		require.Equal(t, h, again)
	})
}
