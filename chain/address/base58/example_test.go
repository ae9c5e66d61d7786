package base58_test

import (
	"fmt"

	"github.com/cointill/cointill/chain/address/base58"
)

func Example() {
	payload, err := base58.DecodeCheck(nil, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
	fmt.Printf("version %d, hash %x, %v\n", payload[0], payload[1:], err)
	_, err = base58.DecodeCheck(nil, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")
	fmt.Println(err)
	// Output:
	// version 0, hash 62e907b15cbf27d5425399ebf6f0fb50ebb88f18, <nil>
	// base58: checksum does not match; copy the text again
}
