package address_test

import (
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/payments/money"
)

func Example() {
	to, err := address.Parse(chain.Bitcoin, "BC1QCR8TE4KR609GCAWUTMRZA0J4XV80JY8Z306FYU")
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := address.Format(chain.Bitcoin, to)
	fmt.Println(text)

	amount, _ := money.ParseAmount(chain.Bitcoin.Native, "0.00150000")
	uri, _ := address.URI(chain.Bitcoin, to, amount)
	fmt.Println(uri)

	_, err = address.Parse(chain.Ethereum, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
	var refused *address.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Code)
	}
	// Output:
	// bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu
	// bitcoin:bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu?amount=0.0015
	// tron_address
}
