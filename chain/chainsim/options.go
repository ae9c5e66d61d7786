package chainsim

import "time"

// Options adjust a simulated chain. The zero value is a good one.
type Options struct {
	// Now gives the time of each mined block, for tests that keep a clock of
	// their own. A block is never older than its parent. Without it block n has
	// the time Start + n × BlockTime, whenever it is mined: an engine with a clock
	// of its own takes such blocks for stale.
	Now func() time.Time
	// Start is the time of block 0. Zero: 2026-01-01 00:00 UTC.
	Start time.Time
	// BlockTime is the distance of two blocks. Zero: the network's, or a second
	// if it has none.
	BlockTime time.Duration
	// FinalLag makes an EVM block final by itself when so many blocks follow it.
	// Zero: blocks become final only through [EVM.Finalize]. UTXO chains have no
	// final blocks.
	FinalLag uint64
	// MergeMined gives every block of a Dogecoin chain a proof of merged mining.
	MergeMined bool
	// NativeLogs gives every EVM transfer of value the log of EIP-7708.
	NativeLogs bool
}

func (o Options) withDefaults(blockTime time.Duration) Options {
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.BlockTime == 0 {
		o.BlockTime = blockTime
	}
	if o.BlockTime == 0 {
		o.BlockTime = time.Second
	}
	return o
}
