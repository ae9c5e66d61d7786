// Package daemon runs a coin's node program for a test and speaks JSON-RPC to it.
//
// A daemon listens on a loopback port of its own, keeps its data in the test's
// temporary folder, is killed when the test ends or the test process dies, and
// shows the end of its log if the test failed.
package daemon
