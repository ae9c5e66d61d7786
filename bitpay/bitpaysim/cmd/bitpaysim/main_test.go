package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheProgramServesUntilItIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, w, []string{"-listen", "127.0.0.1:0"}) }()
	lines := bufio.NewScanner(r)
	require.True(t, lines.Scan())
	base := strings.Fields(lines.Text())[2]
	require.True(t, lines.Scan())
	require.True(t, lines.Scan())
	token := strings.Fields(lines.Text())[2]

	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"invoices", strings.NewReader(`{"token":"`+token+`","price":5,"currency":"EUR"}`))
	require.NoError(t, err)
	req.Header.Set("X-Accept-Version", "2.0.0")
	resp, err := client.Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Contains(t, string(body), `"facade":"pos/invoice"`)
	cancel()
	require.NoError(t, <-ended)
}

func TestAFlagThatMakesNoSenseStopsTheProgram(t *testing.T) {
	require.Error(t, run(t.Context(), io.Discard, []string{"-block", "often"}))
	require.Error(t, run(t.Context(), io.Discard, []string{"-listen", "nowhere"}))
}
