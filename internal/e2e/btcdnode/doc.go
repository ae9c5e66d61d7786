// Package btcdnode starts btcd on a private chain for a test, and plays the
// miner and the payers.
//
// The program is built from the module's tool directive, once, into the user's
// cache folder, and run by package daemon.
//
// Blocks are assembled here and given to the node with submitblock, each with a
// coinbase nobody else has, so that a test says exactly which transactions a
// block holds, and a branch never repeats a block the node has already refused.
package btcdnode
