package sqltx

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

// counting answers every query with no rows and keeps how many arguments each
// had.
type counting struct{ args []int }

func (c *counting) Exec(context.Context, string, ...any) (int64, error) { return 0, nil }

func (c *counting) Query(_ context.Context, _ string, args ...any) (Rows, error) {
	c.args = append(c.args, len(args))
	return nothing{}, nil
}

type nothing struct{}

func (nothing) Next() bool        { return false }
func (nothing) Scan(...any) error { return nil }
func (nothing) Err() error        { return nil }
func (nothing) Close()            {}

func TestQueries_keepWithinTheParametersOfAStatement(t *testing.T) {
	const n = 40
	var profiles []string
	var txids []chain.Hash
	var addresses []chain.Address
	for i := range n {
		profiles = append(profiles, fmt.Sprint(i))
		txids = append(txids, chain.Hash{byte(i + 1)})
		addresses = append(addresses, chain.Address{Family: chain.FamilyEVM, Raw: fmt.Sprint(i)})
	}
	states := []payments.DepositState{payments.StateSeen, payments.StateConfirming, payments.StateCredited, payments.StateFinal,
		payments.StateReplaced, payments.StateDropped, payments.StateOrphaned, payments.StateReversed, payments.StateInternal}
	for _, limit := range []int{64, 200, 65_535} {
		for lists := range 8 {
			q := payments.DepositQuery{Network: "n", States: states, Included: true, MaxHeight: math.MaxUint64, Account: "a",
				Unspent: true, After: payments.DepositKey{Network: "m", ID: "i"}, Limit: 5}
			s := payments.SpendQuery{Network: "n", Included: true, MaxHeight: math.MaxUint64, After: payments.SpendKey{ID: "i"}, Limit: 5}
			if lists&1 != 0 {
				q.Profiles = profiles
			}
			if lists&2 != 0 {
				q.TxIDs, s.TxIDs = txids, txids
			}
			if lists&4 != 0 {
				q.To, s.From = addresses, addresses
			}
			db := &counting{}
			x := New(db, Dialect{MaxParams: limit})
			_, err := x.Deposits(context.Background(), q)
			require.NoError(t, err)
			_, err = x.Spends(context.Background(), s)
			require.NoError(t, err)
			for _, args := range db.args {
				require.LessOrEqual(t, args, limit, "lists %b", lists)
			}
			if limit == 65_535 {
				require.Len(t, db.args, 2, "one statement each")
			}
		}
	}
}
