package evm

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A node answers sizes up to a cap that changes without notice.
func TestAWindowStaysInItsBoundsAndFindsTheCap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := uint64(rapid.IntRange(1, 3000).Draw(rt, "limit"))
		w := newWindow(uint64(rapid.IntRange(1, int(limit)).Draw(rt, "first")), limit)
		ask := func(most uint64) (answered bool) {
			size := w.next()
			require.True(rt, size >= 1 && size <= limit, "size %d", size)
			if size > most {
				offered := uint64(rapid.IntRange(0, 4000).Draw(rt, "offered"))
				w.refused(size, offered)
				return false
			}
			w.answered(size, false)
			return true
		}
		for range rapid.IntRange(1, 5).Draw(rt, "caps") {
			most := uint64(rapid.IntRange(1, 4000).Draw(rt, "cap"))
			for !ask(most) {
			}
			refused := 0
			for range 20 * calm {
				if !ask(most) {
					refused++
				}
			}
			require.Less(rt, refused, 4*calm, "most queries are answered")
		}
		for range 40 * calm {
			ask(limit)
		}
		require.Equal(rt, limit, w.next(), "it grows back")
	})
}
