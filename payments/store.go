package payments

import (
	"context"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/rates"
)

// Store is what a storage adapter implements; storetest.Run judges it.
// Integrators write their own: memstore is the shortest model, sqlitestore the
// one to copy for SQL.
type Store interface {
	// Update runs fn in one read-write transaction and commits when fn returns
	// nil. An error from fn rolls everything back and is returned; so does a
	// panic, which goes on after the rollback. fn runs again, from a fresh
	// transaction, after ErrConflict, a serialization failure, a deadlock, a busy
	// database or a commit whose result is unknown (see Retry): fn must touch
	// nothing but tx, and must be idempotent by its keys. ErrTrailMoved is
	// returned at once.
	Update(ctx context.Context, fn func(tx Tx) error) error
	// View runs fn against one consistent snapshot. Writing in it is an error.
	View(ctx context.Context, fn func(tx Tx) error) error
}

// Tx is everything that one commit may hold.
//
// Rules for every method, each a case of storetest:
//
//   - All methods take batches and are constant in round trips where the
//     database allows it. Empty batches do nothing.
//   - Insert… is idempotent by natural key: what exists is left as it is, and
//     the call returns the keys that were new, in the order given. A refused
//     duplicate leaves the transaction usable.
//   - …ByKey and the like return what exists, in the order asked, each once. In
//     Update they lock the rows they return until the commit.
//   - Save… compares Version with the stored row's, and stores the row with
//     Version+1; a difference, or a missing row, is ErrConflict.
//   - Times are kept in UTC to the millisecond; amounts are exact to 320 bits.
//   - No method reads a clock or does I/O beyond the store.
//   - A Tx is used by one goroutine, and not after its function returned.
type Tx interface {
	chain.Tx
	ledger.Tx
	rates.Tx
	AccountTx
	AddressTx
	DepositTx
	SpendTx
	HostedTx
	InvoiceTx
	OutboxTx
	AuditTx

	// Savepoint runs fn inside the transaction; an error from fn, which is
	// returned, undoes what fn wrote and leaves the transaction usable.
	Savepoint(ctx context.Context, fn func(tx Tx) error) error
	// Stamp stores the stamp if there is none and returns the one that stands.
	Stamp(ctx context.Context, want Stamp) (Stamp, error)
}

// TxWrapper is implemented by a Tx that wraps another, so that adapters can
// find their own.
type TxWrapper interface{ Unwrap() Tx }

// RunLocker is implemented by stores that one process at a time may Run on. The
// lock must die with its process.
type RunLocker interface {
	// LockRun returns ErrAlreadyRunning if another process holds the lock.
	LockRun(ctx context.Context) (unlock func(), err error)
}

// Stamp says what a store holds. It is written once.
type Stamp struct {
	// Kind is "real" or "test": coins of the two never mix in one store.
	Kind string
}

// AccountTx stores accounts and what their profiles agreed to.
type AccountTx interface {
	// InsertAccounts opens accounts.
	InsertAccounts(ctx context.Context, rows []AccountRecord) ([]Account, error)
	// AccountsByKey returns the accounts that exist.
	AccountsByKey(ctx context.Context, keys []Account) ([]AccountRecord, error)
	// SaveAccounts stores changed accounts, comparing versions.
	SaveAccounts(ctx context.Context, rows []AccountRecord) error
	// InsertTerms records acceptances by (profile, version).
	InsertTerms(ctx context.Context, rows []TermsAcceptance) ([]TermsAcceptance, error)
	// TermsOf returns a profile's acceptances, oldest first, by version if equal.
	TermsOf(ctx context.Context, profile string) ([]TermsAcceptance, error)
}

// AddressTx stores issued addresses and the counters they are derived from.
type AddressTx interface {
	// ReserveIndexes adds n to the key's counter and returns the first of the n
	// indexes now reserved. A key unknown so far begins at 0. Indexes are never
	// given twice, also not after a rollback of someone else's transaction.
	ReserveIndexes(ctx context.Context, key string, n uint32) (first uint32, err error)
	// IndexCounters returns, for each key, the lowest index not reserved yet: 0
	// for an unknown key. The result has an element for every key, in order.
	IndexCounters(ctx context.Context, keys []string) ([]uint32, error)
	// InsertAddresses stores issued addresses. An address, and an (owner,
	// family), exists once: a row that meets either is left out. It returns the
	// addresses that were new.
	InsertAddresses(ctx context.Context, rows []IssuedAddress) ([]chain.Address, error)
	// AddressesOf returns the addresses of owners in one family.
	AddressesOf(ctx context.Context, family chain.Family, owners []Owner) ([]IssuedAddress, error)
	// AddressesByRaw returns the issued ones among addresses.
	AddressesByRaw(ctx context.Context, addresses []chain.Address) ([]IssuedAddress, error)
}

// DepositTx stores deposits.
type DepositTx interface {
	// InsertDeposits stores deposits by key, with Version 1.
	InsertDeposits(ctx context.Context, rows []Deposit) ([]DepositKey, error)
	// DepositsByKey returns the deposits that exist.
	DepositsByKey(ctx context.Context, keys []DepositKey) ([]Deposit, error)
	// SaveDeposits stores changed deposits, comparing versions.
	SaveDeposits(ctx context.Context, rows []Deposit) error
	// Deposits returns what a query selects, in ascending order of key
	// (network, then id). In Update the rows are locked.
	Deposits(ctx context.Context, q DepositQuery) ([]Deposit, error)
}

// DepositQuery selects deposits; fields left at zero select all.
type DepositQuery struct {
	Network string
	// States selects deposits in any of these states.
	States []DepositState
	// Included selects deposits in a block of a height in [MinHeight, MaxHeight].
	Included             bool
	MinHeight, MaxHeight uint64
	// Profiles and Account select by owner.
	Profiles []string
	Account  string
	// TxIDs selects by transaction, To by the address that received.
	TxIDs []chain.Hash
	To    []chain.Address
	// Unspent selects deposits in a block whose outpoint no mined transaction
	// spends.
	Unspent bool
	// Unvalued selects deposits that have a received-at and an owner but no rate.
	Unvalued bool
	// Unscreened selects owned deposits not screened yet.
	Unscreened bool
	// CreditedFrom selects deposits whose last credit was at it or later.
	CreditedFrom time.Time
	// Held selects deposits with a hold; NotHeld those without.
	Held, NotHeld bool
	// After returns only keys greater than it, for paging.
	After DepositKey
	// Limit bounds the rows, 0 for all.
	Limit int
}

// SpendTx stores what left our addresses.
type SpendTx interface {
	// InsertSpends stores spends by key, with Version 1.
	InsertSpends(ctx context.Context, rows []Spend) ([]SpendKey, error)
	// SpendsByKey returns the spends that exist.
	SpendsByKey(ctx context.Context, keys []SpendKey) ([]Spend, error)
	// SaveSpends stores changed spends, comparing versions.
	SaveSpends(ctx context.Context, rows []Spend) error
	// Spends returns what a query selects, in ascending order of key (network,
	// then id). In Update the rows are locked.
	Spends(ctx context.Context, q SpendQuery) ([]Spend, error)
}

// SpendQuery selects spends; fields left at zero select all.
type SpendQuery struct {
	Network string
	// Included selects spends in a block of a height in [MinHeight, MaxHeight].
	Included             bool
	MinHeight, MaxHeight uint64
	// From selects by the address that spent, TxIDs by transaction.
	From  []chain.Address
	TxIDs []chain.Hash
	// After returns only keys greater than it, for paging.
	After SpendKey
	// Limit bounds the rows, 0 for all.
	Limit int
}

// HostedTx stores invoices hosted at BitPay.
type HostedTx interface {
	// InsertHosted stores hosted invoices by ID, with Version 1.
	InsertHosted(ctx context.Context, rows []HostedInvoice) ([]string, error)
	// SaveHosted stores changed rows, comparing versions.
	SaveHosted(ctx context.Context, rows []HostedInvoice) error
	// Hosted returns what a query selects, in ascending order of ID. In Update the
	// rows are locked.
	Hosted(ctx context.Context, q HostedQuery) ([]HostedInvoice, error)
}

// HostedQuery selects hosted invoices; fields left at zero select all.
type HostedQuery struct {
	// IDs and RemoteIDs select by our id and by BitPay's, which a store does not keep
	// unique. An empty RemoteID selects nothing: not the rows that have none yet.
	IDs, RemoteIDs []string
	// Profiles and Account select by account.
	Profiles []string
	Account  string
	// States selects rows in any of these states.
	States []HostedState
	// DueBy selects rows that are polled and whose PollAt is at it or earlier.
	DueBy time.Time
	// After returns only ids greater than it, for paging.
	After string
	// Limit bounds the rows, 0 for all.
	Limit int
}

// InvoiceTx stores the host's own invoices.
type InvoiceTx interface {
	// InsertInvoices stores invoices by number, with Version 1.
	InsertInvoices(ctx context.Context, rows []InvoiceRecord) ([]string, error)
	// SaveInvoices stores changed invoices, comparing versions.
	SaveInvoices(ctx context.Context, rows []InvoiceRecord) error
	// Invoices returns what a query selects, in ascending order of number. In Update
	// the rows are locked.
	Invoices(ctx context.Context, q InvoiceQuery) ([]InvoiceRecord, error)
}

// InvoiceQuery selects invoices; fields left at zero select all.
type InvoiceQuery struct {
	Numbers  []string
	Profiles []string
	// Statuses selects invoices in any of these statuses.
	Statuses []invoice.Status
	// After returns only numbers greater than it, for paging.
	After string
	// Limit bounds the rows, 0 for all.
	Limit int
}

// OutboxTx stores events until they are delivered.
type OutboxTx interface {
	// InsertEvents appends events by ID and returns the ids that were new. The
	// store numbers them in the order given.
	InsertEvents(ctx context.Context, events []Event) ([]string, error)
	// DeliveriesDue returns up to limit undelivered, unparked events whose time
	// has come, in the order they were appended. It leaves out an event while an
	// earlier one of the same order key is undelivered, unparked and not due.
	DeliveriesDue(ctx context.Context, now time.Time, limit int) ([]Delivery, error)
	// SaveDeliveries stores the state of deliveries, comparing versions.
	SaveDeliveries(ctx context.Context, rows []Delivery) error
	// EventsOf returns a subject's events in the order they were appended.
	EventsOf(ctx context.Context, subject string) ([]Event, error)
	// DeliveriesParked returns up to limit parked deliveries, oldest first.
	DeliveriesParked(ctx context.Context, limit int) ([]Delivery, error)
}

// AuditTx stores what operators did.
type AuditTx interface {
	// InsertAudit appends rows by ID.
	InsertAudit(ctx context.Context, rows []AuditRow) ([]string, error)
	// AuditOf returns a subject's rows, oldest first, by ID if equal.
	AuditOf(ctx context.Context, subject string) ([]AuditRow, error)
}
