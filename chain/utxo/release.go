package utxo

import (
	"slices"
	"strconv"
	"strings"
)

// litecoinRelease reads the release in a subversion of Litecoin Core (BIP 14),
// such as "/LitecoinCore:0.21.5.4(comment)/". It reports false for anything else.
func litecoinRelease(subversion string) (text string, parts [4]uint64, ok bool) {
	_, rest, found := strings.Cut(subversion, "/LitecoinCore:")
	if !found {
		return "", parts, false
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end < 0 {
		end = len(rest)
	}
	text = rest[:end]
	fields := strings.Split(text, ".")
	if len(fields) > len(parts) {
		return "", parts, false
	}
	for i, f := range fields {
		n, err := strconv.ParseUint(f, 10, 32)
		if err != nil {
			return "", parts, false
		}
		parts[i] = n
	}
	return text, parts, true
}

// older reports whether release a came before b.
func older(a, b [4]uint64) bool { return slices.Compare(a[:], b[:]) < 0 }
