package utxo

import (
	"net"
	"net/http"
	"net/url"
	"time"
)

// RPC says how a node's JSON-RPC is reached.
type RPC struct {
	// URL is http or https, host, port and, for some providers, a path or query,
	// which is then kept secret like a password. It may hold user and password.
	URL string
	// User and Password authenticate with the node, unless the URL does.
	User     string
	Password string
	// HTTP makes the calls; its CheckRedirect is not used, redirects are always
	// refused. Nil: a client of the source's own, with 10 s to connect, 30 s for
	// a call and the proxy of the environment.
	HTTP *http.Client
}

// endpoint checks the URL and takes the credentials out of it.
func (r RPC) endpoint() (*url.URL, *url.Userinfo, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		// The parser's complaint quotes the URL, which may hold a password.
		return nil, nil, &ConfigError{"RPC.URL", "not a URL: write http://host:8332"}
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, nil, &ConfigError{"RPC.URL", "the scheme must be http or https"}
	case u.Hostname() == "" || u.Opaque != "":
		return nil, nil, &ConfigError{"RPC.URL", "no host: write http://host:8332"}
	case u.Fragment != "":
		return nil, nil, &ConfigError{"RPC.URL", "a fragment (#…) has no meaning here"}
	case u.User != nil && (r.User != "" || r.Password != ""):
		return nil, nil, &ConfigError{"RPC.User", "credentials stand in the URL as well: keep one of them"}
	}
	who := u.User
	if who == nil && (r.User != "" || r.Password != "") {
		who = url.UserPassword(r.User, r.Password)
	}
	u.User = nil
	return u, who, nil
}

// client returns the HTTP client to use, which follows no redirect.
func (r RPC) client() *http.Client {
	own := http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second,
			IdleConnTimeout:     90 * time.Second,
			MaxIdleConnsPerHost: 4,
			ForceAttemptHTTP2:   true,
		},
	}
	if r.HTTP != nil {
		own = *r.HTTP
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
