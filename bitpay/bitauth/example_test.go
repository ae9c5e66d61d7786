package bitauth_test

import (
	"context"
	"fmt"

	"github.com/cointill/cointill/bitpay/bitauth"
)

func Example() {
	key, err := bitauth.ParseKey("2882fd14b2a04735f676faebc8079227ed6ffa049a1e572252e4da7bd02ea227")
	if err != nil {
		fmt.Println(err)
		return
	}
	message := []byte(`https://test.bitpay.com/invoices{"price":10,"currency":"USD","token":"…"}`)
	signature, err := key.Sign(context.Background(), message)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bitauth.Verify(key.Identity(), signature, message) == nil)
	fmt.Printf("%+v\n", key)
	// Output:
	// true
	// bitauth.Key(TfCXpW8KH5eWmqisUUcGYsAJsFbuy2htdMQ)
}
