package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments/money"
)

const day = 24 * time.Hour

// readLedger reads one currency's ledger of some days (by UTC, both included), the
// oldest first, at most so many days at a time (0: all), and hands over each span as it
// is read. An answer that is too long is asked for again in halves, down to a day;
// fit is the number of days that was not too long. A call that fails ends the reading
// and is handed over too; odd joins what BitPay told and cannot be read, which does not
// keep the rest from being read.
func (p *Processor) readLedger(ctx context.Context, currency money.Currency, from, to time.Time, atOnce int,
	take func(first time.Time, lines []ledgerLine, err error)) (fit int, odd error) {
	var unread []error
	from, to = from.UTC().Truncate(day), to.UTC().Truncate(day)
	for fit = atOnce; !from.After(to); {
		days := int(to.Sub(from)/day) + 1
		if fit > 0 {
			days = min(days, fit)
		}
		entries, err := p.cfg.BitPay.Client.LedgerEntries(ctx, string(currency), from, from.Add(time.Duration(days-1)*day))
		p.heard(ctx, err)
		switch {
		case errors.Is(err, bitpay.ErrTooLong) && days > 1:
			fit = (days + 1) / 2
			continue
		case errors.Is(err, bitpay.ErrTooLong):
			unread = append(unread, fmt.Errorf("nothing of %s of %s is booked, look it up at BitPay: %w", currency, from.Format(time.DateOnly), err))
		case err != nil && !partly(err):
			take(from, nil, err)
			return fit, errors.Join(unread...)
		default:
			lines, odd := readLedgerLines(currency, entries)
			unread = append(unread, err, odd)
			take(from, lines, nil)
		}
		from = from.Add(time.Duration(days) * day)
	}
	return fit, errors.Join(unread...)
}

// readLedgers returns the readable lines of every currency an account may have, and the
// balances without those of a ledger that could not be had whole: what its lines would explain
// is not known. The error joins what could not be read.
func (p *Processor) readLedgers(ctx context.Context, balances []bitpay.Balance, from, to time.Time) (lines []ledgerLine, compared []bitpay.Balance, err error) {
	var errs []error
	compared = slices.Clone(balances)
	for _, currency := range ledgerCurrencies(balances) {
		failed := false
		_, odd := p.readLedger(ctx, currency, from, to, 0, func(_ time.Time, more []ledgerLine, err error) {
			lines, errs, failed = append(lines, more...), append(errs, err), failed || err != nil
		})
		errs = append(errs, odd)
		if failed || errors.Is(odd, bitpay.ErrTooLong) {
			compared = slices.DeleteFunc(compared, func(b bitpay.Balance) bool { return b.Currency == string(currency) })
		}
	}
	return lines, compared, errors.Join(errs...)
}

// ledgerCurrencies are those of BitPay's ledgers that an account may have, each once.
func ledgerCurrencies(balances []bitpay.Balance) (list []money.Currency) {
	seen := map[money.Currency]bool{}
	for _, b := range balances {
		if c := money.Currency(b.Currency); c.Valid() && !seen[c] {
			seen[c] = true
			list = append(list, c)
		}
	}
	return list
}

// readLedgerLines reads entries; the error names those that cannot be.
func readLedgerLines(currency money.Currency, entries []bitpay.LedgerEntry) (lines []ledgerLine, err error) {
	var errs []error
	for _, e := range entries {
		line, err := readLedgerLine(currency, e)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		lines = append(lines, line)
	}
	return lines, errors.Join(errs...)
}
