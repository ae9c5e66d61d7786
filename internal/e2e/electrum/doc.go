// Package electrum drives the Electrum wallet as a merchant or a payer would who
// never connects it to anything: an independent program that derives addresses,
// reads payment URIs and signs.
package electrum
