package payments

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// Processor takes payments. Make it with New; all methods may be called from
// several goroutines, and any number of processors may share a store.
type Processor struct {
	cfg    Config
	store  Store
	joined bool
	*engine
}

// String names the type alone: the configuration holds what belongs into no log.
func (p *Processor) String() string { return "payments.Processor" }

// engine is what a processor and those joined to a transaction share.
type engine struct {
	rails                            map[string]*rail
	wallets                          map[chain.Family]*issuer
	watchers                         watchers
	wakeWork, wakeScreen, wakeOutbox chan struct{} // each loop has work
	wakeAgree                        chan struct{}
	agreeMu                          sync.Mutex  // one asking of other sources at a time
	outboxMu                         sync.Mutex  // one delivery pass at a time
	valueMu                          sync.Mutex  // one valuing pass at a time
	depegNext                        time.Time   // of valueMu: held ones are tried again
	ratesMu                          sync.Mutex  // one look at the live prices at a time
	watch                            rateWatch   // of ratesMu
	unsettled                        atomic.Bool // a settle pass failed or was never made
	screenMu                         sync.Mutex  // one screening pass at a time
	stamped                          atomic.Bool
	bitpay                           bitpayState
	ledger                           ledgerPass // over BitPay's ledger
}

// New checks the whole configuration and returns a processor, or all complaints
// joined, each a *ConfigError. It does no I/O and starts nothing: the methods
// work at once; Run follows the chains.
func New(cfg Config) (*Processor, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	e := &engine{
		rails:    make(map[string]*rail, len(cfg.Rails)),
		wallets:  make(map[chain.Family]*issuer),
		wakeWork: make(chan struct{}, 1), wakeScreen: make(chan struct{}, 1), wakeOutbox: make(chan struct{}, 1),
		wakeAgree: make(chan struct{}, 1),
		watch: rateWatch{recorded: map[rates.Pair]string{}, told: map[rates.Finding]bool{},
			checked: map[rates.Finding]bool{}},
	}
	if cfg.BitPay != nil {
		e.bitpay.wake = make(chan struct{}, 1)
	}
	for _, r := range cfg.Rails {
		if e.wallets[r.Network.Family] == nil {
			e.wallets[r.Network.Family] = &issuer{wallet: r.Wallet}
		}
		e.rails[r.Network.ID] = newRail(r)
	}
	e.unsettled.Store(true) // a restart settles what fell due meanwhile
	return &Processor{cfg: cfg, store: cfg.Store, engine: e}, nil
}

// In returns the processor joined to a transaction: its methods read and write
// through tx and commit nothing, so the library's rows and the host's stand or
// fall together. Get tx from the store (sqlitestore's Tx method), or use it
// inside Store.Update: there, every call goes through In(tx), because a call on
// the processor itself would wait for the transaction it is made in. Methods that
// run for long answer ErrJoined.
func (p *Processor) In(tx Tx) *Processor {
	j := *p
	j.store, j.joined = joinedStore{tx}, true
	return &j
}

// joinedStore runs everything in one transaction that someone else commits.
type joinedStore struct{ tx Tx }

func (s joinedStore) Update(ctx context.Context, fn func(Tx) error) error {
	return s.tx.Savepoint(ctx, fn)
}

func (s joinedStore) View(_ context.Context, fn func(Tx) error) error { return fn(s.tx) }

// insideKey marks the context given to the host inside a transaction.
type insideKey struct{}

func inside(ctx context.Context) context.Context { return context.WithValue(ctx, insideKey{}, true) }

func (p *Processor) mayOpen(ctx context.Context) error {
	if !p.joined && ctx.Value(insideKey{}) != nil {
		return ErrNested
	}
	return nil
}

// update runs fn in a read-write transaction of a stamped store.
func (p *Processor) update(ctx context.Context, fn func(tx Tx) error) error {
	if err := p.mayOpen(ctx); err != nil {
		return err
	}
	if err := p.stamp(ctx); err != nil {
		return err
	}
	return p.store.Update(ctx, fn)
}

func (p *Processor) view(ctx context.Context, fn func(tx Tx) error) error {
	if err := p.mayOpen(ctx); err != nil {
		return err
	}
	return p.store.View(ctx, fn)
}

// stamp makes sure, once per processor, that the store holds the kind of coins
// this processor handles.
func (p *Processor) stamp(ctx context.Context) error {
	if p.stamped.Load() {
		return nil
	}
	want := Stamp{Kind: "real"}
	if p.cfg.Rails[0].Network.Test {
		want.Kind = "test"
	}
	err := p.store.Update(ctx, func(tx Tx) error {
		got, err := tx.Stamp(ctx, want)
		if err != nil {
			return err
		}
		if got.Kind != want.Kind {
			return &ConfigError{Field: "Store", Reason: fmt.Sprintf(
				"holds %s coins and the rails are %s networks; use another store", got.Kind, want.Kind)}
		}
		return p.checkKeys(ctx, tx)
	})
	if err == nil && !p.joined {
		p.stamped.Store(true)
	}
	return err
}

// checkKeys refuses a wallet other than the one that issued a family's
// addresses: what is paid to those would never be seen.
func (p *Processor) checkKeys(ctx context.Context, tx Tx) error {
	for family, is := range p.wallets {
		rows, err := tx.AuditOf(ctx, issuerSubject(family))
		if err != nil {
			return err
		}
		if len(rows) > 0 && rows[0].Actor.ID != is.wallet.Fingerprint() {
			return &ConfigError{Field: "Rails.Wallet", Reason: fmt.Sprintf(
				"the %s addresses in this store come from key %s, the wallet is %s; configure the key they were issued from",
				family, rows[0].Actor.ID, is.wallet.Fingerprint())}
		}
	}
	return nil
}

// issuerSubject is the audit subject under which the key that issues a family's
// addresses is kept.
func issuerSubject(f chain.Family) string { return "issuer/" + string(f) }

// now is the clock, in the resolution stores keep.
func (p *Processor) now() time.Time { return p.cfg.Now().UTC().Truncate(time.Millisecond) }

// wakeUp tells the running passes that there is work.
func (p *Processor) wakeUp() {
	for _, loop := range []chan struct{}{p.wakeWork, p.wakeAgree, p.wakeScreen, p.wakeOutbox, p.bitpay.wake} {
		signal(loop)
	}
}

// accepts reports whether a rail takes an asset.
func (r *rail) accepts(a money.Asset) bool {
	for _, known := range r.Assets {
		if known == a {
			return true
		}
	}
	return false
}

// checkPayable refuses an address for a network that is only watched.
func (p *Processor) checkPayable(r *rail) error {
	if !r.WatchOnly {
		return nil
	}
	refused := &WatchOnlyError{Network: r.Network.ID}
	for _, other := range p.cfg.Rails {
		if other.Network.Family == r.Network.Family && !other.WatchOnly {
			refused.Use = append(refused.Use, other.Network.ID)
		}
	}
	return refused
}
