package evm

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// RPC says how to reach a node.
type RPC struct {
	// URL is the node's HTTP or HTTPS JSON-RPC endpoint. Keys in its path, query
	// or user part appear in no error.
	URL string
	// HTTP is the client to use; nil for one of the package's own. It is copied:
	// the copy follows no redirects, bounds the size of answers and, if it had
	// no timeout, gives up after 30 seconds.
	HTTP *http.Client
	// Header is sent with every request, for authentication. Its values appear
	// in no error.
	Header http.Header
	// NoTraces says not to ask for traces, which cost a node, or an account at a
	// hosted one, more than all other calls together. Without them
	// chain.Found.Internal is false until the network logs native transfers
	// (EIP-7708).
	NoTraces bool
}

const callTimeout = 30 * time.Second

// endpoint checks the URL and returns it parsed.
func (r RPC) endpoint() (*url.URL, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, &ConfigError{Field: "URL", Reason: "cannot be parsed"}
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, &ConfigError{Field: "URL", Reason: "must begin with http:// or https://"}
	}
	if u.Hostname() == "" {
		return nil, &ConfigError{Field: "URL", Reason: "names no host"}
	}
	return u, nil
}

// client returns the guarded copy of the HTTP client.
func (r RPC) client() *http.Client {
	c := http.Client{}
	if r.HTTP != nil {
		c = *r.HTTP
	}
	if c.Timeout == 0 {
		c.Timeout = callTimeout
	}
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	c.Transport = guard{next}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return errRedirect }
	return &c
}

// secrets lists every text of the configuration that may be a credential, the
// longest first where one contains another.
func (r RPC) secrets(u *url.URL) []string {
	out := []string{r.URL}
	add := func(s string) {
		if len(s) >= 6 {
			out = append(out, s)
		}
	}
	add(u.EscapedPath())
	for _, part := range strings.Split(u.EscapedPath(), "/") {
		add(part)
	}
	for _, part := range strings.Split(u.Path, "/") {
		add(part)
	}
	add(u.RawQuery)
	for _, values := range u.Query() {
		for _, v := range values {
			add(v)
		}
	}
	if u.User != nil {
		add(u.User.String())
		add(u.User.Username())
		if password, ok := u.User.Password(); ok && password != "" {
			out = append(out, password)
		}
	}
	for _, values := range r.Header {
		for _, v := range values {
			add(v)
			for _, word := range strings.Fields(v) {
				add(word)
			}
		}
	}
	return out
}
