package utxo

import "github.com/cointill/cointill/chain"

// form says in which shape a family writes its blocks.
type form struct {
	// flags are the bits a transaction's extension flag may have.
	flags byte
	// auxPoW: a header may be followed by a merged mining proof.
	auxPoW bool
	// mweb: a block may be followed by a MWEB block.
	mweb bool
}

// Bits of a transaction's extension flag.
const (
	flagWitness = 0x01
	flagMWEB    = 0x08
)

// formOf returns the form of a network's blocks, false if they are not a UTXO
// network's.
func formOf(n chain.Network) (form, bool) {
	switch n.Family {
	case chain.FamilyBitcoin:
		return form{flags: flagWitness}, true
	case chain.FamilyLitecoin:
		return form{flags: flagWitness | flagMWEB, mweb: true}, true
	case chain.FamilyDogecoin:
		return form{flags: flagWitness, auxPoW: true}, true
	}
	return form{}, false
}
