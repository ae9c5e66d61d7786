package payments

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments/money"
)

// ourID is the form of hosted invoices' ids.
var ourID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// hostedID is a hosted invoice's id: of a key always the same one, else random.
func hostedID(account Account, key string) string {
	if key == "" {
		var b [16]byte
		rand.Read(b[:])
		return hex.EncodeToString(b[:])
	}
	h := sha256.New()
	for _, part := range []string{account.Profile, account.Name, key} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// payee reads what a checkout is for: the account, and the price asked.
func (p *Processor) payee(ctx context.Context, tx Tx, req CheckoutRequest) (Account, money.Amount, error) {
	account, price := req.Account, req.Amount
	if req.Invoice != "" {
		record, err := invoiceOf(ctx, tx, req.Invoice)
		if err != nil {
			return Account{}, money.Amount{}, err
		}
		known, err := tx.Hosted(ctx, HostedQuery{IDs: []string{hostedID(record.Account(), req.Key)}, Limit: 1})
		if err != nil {
			return Account{}, money.Amount{}, err
		}
		if len(known) == 0 { // what a key has got stays its own when the invoice is paid
			record, err = p.payableInvoice(ctx, tx, req.Invoice, invoice.BitPay)
		}
		if err != nil {
			return Account{}, money.Amount{}, err
		}
		account, price = record.Account(), record.Standing.Missing
	}
	return account, price, p.checkTerms(ctx, tx, account.Profile)
}

// standing returns the hosted invoice that a checkout gets instead of a new one: that
// of its key, or the one that an invoice is already to be paid by.
func (p *Processor) standing(ctx context.Context, tx Tx, req CheckoutRequest, id string, account Account, price money.Amount) (h HostedInvoice, found bool, err error) {
	rows, err := tx.Hosted(ctx, HostedQuery{IDs: []string{id}, Limit: 1})
	if err != nil {
		return h, false, err
	}
	if len(rows) > 0 {
		return rows[0], true, p.sameRequest(rows[0], req)
	}
	if req.Invoice == "" {
		return h, false, nil
	}
	rows, err = tx.Hosted(ctx, HostedQuery{Profiles: []string{account.Profile}, Account: account.Name,
		States: []HostedState{HostedOpening, HostedNew, HostedPaid, HostedConfirmed, HostedInvalid, HostedComplete}})
	for _, h := range rows {
		switch {
		case h.Credited.Sign() > 0 || h.State == HostedComplete && h.Hold == "":
			continue // counted in what the invoice lacks
		case h.State == HostedInvalid && h.PollAt.IsZero():
			continue // given up
		case h.rank() <= HostedNew.rank() && h.State != HostedInvalid && h.Environment != string(p.cfg.BitPay.Client.Environment()):
			continue // nobody asks there any more, and nobody has paid
		case h.rank() > HostedNew.rank() || h.State == HostedInvalid:
			return h, false, &InvoiceClosedError{Number: req.Invoice, Way: invoice.BitPay, SeenBy: []invoice.Way{invoice.BitPay}}
		case h.Cancel || !h.Price.Equal(price):
			return h, false, &InputError{Field: "invoice", Reason: fmt.Sprintf(
				"hosted invoice %s still asks for %s of it; try again when it has ended", h.ID, h.Price)}
		}
		return h, true, nil
	}
	return h, false, err
}

func (h HostedInvoice) rank() int { return h.State.rank() }

// sameRequest refuses a key that was used for something else.
func (p *Processor) sameRequest(h HostedInvoice, req CheckoutRequest) error {
	switch env := string(p.cfg.BitPay.Client.Environment()); {
	case h.Environment != env:
		return &InputError{Field: "key", Reason: fmt.Sprintf("was used at %s; take another one for %s", h.Environment, env)}
	case req.Invoice == "" && !h.Price.Equal(req.Amount):
		return &InputError{Field: "key", Reason: fmt.Sprintf("was used for %s; take another one for %s", h.Price, req.Amount)}
	}
	return nil
}

// openHosted commits the row that a remote invoice will belong to, or finds the one
// that stands.
func (p *Processor) openHosted(ctx context.Context, req CheckoutRequest, account Account, id string) (h HostedInvoice, fresh bool, err error) {
	now := p.now()
	err = p.update(ctx, func(tx Tx) error {
		_, price, err := p.payee(ctx, tx, req)
		if err != nil {
			return err
		}
		fresh = false
		var found bool
		if h, found, err = p.standing(ctx, tx, req, id, account, price); err != nil || found {
			return err
		}
		if err := p.openPayee(ctx, tx, account, price, now); err != nil {
			return err
		}
		zero := price.Asset().Currency().Cents(0)
		h = HostedInvoice{ID: id, Account: account, Environment: string(p.cfg.BitPay.Client.Environment()),
			Price: price, State: HostedOpening, ReturnURL: req.ReturnURL, CreatedAt: now, PollAt: now.Add(firstPoll),
			Credited: zero, Fee: zero, Version: 1}
		fresh = true
		_, err = tx.InsertHosted(ctx, []HostedInvoice{h})
		return err
	})
	return h, fresh, err
}

// openPayee opens the account if need be, in the configured currency or, an invoice's,
// in that of its total.
func (p *Processor) openPayee(ctx context.Context, tx Tx, account Account, price money.Amount, now time.Time) error {
	rows, err := tx.AccountsByKey(ctx, []Account{account})
	if err != nil {
		return err
	}
	currency := p.cfg.Currency
	if len(rows) > 0 {
		currency = rows[0].Currency
	} else if account.ofInvoice() {
		currency = price.Asset().Currency()
	}
	if currency != price.Asset().Currency() {
		return &InputError{Field: "amount", Reason: fmt.Sprintf(
			"account %s is kept in %s, the amount is %s; take one of Offers(%q)", account, currency, price, currency)}
	}
	return p.openAccount(ctx, tx, account, currency, now)
}
