// Package anvilnode starts anvil on a private chain for a test, and plays the
// block producer and the payers. It is a second EVM client, of other people and
// in another language than go-ethereum: what is read from both is not fitted to
// one node's JSON.
//
// The program comes from npm and lies in the user's cache folder, where
// internal/install-tools puts it. Without it a test is skipped, or fails if
// COINTILL_REQUIRE is 1.
package anvilnode
