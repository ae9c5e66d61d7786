package storetest_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// bugs are mistakes by which a payment would be lost, found twice or never looked
// for. Each is made anew for every store.
func bugs() map[string]func() bug {
	all := map[string]func() bug{
		"a row that is not polled is due": always(bug{hosted: filtered(
			func(q *payments.HostedQuery) { q.DueBy = time.Time{} },
			func(q payments.HostedQuery, r payments.HostedInvoice) bool {
				return q.DueBy.IsZero() || !r.PollAt.After(q.DueBy)
			})}),
		"a row is due after its instant only": always(bug{hosted: filtered(func(*payments.HostedQuery) {},
			func(q payments.HostedQuery, r payments.HostedInvoice) bool {
				return q.DueBy.IsZero() || r.PollAt.Before(q.DueBy)
			})}),
		"an empty id at BitPay selects the rows that have none": always(bug{hosted: filtered(
			func(q *payments.HostedQuery) { q.RemoteIDs = nil },
			func(q payments.HostedQuery, r payments.HostedInvoice) bool {
				return len(q.RemoteIDs) == 0 || slices.Contains(q.RemoteIDs, r.RemoteID)
			})}),
		"a second row of one id at BitPay is left out": always(bug{
			insertHosted: func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) ([]string, error) {
				seen := make(map[string]bool)
				return tx.InsertHosted(ctx, slices.DeleteFunc(slices.Clone(rows), func(r payments.HostedInvoice) bool {
					before := seen[r.RemoteID]
					seen[r.RemoteID] = r.RemoteID != ""
					return before
				}))
			}}),
		"an account's profile is not asked": always(bug{hosted: filtered(
			func(q *payments.HostedQuery) {
				if q.Account != "" {
					q.Profiles = nil
				}
			}, func(payments.HostedQuery, payments.HostedInvoice) bool { return true })}),
		"no state selects none": always(bug{hosted: filtered(func(*payments.HostedQuery) {},
			func(q payments.HostedQuery, _ payments.HostedInvoice) bool {
				return q.States == nil || len(q.States) > 0
			})}),
		"a list is cut at 999": always(bug{
			hosted: func(tx payments.Tx, ctx context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
				q.States, q.IDs = q.States[:min(999, len(q.States))], q.IDs[:min(999, len(q.IDs))]
				return tx.Hosted(ctx, q)
			}}),
		"the limit counts rows that are not selected": always(bug{
			hosted: func(tx payments.Tx, ctx context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
				states := q.States
				q.States = nil
				rows, err := tx.Hosted(ctx, q)
				return slices.DeleteFunc(rows, func(r payments.HostedInvoice) bool {
					return len(states) > 0 && !slices.Contains(states, r.State)
				}), err
			}}),
		"rows asked for by id come in the order asked": always(bug{
			hosted: func(tx payments.Tx, ctx context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
				rows, err := tx.Hosted(ctx, q)
				slices.SortStableFunc(rows, func(a, b payments.HostedInvoice) int {
					return slices.Index(q.IDs, a.ID) - slices.Index(q.IDs, b.ID)
				})
				return rows, err
			}}),
		"times come back in a zone": always(read(func(r *payments.HostedInvoice) { r.PollAt = r.PollAt.In(time.FixedZone("away", 3600)) })),
		"a refund's amount without units loses its asset": always(read(func(r *payments.HostedInvoice) {
			for i := range r.Refunds {
				if r.Refunds[i].Amount.IsZero() {
					r.Refunds[i].Amount = money.Amount{}
				}
			}
		})),
		"a refund's fee is lost": always(read(func(r *payments.HostedInvoice) {
			for i := range r.Refunds {
				r.Refunds[i].Fee = money.Amount{}
			}
		})),
		"the last refund is lost": always(read(func(r *payments.HostedInvoice) { r.Refunds = r.Refunds[:max(1, len(r.Refunds))-1] })),
		"a save leaves the refunds as they were": always(bug{
			saveHosted: func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) error {
				return resaved(tx, ctx, rows, func(r *payments.HostedInvoice, stored payments.HostedInvoice) { r.Refunds = stored.Refunds })
			}}),
		"a save leaves what is polled as it was": always(bug{
			saveHosted: func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) error {
				return resaved(tx, ctx, rows, func(r *payments.HostedInvoice, stored payments.HostedInvoice) { r.PollAt = stored.PollAt })
			}}),
		"a save takes any version": always(bug{
			saveHosted: func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) error {
				return resaved(tx, ctx, rows, func(r *payments.HostedInvoice, stored payments.HostedInvoice) { r.Version = stored.Version })
			}}),
		"a save in a view does nothing and says nothing": always(bug{
			saveHosted: func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) error {
				if err := tx.SaveHosted(ctx, rows); !errors.Is(err, payments.ErrReadOnly) {
					return err
				}
				return nil
			}}),
		"a save of a row that is missing inserts it": always(bug{
			saveHosted: func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) error {
				fresh, err := tx.InsertHosted(ctx, rows)
				return errors.Join(err, tx.SaveHosted(ctx, slices.DeleteFunc(slices.Clone(rows),
					func(r payments.HostedInvoice) bool { return slices.Contains(fresh, r.ID) })))
			}}),
		"an insert answers the keys it was given": always(bug{
			insertHosted: func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) (ids []string, err error) {
				for _, r := range rows {
					ids = append(ids, r.ID)
				}
				_, err = tx.InsertHosted(ctx, rows)
				return ids, err
			}}),
		"an insert overwrites": always(bug{
			insertHosted: func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) ([]string, error) {
				fresh, err := tx.InsertHosted(ctx, rows)
				if err != nil {
					return nil, err
				}
				for _, r := range rows {
					if slices.Contains(fresh, r.ID) {
						continue
					}
					err = errors.Join(err, resaved(tx, ctx, []payments.HostedInvoice{r},
						func(r *payments.HostedInvoice, stored payments.HostedInvoice) { r.Version = stored.Version }))
				}
				return fresh, err
			}}),
		"refunds are shared with who inserts": func() bug { return sharing(true, false, false) },
		"refunds are shared with who saves":   func() bug { return sharing(false, true, false) },
		"refunds are shared with who reads":   func() bug { return sharing(false, false, true) },
	}
	maps.Copy(all, invoiceBugs())
	return all
}

func always(b bug) func() bug { return func() bug { return b } }

// filtered answers an altered query without its limit, keeps some of the rows, and
// then cuts.
func filtered(alter func(*payments.HostedQuery), keep func(payments.HostedQuery, payments.HostedInvoice) bool) queryOf[payments.HostedQuery, payments.HostedInvoice] {
	return func(tx payments.Tx, ctx context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
		altered := q
		altered.Limit = 0
		alter(&altered)
		rows, err := tx.Hosted(ctx, altered)
		rows = slices.DeleteFunc(rows, func(r payments.HostedInvoice) bool { return !keep(q, r) })
		if q.Limit > 0 && len(rows) > q.Limit {
			rows = rows[:q.Limit]
		}
		return rows, err
	}
}

// read changes hosted invoices as they are read.
func read(change func(*payments.HostedInvoice)) bug {
	return bug{hosted: func(tx payments.Tx, ctx context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
		rows, err := tx.Hosted(ctx, q)
		for i := range rows {
			change(&rows[i])
		}
		return rows, err
	}}
}

// resaved saves rows after taking something from those that are stored.
func resaved(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice, take func(r *payments.HostedInvoice, stored payments.HostedInvoice)) error {
	rows = slices.Clone(rows)
	for i := range rows {
		stored, err := tx.Hosted(ctx, payments.HostedQuery{IDs: []string{rows[i].ID}})
		if err != nil || len(stored) == 0 {
			return errors.Join(err, tx.SaveHosted(ctx, rows))
		}
		take(&rows[i], stored[0])
	}
	return tx.SaveHosted(ctx, rows)
}

// sharing keeps the very list of refunds that an insert or a save was given, or that
// the first read returned.
func sharing(inserted, saved, returned bool) bug {
	var mu sync.Mutex
	kept := make(map[string][]payments.HostedRefund)
	b := read(func(r *payments.HostedInvoice) {
		mu.Lock()
		defer mu.Unlock()
		if refunds, ok := kept[r.ID]; ok {
			r.Refunds = refunds
		} else if returned {
			kept[r.ID] = r.Refunds
		}
	})
	b.insertHosted = func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) ([]string, error) {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range rows {
			if _, known := kept[r.ID]; inserted && !known {
				kept[r.ID] = r.Refunds
			}
		}
		return tx.InsertHosted(ctx, rows)
	}
	b.saveHosted = func(tx payments.Tx, ctx context.Context, rows []payments.HostedInvoice) error {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range rows {
			if delete(kept, r.ID); saved {
				kept[r.ID] = r.Refunds
			}
		}
		return tx.SaveHosted(ctx, rows)
	}
	return b
}
