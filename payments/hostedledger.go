package payments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments/money"
)

// The codes of BitPay's ledger that are about one invoice, of
// https://developer.bitpay.com/reference/ledgers.
const (
	codeSale            = 1000
	codeRefund          = 1020
	codeFee             = 1023
	codeImmediateRefund = 1050
)

// BitPay's ledger is read every ledgerEvery, over the last ledgerDays: an entry is
// met many times before it is out of sight. A process that begins, or could not read
// it for longer, reads ledgerCatchUp once; what is older, ReconcileBitPay finds. After
// a failure it is read again sooner.
const (
	ledgerEvery   = time.Hour
	ledgerRetry   = 5 * time.Minute
	ledgerDays    = 7 * 24 * time.Hour
	ledgerCatchUp = 31 * 24 * time.Hour
)

// ledgerPass remembers, in this process alone, when BitPay's ledger is read next and
// which of its refunds were followed.
type ledgerPass struct {
	mu       sync.Mutex // one pass at a time
	next     time.Time
	read     time.Time            // when all of it was last read
	followed map[string]time.Time // by id of BitPay's entry
}

// ledgerLine is an entry of BitPay's ledger; Value is negative if taken from the
// host.
type ledgerLine struct {
	ID, Invoice string
	Code        int
	Value       money.Amount
	At          time.Time
}

// bitpayLedgerPass reads BitPay's ledger of the last days, at most once an hour: it
// tells BitPay's fees, and refunds that nobody told of. A POS token cannot read it:
// nothing is asked then.
func (p *Processor) bitpayLedgerPass(ctx context.Context) error {
	if p.cfg.BitPay == nil || p.cfg.BitPay.Client.Facade() != bitpay.Merchant {
		return nil
	}
	if !p.ledger.mu.TryLock() {
		return nil // another call is at it
	}
	defer p.ledger.mu.Unlock()
	now := p.now()
	if wait := p.ledger.next.Sub(now); wait > 0 && wait <= ledgerEvery || p.bitpay.room(now) == 0 { // more: the clock went back
		return nil
	}
	span := ledgerDays
	if now.Sub(p.ledger.read) > ledgerDays-24*time.Hour {
		span = ledgerCatchUp
	}
	lines, _, err := p.readBitPayLedger(ctx, now.Add(-span), now)
	err = errors.Join(err, p.bookFees(ctx, lines), p.followLedgerRefunds(ctx, lines))
	p.ledger.next = now.Add(ledgerEvery)
	if err != nil {
		if !errors.Is(err, bitpay.ErrUnauthorized) { // that waits for an operator, and each refusal is told
			p.ledger.next = now.Add(ledgerRetry)
		}
		return fmt.Errorf("payments: read BitPay's ledger: %w", err)
	}
	p.ledger.read = now
	for id, at := range p.ledger.followed {
		if at.Before(now.Add(-ledgerDays - 48*time.Hour)) {
			delete(p.ledger.followed, id)
		}
	}
	return nil
}

// readBitPayLedger returns the readable lines of every currency an account may have,
// and the balances of all; the error joins what could not be read.
func (p *Processor) readBitPayLedger(ctx context.Context, from, to time.Time) (lines []ledgerLine, balances []bitpay.Balance, err error) {
	client := p.cfg.BitPay.Client
	balances, err = client.Ledgers(ctx)
	p.heard(ctx, err)
	if err != nil {
		return nil, nil, err
	}
	var errs []error
	asked := map[money.Currency]bool{}
	for _, b := range balances {
		currency := money.Currency(b.Currency)
		if !currency.Valid() || asked[currency] {
			continue
		}
		asked[currency] = true
		entries, err := client.LedgerEntries(ctx, b.Currency, from, to)
		p.heard(ctx, err)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, e := range entries {
			line, err := readLedgerLine(currency, e)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			lines = append(lines, line)
		}
	}
	return lines, balances, errors.Join(errs...)
}

func readLedgerLine(currency money.Currency, e bitpay.LedgerEntry) (ledgerLine, error) {
	l := ledgerLine{ID: e.ID, Invoice: e.InvoiceID, Code: e.Code, At: e.Timestamp}
	if !plainID(e.ID) {
		return l, fmt.Errorf("entry %.40q of code %d: the id is not one of BitPay's; nothing of it is booked", e.ID, e.Code)
	}
	if e.Currency != "" && e.Currency != string(currency) {
		return l, fmt.Errorf("entry %.40q: its currency is %.20q in the ledger of %s; nothing of it is booked", e.ID, e.Currency, currency)
	}
	value, err := e.Value()
	if err == nil {
		l.Value, err = value.Amount(currency.Asset())
	}
	if err != nil {
		return l, fmt.Errorf("entry %.40q: nothing of it is booked: %w", e.ID, err)
	}
	return l, nil
}

// followLedgerRefunds asks for the refunds of our invoices that BitPay's ledger
// names, once for each of its entries.
func (p *Processor) followLedgerRefunds(ctx context.Context, lines []ledgerLine) error {
	var fresh []ledgerLine
	for _, l := range lines {
		if _, done := p.ledger.followed[l.ID]; !done && l.Invoice != "" && (l.Code == codeRefund || l.Code == codeImmediateRefund) {
			fresh = append(fresh, l)
		}
	}
	rows, err := p.hostedByRemote(ctx, fresh)
	if err != nil {
		return err
	}
	var errs []error
	asked := map[string]error{}
	for _, l := range fresh {
		h, ours := rows[l.Invoice]
		if !ours {
			continue
		}
		if _, done := asked[h.ID]; !done {
			_, _, asked[h.ID] = p.followRefunds(ctx, h)
			errs = append(errs, asked[h.ID])
		}
		if asked[h.ID] != nil {
			continue
		}
		if p.ledger.followed == nil {
			p.ledger.followed = map[string]time.Time{}
		}
		p.ledger.followed[l.ID] = l.At
	}
	return errors.Join(errs...)
}

// hostedByRemote returns our rows that lines are about, by BitPay's id.
func (p *Processor) hostedByRemote(ctx context.Context, lines []ledgerLine) (map[string]HostedInvoice, error) {
	rows := map[string]HostedInvoice{}
	ids := remoteIDs(lines)
	for len(ids) > 0 {
		n := min(len(ids), maxPage)
		err := p.view(ctx, func(tx Tx) error { return p.addByRemote(ctx, tx, ids[:n], rows) })
		if err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return rows, nil
}

// addByRemote adds the rows of this environment to a map by BitPay's id.
func (p *Processor) addByRemote(ctx context.Context, tx Tx, ids []string, rows map[string]HostedInvoice) error {
	if len(ids) == 0 {
		return nil // no id selects all
	}
	found, err := tx.Hosted(ctx, HostedQuery{RemoteIDs: ids})
	if err != nil {
		return err
	}
	for _, h := range found {
		if h.Environment == string(p.cfg.BitPay.Client.Environment()) {
			rows[h.RemoteID] = h
		}
	}
	return nil
}

func remoteIDs(lines []ledgerLine) []string {
	var ids []string
	seen := map[string]bool{"": true}
	for _, l := range lines {
		if !seen[l.Invoice] {
			seen[l.Invoice] = true
			ids = append(ids, l.Invoice)
		}
	}
	return ids
}
