// Package e2e runs the library against real nodes: btcd on a private Bitcoin
// chain, Litecoin Core on a private Litecoin chain and go-ethereum inside the test
// process. It is a module of its own, so that no node is a dependency of the
// library. Only litecoind comes from outside Go modules: without it its tests skip,
// or fail if COINTILL_REQUIRE is 1.
//
// The tests go through the public face only: payments.New, the adapters of
// chain/utxo and chain/evm, wallets of chain/hd on public test-vector keys.
// Whoever pays is not the library: blocks and transactions are made by the nodes
// and by the harness packages btcdnode, litecoinnode, gethnode
// and contracts.
//
//	cd internal/e2e && go test ./...
package e2e
