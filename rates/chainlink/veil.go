package chainlink

import (
	"errors"
	"net/url"
	"strings"
)

// veil knows every part of the endpoint's address that may be a credential, to
// keep them out of errors: hosts put keys into the path, and some repeat them in
// what they answer.
type veil []string

const (
	// secretSize is the length from which a part of the path may be a key.
	secretSize = 6
	// labelSize is that of a label of the host's name; shorter ones are needed to
	// tell what cannot be reached.
	labelSize = 20
)

func newVeil(text string, u *url.URL) veil {
	v := veil{text}
	add := func(s string) {
		for _, s := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
			if len(s) >= secretSize {
				v = append(v, s)
			}
		}
	}
	for _, part := range strings.Split(u.Path, "/") {
		add(part)
	}
	for _, part := range strings.Split(u.EscapedPath(), "/") {
		add(part)
	}
	for _, label := range strings.Split(u.Hostname(), ".") {
		if len(label) >= labelSize {
			add(label)
		}
	}
	add(u.RawQuery)
	add(u.Fragment)
	for _, values := range u.Query() {
		for _, s := range values {
			add(s)
		}
	}
	if u.User != nil {
		add(u.User.Username())
		if password, ok := u.User.Password(); ok && password != "" {
			add(password)
			v = append(v, password) // however short
		}
	}
	return v
}

var errHidden = errors.New("a failure whose text repeats a part of the node's url and is withheld")

// hide returns err, or [errHidden] in its place where its text holds a credential.
func (v veil) hide(err error) error {
	text := err.Error()
	for _, secret := range v {
		if strings.Contains(text, secret) {
			return errHidden
		}
	}
	return err
}
