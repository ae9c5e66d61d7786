package payments

import (
	"context"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/cointill/cointill/payments/money"
)

// maxName bounds profile ids, account names and versions, in bytes.
const maxName = 128

// OpenAccount opens an account in a currency. Opening it again in the same
// currency does nothing; another currency is an *InputError.
func (p *Processor) OpenAccount(ctx context.Context, account Account, currency money.Currency) error {
	if err := account.validate(); err != nil {
		return err
	}
	if !currency.Valid() {
		return &InputError{Field: "currency", Reason: fmt.Sprintf("%q: accounts are kept in USD or EUR", currency)}
	}
	return p.update(ctx, func(tx Tx) error { return p.openAccount(ctx, tx, account, currency, p.now()) })
}

// AcceptTerms records that a profile accepted a version of the terms. Accepting
// it again changes nothing.
func (p *Processor) AcceptTerms(ctx context.Context, profile, version string) error {
	if err := validName("profile", profile); err != nil {
		return err
	}
	if err := validName("version", version); err != nil {
		return err
	}
	now := p.now()
	return p.update(ctx, func(tx Tx) error {
		_, err := tx.InsertTerms(ctx, []TermsAcceptance{{Profile: profile, Version: version, At: now}})
		return err
	})
}

// TermsAccepted reports whether a profile accepted the terms now in force.
// Without Config.Terms it is always true.
func (p *Processor) TermsAccepted(ctx context.Context, profile string) (ok bool, err error) {
	err = p.view(ctx, func(tx Tx) error {
		err := p.checkTerms(ctx, tx, profile)
		ok = err == nil
		if err != nil && !isTerms(err) {
			return err
		}
		return nil
	})
	return ok, err
}

func (p *Processor) checkTerms(ctx context.Context, tx Tx, profile string) error {
	if p.cfg.Terms == "" {
		return nil
	}
	rows, err := tx.TermsOf(ctx, profile)
	if err != nil {
		return err
	}
	for _, t := range rows {
		if t.Version == p.cfg.Terms {
			return nil
		}
	}
	return fmt.Errorf("%w: profile %q, version %q", ErrTermsNotAccepted, profile, p.cfg.Terms)
}

// validate refuses what a host may not name: the accounts of invoices are the
// engine's.
func (a Account) validate() error {
	if err := validName("profile", a.Profile); err != nil {
		return err
	}
	if a.ofInvoice() {
		return &InputError{Field: "account name", Reason: fmt.Sprintf(
			"must not begin with %q: such accounts are made by CreateInvoice and paid by InvoiceAddress", invoicePrefix)}
	}
	return validName("account name", a.Name)
}

func validName(field, s string) error {
	if s == "" || len(s) > maxName || !utf8.ValidString(s) {
		return &InputError{Field: field, Reason: fmt.Sprintf("must be 1 to %d bytes of UTF-8", maxName)}
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return &InputError{Field: field, Reason: "must not contain control characters"}
		}
	}
	return nil
}
