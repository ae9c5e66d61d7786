// Package torture holds tests that kill, interrupt and confuse the engine with
// its real adapters: processes killed at random on one SQLite file, calls
// cancelled at any statement, nodes that answer oddly, query plans that must not
// scan. It exports nothing.
package torture
