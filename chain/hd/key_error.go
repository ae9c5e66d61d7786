package hd

// Reason says why an extended key is refused. Reasons are stable.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	// ReasonPrivate: a private key. It has been exposed to this program.
	ReasonPrivate Reason = "private_key"
	// ReasonMalformed: not the text of an extended key.
	ReasonMalformed Reason = "malformed"
	// ReasonChecksum: mistyped or cut.
	ReasonChecksum Reason = "checksum"
	// ReasonVersion: version bytes that SLIP-0132 and the chains do not know.
	ReasonVersion Reason = "unknown_version"
	// ReasonPoint: the key data is not a compressed point of the curve.
	ReasonPoint Reason = "invalid_point"
	// ReasonParent: a master key that claims to have a parent.
	ReasonParent Reason = "invalid_parent"
	// ReasonMultisig: the prefix of a multisignature wallet (Ypub, Zpub, …).
	ReasonMultisig Reason = "multisig"
	// ReasonNetwork: a key of another network: a test key on a real network, a
	// real one on a test network, another chain's prefix.
	ReasonNetwork Reason = "wrong_network"
	// ReasonScheme: the network has no such addresses, or the key's prefix says
	// another scheme.
	ReasonScheme Reason = "wrong_scheme"
	// ReasonDepth: not an account key (depth 3, a hardened index).
	ReasonDepth Reason = "wrong_depth"
)

var keyAdvice = map[Reason]string{
	ReasonPrivate: "this is a private key, which must never be given to a server: " +
		"export the account's public key, and move coins if this key was stored or logged",
	ReasonMalformed: "this is not an extended public key: export the account's (it begins with xpub, zpub, …)",
	ReasonChecksum:  "the key's checksum does not match: copy it again, whole",
	ReasonVersion:   "the key's version bytes are unknown: export it with a standard prefix such as xpub",
	ReasonPoint:     "the key is not a point of the curve: it was damaged or made up; export it again",
	ReasonParent:    "the key is inconsistent (a master key with a parent): it was damaged or made up; export it again",
	ReasonMultisig:  "this is a multisignature wallet's key; use a single-key account",
	ReasonNetwork:   "the key is of another network; export the account of this one",
	ReasonScheme:    "the key's prefix or the network contradicts the scheme; name the scheme the account was made with",
	ReasonDepth:     "this is not an account key (depth 3, hardened, as m/84'/0'/0'); export the account's public key",
}

// KeyError says why [OpenWallet] refuses a key. It never holds the key.
type KeyError struct {
	// Reason is the first thing found wrong.
	Reason Reason
	// Network is the id of the wallet's network.
	Network string
	// Scheme is the wallet's scheme.
	Scheme Scheme
	// Prefix is the four letters that name the key's kind ("zpub"), when known.
	Prefix string
}

// Error returns the reason and what to do next.
func (e *KeyError) Error() string {
	s := "hd: open " + e.Scheme.String() + " wallet on " + e.Network + ": "
	if e.Prefix != "" {
		s += e.Prefix + ": "
	}
	return s + keyAdvice[e.Reason]
}
