package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cointill/cointill/bitpay"
)

// bitpayTimeout bounds one call to BitPay, its repetitions included, while nobody
// waits for it.
const bitpayTimeout = time.Minute

// syncHosted asks BitPay about one row and commits what it says. The row is as it
// then is on record, also beside an error.
func (p *Processor) syncHosted(ctx context.Context, h HostedInvoice) (HostedInvoice, error) {
	if h.Environment != string(p.cfg.BitPay.Client.Environment()) {
		return p.otherEnvironment(ctx, h)
	}
	asking, cancel := context.WithTimeoutCause(ctx, bitpayTimeout, errSlow)
	defer cancel()
	if h.RemoteID == "" {
		return p.healHosted(asking, h)
	}
	v, c, err := p.fetchHosted(asking, h)
	if err != nil {
		return p.unanswered(asking, h, err)
	}
	if h.Cancel && h.State == HostedNew && v.Status == bitpay.StatusNew && c.Facade() == bitpay.Merchant {
		return p.cancelHosted(ctx, asking, c, h, v)
	}
	if c.Facade() != bitpay.Merchant || h.State != HostedComplete && v.Status != bitpay.StatusComplete {
		return p.applyHosted(ctx, h.ID, v, nil, false)
	}
	refunds, err := c.Refunds(asking, h.RemoteID)
	p.heardOf(asking, c, err)
	if err == nil {
		return p.applyHosted(ctx, h.ID, v, refunds, true)
	}
	return p.applyWithout(ctx, h.ID, v, refunds, err)
}

// applyWithout commits an answer whose refunds, or some of them, could not be had: what
// is known is not held back, and they are asked for again, less and less often.
func (p *Processor) applyWithout(ctx context.Context, id string, v bitpay.Invoice, refunds []bitpay.Refund, cause error) (HostedInvoice, error) {
	taken := false
	h, err := p.commitHosted(ctx, id, hostedChange{row: func(h *HostedInvoice, out *outcome) error {
		tries, problem := h.Tries, h.Problem
		told := h.take(v, out.now)
		taken = h.Problem == "" && h.RemoteAt.Equal(h.remoteTime(v))
		if h.Problem == "" {
			h.Tries, h.Problem = tries, problem // of the refunds: told already
			told = append(told, h.unanswered(cause, out.now)...)
		}
		for _, kind := range told {
			out.hosted(kind, h)
		}
		return nil
	}, after: func(tx Tx, h *HostedInvoice, out *outcome) error {
		if !taken || !partly(cause) {
			return nil
		}
		return p.applyRefunds(ctx, tx, h, refunds, out)
	}})
	return h, errors.Join(cause, err)
}

// partly reports whether a list came beside an error, which names the elements alone
// that could not be read: the others are applied.
func partly(err error) bool {
	var e *bitpay.ElementsError
	return errors.As(err, &e)
}

// unanswered counts a call that brought nothing to apply, and returns what it tells:
// an answer about this invoice that will be no better the next time is a problem,
// which an operator must see.
func (h *HostedInvoice) unanswered(cause error, now time.Time) (told []EventKind) {
	young := h.RemoteID == "" && now.Sub(h.CreatedAt) < adoptWithin // whether it exists must be known soon
	if noBetter(cause) && !(young && lasting(cause) && !errors.Is(cause, bitpay.ErrNotFound)) {
		return h.doubt(cause.Error(), now)
	}
	h.later(now, firstFailure, longestFailure)
	return nil
}

// noBetter reports whether BitPay will answer the same about one invoice the next time.
func noBetter(cause error) bool {
	var mismatch *bitpay.MismatchError
	var stranger *strangerError
	return errors.As(cause, &mismatch) || errors.As(cause, &stranger) || lasting(cause) ||
		errors.Is(cause, bitpay.ErrNotFound) || errors.Is(cause, bitpay.ErrMerchantOnly)
}

// lasting reports whether BitPay answered, accepts the token, and will answer the same
// again: a refusal, or what cannot be read.
func lasting(err error) bool {
	var e *bitpay.Error
	return errors.As(err, &e) && e.Status > 0 && !e.Temporary() && !errors.Is(err, bitpay.ErrUnauthorized)
}

// otherEnvironment refuses to ask about a row of another of BitPay's installations,
// and puts its turn off: the configuration may change back.
func (p *Processor) otherEnvironment(ctx context.Context, h HostedInvoice) (HostedInvoice, error) {
	refused := &InputError{Field: "hosted invoice", Reason: fmt.Sprintf(
		"%s is at %s, and Config.BitPay speaks to %s", h.ID, h.Environment, p.cfg.BitPay.Client.Environment())}
	if h.PollAt.IsZero() || h.PollAt.After(p.now()) {
		return h, refused
	}
	after, err := p.changeHosted(ctx, h.ID, func(h *HostedInvoice, out *outcome) {
		h.Tries, h.PollAt = max(h.Tries, 1), out.now.Add(longestDoubt)
	})
	if err != nil {
		return h, errors.Join(refused, err)
	}
	return after, refused
}

// unanswered records that a call about a row brought nothing to apply.
func (p *Processor) unanswered(ctx context.Context, h HostedInvoice, cause error) (HostedInvoice, error) {
	if callerGone(ctx) {
		return h, cause // it is due as before
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hostTimeout)
	defer cancel()
	after, err := p.changeHosted(ctx, h.ID, func(h *HostedInvoice, out *outcome) {
		for _, kind := range h.unanswered(cause, out.now) {
			out.hosted(kind, h)
		}
	})
	if err != nil {
		return h, errors.Join(cause, err)
	}
	return after, cause
}

// refusedForGood reports whether BitPay's API judged the request itself, so that the
// same call can never succeed. A token that is not accepted is no such judgement, nor
// is an answer that cannot be read: its fate is unknown.
func refusedForGood(err error) bool {
	var e *bitpay.Error
	if errors.As(err, &e) {
		judged := e.Status >= 400 || e.Code != "" // it may be answered with any HTTP status
		return judged && !e.Temporary() && !errors.Is(err, bitpay.ErrUnauthorized)
	}
	return errors.Is(err, bitpay.ErrArgument) || errors.Is(err, bitpay.ErrMerchantOnly)
}
