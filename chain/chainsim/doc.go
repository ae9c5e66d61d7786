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
// # Ways in and out
//
// Coins arrive by [Chain.Pay]; newly mined ([UTXO.MineTo]); out of Litecoin's
// MWEB ([UTXO.PegOut]); from contracts ([EVM.PayInternal],
// [EVM.PayByDestruction]); from staking ([EVM.Withdraw]) and as fees of a block
// ([EVM.MineTo]). They leave by [UTXO.Spend] and by [EVM.Send] and
// [EVM.SendFailed], which cost gas.
//
// # Faults
//
// Every source and every face is a [Node] with a view of its own: it may lag
// ([Node.ServeBehind]), stick to an old branch ([Node.Freeze]) or follow another
// ([Node.Diverge]), lie about what a block holds ([Node.Omit]), forget the past
// ([Node.Prune]), be unable to trace ([Node.Trace]) or to look a mined
// transaction up ([Node.Index]), be syncing ([Node.ReportSyncing]), just restarted
// ([Node.ReportLoading]) or down ([Node.Fail]), or run a function before each call
// ([Node.Intercept]), which may change the chain under the caller's feet.
//
// # Faces
//
// [UTXO.Core], [UTXO.Btcd], [UTXO.Litecoin], [UTXO.Dogecoin114],
// [UTXO.Dogecoin121], [EVM.Geth], [EVM.Erigon] and [EVM.Anvil] are nodes'
// JSON-RPC interfaces as http.Handlers, so that the real adapters can be tested
// too: mount one on an httptest.Server and give its URL to the adapter. Beside
// the faults of a Node they refuse, limit and garble ([Face]), eth_getLogs in the
// words of a provider ([EVMFace.SpeakAs]); several stand behind one URL as a
// [LoadBalancer].
//
// # What a test gives up
//
// Scripts and contracts are not executed and signatures are not checked. Any
// payer can pay any sum: who lacks coins is given them ([EVMSource.Balances]),
// and balances of tokens are not kept. Blocks of UTXO chains are otherwise real:
// serialised, hashed and committed to as BIP 34, 141 and 144 say, Litecoin's with
// a HogEx and an empty MWEB block, Dogecoin's with a proof of merged mining if
// wanted, all with a proof of work for regtest's target under double SHA-256.
// Hashes of EVM blocks and transactions are arbitrary, roots of their tries are
// not computed; log indexes, receipts, traces and Bloom filters are right.
//
// Methods that drive a chain panic with a [*MisuseError] on a test's own
// mistake. Everything is safe for concurrent use.
package chainsim
