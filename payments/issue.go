package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// indexRun is how many indexes are reserved in one commit and then handed out
// from memory. What is left of a run when the process ends is never used.
const indexRun = 8

// issuer hands out a wallet's indexes. Each is reserved in the store, in a commit
// of its own, before any address of it is shown.
type issuer struct {
	wallet Wallet
	mu     sync.Mutex
	next   uint32
	left   uint32
}

// DepositAddress is where an account's payments go on a network.
type DepositAddress struct {
	Account Account
	Network chain.Network
	Address chain.Address
	// Text is the address as the network writes it, to be shown and copied.
	Text string
}

// DepositAddress returns the account's permanent address on a network. The first
// call opens the account, in Config.Currency, and issues the address; later
// calls return the same one for ever. Networks of one family share it; no two
// accounts do.
//
// Errors: ErrUnknownNetwork, a *WatchOnlyError, ErrTermsNotAccepted, ErrUnproved,
// an *InputError for a bad account, the error of Config.Precondition, or the store's.
func (p *Processor) DepositAddress(ctx context.Context, account Account, network chain.Network) (DepositAddress, error) {
	r, ok := p.rails[network.ID]
	if !ok {
		return DepositAddress{}, fmt.Errorf("%w: %q", ErrUnknownNetwork, network.ID)
	}
	if err := errors.Join(p.checkPayable(r), account.validate()); err != nil {
		return DepositAddress{}, err
	}
	return p.addressOf(ctx, account, r, func(context.Context, Tx) error { return nil })
}

// addressOf returns an account's address, and issues it first if need be. mayShow is
// asked in each transaction that reads or writes it.
func (p *Processor) addressOf(ctx context.Context, account Account, r *rail, mayShow func(context.Context, Tx) error) (DepositAddress, error) {
	row, found, err := p.issued(ctx, account, r.Network.Family, mayShow)
	if err == nil && !found {
		row, err = p.issue(ctx, account, r, mayShow)
	}
	if err != nil {
		return DepositAddress{}, err
	}
	leaf, err := p.rederive(row, r.Network.Family)
	if err != nil {
		return DepositAddress{}, err
	}
	return DepositAddress{Account: account, Network: r.Network, Address: row.Address, Text: leaf.Text}, nil
}

// issued looks an address up, if the profile may see one.
func (p *Processor) issued(ctx context.Context, account Account, family chain.Family, mayShow func(context.Context, Tx) error) (row IssuedAddress, found bool, err error) {
	err = p.view(ctx, func(tx Tx) error {
		if err := p.checkTerms(ctx, tx, account.Profile); err != nil {
			return err
		}
		if err := mayShow(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.AddressesOf(ctx, family, []Owner{{Account: account}})
		if err == nil && len(rows) > 0 {
			row, found = rows[0], true
		}
		return err
	})
	return row, found, err
}

func (p *Processor) issue(ctx context.Context, account Account, r *rail, mayShow func(context.Context, Tx) error) (IssuedAddress, error) {
	if err := p.checkProved(ctx, r); err != nil {
		return IssuedAddress{}, err
	}
	if p.cfg.Precondition != nil {
		if err := p.cfg.Precondition(ctx, account); err != nil {
			return IssuedAddress{}, err
		}
	}
	family := r.Network.Family
	for {
		leaf, key, err := p.nextLeaf(ctx, family)
		if err != nil {
			return IssuedAddress{}, err
		}
		var row IssuedAddress
		now := p.now()
		err = p.update(ctx, func(tx Tx) error {
			if err := p.checkTerms(ctx, tx, account.Profile); err != nil {
				return err
			}
			if err := mayShow(ctx, tx); err != nil {
				return err
			}
			if err := p.openAccount(ctx, tx, account, "", now); err != nil {
				return err
			}
			if err := p.startWatching(ctx, tx, family, now); err != nil {
				return err
			}
			if _, err := tx.InsertAudit(ctx, []AuditRow{{
				ID: eventID("audit.issue", issuerSubject(family), ""), Subject: issuerSubject(family), Action: "issue",
				Actor: Actor{ID: key, Reason: "first address"}, At: now,
			}}); err != nil {
				return err
			}
			row = IssuedAddress{Address: leaf.Address, Key: key, Index: leaf.Index, Owner: Owner{Account: account}, IssuedAt: now}
			added, err := tx.InsertAddresses(ctx, []IssuedAddress{row})
			if err != nil || len(added) > 0 {
				return err
			}
			// Someone was faster for this owner, or the leaf is taken.
			rows, err := tx.AddressesOf(ctx, family, []Owner{row.Owner})
			row = IssuedAddress{}
			if err == nil && len(rows) > 0 {
				row = rows[0]
			}
			return err
		})
		if err != nil || !row.Address.IsZero() {
			return row, err
		}
	}
}

// nextLeaf returns the next address never handed out. One that is registered as the
// host's own is left out: what the host brings there from elsewhere would be credited
// to whoever was given it.
func (p *Processor) nextLeaf(ctx context.Context, family chain.Family) (chain.Leaf, string, error) {
	is := p.wallets[family]
	for {
		index, err := p.nextIndex(ctx, is)
		if err != nil {
			return chain.Leaf{}, "", fmt.Errorf("payments: reserve addresses: %w", err)
		}
		leaves, err := is.wallet.Leaves(index, 1)
		if err != nil {
			return chain.Leaf{}, "", fmt.Errorf("payments: derive address %d: %w", index, err)
		}
		// None: BIP32 has no key at this index.
		if len(leaves) == 1 && !p.treasurys(leaves[0].Address) {
			return leaves[0], is.wallet.Fingerprint(), nil
		}
	}
}

// treasurys reports whether an address is registered as the host's own on any rail.
func (p *Processor) treasurys(a chain.Address) bool {
	return slices.ContainsFunc(p.cfg.Rails, func(r Rail) bool {
		return slices.ContainsFunc(r.Treasury, func(t Treasury) bool { return t.Address == a })
	})
}

// nextIndex takes an index from memory, or reserves a run. A joined processor
// takes one index in its own transaction instead of waiting: whoever refills the
// run may be waiting for that very transaction. The index comes back if the
// transaction is rolled back; nobody has seen it then.
func (p *Processor) nextIndex(ctx context.Context, is *issuer) (uint32, error) {
	if p.joined {
		return p.reserve(ctx, is, 1)
	}
	is.mu.Lock()
	defer is.mu.Unlock()
	if is.left == 0 {
		first, err := p.reserve(ctx, is, indexRun)
		if err != nil {
			return 0, err
		}
		is.next, is.left = first, indexRun
	}
	index := is.next
	is.next, is.left = is.next+1, is.left-1
	return index, nil
}

func (p *Processor) reserve(ctx context.Context, is *issuer, n uint32) (first uint32, err error) {
	err = p.update(ctx, func(tx Tx) error {
		first, err = tx.ReserveIndexes(ctx, is.wallet.Fingerprint(), n)
		return err
	})
	return first, err
}

// startWatching remembers, for networks never watched, that there is nothing to
// look for before now.
func (p *Processor) startWatching(ctx context.Context, tx Tx, family chain.Family, now time.Time) error {
	var ids []string
	for _, r := range p.cfg.Rails {
		if r.Network.Family == family {
			ids = append(ids, r.Network.ID)
		}
	}
	known, err := tx.ProgressOf(ctx, ids)
	if err != nil {
		return err
	}
	have := map[string]bool{}
	for _, k := range known {
		have[k.Network] = true
	}
	var rows []chain.Progress
	for _, id := range ids {
		if !have[id] {
			rows = append(rows, chain.Progress{Network: id, LiveAt: now})
		}
	}
	return tx.SaveProgress(ctx, rows)
}

// rederive derives an issued address again and compares: a database in which an
// address was swapped must never be shown to a payer.
func (p *Processor) rederive(row IssuedAddress, family chain.Family) (chain.Leaf, error) {
	w := p.wallets[family].wallet
	if row.Key != w.Fingerprint() {
		return chain.Leaf{}, &ConfigError{Field: "Rails.Wallet", Reason: fmt.Sprintf(
			"address %d of %s was issued from key %s, the wallet is %s", row.Index, row.Owner.Account, row.Key, w.Fingerprint())}
	}
	leaves, err := w.Leaves(row.Index, 1)
	if err != nil {
		return chain.Leaf{}, fmt.Errorf("payments: derive address %d: %w", row.Index, err)
	}
	if len(leaves) != 1 || leaves[0].Address != row.Address {
		return chain.Leaf{}, fmt.Errorf("%w: index %d of key %s: do not show it, and compare the store with its backup",
			ErrAddressMismatch, row.Index, row.Key)
	}
	return leaves[0], nil
}

// openAccount opens an account unless it is open. An empty currency means the
// configured one, or whatever the account has.
func (p *Processor) openAccount(ctx context.Context, tx Tx, a Account, currency money.Currency, now time.Time) error {
	rows, err := tx.AccountsByKey(ctx, []Account{a})
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		if currency != "" && rows[0].Currency != currency {
			return &InputError{Field: "currency", Reason: fmt.Sprintf(
				"account %s is kept in %s and cannot change", a, rows[0].Currency)}
		}
		return nil
	}
	if currency == "" {
		currency = p.cfg.Currency
	}
	_, err = tx.InsertAccounts(ctx, []AccountRecord{{Account: a, Currency: currency, OpenedAt: now}})
	return err
}
