package sqltx

import (
	"cmp"
	"context"

	"github.com/cointill/cointill/payments"
)

var hosted = table[payments.HostedInvoice, string]{
	name: "cointill_hosted",
	bind: func(m *mapping, r *payments.HostedInvoice) {
		text(m, "id", &r.ID)
		m.fix()
		bindAccount(m, &r.Account)
		text(m, "environment", &r.Environment)
		m.amount("price", &r.Price)
		text(m, "state", &r.State)
		text(m, "exception", &r.Exception)
		text(m, "remote_id", &r.RemoteID)
		text(m, "url", &r.URL)
		text(m, "return_url", &r.ReturnURL)
		m.instant("created_at", &r.CreatedAt)
		m.instant("expires_at", &r.ExpiresAt)
		m.instant("remote_at", &r.RemoteAt)
		m.instant("paid_at", &r.PaidAt)
		text(m, "coin", &r.Coin)
		text(m, "coin_amount", &r.CoinAmount)
		text(m, "hold", &r.Hold)
		number(m, "incarnation", &r.Incarnation)
		m.amount("credited", &r.Credited)
		m.instant("credited_at", &r.CreditedAt)
		m.amount("fee", &r.Fee)
		nested(m, "refunds", &r.Refunds, refundToText, refundFromText)
		m.flag("cancel", &r.Cancel)
		text(m, "problem", &r.Problem)
		m.instant("poll_at", &r.PollAt)
		number(m, "tries", &r.Tries)
		number(m, "changes", &r.Changes)
		number(m, "version", &r.Version)
	},
	bindKey: func(m *mapping, k *string) { text(m, "id", k) },
	key:     func(r payments.HostedInvoice) string { return r.ID },
	compare: cmp.Compare[string],
	version: func(r *payments.HostedInvoice) *int64 { return &r.Version },
}

// InsertHosted implements payments.HostedTx.
func (x *Tx) InsertHosted(ctx context.Context, rows []payments.HostedInvoice) ([]string, error) {
	return hosted.insert(ctx, x, rows)
}

// SaveHosted implements payments.HostedTx.
func (x *Tx) SaveHosted(ctx context.Context, rows []payments.HostedInvoice) error {
	return hosted.save(ctx, x, rows)
}
