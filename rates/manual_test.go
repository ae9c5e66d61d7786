package rates_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func TestAManualRateNamesItsOperatorAndWhatItReplaces(t *testing.T) {
	old := made(t, snapshot())
	s, err := rates.Manual(btcUSD, rate("63000"), minute, "ann", old.ID)
	require.NoError(t, err)
	require.Equal(t, rates.MethodManual, s.Method)
	require.Equal(t, "ann", s.Operator)
	require.Equal(t, old.ID, s.Replaces)
	require.NotEqual(t, old.ID, s.ID)
	body, err := json.Marshal(s)
	require.NoError(t, err)
	var read rates.Snapshot
	require.NoError(t, json.Unmarshal(body, &read))
	require.Equal(t, s.ID, made(t, read).ID)

	first, err := rates.Manual(btcUSD, rate("63000"), minute, "ann", "")
	require.NoError(t, err, "a deposit that nothing could price has no snapshot to replace")
	require.NotEqual(t, s.ID, first.ID)
	_, err = rates.Manual(btcUSD, rate("63000"), minute, " ", old.ID)
	require.ErrorIs(t, err, rates.ErrNoOperator)
	_, err = rates.Manual(btcUSD, money.Rate{}, minute, "ann", old.ID)
	require.ErrorIs(t, err, money.ErrBadNumber)
}
