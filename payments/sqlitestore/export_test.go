package sqlitestore

import (
	"context"
	"strings"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/internal/sqltx"
)

// Conflict shows how an error of the driver is sorted.
var Conflict = conflict

// OlderThan shows how versions compare.
func OlderThan(version string) bool { return olderThan(version, oldest) }

// Explain runs fn in a View and returns SQLite's plan of each query, in lines.
func (s *Store) Explain(ctx context.Context, fn func(tx payments.Tx) error) (plans []string, err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer release(conn)
	e := &explainer{executor: &executor{db: conn}, plans: &plans}
	err = fn(sqltx.New(e, sqltx.Dialect{MaxParams: maxParams, IndexedBy: true, ReadOnly: true}))
	return plans, err
}

type explainer struct {
	*executor
	plans *[]string
}

func (e *explainer) Query(ctx context.Context, query string, args ...any) (sqltx.Rows, error) {
	steps, err := e.executor.Query(ctx, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return nil, err
	}
	defer steps.Close()
	var lines []string
	for steps.Next() {
		var id, parent, unused int64
		var detail string
		if err := steps.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		lines = append(lines, detail)
	}
	if err := steps.Err(); err != nil {
		return nil, err
	}
	*e.plans = append(*e.plans, strings.Join(lines, "\n"))
	return e.executor.Query(ctx, query, args...)
}
