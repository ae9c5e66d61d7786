package invoice

import (
	"github.com/cointill/cointill/payments/money"
)

// Apply folds an invoice's payments into its standing; the rules are the package's.
// The order of payments counts nothing, nor does telling one again. Amounts are in the
// currency of the total, and none is negative.
//
// Its errors are a *FieldError for a total that Validate refuses; and a *PaymentError
// for a payment without key, of an unknown way or state, with a value that is negative
// or in another currency than the total (a pending or reversed payment may have the
// zero money.Amount: not known), and for two different payments under one key. It
// never panics, and the standing beside an error is the zero Standing.
func Apply(v Invoice, payments []Payment) (Standing, error) {
	if err := v.checkTotal(); err != nil {
		return Standing{}, err
	}
	payments, err := once(v, payments)
	if err != nil {
		return Standing{}, err
	}
	var pending, reversed, after bool
	var seen [len(ways)]bool
	zero := money.Units(v.Total.Asset(), 0)
	inTime := zero
	s := Standing{Paid: zero, Pending: zero, Missing: zero, Surplus: zero}
	for _, p := range payments {
		switch p.State {
		case Reversed:
			reversed = true
			continue
		case Pending:
			pending = true
			s.Pending, err = add(s.Pending, p)
		case Credited:
			s.Paid, err = add(s.Paid, p)
			if late := !v.DueAt.IsZero() && p.At.After(v.DueAt); late {
				after = after || p.Value.Sign() > 0
			} else if err == nil {
				inTime, err = add(inTime, p)
			}
		}
		if err != nil {
			return Standing{}, err
		}
		seen[p.Way.rank()] = true
	}
	lacks, err := v.Total.Sub(s.Paid)
	if err != nil {
		return Standing{}, &PaymentError{Reason: err.Error()}
	}
	switch {
	case lacks.Sign() <= 0:
		s.Status, s.Surplus = Paid, lacks.Neg()
	case pending:
		s.Status, s.Missing = Processing, lacks
	default:
		s.Status, s.Missing = Unpaid, lacks
	}
	s.note(Underpaid, s.Status == Unpaid && s.Paid.Sign() > 0)
	s.note(Overpaid, s.Surplus.Sign() > 0)
	s.note(Late, after && less(inTime, v.Total))
	s.note(ReversedPayment, reversed && s.Status != Paid)
	for i, w := range ways {
		if seen[i] {
			s.SeenBy = append(s.SeenBy, w)
		}
	}
	return s, nil
}

func (s *Standing) note(e Exception, holds bool) {
	if holds {
		s.Exceptions = append(s.Exceptions, e)
	}
}

// ways are all ways, in the order of SeenBy.
var ways = [...]Way{Direct, BitPay}

// rank is a way's place in the order, or -1.
func (w Way) rank() int {
	for i, known := range ways {
		if w == known {
			return i
		}
	}
	return -1
}

// once checks the payments and leaves out those that are told again.
func once(v Invoice, payments []Payment) ([]Payment, error) {
	known := make(map[string]Payment, len(payments))
	kept := make([]Payment, 0, len(payments))
	for _, p := range payments {
		if reason := p.wrong(v.Total.Asset()); reason != "" {
			return nil, &PaymentError{Key: p.Key, Reason: reason}
		}
		before, again := known[p.Key]
		switch {
		case !again:
			known[p.Key], kept = p, append(kept, p)
		case !before.same(p):
			return nil, &PaymentError{Key: p.Key, Reason: "is told twice, and differently; tell where it stands now only"}
		}
	}
	return kept, nil
}

// wrong says why a payment cannot be counted; empty if it can.
func (p Payment) wrong(currency money.Asset) string {
	unknown := p.Value.Asset() == (money.Asset{}) && p.Value.IsZero() && p.State != Credited
	switch {
	case p.Key == "":
		return "has no key"
	case p.Way.rank() < 0:
		return "came in a way that is not known"
	case p.State != Pending && p.State != Credited && p.State != Reversed:
		return "is in a state that is not known"
	case !unknown && p.Value.Asset() != currency:
		return "is valued in another currency than the invoice's " + currency.String()
	case p.Value.Sign() < 0:
		return "has a negative value"
	}
	return ""
}

// same reports whether two payments say the same.
func (p Payment) same(q Payment) bool {
	return p.Key == q.Key && p.Way == q.Way && p.State == q.State && p.At.Equal(q.At) && p.Value.Equal(q.Value)
}

// add adds a payment's value, if it is known.
func add(sum money.Amount, p Payment) (money.Amount, error) {
	if p.Value.IsZero() {
		return sum, nil
	}
	sum, err := sum.Add(p.Value)
	if err != nil {
		return sum, &PaymentError{Key: p.Key, Reason: err.Error()}
	}
	return sum, nil
}

// less compares two amounts that are known to be of one currency.
func less(x, y money.Amount) bool {
	order, err := x.Cmp(y)
	return err == nil && order < 0
}
