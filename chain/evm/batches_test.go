package evm_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

func TestBatchCapsAreLearned(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
	}{
		{"go-ethereum", 200, `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}`},
		{"in an array", 400, `[{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch length limit exceeded"}}]`},
		{"dRPC", 400, `{"jsonrpc":"2.0","id":1,"error":{"code":31,"message":"Batch of more than 3 requests are not allowed on free tier"}}`},
		{"by status", 413, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := payments(t, 60)
			refused, most, cap := 0, 0, 3
			n.refuse = func(w http.ResponseWriter, calls int) bool {
				if calls <= cap {
					most = max(most, calls)
					return false
				}
				refused++
				return respond(c.status, "", c.body)(w, nil)
			}
			s := n.source(t)
			run, err := s.Linked(t.Context(), 1, 60)
			requireAllFound(t, run, err, 60)
			before := refused
			run, err = s.Linked(t.Context(), 1, 60)
			requireAllFound(t, run, err, 60)
			// The refused size is tried again after 32 answers, and the four requests
			// that are under way at a time may all try it before one is refused.
			const tries, underWay = 3, 4
			require.LessOrEqual(t, refused-before, tries*underWay, "remembered: tried again now and then")
			require.LessOrEqual(t, most, 3)
			cap = 1000
			for range 5 {
				run, err = s.Linked(t.Context(), 1, 60)
				requireAllFound(t, run, err, 60)
			}
			require.Greater(t, most, 8, "grown back")
		})
	}
}

func TestAnswersOfABatchInAnyOrderAndPartial(t *testing.T) {
	n := payments(t, 40)
	n.reorder = func(answers []obj) []obj {
		for i, j := 0, len(answers)-1; i < j; i, j = i+1, j-1 {
			answers[i], answers[j] = answers[j], answers[i]
		}
		return answers[:min(len(answers), 7)] // and never more than seven
	}
	s := n.source(t)
	run, err := s.Linked(t.Context(), 1, 40)
	requireAllFound(t, run, err, 40)
	n.reorder = func([]obj) []obj { return []obj{{"jsonrpc": "2.0", "id": 99999, "result": "0x1"}} }
	_, err = s.Linked(t.Context(), 1, 40)
	require.ErrorIs(t, err, chain.ErrUnavailable)
}
