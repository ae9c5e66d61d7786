package memstore

import (
	"cmp"
	"context"
	"time"

	"github.com/cointill/cointill/payments"
)

// acceptance is a terms acceptance's natural key.
type acceptance struct{ profile, version string }

// accepted is a place in a profile's acceptances.
type accepted struct {
	at      time.Time
	version string
}

// people keeps accounts and terms.
type people struct {
	accounts *table[payments.Account, payments.AccountRecord]
	terms    *table[acceptance, payments.TermsAcceptance]
	profiles *index[string, accepted] // a profile's acceptances, oldest first
}

func newPeople() *people {
	p := &people{
		accounts: &table[payments.Account, payments.AccountRecord]{
			rows:    make(map[payments.Account]payments.AccountRecord),
			key:     func(a payments.AccountRecord) payments.Account { return a.Account },
			copied:  func(a payments.AccountRecord) payments.AccountRecord { a.OpenedAt = instant(a.OpenedAt); return a },
			version: func(a *payments.AccountRecord) *int64 { return &a.Version },
		},
		profiles: newIndex[string](func(a, b accepted) int {
			return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.version, b.version))
		}),
	}
	p.terms = &table[acceptance, payments.TermsAcceptance]{
		rows:   make(map[acceptance]payments.TermsAcceptance),
		key:    func(t payments.TermsAcceptance) acceptance { return acceptance{t.Profile, t.Version} },
		copied: func(t payments.TermsAcceptance) payments.TermsAcceptance { t.At = instant(t.At); return t },
		indexed: func(t payments.TermsAcceptance, add bool) {
			p.profiles.put(t.Profile, accepted{t.At, t.Version}, add)
		},
	}
	return p
}

// InsertAccounts implements payments.AccountTx.
func (x *tx) InsertAccounts(_ context.Context, rows []payments.AccountRecord) ([]payments.Account, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.people.accounts.insertKeys(x, rows)
}

// AccountsByKey implements payments.AccountTx.
func (x *tx) AccountsByKey(_ context.Context, keys []payments.Account) ([]payments.AccountRecord, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.people.accounts.byKey(keys), nil
}

// SaveAccounts implements payments.AccountTx.
func (x *tx) SaveAccounts(_ context.Context, rows []payments.AccountRecord) error {
	if err := x.readable(); err != nil {
		return err
	}
	return x.state.people.accounts.save(x, rows)
}

// InsertTerms implements payments.AccountTx.
func (x *tx) InsertTerms(_ context.Context, rows []payments.TermsAcceptance) ([]payments.TermsAcceptance, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.people.terms.insert(x, rows)
}

// TermsOf implements payments.AccountTx.
func (x *tx) TermsOf(_ context.Context, profile string) ([]payments.TermsAcceptance, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	p := x.state.people
	var out []payments.TermsAcceptance
	for a := range p.profiles.of(profile).all() {
		out = append(out, p.terms.rows[acceptance{profile, a.version}])
	}
	return out, nil
}
