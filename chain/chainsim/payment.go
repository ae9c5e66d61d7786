package chainsim

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// Payment is one sum to one address.
type Payment struct {
	To chain.Address
	// Amount is of the chain's native asset or, on EVM chains, of one of its
	// listed tokens, accepted or not. It is not negative; a UTXO amount fits 63 bits.
	Amount money.Amount
}

// Address returns the i-th made-up address of a network: a P2WPKH script, a
// P2PKH script where the network has no SegWit, or 20 bytes on EVM networks.
// The same arguments always give the same address. Nobody holds its key.
func Address(n chain.Network, i int) chain.Address {
	return madeUp(n, "address", uint64(i))
}

// madeUp makes an address out of a purpose and a number.
func madeUp(n chain.Network, purpose string, i uint64) chain.Address {
	h := digest(purpose, string(n.Family), i)
	body := string(h[:20])
	switch {
	case !n.UTXO():
	case n.Address.Bech32 != "":
		body = "\x00\x14" + body
	default:
		body = "\x76\xa9\x14" + body + "\x88\xac"
	}
	return chain.Address{Family: n.Family, Raw: body}
}

// digest is the simulator's only source of arbitrary bytes.
func digest(purpose, subject string, i uint64) chain.Hash {
	b := []byte("chainsim/" + purpose + "/" + subject + "/")
	return sha256.Sum256(binary.BigEndian.AppendUint64(b, i))
}
