package chain_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
)

// A store's part is played by a slice: read the trail, ask for the next step,
// commit it.
func ExampleNext() {
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	node, tr := sim.Source("node"), &trail{}
	for _, act := range []func(){func() {}, func() { sim.Mine(3) }, func() { sim.Reorg(2, chainsim.Branch{}) }} {
		act()
		step, _, err := chain.Next(context.Background(), node, tr.read, time.Time{})
		if err != nil {
			fmt.Println(err)
			return
		}
		tr.commit(step)
		fmt.Printf("keep up to %d, attach %d, tip %d\n", step.Move.Keep, len(step.Move.Attach), step.Tip().Height)
	}
	// Output:
	// keep up to 0, attach 1, tip 0
	// keep up to 0, attach 3, tip 3
	// keep up to 1, attach 3, tip 4
}
