package hd_test

import (
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/hd"
)

// The account's public key comes from the wallet that holds the seed. This one
// is BIP84's own example.
func Example() {
	const account = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"
	wallet, err := hd.OpenWallet(chain.Bitcoin, hd.BIP84, account)
	if err != nil {
		fmt.Println(err)
		return
	}
	leaves, err := wallet.Leaves(0, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, leaf := range leaves {
		fmt.Println(leaf.Index, leaf.Text)
	}

	_, err = hd.OpenWallet(chain.Bitcoin, hd.BIP44, account)
	var refused *hd.KeyError
	fmt.Println(errors.As(err, &refused), refused.Reason)
	// Output:
	// 0 bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu
	// 1 bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g
	// true wrong_scheme
}
