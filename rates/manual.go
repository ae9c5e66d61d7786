package rates

import (
	"errors"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// ErrNoOperator says that a manual rate does not name who sets it.
var ErrNoOperator = errors.New("rates: a manual rate needs the operator's name")

// Manual returns the rate an operator sets for a pair as of an instant: a new
// snapshot that names the operator and the id of the snapshot it stands instead
// of. That one may be empty, as for a deposit that nothing could price, or the
// market of a [DepeggedError]; it stays as it is. It refuses an empty operator
// with [ErrNoOperator], and what [NewSnapshot] refuses.
func Manual(pair Pair, rate money.Rate, asOf time.Time, operator, replaces string) (Snapshot, error) {
	if strings.TrimSpace(operator) == "" {
		return Snapshot{}, ErrNoOperator
	}
	return NewSnapshot(Snapshot{Pair: pair, Rate: rate, AsOf: asOf, Method: MethodManual, Operator: operator, Replaces: replaces})
}
