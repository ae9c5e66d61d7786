package hd

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
)

// Errors of wallets.
var (
	// ErrRange says that indexes outside 0 … 2^31-1 were asked for. A wallet that
	// has issued them all needs a new account.
	ErrRange = errors.New("hd: index outside the branch; open a wallet on a new account")
	// ErrOracle says that two independent derivations disagree. Nothing is
	// issued; the build or the machine is broken.
	ErrOracle = errors.New("hd: derivations disagree; do not use this build")
)

// batch is how many children share one field inversion. An inversion costs
// about a third of a derivation, so a larger batch gains nothing that can be
// measured and needs more memory.
const batch = 256

// maxAhead bounds the memory taken before the first leaf is derived.
const maxAhead = 1 << 16

// Wallet derives the deposit addresses of one account. It holds no private key.
// It is immutable; all methods may be called from several goroutines.
type Wallet struct {
	network     chain.Network
	scheme      Scheme
	fingerprint string
	branch      *branch
	first       [keyLen]byte // public key of leaf 0
}

// OpenWallet makes a wallet of an account's extended public key, as wallets
// export it: "xpub…", "zpub…", "Ltub…", "dgub…", "tpub…" and the others of
// SLIP-0132. Networks of [chain.FamilyEVM] take BIP44 and give 0x addresses;
// Dogecoin takes BIP44 only.
//
// A key it does not take gives a [*KeyError], which never contains the key.
// Before it returns it derives leaf 0 and one random leaf in two independent
// ways and compares them ([ErrOracle]), which takes some milliseconds.
func OpenWallet(n chain.Network, s Scheme, extendedKey string) (*Wallet, error) {
	account, err := parseAccount(n, s, extendedKey)
	if err != nil {
		return nil, err
	}
	key, err := account.child(external)
	if err != nil {
		return nil, err
	}
	b, err := newBranch(key)
	if err != nil {
		return nil, err
	}
	w := &Wallet{network: n, scheme: s, branch: b, fingerprint: account.fingerprint(n.Family, s)}
	if w.first, err = b.agreed(key, 0); err != nil {
		return nil, err
	}
	if _, err = b.agreed(key, rand.Uint32N(hardened)); err != nil {
		return nil, err
	}
	return w, nil
}

// fingerprint names the account for a family and scheme. It is one-way.
func (k extendedKey) fingerprint(f chain.Family, s Scheme) string {
	h := sha256.New()
	fmt.Fprintf(h, "cointill wallet\n%s\n%s\n", f, s)
	h.Write(k.key[:])
	h.Write(k.chainCode[:])
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// agreed derives one child here and with go-bip32 and returns its public key if
// they agree. A child that does not exist (go-bip32 does not notice) gives
// ErrOracle as well: at these odds a broken build is the likelier cause.
func (b *branch) agreed(k extendedKey, index uint32) ([keyLen]byte, error) {
	ours, err := b.children(nil, index, 1)
	if err != nil {
		return [keyLen]byte{}, err
	}
	theirs, err := k.child(index)
	if err != nil {
		return [keyLen]byte{}, err
	}
	if len(ours) != 1 || ours[0].compressed() != theirs.key {
		return [keyLen]byte{}, fmt.Errorf("%w: leaf %d", ErrOracle, index)
	}
	return theirs.key, nil
}

// Network returns the network the wallet was opened for.
func (w *Wallet) Network() chain.Network { return w.network }

// Family returns the form of its addresses.
func (w *Wallet) Family() chain.Family { return w.network.Family }

// Scheme returns the scheme it was opened with.
func (w *Wallet) Scheme() Scheme { return w.scheme }

// Fingerprint names the account key in stores: 32 hex digits, a hash of key,
// scheme and family. It reveals nothing, and is the same whatever prefix the
// key was given with.
func (w *Wallet) Fingerprint() string { return w.fingerprint }

// Leaves derives n addresses from index from on. An index whose key does not
// exist is left out, so the answer may in theory be shorter; look at
// [chain.Leaf.Index]. Large n are cheaper per leaf; memory grows with n.
// Indexes from 2^31 on, and a negative n, give [ErrRange].
func (w *Wallet) Leaves(from uint32, n int) ([]chain.Leaf, error) {
	if n < 0 || uint64(from)+uint64(n) > hardened {
		return nil, fmt.Errorf("%w: %d leaves from %d", ErrRange, n, from)
	}
	leaves := make([]chain.Leaf, 0, min(n, maxAhead))
	enc := newEncoder(w.network.Family, w.scheme)
	cs := make([]child, 0, min(n, batch))
	for done := 0; done < n; {
		count := min(n-done, batch)
		var err error
		if cs, err = w.branch.children(cs[:0], from+uint32(done), count); err != nil {
			return nil, err
		}
		done += count
		if w.scheme == BIP86 {
			cs = toOutputKeys(cs)
		}
		for i := range cs {
			a := enc.address(&cs[i])
			text, err := address.Format(w.network, a)
			if err != nil {
				return nil, fmt.Errorf("hd: write leaf %d: %w", cs[i].index, err)
			}
			leaves = append(leaves, chain.Leaf{Index: cs[i].index, Address: a, Text: text})
		}
	}
	return leaves, nil
}
