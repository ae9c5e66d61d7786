package payments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cointill/cointill/bitpay"
)

// createHosted makes a row's invoice at BitPay and attaches it. The guid makes it one
// invoice, however often it is done.
func (p *Processor) createHosted(ctx context.Context, h HostedInvoice) (HostedInvoice, error) {
	v, err := p.cfg.BitPay.Client.CreateInvoice(ctx, h.request(p.cfg.BitPay))
	p.heard(ctx, err)
	if err != nil {
		return p.notCreated(ctx, h, err)
	}
	return p.attachHosted(ctx, h, v)
}

// attachHosted commits that a row's invoice exists, and where it stands.
func (p *Processor) attachHosted(ctx context.Context, h HostedInvoice, v bitpay.Invoice) (HostedInvoice, error) {
	h, err := p.applyHosted(ctx, h.ID, v, nil, false)
	if err != nil || h.RemoteID != "" {
		return h, err
	}
	h, err = p.failHosted(ctx, h, h.Problem, false)
	return h, errors.Join(fmt.Errorf("%w: %s: %s", ErrHostedFailed, h.ID, h.Problem), err)
}

// healHosted finds out whether a row's invoice exists, after a crash or a call
// without an answer. While BitPay's rate may still be wanted it is created, which
// finds it if it exists; later it is only looked for, and given up if it is not there.
//
// What former tokens may have created is looked for first.
func (p *Processor) healHosted(ctx context.Context, h HostedInvoice) (HostedInvoice, error) {
	v, found, err := p.findFormer(ctx, h)
	var other *bitpay.MismatchError
	switch {
	case errors.As(err, &other):
		return p.notCreated(ctx, h, err)
	case err != nil: // a former token's refusal says nothing of what the present one may make
		return p.unanswered(ctx, h, err)
	case found:
		return p.attachHosted(ctx, h, v)
	}
	if h.State == HostedOpening && p.now().Sub(h.CreatedAt) < adoptWithin {
		if h.Cancel {
			return p.failHosted(ctx, h, "paid another way before it existed at BitPay", false)
		}
		return p.createHosted(ctx, h)
	}
	v, err = p.cfg.BitPay.Client.InvoiceByGUID(ctx, h.ID)
	p.heard(ctx, err)
	switch {
	case err == nil:
		return p.attachHosted(ctx, h, v)
	case errors.Is(err, bitpay.ErrNotFound) || guidless(p.cfg.BitPay.Client, err):
		return p.failHosted(ctx, h, "BitPay was not reached in time and knows nothing of it", false)
	}
	return p.notCreated(ctx, h, err)
}

// guidless reports whether BitPay does not look invoices up by guid for a client's
// token: a POS token's facade may lack it.
func guidless(c *bitpay.Client, err error) bool {
	var e *bitpay.Error
	return c.Facade() == bitpay.POS && errors.As(err, &e) &&
		(refusedForGood(err) || strings.Contains(e.Message, "does not support"))
}

// notCreated records why there is no invoice yet, or that there will be none.
func (p *Processor) notCreated(ctx context.Context, h HostedInvoice, cause error) (HostedInvoice, error) {
	var other *bitpay.MismatchError
	mismatch := errors.As(cause, &other)
	if !mismatch && !refusedForGood(cause) {
		return p.unanswered(ctx, h, cause)
	}
	after, err := p.failHosted(ctx, h, cause.Error(), mismatch)
	return after, errors.Join(cause, err)
}

// failHosted ends a row that has no invoice at BitPay. It is revived if BitPay turns
// out to have one, for which it is looked at once more after failedFor.
func (p *Processor) failHosted(ctx context.Context, h HostedInvoice, problem string, mismatch bool) (HostedInvoice, error) {
	return p.changeHosted(ctx, h.ID, func(h *HostedInvoice, out *outcome) {
		if h.RemoteID != "" {
			return // another call attached it meanwhile
		}
		first := h.State == HostedOpening
		if mismatch && h.Problem != problem {
			h.Problem = problem
			out.hosted(EventHostedMismatch, h)
		}
		if first || mismatch {
			h.Problem = problem // why it failed, not that it is still not there
		}
		h.State, h.Tries, h.PollAt = HostedFailed, 0, time.Time{}
		if last := h.CreatedAt.Add(failedFor); last.After(out.now) {
			h.PollAt = last
		}
		if first {
			out.hosted(EventHostedFailed, h)
		}
	})
}
