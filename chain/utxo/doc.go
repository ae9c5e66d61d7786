// Package utxo follows Bitcoin and its relatives through a node's JSON-RPC.
//
// A [Source] is a chain.Source and a chain.Mempooler. It speaks to Bitcoin Core
// and to btcd, and to nodes that answer like one of them; which dialect a node
// speaks is learnt from its answers, never from its name, and forgotten when a
// call fails, because another node may stand behind the address by then.
//
// What the package promises:
//
//   - Blocks are read as raw bytes ("getblock <hash> 0") and walked by a reader
//     of its own. Nothing is taken from a node's rendering of a block, so no
//     amount passes through a JSON number.
//   - A block is accepted only if the double SHA-256 of its header is the hash
//     asked for, its parent is the block below, and the merkle root of its
//     transactions is the header's, with no duplicated subtree (CVE-2012-2459).
//     So a node can invent no transaction in a block whose hash is known. Proof
//     of work is not checked: which chain is best is the node's word, and a
//     second source is the answer to a node that lies about it.
//   - A node with another genesis block is refused, before first use and again
//     after every failed call.
//   - No credential is in any error: neither user, password nor anything of the
//     URL but its host. Redirects are not followed, since they would carry the
//     credentials elsewhere.
//
// # Block forms
//
// The form of blocks follows the network's family.
//
//   - Bitcoin: BIP 144 transactions with flag 1; nothing may follow the last.
//   - Litecoin: flag bit 8 as well (MWEB). The last transaction of a block (the
//     HogEx, whose outputs beyond the first are peg-outs) may be followed by a
//     MWEB block, which is not read: what it pays out stands in the HogEx.
//     Peg-outs still in the mempool have no outputs and are not seen.
//     Sources: litecoin doc/mweb/serialization.md, primitives/transaction.h.
//   - Dogecoin: merged-mined blocks (version bit 0x100) carry a proof after the
//     header, which is passed over. Source: dogecoin src/auxpow.h.
package utxo
