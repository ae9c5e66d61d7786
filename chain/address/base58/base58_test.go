package base58_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain/address/base58"
)

func TestPayloadsHaveTheirPublishedText(t *testing.T) {
	for _, c := range []struct{ name, payload, text string }{
		{"P2PKH of the genesis block", "0062e907b15cbf27d5425399ebf6f0fb50ebb88f18", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
		{"hash of zeros", "00" + strings.Repeat("00", 20), "1111111111111111111114oLvT2"},
		{"P2SH (BIP13)", "05" + strings.Repeat("00", 20), "31h1vYVSYuKP6AhS86fbRdMw9XHieotbST"},
		{"nothing", "", "3QJmnh"},
	} {
		t.Run(c.name, func(t *testing.T) {
			payload, err := hex.DecodeString(c.payload)
			require.NoError(t, err)
			text, err := base58.AppendCheck(nil, payload)
			require.NoError(t, err)
			require.Equal(t, c.text, string(text))
			back, err := base58.DecodeCheck(nil, c.text)
			require.NoError(t, err)
			require.Equal(t, c.payload, hex.EncodeToString(back))
		})
	}
}

func TestEveryPayloadComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zeros := rapid.IntRange(0, 20).Draw(t, "zeros")
		tail := rapid.SliceOfN(rapid.Byte(), 0, 68).Draw(t, "tail")
		payload := append(make([]byte, zeros), tail...)
		text, err := base58.AppendCheck([]byte("> "), payload)
		require.NoError(t, err)
		require.True(t, bytes.HasPrefix(text, []byte("> ")), "what was there stays")
		back, err := base58.DecodeCheck([]byte("<"), string(text[2:]))
		require.NoError(t, err)
		require.Equal(t, append([]byte("<"), payload...), back)
	})
}

func TestTheLongestPayloadFits(t *testing.T) {
	payload := bytes.Repeat([]byte{0xff}, 88)
	text, err := base58.AppendCheck(nil, payload)
	require.NoError(t, err)
	require.LessOrEqual(t, len(text), base58.MaxText)
	back, err := base58.DecodeCheck(nil, string(text))
	require.NoError(t, err)
	require.Equal(t, payload, back)
	_, err = base58.AppendCheck(nil, append(payload, 0xff))
	require.ErrorIs(t, err, base58.ErrTooLong)
}

func TestWhatIsNotBase58CheckIsRefused(t *testing.T) {
	const good = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
	for name, text := range map[string]string{
		"empty": "", "three bytes": "111", "zero digit": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0",
		"letter l": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNl", "letter O": "O" + good[1:], "space": good + " ",
		"not ASCII": good[:33] + "а", "too long": strings.Repeat("z", base58.MaxText+1),
	} {
		t.Run(name, func(t *testing.T) {
			payload, err := base58.DecodeCheck(nil, text)
			require.ErrorIs(t, err, base58.ErrMalformed)
			require.Empty(t, payload)
		})
	}
	payload, err := base58.DecodeCheck(nil, good[:33]+"b")
	require.ErrorIs(t, err, base58.ErrChecksum)
	require.Len(t, payload, 21, "for messages about mistyped text")
}

func FuzzDecodeCheck(f *testing.F) {
	for _, s := range []string{"", "1", "3QJmnh", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", strings.Repeat("1", 128), strings.Repeat("z", 128)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		payload, err := base58.DecodeCheck(nil, text)
		if err != nil || len(payload) > 88 {
			return
		}
		again, err := base58.AppendCheck(nil, payload)
		require.NoError(t, err)
		require.Equal(t, text, string(again), "a payload has one text")
	})
}

func BenchmarkAppendCheck(b *testing.B) {
	payload, buf := bytes.Repeat([]byte{0xa5}, 21), make([]byte, 0, base58.MaxText)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base58.AppendCheck(buf, payload); err != nil {
			b.Fatal(err)
		}
	}
}
