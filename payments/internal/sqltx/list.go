package sqltx

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/cointill/cointill/chain"
)

// reserved is how many parameters a query has beside those of its lists, at most.
const reserved = 32

// listWidth returns how many elements of each of a query's lists one statement
// may carry, given how long the lists are: a list whose elements take two
// parameters is named twice.
func (x *Tx) listWidth(lists ...int) int {
	given := 0
	for _, n := range lists {
		if n > 0 {
			given++
		}
	}
	return max(1, (x.dialect.MaxParams-reserved)/max(1, given))
}

// parted yields a list's distinct elements in parts of at most n; an empty list
// is one empty part, which stands for no condition.
func parted[T comparable](list []T, n int, compare func(a, b T) int) iter.Seq[[]T] {
	if len(list) == 0 {
		return func(yield func([]T) bool) { yield(nil) }
	}
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, compare)
	return slices.Chunk(slices.Compact(sorted), n)
}

// split returns the queries that together ask for what those given ask for, each
// with one of its lists at most n long. No row is selected by two of them.
func split[Q any, T cmp.Ordered](queries []Q, n int, list func(*Q) *[]T) []Q {
	var out []Q
	for _, q := range queries {
		for part := range parted(*list(&q), n, cmp.Compare[T]) {
			one := q
			*list(&one) = part
			out = append(out, one)
		}
	}
	return out
}

func compareHashes(a, b chain.Hash) int { return bytes.Compare(a[:], b[:]) }

// among selects by a column of text; no element, no condition.
func among[S ~string](c *condition, column string, list []S) {
	if len(list) > 0 {
		in(c, column, list)
	}
}

// txids selects by transaction; no element, no condition.
func (c *condition) txids(list []chain.Hash) {
	if len(list) == 0 {
		return
	}
	texts := make([]string, len(list))
	for i, h := range list {
		texts[i] = hashText(h)
	}
	in(c, "txid", texts)
}

// addresses selects by the two columns of an address; no element, no condition.
func (c *condition) addresses(raw, family string, list []chain.Address) {
	if len(list) == 0 {
		return
	}
	args := make([]any, 0, 2*len(list))
	for _, a := range list {
		args = append(args, rawText(a.Raw), string(a.Family))
	}
	pairs := strings.TrimSuffix(strings.Repeat("(?, ?), ", len(list)), ", ")
	c.and("("+raw+", "+family+") IN (VALUES "+pairs+")", args...)
}

// between selects what stands in a block of a height in [low, high].
func (c *condition) between(low, high uint64) {
	c.and("block_hash <> ''")
	c.and("block_height >= ? AND block_height <= ?", heightBound(low), heightBound(high))
}

// after selects the keys greater than one, of the network asked for if any: a
// page of one network is then a range of an index that begins with both.
func (c *condition) after(asked, network, id string) {
	switch {
	case network == "" && id == "":
	case asked != "" && network == asked:
		c.and("id > ?", id)
	default:
		c.and("(network, id) > (?, ?)", network, id)
	}
}

// by returns the clause that makes a query use an index, where the database
// takes one.
func (x *Tx) by(index string) string {
	if index == "" || !x.dialect.IndexedBy {
		return ""
	}
	return "INDEXED BY " + index + " "
}
