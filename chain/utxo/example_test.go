package utxo_test

import (
	"fmt"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

func ExampleNewSource() {
	node, err := utxo.NewSource(chain.Bitcoin, utxo.RPC{URL: "http://127.0.0.1:8332", User: "cointill", Password: "…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(node.Network().Name, "from", node.Name())
	// Output: Bitcoin from 127.0.0.1:8332
}
