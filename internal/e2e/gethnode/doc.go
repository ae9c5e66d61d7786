// Package gethnode runs go-ethereum inside the test process, on a private chain
// with its JSON-RPC on a loopback port, and plays the block producer and the
// payers.
//
// The node is assembled from go-ethereum's own parts and driven by its simulated
// beacon, so blocks, receipts, logs, traces, finality and the switch to another
// branch are the real client's. Nothing is mined unless the test says so.
package gethnode
