package payments

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/cointill/cointill/payments/money"
)

// CheckoutRequest asks for an invoice hosted at BitPay.
type CheckoutRequest struct {
	// Account is topped up by Amount, which is one of Offers in its currency.
	Account Account
	Amount  money.Amount
	// Invoice is, instead of both, the number of one of the host's invoices: what it
	// lacks is asked for.
	Invoice string
	// Key makes the call idempotent within the account or invoice: the same key gives
	// the same hosted invoice, for ever. 1 to 64 of A-Z a-z 0-9 _ . -; empty: every
	// call makes one.
	Key string
	// ReturnURL is where BitPay's page sends the customer back to, by itself once it is
	// paid or the time is over; absolute, http or https.
	ReturnURL string
}

// ErrHostedFailed says that BitPay refused to create the hosted invoice of a key, or
// was not reached in time: its Problem says why. Check out again with another key.
var ErrHostedFailed = errors.New("payments: BitPay did not create this hosted invoice; check out with another key")

// Checkout creates an invoice hosted at BitPay; send the customer to its URL. It
// opens the account if need be. The row is committed before BitPay is asked, with the
// id that BitPay knows it by: if the call fails or the process dies in between, Run
// and Advance find out what became of it, and no second invoice is made. With a Key,
// calling it again does the same for the caller.
//
// One of the host's invoices has at most one hosted invoice that can be paid: a second
// Checkout returns it.
//
// Errors: ErrNoBitPay, ErrNeedsCommit, ErrNested, an *InputError, ErrTermsNotAccepted,
// the error of Config.Precondition, ErrNotFound and *InvoiceClosedError for an
// invoice, or the store's: nothing was stored. With a row that has an ID: *bitpay.Error
// and *bitpay.MismatchError, ErrHostedFailed, or the store's; if its State is then
// HostedOpening, it may still become payable.
func (p *Processor) Checkout(ctx context.Context, req CheckoutRequest) (HostedInvoice, error) {
	if err := p.mayAsk(ctx); err != nil {
		return HostedInvoice{}, err
	}
	if err := p.checkRequest(req); err != nil {
		return HostedInvoice{}, err
	}
	h, fresh, err := p.open(ctx, req)
	switch {
	case err != nil:
		return HostedInvoice{}, err
	case h.State == HostedOpening:
		opened, attach := h, p.healHosted
		if fresh {
			attach = p.createHosted
		}
		if h, err = attach(ctx, h); h.ID == "" { // the store was not even read
			h = opened
		}
	}
	if err == nil && h.State == HostedFailed {
		err = fmt.Errorf("%w: %s: %s", ErrHostedFailed, h.ID, h.Problem)
	}
	return h, err
}

// mayAsk refuses calls that ask BitPay where they cannot.
func (p *Processor) mayAsk(ctx context.Context) error {
	switch {
	case p.cfg.BitPay == nil:
		return ErrNoBitPay
	case p.joined:
		return ErrNeedsCommit
	}
	return p.mayOpen(ctx)
}

// open returns the row of a request: a fresh one, or the one that stands.
func (p *Processor) open(ctx context.Context, req CheckoutRequest) (h HostedInvoice, fresh bool, err error) {
	var account Account
	var id string
	var found bool
	err = p.view(ctx, func(tx Tx) error {
		var price money.Amount
		if account, price, err = p.payee(ctx, tx, req); err != nil {
			return err
		}
		id = hostedID(account, req.Key)
		h, found, err = p.standing(ctx, tx, req, id, account, price)
		return err
	})
	if err != nil {
		return h, false, err
	}
	over := found && h.State == HostedNew && !p.now().Before(h.ExpiresAt)
	if found && !(over && h.ID != id) {
		return h, false, nil
	}
	if !found && req.Invoice == "" && !p.offered(req.Amount) { // what a key was used for may have been offered once
		return h, false, &InputError{Field: "amount", Reason: fmt.Sprintf("%s is not offered; take one of Offers", req.Amount)}
	}
	if over { // its page is closed by now: BitPay says so before another one is made
		if _, err := p.syncHosted(ctx, h); err != nil {
			return h, false, err
		}
	}
	if p.cfg.Precondition != nil {
		if err := p.cfg.Precondition(ctx, account); err != nil {
			return h, false, err
		}
	}
	return p.openHosted(ctx, req, account, id)
}

var keyForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

func (p *Processor) checkRequest(req CheckoutRequest) error {
	bad := func(field, reason string, args ...any) error {
		return &InputError{Field: field, Reason: fmt.Sprintf(reason, args...)}
	}
	if req.Key != "" && !keyForm.MatchString(req.Key) {
		return bad("key", "use 1 to 64 of A-Z a-z 0-9 _ . -")
	}
	if req.ReturnURL != "" && !webURL(req.ReturnURL) {
		return bad("return URL", "must be an absolute http or https URL without a user, of at most %d bytes", maxURL)
	}
	if req.Invoice == "" {
		return req.Account.validate()
	}
	switch {
	case !keyForm.MatchString(req.Invoice):
		return bad("invoice", "use the number of an invoice, 1 to 64 of A-Z a-z 0-9 _ . -")
	case req.Account != Account{} || !req.Amount.IsZero():
		return bad("invoice", "stands instead of account and amount; give one or the other")
	}
	return nil
}
