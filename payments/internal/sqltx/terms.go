package sqltx

import (
	"cmp"
	"context"

	"github.com/cointill/cointill/payments"
)

// termsKey is a profile and the version it accepted.
type termsKey struct{ profile, version string }

var terms = table[payments.TermsAcceptance, termsKey]{
	name: "cointill_terms",
	bind: func(m *mapping, r *payments.TermsAcceptance) {
		text(m, "profile", &r.Profile)
		text(m, "version", &r.Version)
		m.instant("accepted_at", &r.At)
	},
	bindKey: func(m *mapping, k *termsKey) {
		text(m, "profile", &k.profile)
		text(m, "version", &k.version)
	},
	key: keyOfTerms,
	compare: func(a, b termsKey) int {
		return cmp.Or(cmp.Compare(a.profile, b.profile), cmp.Compare(a.version, b.version))
	},
}

func keyOfTerms(r payments.TermsAcceptance) termsKey { return termsKey{r.Profile, r.Version} }

// InsertTerms implements payments.AccountTx.
func (x *Tx) InsertTerms(ctx context.Context, rows []payments.TermsAcceptance) ([]payments.TermsAcceptance, error) {
	keys, err := terms.insert(ctx, x, rows)
	if err != nil {
		return nil, err
	}
	return pick(rows, keys, keyOfTerms), nil
}

// TermsOf implements payments.AccountTx.
func (x *Tx) TermsOf(ctx context.Context, profile string) ([]payments.TermsAcceptance, error) {
	return selectRows(ctx, x, terms.name, terms.bind, "WHERE profile = $1 ORDER BY accepted_at, version", profile)
}

// pick returns the first of the rows that has each key. Both are in one order.
func pick[T any, K comparable](rows []T, keys []K, key func(T) K) []T {
	var out []T
	for _, r := range rows {
		if len(keys) > 0 && key(r) == keys[0] {
			out, keys = append(out, r), keys[1:]
		}
	}
	return out
}
