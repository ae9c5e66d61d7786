// Package litecoinnode starts Litecoin Core on a private chain for a test, with
// MWEB active, and plays the miner and the payers.
//
// The program is not a Go module: it is Debian's package litecoind, which
// internal/install-tools installs. Without it a test is skipped, or fails if
// COINTILL_REQUIRE is 1.
//
// There are two payers: one with ordinary coins, one whose coins are all inside
// the MWEB (LIP-0002, LIP-0003). What the latter pays to an ordinary address has
// no transaction of its own in a block: it is an output of the block's last
// transaction, the HogEx, under that one's id.
package litecoinnode
