package hd

import (
	"fmt"
	"slices"

	"github.com/tyler-smith/go-bip32"
)

// child asks go-bip32 for a public child. The bip32.Key is made here, from
// copies with no spare capacity, and leaves this function in no form: go-bip32
// appends to a key's slice, and a second user would derive a wrong child.
func (k extendedKey) child(index uint32) (extendedKey, error) {
	parent := &bip32.Key{
		Key:       slices.Clip(slices.Clone(k.key[:])),
		ChainCode: slices.Clip(slices.Clone(k.chainCode[:])),
		Version:   slices.Clone(bip32.PublicWalletVersion),
	}
	c, err := parent.NewChildKey(index)
	if err != nil {
		return extendedKey{}, fmt.Errorf("hd: derive child %d: %w", index, err)
	}
	if len(c.Key) != keyLen || len(c.ChainCode) != chainCodeLen {
		return extendedKey{}, fmt.Errorf("hd: derive child %d: key of %d bytes", index, len(c.Key))
	}
	return extendedKey{key: [keyLen]byte(c.Key), chainCode: [chainCodeLen]byte(c.ChainCode)}, nil
}
