package exchange_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

func TestNewKrakenRefusesABaseURLAndKeepsItsSecret(t *testing.T) {
	for _, u := range []string{
		"api.kraken.com", "ftp://host", "https://", "https://user:hunter2@host", "https://host?key=hunter2",
		"https://host#hunter2", "https://user:hunter2@host\x7f", ":",
	} {
		_, err := exchange.NewKraken(exchange.Options{BaseURL: u})
		require.ErrorIs(t, err, exchange.ErrBadBaseURL, "%q", u)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestARealServerIsAskedUnderItsPathAndItsRedirectIsNotFollowed(t *testing.T) {
	var asked []string
	s := newStub(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		if len(asked) == 1 {
			s.handlers["AssetPairs"](w, r)
			return
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusFound)
	}))
	defer server.Close()
	k, err := exchange.NewKraken(exchange.Options{BaseURL: server.URL + "/mirror/"})
	require.NoError(t, err)
	_, err = k.Quotes(t.Context(), []rates.Market{btcUSD})
	require.ErrorIs(t, err, rates.ErrUnavailable)
	require.ErrorContains(t, err, "http status 302")
	require.Equal(t, []string{"GET /mirror/0/public/AssetPairs", "GET /mirror/0/public/Ticker"}, asked)
}

func TestNobodyListeningIsUnavailable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	k, err := exchange.NewKraken(exchange.Options{BaseURL: server.URL})
	require.NoError(t, err)
	_, err = k.Quotes(t.Context(), []rates.Market{btcUSD})
	require.ErrorIs(t, err, rates.ErrUnavailable)
}

func TestNoPairsAskNothing(t *testing.T) {
	s := newStub(t)
	found, err := kraken(t, s, noon).Quotes(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, found)
	require.Empty(t, s.questions())
}
