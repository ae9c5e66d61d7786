package utxo

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

func FuzzWalk(f *testing.F) {
	f.Add(ChainOf(1)[0], byte(0))
	f.Fuzz(func(t *testing.T, raw []byte, family byte) {
		forms := []form{{flags: 1}, {flags: 9, mweb: true}, {flags: 1, auxPoW: true}}
		if err := walk(forms[int(family)%3], raw, &finder{matcher: &seen{hit: true}}); err != nil {
			require.ErrorIs(t, err, chain.ErrMalformed)
		}
		if _, err := walkTx(forms[int(family)%3], raw, alone, nobody{}); err != nil {
			require.ErrorIs(t, err, chain.ErrMalformed)
		}
	})
}

func FuzzScannerAgreesWithEncodingJSON(f *testing.F) {
	f.Add([]byte(`[{"id":0,"result":"00","error":null},{"a":[1.5e-3,"\u00e9\n",true]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := scanner{b: text}
		_, err := s.value()
		if strings.Count(string(text), "[")+strings.Count(string(text), "{") < maxDepth {
			require.Equal(t, json.Valid(text), err == nil && s.end())
		}
		for want := 1; want <= 2; want++ {
			replies, err := parseReplies(text, want)
			if err == nil {
				require.Len(t, replies, want)
			}
		}
	})
}
