package cointill_test

import (
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

// requireVerdict demands what support is told of a transaction.
func (x *till) requireVerdict(id chain.Hash, want payments.TxVerdict) {
	x.Helper()
	told, err := x.p.ExplainTx(x.Context(), x.network, id.String())
	require.NoError(x, err)
	require.Equal(x, want, told.Verdict, told.Text)
}

// rescan reads every block again and demands that nothing was missing.
func (x *till) rescan() {
	x.Helper()
	h, err := x.p.Health(x.Context())
	require.NoError(x, err)
	report, err := x.p.Rescan(x.Context(), x.network, 1, h.Networks[0].Tip, false, payments.Actor{ID: "op", Reason: "audit"})
	require.NoError(x, err)
	require.Equal(x, h.Networks[0].Tip, report.Done)
	require.Empty(x, report.Missing)
	require.Empty(x, report.NotShown)
	require.Empty(x, report.Differing)
}
