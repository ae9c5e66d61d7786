package memstore

import (
	"cmp"
	"context"
	"time"

	"github.com/cointill/cointill/payments"
)

// done is a place among the audit rows of a subject.
type done struct {
	at time.Time
	id string
}

// audit keeps what operators did.
type audit struct {
	rows     *table[string, payments.AuditRow]
	subjects *index[string, done]
}

func newAudit() *audit {
	a := &audit{subjects: newIndex[string](func(a, b done) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id))
	})}
	a.rows = &table[string, payments.AuditRow]{
		rows: make(map[string]payments.AuditRow),
		key:  func(r payments.AuditRow) string { return r.ID },
		copied: func(r payments.AuditRow) payments.AuditRow {
			r.At, r.Data = instant(r.At), jsonKept(r.Data)
			return r
		},
		indexed: func(r payments.AuditRow, add bool) { a.subjects.put(r.Subject, done{r.At, r.ID}, add) },
	}
	return a
}

// InsertAudit implements payments.AuditTx.
func (x *tx) InsertAudit(_ context.Context, rows []payments.AuditRow) ([]string, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.audit.rows.insertKeys(x, rows)
}

// AuditOf implements payments.AuditTx.
func (x *tx) AuditOf(_ context.Context, subject string) ([]payments.AuditRow, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	a := x.state.audit
	var out []payments.AuditRow
	for d := range a.subjects.of(subject).all() {
		out = append(out, a.rows.copied(a.rows.rows[d.id]))
	}
	return out, nil
}
