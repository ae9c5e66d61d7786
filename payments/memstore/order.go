package memstore

import (
	"iter"
	"slices"
)

// chunk bounds how many keys move when one is added or removed.
const chunk = 512

// order is a sorted set of keys that stays cheap to change when it is large:
// a list of short sorted lists.
type order[K any] struct {
	compare func(a, b K) int
	chunks  [][]K // none is empty
	n       int
}

// find returns the chunk and the place in it where k is, or would be put.
func (o *order[K]) find(k K) (c, i int, found bool) {
	c, _ = slices.BinarySearchFunc(o.chunks, k, func(part []K, k K) int { return o.compare(part[len(part)-1], k) })
	if c == len(o.chunks) {
		return c, 0, false
	}
	i, found = slices.BinarySearchFunc(o.chunks[c], k, o.compare)
	return c, i, found
}

func (o *order[K]) add(k K) {
	c, i, found := o.find(k)
	if found {
		return
	}
	o.n++
	if len(o.chunks) == 0 {
		o.chunks = append(o.chunks, []K{k})
		return
	}
	if c == len(o.chunks) {
		c--
		i = len(o.chunks[c])
	}
	part := slices.Insert(o.chunks[c], i, k)
	o.chunks[c] = part
	if len(part) > chunk {
		half := slices.Clone(part[chunk/2:])
		clear(part[chunk/2:])
		o.chunks[c] = part[:chunk/2]
		o.chunks = slices.Insert(o.chunks, c+1, half)
	}
}

func (o *order[K]) remove(k K) {
	c, i, found := o.find(k)
	if !found {
		return
	}
	o.n--
	part := slices.Delete(o.chunks[c], i, i+1)
	switch o.chunks[c] = part; {
	case len(part) == 0:
		o.chunks = slices.Delete(o.chunks, c, c+1)
	case len(part) <= chunk/8 && c > 0 && len(o.chunks[c-1]) <= chunk/2:
		// A list is as large as it ever was: what few are left in it move, or a trail
		// that is thinned out would keep a list for each key.
		o.chunks[c-1] = append(o.chunks[c-1], part...)
		o.chunks = slices.Delete(o.chunks, c, c+1)
	}
}

// from yields the keys at or after k, ascending. The set must not change
// meanwhile.
func (o *order[K]) from(k K) iter.Seq[K] {
	return func(yield func(K) bool) {
		c, i, _ := o.find(k)
		for ; c < len(o.chunks); c, i = c+1, 0 {
			for _, k := range o.chunks[c][i:] {
				if !yield(k) {
					return
				}
			}
		}
	}
}

// below yields the keys before k, descending.
func (o *order[K]) below(k K) iter.Seq[K] {
	c, i, _ := o.find(k)
	if c == len(o.chunks) {
		c, i = o.end()
	}
	return o.down(c, i)
}

// down yields all keys before the i-th of chunk c, descending.
func (o *order[K]) down(c, i int) iter.Seq[K] {
	return func(yield func(K) bool) {
		for c, i := c, i; ; {
			for ; i > 0; i-- {
				if !yield(o.chunks[c][i-1]) {
					return
				}
			}
			if c--; c < 0 {
				return
			}
			i = len(o.chunks[c])
		}
	}
}

// end returns the place behind the greatest key, for down.
func (o *order[K]) end() (c, i int) {
	if o.n == 0 {
		return 0, 0
	}
	return len(o.chunks) - 1, len(o.chunks[len(o.chunks)-1])
}

// all yields every key, ascending.
func (o *order[K]) all() iter.Seq[K] {
	return func(yield func(K) bool) {
		for _, part := range o.chunks {
			for _, k := range part {
				if !yield(k) {
					return
				}
			}
		}
	}
}

// last returns the greatest key.
func (o *order[K]) last() (k K, ok bool) {
	if o.n == 0 {
		return k, false
	}
	part := o.chunks[len(o.chunks)-1]
	return part[len(part)-1], true
}

// index keeps the keys of rows by group, each group in order.
type index[G comparable, K any] struct {
	compare func(a, b K) int
	groups  map[G]*order[K]
}

func newIndex[G comparable, K any](compare func(a, b K) int) *index[G, K] {
	return &index[G, K]{compare: compare, groups: make(map[G]*order[K])}
}

// of returns a group, an empty one if it has no keys.
func (x *index[G, K]) of(g G) *order[K] {
	if o := x.groups[g]; o != nil {
		return o
	}
	return &order[K]{compare: x.compare}
}

// put adds k to a group, or removes it.
func (x *index[G, K]) put(g G, k K, add bool) {
	o := x.groups[g]
	switch {
	case add && o == nil:
		o = &order[K]{compare: x.compare}
		x.groups[g] = o
		o.add(k)
	case add:
		o.add(k)
	case o != nil:
		if o.remove(k); o.n == 0 {
			delete(x.groups, g)
		}
	}
}
