package chainsim

// bloom is the 2048-bit log filter of a receipt or a block (Yellow Paper,
// section 4.4.1).
type bloom [256]byte

func (b *bloom) add(item []byte) {
	h := keccak(item)
	for i := 0; i < 6; i += 2 {
		bit := (uint(h[i])<<8 | uint(h[i+1])) & 2047
		b[255-bit/8] |= 1 << (bit % 8)
	}
}

func (b *bloom) addLogs(logs []evmLog) {
	for _, l := range logs {
		b.add(l.contract[:])
		for _, topic := range l.topics {
			b.add(topic[:])
		}
	}
}
