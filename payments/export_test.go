package payments

import "context"

// PutHosted commits a hosted invoice as the engine does when BitPay has answered: the
// row, its event, and what follows from both.
func (p *Processor) PutHosted(ctx context.Context, kind EventKind, change func(*HostedInvoice), id string) error {
	return p.update(ctx, func(tx Tx) error {
		out := &outcome{now: p.now()}
		rows, err := tx.Hosted(ctx, HostedQuery{IDs: []string{id}})
		if err != nil {
			return err
		}
		fresh := len(rows) == 0
		if fresh {
			rows = []HostedInvoice{{ID: id, CreatedAt: out.now}}
		}
		change(&rows[0])
		if rows[0].Credited.IsZero() {
			out.hosted(kind, &rows[0])
		} else {
			out.hostedMoney(kind, &rows[0])
		}
		if fresh {
			_, err = tx.InsertHosted(ctx, rows)
		} else {
			err = tx.SaveHosted(ctx, rows)
		}
		if err != nil {
			return err
		}
		return p.publish(ctx, tx, out)
	})
}
