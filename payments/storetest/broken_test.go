package storetest_test

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/storetest"
)

// The methods that a bug replaces, called with the transaction of a store that is
// right.
type (
	insertOf[T any]   func(tx payments.Tx, ctx context.Context, rows []T) ([]string, error)
	saveOf[T any]     func(tx payments.Tx, ctx context.Context, rows []T) error
	queryOf[Q, T any] func(tx payments.Tx, ctx context.Context, q Q) ([]T, error)
)

// bug is one mistake of a store that is right in everything else: the methods it
// has instead of the right ones.
type bug struct {
	insertHosted   insertOf[payments.HostedInvoice]
	saveHosted     saveOf[payments.HostedInvoice]
	hosted         queryOf[payments.HostedQuery, payments.HostedInvoice]
	insertInvoices insertOf[payments.InvoiceRecord]
	saveInvoices   saveOf[payments.InvoiceRecord]
	invoices       queryOf[payments.InvoiceQuery, payments.InvoiceRecord]
}

// broken is a store with a bug.
type broken struct {
	*memstore.Store
	bug bug
}

func (s broken) Update(ctx context.Context, fn func(payments.Tx) error) error {
	return s.Store.Update(ctx, func(tx payments.Tx) error { return fn(brokenTx{tx, s.bug}) })
}

func (s broken) View(ctx context.Context, fn func(payments.Tx) error) error {
	return s.Store.View(ctx, func(tx payments.Tx) error { return fn(brokenTx{tx, s.bug}) })
}

type brokenTx struct {
	payments.Tx
	bug bug
}

func (x brokenTx) Savepoint(ctx context.Context, fn func(payments.Tx) error) error {
	return x.Tx.Savepoint(ctx, func(tx payments.Tx) error { return fn(brokenTx{tx, x.bug}) })
}

func (x brokenTx) InsertHosted(ctx context.Context, rows []payments.HostedInvoice) ([]string, error) {
	if x.bug.insertHosted != nil {
		return x.bug.insertHosted(x.Tx, ctx, rows)
	}
	return x.Tx.InsertHosted(ctx, rows)
}

func (x brokenTx) SaveHosted(ctx context.Context, rows []payments.HostedInvoice) error {
	if x.bug.saveHosted != nil {
		return x.bug.saveHosted(x.Tx, ctx, rows)
	}
	return x.Tx.SaveHosted(ctx, rows)
}

func (x brokenTx) Hosted(ctx context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
	if x.bug.hosted != nil {
		return x.bug.hosted(x.Tx, ctx, q)
	}
	return x.Tx.Hosted(ctx, q)
}

func (x brokenTx) InsertInvoices(ctx context.Context, rows []payments.InvoiceRecord) ([]string, error) {
	if x.bug.insertInvoices != nil {
		return x.bug.insertInvoices(x.Tx, ctx, rows)
	}
	return x.Tx.InsertInvoices(ctx, rows)
}

func (x brokenTx) SaveInvoices(ctx context.Context, rows []payments.InvoiceRecord) error {
	if x.bug.saveInvoices != nil {
		return x.bug.saveInvoices(x.Tx, ctx, rows)
	}
	return x.Tx.SaveInvoices(ctx, rows)
}

func (x brokenTx) Invoices(ctx context.Context, q payments.InvoiceQuery) ([]payments.InvoiceRecord, error) {
	if x.bug.invoices != nil {
		return x.bug.invoices(x.Tx, ctx, q)
	}
	return x.Tx.Invoices(ctx, q)
}

// bugVariable names the bug with which this test binary is to run the suite.
const bugVariable = "COINTILL_STORETEST_BUG"

// TestTheSuiteOnABrokenStore is run by TestTheSuiteFindsEveryBug, in a process of its
// own, as it has to fail.
func TestTheSuiteOnABrokenStore(t *testing.T) {
	name, ok := os.LookupEnv(bugVariable)
	if !ok {
		t.Skip("run by TestTheSuiteFindsEveryBug")
	}
	plant := bugs()[name] // none: nothing is broken
	storetest.Run(t, func(*testing.T) payments.Store {
		s := broken{Store: memstore.New()}
		if plant != nil {
			s.bug = plant()
		}
		return s
	})
}

// The bugs are those of the methods of hosted invoices and invoices, so the parts
// that judge these are run, without the model and the random queries: each bug is to
// be found by a plain case.
func TestTheSuiteFindsEveryBug(t *testing.T) {
	suite := func(name string) (string, error) {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.failfast",
			"-test.run=^TestTheSuiteOnABrokenStore$/^(view|hosted|invoice)", "-test.skip=//(fields_combine|a_query_follows)")
		c.Env = append(os.Environ(), bugVariable+"="+name)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	out, err := suite("none")
	require.NoError(t, err, "the wrappers alone break nothing: %s", out)
	for name := range bugs() {
		t.Run(name, func(t *testing.T) {
			out, err := suite(name)
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "the suite passes a store of which this is true: %s", out)
			require.Contains(t, out, "--- FAIL: TestTheSuiteOnABrokenStore/", "%s", out)
			require.NotContains(t, out, "panic:", "%s", out)
		})
	}
}
