package payments

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments/money"
)

// compareOurs looks for rows of those days that BitPay did not list. Midnight there
// may not be ours, and the list may be of the present token alone, so each is asked for
// before it is said to be missing, and compared as those listed are.
func (r *reconciliation) compareOurs(ctx context.Context) error {
	q := HostedQuery{Limit: maxPage}
	var errs []error
	for {
		var page []HostedInvoice
		err := r.view(ctx, func(tx Tx) (err error) {
			page, err = tx.Hosted(ctx, q)
			return err
		})
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		for _, h := range page {
			if h.Environment != r.report.Environment {
				continue
			}
			r.weigh(h)
			_, listed := r.listed[h.RemoteID]
			inside := !h.CreatedAt.Before(r.report.From) && h.CreatedAt.Before(r.report.To.AddDate(0, 0, 1))
			if listed || !inside || h.RemoteID == "" {
				continue
			}
			v, _, err := r.fetchHosted(ctx, h)
			switch {
			case errors.Is(err, bitpay.ErrNotFound):
				r.report.differ(DifferenceMissingThere, h.ID, h.RemoteID, fmt.Sprintf(
					"BitPay does not know invoice %s, which is %s here, credited %s", h.RemoteID, h.State, h.Credited))
			case err != nil:
				errs = append(errs, err)
			default:
				errs = append(errs, r.compareOne(ctx, h, listing(v)))
			}
		}
		if len(page) < maxPage {
			return errors.Join(errs...)
		}
		q.After = page[len(page)-1].ID
	}
}

// weigh adds a row that stands on one side alone: credited at confirmed, or complete
// and held.
func (r *reconciliation) weigh(h HostedInvoice) {
	currency := h.Price.Asset().Currency()
	add := func(what string, x money.Amount) {
		sum, ok := r.oneSided[what][currency]
		if !ok {
			sum = currency.Cents(0)
		}
		r.oneSided[what][currency], _ = sum.Add(x) // of one currency: cannot fail
	}
	switch credited := h.Credited.Sign() > 0; {
	case h.State == HostedConfirmed && credited:
		add(explainEarly, h.Credited.Neg())
	case h.State == HostedComplete && !credited:
		add(explainHeld, h.Price)
	}
}
