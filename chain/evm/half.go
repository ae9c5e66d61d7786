package evm

// halfTold reports whether the logs of a block tell of some listed contracts,
// though its filter leaves room for a Transfer of others too. A node whose index
// is being written may know half a block; the receipts then decide. Blocks of
// which nothing at all is told are looked at when the run is made.
func (l *listing) halfTold(h *header, logs []byte) (bool, error) {
	told := make([]bool, len(l.bits))
	any := false
	err := scanLogs(logs, func(e *event) error {
		if i, ok := l.index[e.contract]; ok && e.topicCount > 0 && e.topics[0] == transferTopic {
			told[i], any = true, true
		}
		return nil
	})
	if err != nil || !any {
		return false, err
	}
	for i := range l.bits {
		if !told[i] && h.mayHave(&l.bits[i]) {
			return true, nil
		}
	}
	return false, nil
}
