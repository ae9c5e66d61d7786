// Package chainsim is a blockchain in memory, for the tests of programs that
// take payments and for demonstrations. It needs no node, no network and no
// clock, does not import testing, and does the same in every run.
//
// # Testing a host
//
// Start a chain, hand its network and a source to the program, and act as the
// payers and miners do:
//
//	btc := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
//	rail := payments.Rail{Network: btc.Network(), Sources: []chain.Source{btc.Source("a")}, …}
//	…
//	id := btc.Pay(chainsim.Payment{To: deposit, Amount: amount}) // seen
//	btc.Mine(6)                                                   // credited
//	btc.Reorg(6, chainsim.Branch{Vanish: []chain.Hash{id}})       // reversed
//
// Use the network that [Chain.Network] returns: the simulated block 0 is not
// the real one. [NewEVM] makes a chain of accounts with native coin, the
// network's tokens, batch contracts, and the tricks by which people try to fake
// a deposit ([EVM.PayFailed], [EVM.PayForeign] and their neighbours).
//
// # Faults
//
// Every source and every face is a [Node] with a view of its own: it may lag
// ([Node.ServeBehind]), stick to an old branch ([Node.Freeze]), be down
// ([Node.Fail]) or run a function before each call ([Node.Intercept]), which
// may change the chain under the caller's feet.
//
// # Faces
//
// [UTXO.Core], [UTXO.Btcd] and [EVM.Geth] are nodes' JSON-RPC interfaces as
// http.Handlers, so that the real adapters can be tested too: mount one on an
// httptest.Server and give its URL to the adapter. Beside the faults of a Node
// they refuse, limit and garble ([Face]).
//
// # What a test gives up
//
// Scripts and contracts are not executed, signatures are not checked and
// balances are not kept: any payer can pay any sum. Blocks of UTXO chains are
// otherwise real: serialised, hashed and committed to as BIP 34, 141 and 144
// say, with a proof of work for regtest's target. Hashes of EVM blocks and
// transactions are arbitrary, roots of their tries are not computed; log
// indexes, receipts and Bloom filters are right.
//
// Methods that drive a chain panic with a [*MisuseError] on a test's own
// mistake. Everything is safe for concurrent use.
package chainsim
