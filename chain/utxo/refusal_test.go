package utxo_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

// says answers every request with a status, headers ("Name: value") and a body.
func says(status int, body string, headers ...string) func(http.ResponseWriter, *http.Request, []call) bool {
	return func(w http.ResponseWriter, _ *http.Request, _ []call) bool {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	}
}

func TestANodeThatIsAskedTooOftenSaysForHowLong(t *testing.T) {
	for name, c := range map[string]struct {
		before func(http.ResponseWriter, *http.Request, []call) bool
		least  time.Duration
		most   time.Duration
	}{
		"429 with seconds":            {says(429, "", "Retry-After: 7"), 7 * time.Second, 7 * time.Second},
		"429 with a date":             {says(429, "", "Retry-After: "+time.Now().Add(90*time.Second).UTC().Format(http.TimeFormat)), 80 * time.Second, 90 * time.Second},
		"429 with a date in the past": {says(429, "", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"), 0, 0},
		"429 without a wait":          {says(429, "slow down"), 0, 0},
		"429 with nonsense":           {says(429, "", "Retry-After: soon"), 0, 0},
		"429 until the year 9999":     {says(429, "", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"), 0, 0},
		"429 with an absurd wait":     {says(429, "", "Retry-After: 99999999999999999999"), 0, 0},
		"429 with JSON":               {says(429, `{"error":{"code":-32007,"message":"50/second request limit reached"}}`, "Content-Type: application/json", "Retry-After: 1"), time.Second, time.Second},
		"503 with seconds":            {says(503, "busy", "Retry-After: 30"), 30 * time.Second, 30 * time.Second},
		"Core's work queue":           {says(503, "Work queue depth exceeded"), 0, 0},
		"an older Core's work queue":  {says(500, "Work queue depth exceeded"), 0, 0},
		"a provider's JSON error":     {says(200, `{"id":0,"result":null,"error":{"code":-32005,"message":"daily limit exceeded"}}`), 0, 0},
		"another provider's":          {says(200, `{"id":0,"result":null,"error":{"code":-1,"message":"Too Many Requests"}}`), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			n := &stub{blocks: utxo.ChainOf(3), before: c.before}
			s := open(t, n)
			_, err := s.Head(t.Context())
			require.ErrorIs(t, err, chain.ErrUnavailable)
			var throttled *utxo.ThrottledError
			require.ErrorAs(t, err, &throttled)
			require.Equal(t, s.Name(), throttled.Source)
			require.Equal(t, throttled.Wait, chain.RetryAfter(err))
			require.GreaterOrEqual(t, chain.RetryAfter(err), c.least)
			require.LessOrEqual(t, chain.RetryAfter(err), c.most)
			n.before = nil
			_, err = s.Head(t.Context())
			require.NoError(t, err)
		})
	}
}

func TestARefusalRepeatsWhatTheNodeSaidButNoCredential(t *testing.T) {
	n := &stub{blocks: utxo.ChainOf(3), before: says(502, "upstream is away")}
	s := open(t, n)
	_, err := s.Head(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.ErrorContains(t, err, "HTTP 502")
	require.ErrorContains(t, err, "upstream is away")
	for _, status := range []int{429, 500, 502, 503} {
		n.before = says(status, "Authorization: "+canary, "Retry-After: 1")
		_, err = s.Head(t.Context())
		require.ErrorIs(t, err, chain.ErrUnavailable)
		require.ErrorContains(t, err, "withheld")
		require.NotContains(t, err.Error(), canary)
	}
}

func TestWhatANodeCannotAnswerYetIsAskedAgain(t *testing.T) {
	for name, f := range map[string]fault{
		"warming up":       {-28, "Loading block index…"},
		"verifying":        {-28, "Verifying blocks…"},
		"shutting down":    {-9, "Shutting down"},
		"disk":             {-1, "Can't read block from disk"},
		"not downloaded":   {-1, "Block not available (not fully downloaded)"},
		"internal":         {-32603, "Failed to fetch block"},
		"unknown for ever": {-777, "?"},
	} {
		t.Run(name, func(t *testing.T) {
			n := &stub{blocks: utxo.ChainOf(3), fail: func(call) *fault { return &f }}
			s, ctx := open(t, n), t.Context()
			for what, ask := range questions(s) {
				err := ask(ctx)
				require.ErrorIs(t, err, chain.ErrUnavailable, what)
				require.NotErrorIs(t, err, chain.ErrNotFound, what)
				require.ErrorContains(t, err, f.Message, what)
			}
		})
	}
}

func TestAPrunedBlockIsNotSkipped(t *testing.T) {
	inEachDialect(t, 6, func(t *testing.T, n *stub, s *utxo.Source) {
		n.fail = func(c call) *fault {
			if c.Method == "getblock" && strings.Contains(string(c.Params[0]), utxo.HashOf(n.blocks[3]).String()) {
				return &fault{-1, "Block not available (pruned data)"}
			}
			return nil
		}
		_, err := s.Linked(t.Context(), 1, 5)
		require.ErrorIs(t, err, chain.ErrUnavailable)
		var pruned *utxo.PrunedError
		require.ErrorAs(t, err, &pruned)
		require.Equal(t, s.Name(), pruned.Source)
		require.ErrorContains(t, err, "keeps more blocks")
		r, err := s.Linked(t.Context(), 4, 5)
		require.NoError(t, err, "younger blocks are there")
		require.Len(t, r.Anchors(), 2)
	})
}

func TestABranchThatChangesWhileHashesAreReadGivesNoMixedRun(t *testing.T) {
	n := &stub{blocks: utxo.ChainOf(5)}
	s := open(t, n)
	_, err := s.Head(t.Context())
	require.NoError(t, err)
	old := n.blocks
	n.fail = func(c call) *fault { // a batch is answered from its end: 4 is of the old branch, 3 of the new one
		if c.Method == "getblockhash" && string(c.Params[0]) == "3" {
			n.stale = []mined{{raw: old[3], height: 3}, {raw: old[4], height: 4}}
			n.blocks = append(old[:3:3], utxo.MineBlock(utxo.HashOf(old[2]), utxo.Coinbase))
			n.blocks = append(n.blocks, utxo.MineBlock(utxo.HashOf(n.blocks[3]), utxo.Coinbase))
		}
		return nil
	}
	_, err = s.Linked(t.Context(), 1, 4)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.ErrorContains(t, err, "branches are changing")
	r, err := s.Linked(t.Context(), 1, 4)
	require.NoError(t, err)
	require.Equal(t, utxo.HashOf(n.blocks[4]), r.Anchors()[3].Hash)
}

func TestABlockForgottenAfterItsHashWasReadIsAskedForAgain(t *testing.T) {
	n := &stub{blocks: utxo.ChainOf(5)}
	s := open(t, n)
	n.before = func(_ http.ResponseWriter, _ *http.Request, calls []call) bool {
		if calls[0].Method == "getblock" || calls[0].Method == "getblockheader" {
			n.blocks = n.blocks[:3]
		}
		return false
	}
	for what, ask := range map[string]func() error{
		"blocks": func() error { _, err := s.Linked(t.Context(), 1, 4); return err },
		"anchor": func() error { _, err := s.AnchorAt(t.Context(), 4); return err },
		"head":   func() error { _, err := s.Head(t.Context()); return err },
	} {
		n.blocks = utxo.ChainOf(5)
		err := ask()
		require.ErrorIs(t, err, chain.ErrUnavailable, what)
		require.NotErrorIs(t, err, chain.ErrNotFound, what)
	}
}

func TestABatchTheNodeRefusesIsAskedForInPartsFromThenOn(t *testing.T) {
	for name, refuse := range map[string]func(http.ResponseWriter, *http.Request, []call) bool{
		"HTTP 413":        says(413, "Request Entity Too Large"),
		"batch too large": says(200, `{"id":null,"error":{"code":-32000,"message":"batch too large"}}`),
		"invalid request": says(200, `{"id":null,"error":{"code":-32600,"message":"Invalid Request"}}`),
		"in a list":       says(200, `{"error":{"code":-32700,"message":"Parse error"},"id":null}`),
	} {
		t.Run(name, func(t *testing.T) {
			n := &stub{blocks: utxo.ChainOf(60)}
			s := open(t, n)
			var refused, most int
			n.before = func(w http.ResponseWriter, r *http.Request, calls []call) bool {
				if len(calls) > 3 {
					refused++
					return refuse(w, r, calls)
				}
				most = max(most, len(calls))
				return false
			}
			r, err := s.Linked(t.Context(), 0, 59)
			require.NoError(t, err)
			require.Len(t, r.Anchors(), 60)
			require.Equal(t, 3, most)
			require.NotZero(t, refused)
			before := refused
			_, err = s.Linked(t.Context(), 0, 59)
			require.NoError(t, err)
			require.Equal(t, before, refused, "the size that was allowed is remembered")

			allowed := n.before
			n.before = says(502, "")
			_, err = s.Head(t.Context())
			require.ErrorIs(t, err, chain.ErrUnavailable)
			n.before = allowed
			_, err = s.Linked(t.Context(), 0, 59)
			require.NoError(t, err)
			require.Greater(t, refused, before, "and forgotten with a failed call: the node may be another")
		})
	}
}

func TestAMempoolThatIsStillLoadingProvesNothing(t *testing.T) {
	inEachDialect(t, 2, func(t *testing.T, n *stub, s *utxo.Source) {
		n.loading = true
		ids, err := s.Mempool(t.Context())
		if !n.dialect.poolLoads {
			require.NoError(t, err, "a node that does not say so counts as having loaded it")
			require.Len(t, ids, 1)
			return
		}
		require.ErrorIs(t, err, chain.ErrUnavailable)
		require.ErrorContains(t, err, "still loading its mempool")
		require.Empty(t, ids)
		n.loading = false
		ids, err = s.Mempool(t.Context())
		require.NoError(t, err)
		require.Len(t, ids, 1)
	})
}
