// Package utxo follows Bitcoin and its relatives through a node's JSON-RPC.
//
// A [Source] is a chain.Source, a chain.Mempooler and a chain.Inspector. What
// the package promises:
//
//   - Blocks are read as raw bytes ("getblock <hash> 0") and walked by a reader
//     of its own. Nothing is taken from a node's rendering of a block, so no
//     amount passes through a JSON number, and an address is matched by its
//     output script, byte for byte, never by a list of addresses.
//   - A block is accepted only if the double SHA-256 of its header is the hash
//     asked for, its parent is the block below, and the merkle root of its
//     transactions is the header's, with no duplicated subtree (CVE-2012-2459).
//     So a node can invent no transaction in a block whose hash is known. A lone
//     transaction is accepted only under its own id.
//   - What cannot be read is chain.ErrMalformed and stops the network. What a
//     node cannot answer now is chain.ErrUnavailable, with a [*ThrottledError]
//     or [*PrunedError] where it says why. Nothing is skipped.
//   - A node with another genesis block is refused: before first use, and in the
//     same request as every question but those that name their block or
//     transaction by a hash got that way. So another chain that appears behind
//     the URL without any failure is noticed too. On Litecoin's main network a
//     Litecoin Core before 0.21.5.4 is refused ([*OutdatedError]), which may follow
//     an invalid chain, before first use and after every failed call; on test
//     networks the release is not asked for.
//   - No credential is in any error: neither user, password nor anything of the
//     URL but its host. Redirects are not followed, since they would carry the
//     credentials elsewhere.
//
// # Dialects
//
// Bitcoin Core 22 to 31, btcd, Litecoin Core 0.21 and Dogecoin Core 1.14 and 1.21
// are supported, and what answers like one of them. Which one it is nobody asks:
// a question is put in the form most understand, and in another if the node's
// answer says so. What was learnt is forgotten when a call fails, because another
// node, or the same one upgraded, may stand behind the address by then.
//
//	what                        how it is told
//	getblock wants a boolean    the number 0 is refused with -1, -3, -8 or -32602 and a
//	                            text that names a boolean (Dogecoin Core before 1.14.7,
//	                            btcd of old): false is sent instead
//	no getblockchaininfo        -32601, or btcd's -1 "Command unimplemented":
//	                            getblockcount and getblockhash serve, and such a node
//	                            never says that it is syncing
//	no initialblockdownload     the field is missing (Dogecoin Core 1.14, btcd): only
//	                            headers beyond the blocks show that it is syncing
//	proof in the header         getblockheader answers more than 80 bytes (Dogecoin): the
//	                            proof of merged mining is read and passed over
//	height above the head       -8 or -1 with "out of range"
//	no transaction index        -5 with "txindex" for what is not in the mempool
//	mempool not loaded          getmempoolinfo's "loaded" is false; a node without the
//	                            field (Dogecoin Core 1.14, btcd) or the call counts as
//	                            having loaded it
//	batches refused             HTTP 413, or an error that is about the batch as a whole:
//	                            halved until they pass, and the size is remembered
//
// getrawtransaction is always given a number and never a block, which each of
// them takes. Script addresses ("address", "addresses") are not read.
//
// A node that allows some methods only (-rpcwhitelist) must allow getblock,
// getblockchaininfo, getblockhash, getblockheader, getmempoolinfo, getrawmempool
// and getrawtransaction, and on Litecoin getnetworkinfo. [Source.Inspect] finds
// what is mined only on a node with -txindex.
//
// # Block forms
//
// The form of blocks follows the network's family.
//
//   - Bitcoin: BIP 144 transactions with flag 1; nothing may follow the last.
//   - Litecoin: flag bit 8 as well (MWEB). The last transaction of a block, the
//     HogEx, pays out of the MWEB with its outputs beyond the first: these are
//     chain.OriginPegOut. Its first output and peg-ins (witness versions 8 and 9)
//     are nobody's. A MWEB block that follows is not read: what it pays out stands
//     in the HogEx. Peg-outs still in the mempool have no outputs and are not seen.
//     Sources: litecoin doc/mweb/serialization.md, primitives/transaction.h,
//     mweb/mweb_node.cpp.
//   - Dogecoin: merged-mined blocks (version bit 0x100) carry a proof after the
//     header, which is passed over. Source: dogecoin src/auxpow.h.
//
// # Speed
//
// A block in memory is matched in about a twelfth to a fourteenth of the time in
// which btcd's wire package decodes it: 3.98 M weight, 3,221 transactions with
// their witnesses, 8,369 inputs and 8,482 outputs each looked up among 100,000
// addresses, and nothing allocated but for what is found. From the node's answer
// on, with hex and the proof by merkle root, which no look-up can do without, it
// is about a fourth to a fifth of the same steps with btcd and encoding/json. In
// internal/bench:
//
//	for i in 1 2 3 4 5 6; do go test -run '^$' -bench Block .; done
//
// # What a hostile node can still do
//
// A node is believed in what only other nodes could contradict, so a network
// that carries much value needs two sources that do not share an operator.
//
//   - It can invent a branch: proof of work is not checked, nor is a block's
//     height, its time or any signature. Whoever controls the only source of a
//     network can have deposits credited that do not exist. Agreement of sources
//     above an amount is the answer to this, and the circuit breaker for deep
//     reorganisations to a branch that replaces a known one.
//   - It can withhold: an old head, a shorter chain, fewer ids in the mempool, or
//     no transaction where there is one. A withheld block delays a credit; it
//     cannot be left out of a run, because the next one names it as its parent.
//   - It can claim unmined transactions that no miner would take: signatures are
//     not checked and inputs not looked up. Such are seen, never credited.
//   - It can say that its mempool is loaded when it is not, so that a pending
//     deposit seems to have been dropped. A deposit that is dropped revives.
//   - It can hide the marker of a HogEx, which no hash covers. A peg-out is told
//     by the HogEx's place and first output, which the block's hash covers.
//   - In an invented block it can list one transaction twice, or give a payment
//     the place and first output of a HogEx. The first gives one transfer, by its
//     key; the second makes a deposit wait longer.
//   - In an inspection it can deny a transaction, or call a mined one unmined. It
//     cannot call mined what the blocks it vouches for do not hold.
package utxo
