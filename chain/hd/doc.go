// Package hd derives deposit addresses from an account's extended public key.
//
// A [Wallet] watches; it cannot spend. [OpenWallet] takes the public key of one
// account (BIP44, BIP49, BIP84 or BIP86, depth 3) and refuses everything else,
// private keys above all. Addresses are those of the external branch, path 0/i
// below the account, in the form the [Scheme] names; on EVM networks BIP44 gives
// one 0x address for all of them.
//
// # What is promised
//
//   - Leaves(i) is the same address for ever, on every machine, and it is the
//     one a wallet restored from the same seed shows at path 0/i.
//   - An index whose child key does not exist (BIP32: about one in 2^127) is
//     left out and belongs to nobody. Indexes are never shifted to fill it.
//   - All methods of a Wallet may be called from several goroutines.
//   - No error contains an extended key, public or private: who holds the public
//     one sees every customer's payments, and who holds it and one child private
//     key holds all of them.
//
// # How leaves are derived
//
// github.com/tyler-smith/go-bip32 derives from the account to the branch and is
// the oracle: each OpenWallet compares leaf 0 and a random leaf with it before
// returning. Three guards stand around version 1.0.0. It accepts keys that BIP32
// calls invalid, so a strict parser stands in front. It writes into the spare
// capacity of a key's slice, so that one key used by two goroutines derives
// wrong children: here a key is made with clipped slices for each derivation and
// never shared. It needs milliseconds for a public child, so leaves come from
// decred's secp256k1 with cached HMAC midstates and one field inversion per
// batch. Only public keys pass through here; nothing needs constant time.
//
// # Gap limit
//
// Wallets look for coins until 20 addresses in a row were never used (BIP44). A
// server hands out longer unpaid runs than that, so whoever restores the wallet
// from its seed must raise the limit to the highest index issued.
//
// Sources: BIP32, BIP44, BIP49, BIP84, BIP86, BIP341, SLIP-0132 (prefixes),
// BIP137 and EIP-191 (signed messages).
package hd
