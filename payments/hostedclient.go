package payments

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/bitpay"
)

// clients are those that may be asked about a row: the present one, then those of
// tokens that were replaced. A row does not remember whose it is: BitPay says so, at the
// price of a call for each client before the right one, while such rows are open.
func (p *Processor) clients() []*bitpay.Client {
	return append([]*bitpay.Client{p.cfg.BitPay.Client}, p.cfg.BitPay.Former...)
}

// notOurs reports whether a token is told that an invoice is none of its own. BitPay
// shows an invoice to the token alone that created it.
func notOurs(err error) bool {
	return errors.Is(err, bitpay.ErrNotFound) || errors.Is(err, bitpay.ErrUnauthorized)
}

// fetchHosted asks about a row's invoice, and returns the client that it belongs to.
func (p *Processor) fetchHosted(ctx context.Context, h HostedInvoice) (v bitpay.Invoice, c *bitpay.Client, err error) {
	var first error // of the present client
	for i, c := range p.clients() {
		if i > 0 {
			if err = p.bitpay.resting(c, p.now()); err != nil {
				p.heardAbsent(ctx, first)
				return v, c, err
			}
		}
		v, err = c.Invoice(ctx, h.RemoteID)
		if i > 0 || !notOurs(err) {
			p.heardOf(ctx, c, err)
		}
		if !notOurs(err) {
			p.heardAbsent(ctx, first)
			return v, c, err
		}
		if i == 0 {
			first = err
		}
	}
	accepted := p.bitpay.accepted()
	if !accepted || h.Tries < triesUnauthorized || h.Problem == "" { // else told as the invoice's problem, not the token's
		p.heard(ctx, first)
	}
	switch {
	case errors.Is(first, bitpay.ErrNotFound):
		return v, nil, fmt.Errorf("%w; %s", first, p.replaced())
	case accepted && h.Tries >= triesUnauthorized: // of this invoice alone
		return v, nil, &strangerError{fmt.Errorf("%w; %s", first, p.replaced())}
	}
	return v, nil, first
}

// heardAbsent keeps that the present client is not shown an invoice: BitPay answers it.
// A refusal says nothing where a former token is the invoice's.
func (p *Processor) heardAbsent(ctx context.Context, first error) {
	if errors.Is(first, bitpay.ErrNotFound) {
		p.heard(ctx, first)
	}
}

// triesUnauthorized is how often in a row an accepted token must be refused for one
// invoice before that is the invoice's problem, not the token's.
const triesUnauthorized = 3

// strangerError says that an accepted token is refused for one invoice.
type strangerError struct{ error }

func (e *strangerError) Unwrap() error { return e.error }

// replaced says what to do about an invoice that no token is shown.
func (p *Processor) replaced() string {
	if len(p.cfg.BitPay.Former) == 0 {
		return "if it was created with a token that was replaced since, put a client with that token into Config.BitPay.Former; else look it up at BitPay"
	}
	return "no client of Config.BitPay.Former is shown it either: add the one whose token created it, have BitPay restore that token, or look it up there"
}

// findFormer looks up with former tokens an invoice that may have been created before
// the token was replaced: with the present one its guid would make a second.
func (p *Processor) findFormer(ctx context.Context, h HostedInvoice) (v bitpay.Invoice, found bool, err error) {
	for _, c := range p.cfg.BitPay.Former {
		if err = p.bitpay.resting(c, p.now()); err != nil {
			return v, false, err
		}
		v, err = c.InvoiceByGUID(ctx, h.ID)
		p.heardOf(ctx, c, err)
		switch {
		case err == nil:
			return v, true, nil
		case !notOurs(err) && !guidless(c, err):
			return v, false, err
		}
	}
	return v, false, nil
}
