package exchange

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ErrBadBaseURL refuses an [Options.BaseURL] that is not a plain address.
var ErrBadBaseURL = errors.New("exchange: base url: write it as https://host, without user, query or fragment")

// Options are the settings of a venue. The zero Options are ready to use.
type Options struct {
	// BaseURL replaces the venue's public address, for a proxy of the host or a
	// test's server: scheme, host and at most a path.
	BaseURL string
	// Transport carries the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Now is the clock of business instants; nil means time.Now.
	Now func() time.Time
	// Log hears why a price was left out of an answer and why the venue is
	// given a pause; nil is silent.
	Log *slog.Logger
	// DemoKey is CoinGecko's demo key; without one it answers fewer questions. No
	// other venue is sent it, and it is in no error and no log.
	DemoKey Key
}

func (o Options) base(fallback string) (string, error) {
	if o.BaseURL == "" {
		return fallback, nil
	}
	// The address may hold a password, so no error repeats it.
	u, err := url.Parse(o.BaseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", ErrBadBaseURL
	}
	return strings.TrimRight(u.String(), "/"), nil
}
