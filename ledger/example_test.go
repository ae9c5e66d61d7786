package ledger_test

import (
	"fmt"
	"time"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// A deposit of 0.001 BTC credited at 64,000 is one entry of two postings.
func Example() {
	bitcoin := money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 8}
	voice := ledger.Customer("acme", "voice")
	at := time.Date(2026, 11, 21, 8, 30, 0, 0, time.UTC)
	deposit := ledger.Entry{
		Key: "deposit/bitcoin/4a5e1e4b:0/1", Kind: ledger.KindDeposit, Reference: "4a5e1e4b", At: at,
		Postings: []ledger.Posting{
			{From: ledger.Clearing, To: ledger.Position("bitcoin", "deposits"), Amount: money.Units(bitcoin, 100_000)},
			{From: ledger.Clearing, To: voice, Amount: money.USD.Cents(6400)},
		},
	}
	if err := deposit.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range deposit.Postings {
		fmt.Println(p.Amount, p.From, "->", p.To)
	}
	undone := deposit.Reverse("reversal/"+deposit.Key, at.Add(time.Hour))
	fmt.Println("credited:", deposit.Net(voice, money.USD.Asset()), "reversed:", undone.Net(voice, money.USD.Asset()))
	// Output:
	// 0.00100000 BTC@bitcoin clearing -> position/bitcoin/deposits
	// 64.00 USD clearing -> customer/acme/voice
	// credited: 64.00 USD reversed: -64.00 USD
}
