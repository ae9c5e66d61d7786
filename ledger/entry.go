package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Errors of the ledger.
var (
	// ErrBadEntry says that an entry is not one: no key, no posting, or an amount
	// that is not positive or of no asset.
	ErrBadEntry = errors.New("ledger: bad entry")
	// ErrKeyReused says that an entry's key is taken by another fact.
	ErrKeyReused = errors.New("ledger: key belongs to another entry")
)

// Kind says what sort of fact an entry books.
type Kind string

// The kinds.
const (
	// KindDeposit credits a customer for coins that arrived.
	KindDeposit Kind = "deposit"
	// KindReversal takes an entry back: its block no longer stands, or a fact found
	// later explains it otherwise.
	KindReversal Kind = "reversal"
	// KindUnassigned books coins that belong to nobody yet to suspense.
	KindUnassigned Kind = "unassigned"
	// KindAssigned credits a customer for coins that waited in suspense.
	KindAssigned Kind = "assigned"
	// KindGathered books coins whose value is below the minimum: it waits in dust.
	KindGathered Kind = "gathered"
	// KindSpend books what left our addresses.
	KindSpend Kind = "spend"
	// KindInternal books the host's own coins arriving at a customer's address.
	KindInternal Kind = "internal"
	// KindHosted credits a customer for a hosted invoice: receivable to customer.
	KindHosted Kind = "hosted"
	// KindHostedFee books what the provider kept of it.
	KindHostedFee Kind = "hosted_fee"
	// KindRefund takes what is refunded from the customer's account: customer to
	// refund payable.
	KindRefund Kind = "refund"
	// KindRefundPaid books that the provider has paid a refund out, and its fee.
	KindRefundPaid Kind = "refund_paid"
)

// Posting moves an amount from one account to another.
type Posting struct {
	From, To Account
	// Amount is positive.
	Amount money.Amount
}

// Entry is one booked fact.
type Entry struct {
	// Key is the fact's natural key: "deposit/bitcoin/<txid>:0/1".
	Key  string
	Kind Kind
	// Reference is what a customer may quote: the transaction id.
	Reference string
	// At is the business instant, in UTC milliseconds.
	At       time.Time
	Postings []Posting
}

// Validate returns [ErrBadEntry] with the reason, or nil. It looks at each
// posting alone: an entry cannot be out of balance.
func (e Entry) Validate() error {
	if e.Key == "" || e.Kind == "" || e.At.IsZero() || len(e.Postings) == 0 {
		return fmt.Errorf("%w: %q needs key, kind, instant and postings", ErrBadEntry, e.Key)
	}
	for _, p := range e.Postings {
		if p.Amount.Sign() <= 0 || p.Amount.Asset().Coin == "" || p.From == "" || p.To == "" || p.From == p.To {
			return fmt.Errorf("%w: %q moves %s from %q to %q", ErrBadEntry, e.Key, p.Amount, p.From, p.To)
		}
	}
	return nil
}

// Reverse returns the opposite entry: every posting the other way round, in
// reverse order.
func (e Entry) Reverse(key string, at time.Time) Entry {
	r := Entry{Key: key, Kind: KindReversal, Reference: e.Reference, At: at}
	for i := len(e.Postings) - 1; i >= 0; i-- {
		p := e.Postings[i]
		r.Postings = append(r.Postings, Posting{From: p.To, To: p.From, Amount: p.Amount})
	}
	return r
}

// Digest identifies the entry's content. Two entries of one key must have the
// same digest ([ErrKeyReused]). Fields are length-prefixed, so that no two
// contents share an encoding; At counts in the whole milliseconds that stores
// keep, so that an entry read back has the digest it was booked with.
func (e Entry) Digest() string {
	var b strings.Builder
	field := func(s string) { fmt.Fprintf(&b, "%d:%s", len(s), s) }
	field(e.Key)
	field(string(e.Kind))
	field(e.Reference)
	field(e.At.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano))
	for _, p := range e.Postings {
		field(string(p.From))
		field(string(p.To))
		a := p.Amount.Asset() // by its parts: ids of odd coins ("A@b") can coincide
		field(string(a.Coin))
		field(a.Network)
		field(strconv.Itoa(int(a.Decimals)))
		field(p.Amount.UnitsText())
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// Net returns what the entry changes an account's balance of one asset by.
func (e Entry) Net(a Account, asset money.Asset) money.Amount {
	net := money.Units(asset, 0)
	for _, p := range e.Postings {
		if p.Amount.Asset() != asset {
			continue
		}
		if p.To == a {
			net, _ = net.Add(p.Amount) // one asset: cannot fail
		}
		if p.From == a {
			net, _ = net.Sub(p.Amount)
		}
	}
	return net
}
