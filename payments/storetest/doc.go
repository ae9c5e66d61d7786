// Package storetest judges implementations of payments.Store: every sentence of
// that contract is a named case here. A store's own test is a factory and a call:
//
//	func TestConformance(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) payments.Store { return memstore.New() })
//	}
//
// The factory returns an empty store that shares nothing with those returned
// before; it is called once or more for every case, and releases what it took in
// t.Cleanup. Cases use the public contract only, so a failure is the store's.
//
// [Benchmark] measures what a store is for: crediting a batch of deposits in one
// commit. [BooksBalance] checks the one invariant no store may ever break.
package storetest
