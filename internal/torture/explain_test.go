package torture_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHotQueriesUseTheirIndexes(t *testing.T) {
	_, db := open(t, filepath.Join(t.TempDir(), "a.db"))
	for query, index := range map[string]string{
		"network = ? AND state IN (?, ?) AND state <> 'final' ORDER BY network, id":                                                                                                  "cointill_deposits_by_state",
		"network = ? AND state IN (?) AND state <> 'final' AND block_hash <> '' AND block_height >= ? AND block_height <= ? ORDER BY network, id LIMIT 5":                            "cointill_deposits_by_state",
		"network = ? AND state IN (?) AND state <> 'final' AND block_hash <> '' AND block_height >= ? AND block_height <= ? AND (network, id) > (?, ?) ORDER BY network, id LIMIT 5": "cointill_deposits_by_state",
		"network = ? AND state IN (?) AND state <> 'final' AND (network, id) > (?, ?) ORDER BY network, id LIMIT 5":                                                                  "cointill_deposits_by_state",
		"network = ? AND block_hash <> '' AND block_height >= ? AND block_height <= ? ORDER BY network, id":                                                                          "cointill_deposits_by_height",
		"received_at IS NOT NULL AND rate = '' AND (profile <> '' OR account <> '') ORDER BY network, id LIMIT 5":                                                                    "cointill_deposits_unvalued",
		"screened = 0 AND (profile <> '' OR account <> '') AND hold = '' ORDER BY network, id LIMIT 5":                                                                               "cointill_deposits_unscreened",
		"hold <> '' ORDER BY network, id LIMIT 5":                     "cointill_deposits_held",
		"network = ? AND txid IN (?) ORDER BY network, id":            "cointill_deposits_by_txid",
		"profile IN (?) AND account = ? ORDER BY network, id LIMIT 5": "cointill_deposits_by_owner",
	} {
		args := make([]any, strings.Count(query, "?"))
		for i := range args {
			args[i] = i
		}
		rows, err := db.Query("EXPLAIN QUERY PLAN SELECT * FROM cointill_deposits "+hint(query)+" WHERE "+query, args...)
		require.NoError(t, err)
		plan := ""
		for rows.Next() {
			var a, b, c int
			var d string
			require.NoError(t, rows.Scan(&a, &b, &c, &d))
			plan += d + "; "
		}
		require.NoError(t, rows.Close())
		if !strings.Contains(plan, index) {
			t.Errorf("%s\n   %s", query, plan)
		} else {
			t.Logf("%s\n   %s", query, plan)
		}
	}
}

func hint(query string) string {
	if strings.Contains(query, "state <> 'final'") {
		return "INDEXED BY cointill_deposits_by_state"
	}
	return ""
}
