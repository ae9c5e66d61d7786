package utxo

import (
	"fmt"

	"github.com/cointill/cointill/chain"
)

// hasher computes transaction ids. It keeps its buffer, so that ids of many
// transactions cost no allocation.
type hasher struct{ scratch []byte }

// id returns a transaction's id in internal order: the hash of its old form,
// without flag, witnesses and MWEB data.
func (h *hasher) id(t tx) [32]byte {
	if t.flag == 0 {
		return hash256(t.whole)
	}
	h.scratch = append(h.scratch[:0], t.version...)
	h.scratch = append(h.scratch, t.body...)
	h.scratch = append(h.scratch, t.locktime...)
	return hash256(h.scratch)
}

// merkle is a visitor that gathers a block's transaction ids.
type merkle struct {
	nobody
	hasher
	ids [][32]byte
}

func (m *merkle) end(t tx) { m.ids = append(m.ids, m.id(t)) }

// root folds the gathered ids into their merkle root and uses them up. It
// reports false if two equal nodes were paired: then another list of
// transactions, with some of them twice, has the same root (CVE-2012-2459).
func (m *merkle) root() ([32]byte, bool) {
	level, sound := m.ids, true
	var pair [64]byte
	for len(level) > 1 {
		half := (len(level) + 1) / 2
		for i := range half {
			left, right := 2*i, min(2*i+1, len(level)-1)
			if left != right && level[left] == level[right] {
				sound = false
			}
			copy(pair[:32], level[left][:])
			copy(pair[32:], level[right][:])
			level[i] = hash256(pair[:])
		}
		level = level[:half]
	}
	if len(level) == 0 {
		return [32]byte{}, false
	}
	return level[0], sound
}

// verify reads a block strictly and proves that it is the one with the given
// hash: the header by its own hash, the transactions by the merkle root.
func (m *merkle) verify(f form, raw []byte, want chain.Hash) (header, error) {
	h, err := readHeader(raw)
	if err != nil {
		return header{}, err
	}
	if h.hash != want {
		return header{}, fmt.Errorf("%w: block hashes to %s", chain.ErrMalformed, h.hash)
	}
	m.ids = m.ids[:0]
	if err := walk(f, raw, m); err != nil {
		return header{}, err
	}
	root, sound := m.root()
	if root != h.merkle || !sound {
		return header{}, fmt.Errorf("%w: transactions do not match the header's merkle root", chain.ErrMalformed)
	}
	return h, nil
}
