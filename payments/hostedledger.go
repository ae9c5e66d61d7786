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
// met many times before it is out of sight. A process that begins, or did not read it
// for longer, reads ledgerCatchUp once; what is older, ReconcileBitPay finds. After a
// failure it is read again sooner, from where it failed.
const (
	ledgerEvery   = time.Hour
	ledgerRetry   = 5 * time.Minute
	ledgerDays    = 7 * 24 * time.Hour
	ledgerCatchUp = 31 * 24 * time.Hour
)

// ledgerPass remembers, in this process alone, when BitPay's ledger is read next, how
// far the reading of each currency came, and which of its refunds were followed.
type ledgerPass struct {
	mu       sync.Mutex // one pass at a time
	next     time.Time
	of       map[money.Currency]ledgerProgress
	followed map[string]time.Time // when, by id of BitPay's entry
}

// ledgerProgress is how far the reading of one currency came.
type ledgerProgress struct {
	read   time.Time // when it was last read to the end
	resume time.Time // the first day that could not be read or booked since, zero: none
	days   int       // how many days an answer may span, 0: not known to be limited
}

// since is the day from which a currency is read at an instant.
func (g ledgerProgress) since(now time.Time) time.Time {
	overlap, oldest := now.Add(-ledgerDays), now.Add(-ledgerCatchUp)
	switch {
	case now.Sub(g.read) <= ledgerDays-24*time.Hour || g.resume.After(overlap):
		return overlap
	case g.resume.After(oldest):
		return g.resume
	}
	return oldest
}

// ledgerLine is an entry of BitPay's ledger; Value is negative if taken from the
// host.
type ledgerLine struct {
	ID, Invoice string
	Code        int
	Value       money.Amount
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
	balances, err := p.cfg.BitPay.Client.Ledgers(ctx)
	p.heard(ctx, err)
	var odd error
	if partly(err) {
		odd, err = err, nil
	}
	for _, currency := range ledgerCurrencies(balances) {
		unread, failed := p.followLedger(ctx, currency, now)
		odd, err = errors.Join(odd, unread), errors.Join(err, failed)
	}
	p.ledger.next = now.Add(ledgerEvery)
	if err != nil && !errors.Is(err, bitpay.ErrUnauthorized) { // that waits for an operator, and each refusal is told
		p.ledger.next = now.Add(ledgerRetry)
	}
	for id, at := range p.ledger.followed {
		if at.Before(now.Add(-ledgerDays - 48*time.Hour)) {
			delete(p.ledger.followed, id)
		}
	}
	if err = errors.Join(err, odd); err != nil {
		return fmt.Errorf("payments: read BitPay's ledger: %w", err)
	}
	return nil
}

// followLedger reads one currency's ledger from where it was left, and books each span
// of days before it reads the next: what was read is not lost by what fails. odd names
// what will not be read any better the next time.
func (p *Processor) followLedger(ctx context.Context, currency money.Currency, now time.Time) (odd, failed error) {
	g := p.ledger.of[currency]
	from := g.since(now)
	g.resume = time.Time{}
	var differ []error
	g.days, odd = p.readLedger(ctx, currency, from, now, g.days, func(first time.Time, lines []ledgerLine, err error) {
		if err == nil {
			fees, unbooked := p.bookFees(ctx, lines)
			refunds, unfollowed := p.followLedgerRefunds(ctx, lines)
			differ, err = append(differ, fees, refunds), errors.Join(unbooked, unfollowed)
		}
		if err != nil && g.resume.IsZero() {
			g.resume = first
		}
		failed = errors.Join(failed, err)
	})
	if failed == nil {
		g.read = now
	}
	if p.ledger.of == nil {
		p.ledger.of = map[money.Currency]ledgerProgress{}
	}
	p.ledger.of[currency] = g
	return errors.Join(append(differ, odd)...), failed
}

func readLedgerLine(currency money.Currency, e bitpay.LedgerEntry) (ledgerLine, error) {
	l := ledgerLine{ID: e.ID, Invoice: e.InvoiceID, Code: e.Code}
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
// names, once for each of its entries. odd joins what BitPay will answer the same again:
// it is asked for with the next reading.
func (p *Processor) followLedgerRefunds(ctx context.Context, lines []ledgerLine) (odd, failed error) {
	var fresh []ledgerLine
	for _, l := range lines {
		if _, done := p.ledger.followed[l.ID]; !done && l.Invoice != "" && (l.Code == codeRefund || l.Code == codeImmediateRefund) {
			fresh = append(fresh, l)
		}
	}
	rows, err := p.hostedByRemote(ctx, fresh)
	if err != nil {
		return nil, err
	}
	asked := map[string]error{}
	for _, l := range fresh {
		h, ours := rows[l.Invoice]
		if !ours {
			continue
		}
		if _, done := asked[h.ID]; !done {
			_, _, err := p.followRefunds(ctx, h)
			if asked[h.ID] = err; err != nil && noBetter(err) {
				odd = errors.Join(odd, err)
			} else {
				failed = errors.Join(failed, err)
			}
		}
		if asked[h.ID] != nil && !partly(asked[h.ID]) {
			continue
		}
		if p.ledger.followed == nil {
			p.ledger.followed = map[string]time.Time{}
		}
		p.ledger.followed[l.ID] = p.now() // BitPay's own time may not be readable
	}
	return odd, failed
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
