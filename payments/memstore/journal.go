package memstore

// journal remembers how to undo what a transaction wrote.
type journal struct{ undo []func() }

func (j *journal) add(undo func()) { j.undo = append(j.undo, undo) }

// mark names the present place, for rewind.
func (j *journal) mark() int { return len(j.undo) }

// rewind undoes, newest first, everything written since the mark.
func (j *journal) rewind(mark int) {
	for i := len(j.undo) - 1; i >= mark; i-- {
		j.undo[i]()
	}
	j.undo = j.undo[:mark]
}
