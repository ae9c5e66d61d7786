package hd

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"

	"github.com/cointill/cointill/chain"
)

// Errors of [Wallet.VerifyControl].
var (
	// ErrSignature says that the text is not a signature in the accepted form.
	ErrSignature = errors.New("hd: not a message signature")
	// ErrOtherKey says that the signature is of another key or another message:
	// sign exactly this message with the address of leaf 0.
	ErrOtherKey = errors.New("hd: signature is not of leaf 0 over this message")
)

// compactLen is the length of a signature from which the key can be recovered.
const compactLen = 65

// The first byte of a signed message's signature: 27 to 42 in groups of four,
// by address type (BIP137); decred's library knows the first two groups.
const (
	headerMin        = 27
	headerMax        = 42
	headerCompressed = 31
)

// VerifyControl checks that signature is leaf 0's over message, which proves
// that somebody can spend what arrives. It returns nil, [ErrSignature] or
// [ErrOtherKey].
//
// On UTXO networks signature is the base64 text that "sign message" prints
// (65 bytes). Wallets differ in the address type they note in its header, so any
// of BIP137's is accepted: the recovered public key must be leaf 0's. For BIP86
// that key is the one before BIP341's tweak; BIP322 signatures are not read. On
// EVM networks signature is the hex text of personal_sign (EIP-191), with or
// without 0x.
func (w *Wallet) VerifyControl(message, signature string) error {
	decode, digest := decodeUTXO, utxoDigest(w.network.Family, message)
	if w.network.Family == chain.FamilyEVM {
		decode, digest = decodeEVM, evmDigest(message)
	}
	sig, err := decode(signature)
	if err != nil {
		return err
	}
	pub, _, err := ecdsa.RecoverCompact(sig[:], digest[:])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if [keyLen]byte(pub.SerializeCompressed()) != w.first {
		return ErrOtherKey
	}
	return nil
}

// decodeUTXO returns the signature with the header of a compressed key.
func decodeUTXO(text string) (sig [compactLen]byte, err error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != compactLen {
		return sig, fmt.Errorf("%w: want the base64 text of 65 bytes", ErrSignature)
	}
	if raw[0] < headerMin || raw[0] > headerMax {
		return sig, fmt.Errorf("%w: header %d, want 27 to 42", ErrSignature, raw[0])
	}
	sig = [compactLen]byte(raw)
	sig[0] = headerCompressed + (raw[0]-headerMin)%4
	return sig, nil
}

// decodeEVM moves Ethereum's last byte, 27 or 28 and in some wallets 0 or 1, to
// the front.
func decodeEVM(text string) (sig [compactLen]byte, err error) {
	raw, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(raw) != compactLen {
		return sig, fmt.Errorf("%w: want the hex text of 65 bytes", ErrSignature)
	}
	v := raw[compactLen-1]
	if v >= headerMin {
		v -= headerMin
	}
	if v > 1 {
		return sig, fmt.Errorf("%w: recovery byte %d, want 27 or 28", ErrSignature, raw[compactLen-1])
	}
	sig[0] = headerCompressed + v
	copy(sig[1:], raw)
	return sig, nil
}

// magic begins the signed data, so that no signature of a message is one of a
// transaction.
var magic = map[chain.Family]string{
	chain.FamilyBitcoin:  "\x18Bitcoin Signed Message:\n",
	chain.FamilyLitecoin: "\x19Litecoin Signed Message:\n",
	chain.FamilyDogecoin: "\x19Dogecoin Signed Message:\n",
}

// utxoDigest is the double SHA-256 of magic and message, each behind its length.
func utxoDigest(f chain.Family, message string) [sha256.Size]byte {
	data := appendCompactSize([]byte(magic[f]), uint64(len(message)))
	first := sha256.Sum256(append(data, message...))
	return sha256.Sum256(first[:])
}

// evmDigest is EIP-191's Keccak-256 of the prefix, the length in digits and the
// message.
func evmDigest(message string) (sum [sha256.Size]byte) {
	h := sha3.NewLegacyKeccak256()
	h.Write([]byte("\x19Ethereum Signed Message:\n" + strconv.Itoa(len(message)) + message))
	h.Sum(sum[:0])
	return sum
}

func appendCompactSize(dst []byte, n uint64) []byte {
	switch {
	case n < 0xfd:
		return append(dst, byte(n))
	case n <= 0xffff:
		return binary.LittleEndian.AppendUint16(append(dst, 0xfd), uint16(n))
	case n <= 0xffffffff:
		return binary.LittleEndian.AppendUint32(append(dst, 0xfe), uint32(n))
	}
	return binary.LittleEndian.AppendUint64(append(dst, 0xff), n)
}
