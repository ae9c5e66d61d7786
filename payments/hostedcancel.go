package payments

import (
	"context"
	"errors"
	"strings"

	"github.com/cointill/cointill/bitpay"
)

// uncancelled begins the problem of a row whose page stays open at BitPay though its
// invoice was paid another way.
const uncancelled = "paid another way, and BitPay does not cancel it: what is still paid there is credited too; "

// cancelHosted cancels at BitPay what was paid another way, with the client it belongs
// to. v is BitPay's answer about it a moment ago: whatever becomes of the cancelling,
// the row is brought to what BitPay says, so a payment is found though no cancelling ever
// succeeds. A refusal may mean that it has been paid since, and is followed by another
// look.
func (p *Processor) cancelHosted(ctx, asking context.Context, c *bitpay.Client, h HostedInvoice, v bitpay.Invoice) (HostedInvoice, error) {
	cancelled, cause := c.CancelInvoice(asking, h.RemoteID, false)
	if cause == nil {
		p.heardOf(asking, c, nil)
		return p.applyHosted(ctx, h.ID, cancelled, nil, false)
	}
	if callerGone(asking) {
		return h, cause
	}
	if !errors.Is(cause, bitpay.ErrUnauthorized) { // refused for this call alone: reading it was accepted
		p.heardOf(asking, c, cause)
	}
	p.cfg.Log.Warn("BitPay does not cancel a hosted invoice that was paid another way; it is asked again", "hosted", h.ID, "error", cause)
	if refusedForGood(cause) {
		later, err := c.Invoice(asking, h.RemoteID)
		p.heardOf(asking, c, err)
		if err == nil {
			v = later
		}
	}
	return p.commitHosted(ctx, h.ID, hostedChange{row: func(h *HostedInvoice, out *outcome) error {
		before := h.Problem
		told := h.take(v, out.now)
		if h.Problem == "" && h.State == HostedNew {
			h.Problem = uncancelled + cause.Error()
			if !strings.HasPrefix(before, uncancelled) {
				told = append(told, EventHostedMismatch)
			}
		}
		for _, kind := range told {
			out.hosted(kind, h)
		}
		return nil
	}})
}
