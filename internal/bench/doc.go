// Package bench compares cointill with other software that does the same work, in
// one run and on the same bytes. It is a module of its own, so that what it is
// compared with is nobody's dependency. Peers that the module imports anyway stand
// beside the package they are compared with: go-ethereum in chain/evm, go-bip32 in
// chain/hd.
//
//	go test -run '^$' -bench . -count 6 .
package bench
