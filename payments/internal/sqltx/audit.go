package sqltx

import (
	"cmp"
	"context"

	"github.com/cointill/cointill/payments"
)

var audit = table[payments.AuditRow, string]{
	name: "cointill_audit",
	bind: func(m *mapping, r *payments.AuditRow) {
		text(m, "id", &r.ID)
		text(m, "subject", &r.Subject)
		text(m, "action", &r.Action)
		text(m, "actor", &r.Actor.ID)
		text(m, "reason", &r.Actor.Reason)
		m.instant("at", &r.At)
		m.json("data", &r.Data)
	},
	bindKey: func(m *mapping, k *string) { text(m, "id", k) },
	key:     func(r payments.AuditRow) string { return r.ID },
	compare: cmp.Compare[string],
}

// InsertAudit implements payments.AuditTx.
func (x *Tx) InsertAudit(ctx context.Context, rows []payments.AuditRow) ([]string, error) {
	return audit.insert(ctx, x, rows)
}

// AuditOf implements payments.AuditTx.
func (x *Tx) AuditOf(ctx context.Context, subject string) ([]payments.AuditRow, error) {
	return selectRows(ctx, x, audit.name, audit.bind, "WHERE subject = $1 ORDER BY at, id", subject)
}
