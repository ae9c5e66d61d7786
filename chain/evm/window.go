package evm

import "sync"

// calm is how many queries a node must answer, at the largest size it answers,
// before a larger one is tried again. If that is answered too, it grows freely.
const calm = 32

// window is how much one query asks for: halved when the node refuses, longer
// again, slowly, while it answers, up to just below what it last refused. Now and
// then the refused size is tried again, for limits change. It is shared by the
// queries of one source.
type window struct {
	mu      sync.Mutex
	size    uint64
	ceiling uint64 // the largest size that may be tried
	limit   uint64 // the largest size ever
	quiet   int    // answers at the ceiling since it was last moved
	wait    int    // how many of them it takes to move it up
}

func newWindow(first, limit uint64) *window {
	return &window{size: first, ceiling: limit, limit: limit, wait: calm}
}

// next returns how much to ask for.
func (w *window) next() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size
}

// refused learns that a query of a size was refused, and which size the node
// offers instead, 0 if it does not say.
func (w *window) refused(size, offered uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.quiet, w.wait = 0, calm
	next, most := size/2, size-1
	if offered > 0 && offered < size {
		next, most = offered, offered
	}
	w.ceiling = max(min(w.ceiling, most), 1)
	w.size = max(min(w.size, next), 1)
}

// answered learns that a query of a size was answered. Large answers shorten the
// next query without any refusal.
func (w *window) answered(size uint64, large bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if large {
		w.size = min(w.size, max(size/2, 1))
		return
	}
	if size < w.size {
		return // the rest of a range, or asked before a refusal; nothing was learned
	}
	if w.size >= w.ceiling && w.ceiling < w.limit {
		if w.quiet++; w.quiet >= w.wait {
			w.ceiling, w.quiet, w.wait = min(2*w.ceiling, w.limit), 0, 1
		}
	}
	w.size = min(w.size+w.size/4+1, w.ceiling)
}

// pause is how long a kind of query that was refused is not asked at all: 1, 2,
// 4, … up to 512 times, until it is answered again.
type pause struct {
	mu         sync.Mutex
	left, last int
}

// skip reports whether to go without this time.
func (p *pause) skip() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == 0 {
		return false
	}
	p.left--
	return true
}

func (p *pause) refused() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = min(max(1, 2*p.last), 512)
	p.left = p.last
}

func (p *pause) answered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last, p.left = 0, 0
}
