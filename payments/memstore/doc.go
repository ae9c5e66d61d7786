// Package memstore is storage in memory: for tests, demonstrations, and as the
// shortest model of an adapter. What it holds is lost when the process ends.
//
// Transactions are serial: one writer at a time, while readers wait. A
// transaction that fails is undone from a journal, so its cost depends on what it
// wrote, not on what is stored. Rows are copied in and out: callers share nothing
// with the store.
package memstore
