// Package address is the text of addresses on every network.
//
// [Parse] turns what a person typed or pasted into the bytes the network
// compares: the output script on a UTXO network, 20 bytes on an EVM network.
// [Format] is its inverse and writes the canonical text: Base58Check, Bech32 or
// Bech32m in lower case, or the mixed case of EIP-55. For every address that
// Format writes and Parse accepts, Parse(Format(a)) is a.
//
// Parse is strict. It strips nothing, repairs nothing and knows the network it
// parses for; an address of another chain is refused even where its bytes would
// fit. When it refuses, the [Error] carries a [Code] for the most helpful
// reason that applies, looked for in this order: TRON, CashAddr, MWEB, another
// chain, the same chain's other network, a wrong checksum, malformed text. TRON
// comes first because a TRC20 address is the costliest mistake a customer can
// make, and its 20 bytes would be a working EVM address nobody holds the key of.
//
// Two texts name one script in these cases only: upper-case Bech32, one-case
// EVM hex, and Litecoin's legacy P2SH form, whose version byte is Bitcoin's and
// which is accepted and never written.
//
// Errors never repeat a text that may be a secret: of an ordinary wrong address
// they show the ends, of a private key or a phrase with spaces nothing.
//
// The rules are those of BIP13, BIP173, BIP350 and BIP341 for UTXO networks,
// EIP-55 for EVM networks, and the version bytes of each chain's own node
// (chainparams.cpp). Payment URIs follow BIP21 and ERC-681.
//
// All functions may be called from several goroutines.
package address
