package payments

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cointill/cointill/invoice"
)

// Errors by who must act.
var (
	// ErrConflict says that a row changed meanwhile. Store.Update retries it.
	ErrConflict = errors.New("payments: row changed meanwhile")
	// ErrAlreadyRunning says that another process runs on this store. Its methods
	// still work; only Run is for one.
	ErrAlreadyRunning = errors.New("payments: another process already runs on this store")
	// ErrSchema says that the store's tables are missing or of another version:
	// call the store's Migrate.
	ErrSchema = errors.New("payments: store is not migrated")
	// ErrTermsNotAccepted says that the profile has not accepted the terms now in
	// force: show them and call AcceptTerms.
	ErrTermsNotAccepted = errors.New("payments: terms not accepted")
	// ErrUnknownNetwork says that there is no rail for the network.
	ErrUnknownNetwork = errors.New("payments: no rail for this network")
	// ErrUnproved says that the wallet may not issue addresses yet: call Prove, or
	// set Rail.UnprovedKey.
	ErrUnproved = errors.New("payments: control of the wallet key is not proved")
	// ErrAddressMismatch says that a stored address is not the one its index
	// derives to: the store was changed by someone else, or the wallet is another.
	ErrAddressMismatch = errors.New("payments: stored address does not match its key")
	// ErrNotFound says that there is no such deposit, account or event.
	ErrNotFound = errors.New("payments: not found")
	// ErrNested says that the processor was called from inside InTx, Deliver's
	// transaction or an Update other than through In(tx).
	ErrNested = errors.New("payments: called inside a transaction; use In(tx)")
	// ErrJoined says that a method which runs for long was called on a processor
	// that joined a transaction.
	ErrJoined = errors.New("payments: not on a processor joined to a transaction")
	// ErrNoBitPay says that Config.BitPay is not set.
	ErrNoBitPay = errors.New("payments: BitPay is not configured")
	// ErrNeedsCommit says that a call needs the network between two commits and cannot
	// join a transaction.
	ErrNeedsCommit = errors.New("payments: needs commits of its own; not on a processor joined to a transaction")
	// ErrReadOnly says that something was written inside View.
	ErrReadOnly = errors.New("payments: write inside View")
)

// ConfigError says which field of Config is wrong, and what to do.
type ConfigError struct {
	Field  string
	Reason string
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("payments: config %s: %s", e.Field, e.Reason)
}

// WatchOnlyError says that a network takes no payments (Rail.WatchOnly), and
// which networks of its family do: their address is the same.
type WatchOnlyError struct {
	Network string
	// Use are the ids of networks to offer instead, in the order of Config.Rails;
	// empty if the whole family is only watched.
	Use []string
}

func (e *WatchOnlyError) Error() string {
	if len(e.Use) == 0 {
		return fmt.Sprintf("payments: network %s is only watched and takes no payments; nor does another of its family", e.Network)
	}
	return fmt.Sprintf("payments: network %s is only watched and takes no payments; use %s", e.Network, strings.Join(e.Use, " or "))
}

// InvoiceClosedError says that an invoice can no longer be paid in a way: it is paid,
// or a payment came another way.
type InvoiceClosedError struct {
	Number string
	Way    invoice.Way
	// SeenBy are the ways payments stand under; empty if the invoice is paid.
	SeenBy []invoice.Way
}

func (e *InvoiceClosedError) Error() string {
	if len(e.SeenBy) == 0 {
		return fmt.Sprintf("payments: invoice %s is paid", e.Number)
	}
	for _, w := range e.SeenBy {
		if w != e.Way {
			return fmt.Sprintf("payments: invoice %s cannot be paid by %s: a payment came by %s", e.Number, e.Way, w)
		}
	}
	return fmt.Sprintf("payments: invoice %s is not paid twice: a payment by %s covers it and waits to be credited", e.Number, e.Way)
}

// InputError says which argument of a call is wrong, and what to do. Nothing was
// stored.
type InputError struct {
	Field  string
	Reason string
}

func (e *InputError) Error() string { return fmt.Sprintf("payments: %s: %s", e.Field, e.Reason) }
