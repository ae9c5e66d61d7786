package hd

import "strconv"

// Scheme says which addresses an account has. Its value is the first number of
// the account's path. A key does not prove its scheme (wallets print "xpub" for
// all of them), so the host names it.
type Scheme int

// The schemes.
const (
	// BIP44 gives P2PKH addresses, and 0x addresses on EVM networks.
	BIP44 Scheme = 44
	// BIP49 gives P2WPKH nested in P2SH.
	BIP49 Scheme = 49
	// BIP84 gives P2WPKH.
	BIP84 Scheme = 84
	// BIP86 gives Taproot with a key path only.
	BIP86 Scheme = 86
)

// String returns "BIP84".
func (s Scheme) String() string { return "BIP" + strconv.Itoa(int(s)) }
