package chainsim_test

import (
	"context"
	"fmt"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments/money"
)

// A payment is seen, mined, and displaced by a reorganisation that mines it
// again one block later.
func Example() {
	ctx := context.Background()
	btc := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	source := btc.Source("node")
	deposit := chainsim.Address(btc.Network(), 0)
	watched := chain.NewWatched()
	watched.AddAddress(deposit)

	show := func(when string) {
		head, err := source.Head(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		run, err := source.Linked(ctx, 0, head.Height)
		if err != nil {
			fmt.Println(err)
			return
		}
		found, err := run.Match(ctx, watched)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: head %d", when, head.Height)
		for _, t := range found.Transfers {
			fmt.Printf(", %s in block %d", t.Amount, t.Block.Height)
		}
		fmt.Println()
	}

	id := btc.Pay(chainsim.Payment{To: deposit, Amount: money.Units(btc.Network().Native, 123_400)})
	show("paid")
	btc.Mine(2)
	show("mined")
	btc.Reorg(2, chainsim.Branch{Later: []chain.Hash{id}})
	show("displaced")
	btc.Mine(1)
	show("mined again")
	// Output:
	// paid: head 0
	// mined: head 2, 0.00123400 BTC@bitcoin-regtest in block 1
	// displaced: head 3
	// mined again: head 4, 0.00123400 BTC@bitcoin-regtest in block 4
}
