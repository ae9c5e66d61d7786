// Package contracts holds the test tokens and payers in Solidity, and what the
// compiler made of them. Run build.sh after changing a .sol file: it compiles
// with npm's solc and writes the .abi and .bin files, which are committed.
package contracts
