package evm_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
)

// A source reads the transfers to watched addresses out of a run of blocks.
func Example() {
	node := exampleNode()
	defer node.Close()

	src, err := evm.NewSource(network(), evm.RPC{URL: node.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	head, err := src.Head(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	run, err := src.Linked(ctx, 1, head.Height)
	if err != nil {
		fmt.Println(err)
		return
	}
	var ours chain.Matcher = watching(alice)
	found, err := run.Match(ctx, ours)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range found.Transfers {
		_, place, _ := strings.Cut(t.ID, ":")
		fmt.Println(t.Block.Height, place, t.Amount)
	}
	// Output:
	// 1 log:0 12.500000 USDT@testnet
	// 2 eth:0x00000000000000000000000000000000000a11ce:0 1.000000000000000000 ETH@testnet
}

// exampleNode serves two blocks: a payment of 12.50 USDT and one of 1 ETH.
func exampleNode() *httptest.Server {
	n := stub().
		add(tx{to: usdt, logs: []obj{log(usdt, alice, 12_500_000)}}).
		add(tx{to: alice, value: "0xde0b6b3a7640000"})
	return n.Server
}
