// Package chain turns a network's best chain into steps that can be committed.
//
// A [Source] answers questions about one network: what is the head, which block
// stands at a height, what do these blocks hold. It pushes nothing and
// remembers nothing. [Next] compares a source with the trail, the list of
// [Anchor]s that the store has committed, and computes the next [Step]: anchors
// that no longer stand (after a reorganisation), anchors that come next, and
// the fetched blocks between. The caller matches the blocks against the watched
// addresses and commits trail, transfers and everything that follows from them
// in one transaction. So reorganisations are handled once, here, for every
// network, and a block is either wholly taken or not at all.
//
// What the package promises:
//
//   - The trail moves only along parent hashes (linked steps), or over blocks
//     the network calls final (range steps). A block that cannot be fetched or
//     parsed is tried again; it is never passed.
//   - A head that goes back, as behind a load balancer, loses and doubles
//     nothing: a branch is taken only when it is at least as high as the trail.
//   - Matching is by script bytes (UTXO networks) or 20-byte address (EVM
//     networks), never by address text.
//
// The adapters are chain/utxo and chain/evm; chain/chainsim is a chain in
// memory for tests and demonstrations.
package chain
