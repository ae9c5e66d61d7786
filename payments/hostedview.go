package payments

import (
	"context"
	"fmt"
)

// HostedInvoice returns one hosted invoice as it is on record, or ErrNotFound. It
// asks the store alone.
func (p *Processor) HostedInvoice(ctx context.Context, id string) (h HostedInvoice, err error) {
	unknown := fmt.Errorf("%w: hosted invoice %.64q", ErrNotFound, id)
	if !keyForm.MatchString(id) {
		return h, unknown
	}
	err = p.view(ctx, func(tx Tx) error {
		rows, err := tx.Hosted(ctx, HostedQuery{IDs: []string{id}, Limit: 1})
		if err == nil && len(rows) == 0 {
			err = unknown
		}
		if err == nil {
			h = rows[0]
		}
		return err
	})
	return h, err
}

// RefreshHosted asks BitPay about a hosted invoice now, and returns it as it then is
// on record. If BitPay cannot be asked, or the answer cannot be believed, that is the
// row with the error.
//
// Errors: ErrNoBitPay, ErrNeedsCommit, ErrNested, ErrNotFound, *bitpay.Error,
// *bitpay.MismatchError, an *InputError for a row of another environment, or the
// store's.
func (p *Processor) RefreshHosted(ctx context.Context, id string) (HostedInvoice, error) {
	if err := p.mayAsk(ctx); err != nil {
		return HostedInvoice{}, err
	}
	h, err := p.HostedInvoice(ctx, id)
	if err != nil {
		return h, err
	}
	return p.syncHosted(ctx, h)
}

// HostedInvoices returns an account's hosted invoices in ascending order of id, at
// most limit (up to 1,000) after an id. Errors: an *InputError, or the store's.
func (p *Processor) HostedInvoices(ctx context.Context, account Account, after string, limit int) (out []HostedInvoice, err error) {
	if limit < 1 || limit > maxPage {
		return nil, &InputError{Field: "limit", Reason: fmt.Sprintf("must be 1 to %d", maxPage)}
	}
	if account.Profile == "" || account.Name == "" { // the store would take it for any
		return nil, &InputError{Field: "account", Reason: "needs a profile and a name"}
	}
	err = p.view(ctx, func(tx Tx) error {
		out, err = tx.Hosted(ctx, HostedQuery{Profiles: []string{account.Profile}, Account: account.Name, After: after, Limit: limit})
		return err
	})
	return out, err
}

// ReleaseHosted lifts the hold that a refusal of Config.InTx left, and books the
// credit if one is due. It writes the audit.
//
// Errors: an *InputError for an actor without id or reason or an invoice that is not
// held, ErrNotFound, what Config.InTx answers now, or the store's. Nothing is stored
// then.
func (p *Processor) ReleaseHosted(ctx context.Context, id string, actor Actor) error {
	if err := actor.validate(); err != nil {
		return err
	}
	_, err := p.commitHostedOnce(ctx, id, saysAll, hostedChange{row: func(h *HostedInvoice, out *outcome) error {
		if h.Hold == "" {
			return &InputError{Field: "hosted invoice", Reason: "is not held"}
		}
		h.Hold = ""
		out.hosted(EventHostedReleased, h)
		out.audit = append(out.audit, auditRow(hostedSubject(h.ID), "release", actor, out.now, fmt.Sprint(h.Changes)))
		return nil
	}})
	return err
}
