package sqltx

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/ledger"
)

// head is an entry without its postings.
type head struct {
	ledger.Entry
	digest string
}

var heads = table[head, string]{
	name: "cointill_entries",
	bind: func(m *mapping, r *head) {
		text(m, "key", &r.Key)
		text(m, "kind", &r.Kind)
		text(m, "reference", &r.Reference)
		m.instant("at", &r.At)
		text(m, "digest", &r.digest)
	},
	bindKey: func(m *mapping, k *string) { text(m, "key", k) },
	key:     func(r head) string { return r.Key },
	compare: cmp.Compare[string],
}

// line is one posting of an entry.
type line struct {
	entry string
	n     int
	ledger.Posting
}

const linesTable = "cointill_postings"

func bindLine(m *mapping, r *line) {
	text(m, "entry", &r.entry)
	number(m, "n", &r.n)
	text(m, "from_account", &r.From)
	text(m, "to_account", &r.To)
	m.amount("units", &r.Amount)
}

// touch says that an entry moved an account: the index of statements and of the
// balances that have no row.
type touch struct {
	account ledger.Account
	at      time.Time
	entry   string
}

const touchesTable = "cointill_entry_accounts"

func bindTouch(m *mapping, r *touch) {
	text(m, "account", &r.account)
	m.instant("at", &r.at)
	text(m, "entry", &r.entry)
}

// InsertEntries implements ledger.Tx.
func (x *Tx) InsertEntries(ctx context.Context, entries []ledger.Entry) ([]string, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	if err := x.writable(); err != nil {
		return nil, err
	}
	digests := make(map[string]string, len(entries))
	var rows []head
	for _, e := range entries {
		d := e.Digest()
		if known, twice := digests[e.Key]; !twice {
			digests[e.Key] = d
			rows = append(rows, head{Entry: e, digest: d})
		} else if known != d {
			return nil, fmt.Errorf("%w: %q twice in one batch", ledger.ErrKeyReused, e.Key)
		}
	}
	// Comparing first keeps a refused batch from leaving half of itself behind.
	missing, err := x.unbooked(ctx, rows)
	if err != nil {
		return nil, err
	}
	keys, err := heads.insert(ctx, x, missing)
	if err != nil {
		return nil, err
	}
	if len(keys) < len(missing) { // another transaction booked some meanwhile
		if _, err := x.unbooked(ctx, missing); err != nil {
			return nil, err
		}
	}
	booked := pick(missing, keys, func(h head) string { return h.Key })
	slices.SortFunc(booked, func(a, b head) int { return cmp.Compare(a.Key, b.Key) })
	if err := x.post(ctx, booked); err != nil {
		return nil, err
	}
	return keys, x.moveBalances(ctx, booked)
}

// unbooked returns the rows whose key is not stored, and ErrKeyReused if a key is
// stored with another digest.
func (x *Tx) unbooked(ctx context.Context, rows []head) ([]head, error) {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	known, err := heads.byKey(ctx, x, keys)
	if err != nil {
		return nil, err
	}
	stored := make(map[string]string, len(known))
	for _, r := range known {
		stored[r.Key] = r.digest
	}
	var missing []head
	for _, r := range rows {
		d, ok := stored[r.Key]
		if ok && d != r.digest {
			return nil, fmt.Errorf("%w: %q", ledger.ErrKeyReused, r.Key)
		}
		if !ok {
			missing = append(missing, r)
		}
	}
	return missing, nil
}

// post stores the postings of new entries.
func (x *Tx) post(ctx context.Context, booked []head) error {
	var lines []line
	var touches []touch
	for _, h := range booked {
		seen := make(map[ledger.Account]bool)
		for n, p := range h.Postings {
			lines = append(lines, line{h.Key, n, p})
			for _, a := range []ledger.Account{p.From, p.To} {
				if !seen[a] {
					seen[a] = true
					touches = append(touches, touch{a, h.At, h.Key})
				}
			}
		}
	}
	if err := put(ctx, x, linesTable, bindLine, lines, ""); err != nil {
		return err
	}
	return put(ctx, x, touchesTable, bindTouch, touches, "")
}
