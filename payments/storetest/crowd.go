package storetest

import (
	"math/rand/v2"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// The values rows and queries are drawn from, few enough to meet often.
var (
	networks = []string{"bitcoin", "ethereum", "litecoin"}
	states   = []payments.DepositState{payments.StateSeen, payments.StateConfirming, payments.StateCredited, payments.StateFinal}
	owners   = []payments.Owner{{}, {Account: voice}, {Account: sms}, {Account: payments.Account{Profile: "globex", Name: "voice"}}}
)

// someAddress returns one of a few, of no address or of another family too.
func someAddress(r *rand.Rand) chain.Address {
	switch n := r.IntN(8); n {
	case 0:
		return chain.Address{}
	case 1:
		return chain.Address{Family: chain.FamilyLitecoin, Raw: address(1).Raw}
	default:
		return address(n - 2)
	}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// crowd returns deposits of all sorts.
func crowd(r *rand.Rand, n int) []payments.Deposit {
	var out []payments.Deposit
	for i := range n {
		d := deposit(i)
		d.Key.Network, d.TxID = pick(r, networks), hash(i/2)
		d.State, d.Owner, d.Screened = pick(r, states), pick(r, owners), r.IntN(2) == 0
		d.To, d.From = someAddress(r), someAddress(r)
		if r.IntN(3) == 0 {
			d.Spent = hash(r.IntN(5))
		}
		if r.IntN(3) > 0 {
			d.Block = block(0, 1+r.IntN(8))
			d.ReceivedAt = after(i)
		}
		if d.State == payments.StateCredited || d.State == payments.StateFinal {
			d.CreditedAt = after(i)
		}
		if r.IntN(2) == 0 {
			d.Rate, d.Currency = live(0, "2").Rate, money.USD
		}
		if r.IntN(3) == 0 {
			d.Hold = payments.HoldScreening
		}
		d.Version = 1
		out = append(out, d)
	}
	return out
}

// question returns a query with each field set now and then.
func question(r *rand.Rand, all []payments.Deposit) (q payments.DepositQuery) {
	now := func() bool { return r.IntN(4) == 0 }
	if now() {
		q.Network = pick(r, networks)
	}
	if now() {
		q.States = []payments.DepositState{pick(r, states), pick(r, states)}
	}
	if now() {
		q.Included, q.MinHeight = true, uint64(r.IntN(8))
		q.MaxHeight = q.MinHeight + uint64(r.IntN(8))
	}
	if now() {
		q.Profiles = []string{pick(r, []string{"acme", "globex", "nobody"}), pick(r, []string{"acme", "globex"})}
	}
	if now() {
		q.CreditedFrom = after(r.IntN(len(all)))
	}
	if now() {
		q.Account = pick(r, []string{"voice", "sms"})
	}
	if now() {
		q.TxIDs = []chain.Hash{pick(r, all).TxID, pick(r, all).TxID, hash(-1)}
	}
	if now() {
		q.To = []chain.Address{pick(r, all).To, someAddress(r), address(-1)}
	}
	q.Unspent, q.Unvalued, q.Unscreened, q.Held, q.NotHeld = now(), now(), now(), now(), now()
	if now() {
		q.After = pick(r, all).Key
	}
	if now() {
		q.Limit = 1 + r.IntN(9)
	}
	return q
}
