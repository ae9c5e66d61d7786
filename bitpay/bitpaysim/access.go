package bitpaysim

import (
	"net/http"
	"slices"
)

// signer checks X-Identity and X-Signature over the URL as sent and the raw
// body, and gives the signer's SIN.
func (c *call) signer() (string, *failure) {
	identity, signature := c.r.Header.Get("X-Identity"), c.r.Header.Get("X-Signature")
	sin, err := SIN(identity)
	if err != nil {
		return "", plain(http.StatusUnauthorized, "Unauthorized sin")
	}
	target := c.r.RequestURI
	if target == "" { // made by hand, not read off a wire
		target = c.r.URL.RequestURI()
	}
	if !Verify(identity, signature, append([]byte(c.base+target), c.body...)) {
		return "", plain(http.StatusUnauthorized, "Invalid signature")
	}
	return sin, nil
}

// allow finds the caller's API token and checks that it may do this. Signatures
// are looked at only where the token asks for them: BitPay's Node client 8.0
// sends stale ones with calls that need none.
func (c *call) allow(facades ...Facade) *failure {
	text := c.text("token")
	if text == "" {
		return plain(http.StatusUnauthorized, "This endpoint does not support the `public` facade")
	}
	t := c.s.tokens[text]
	if t == nil || t.revoked || t.code != "" && len(t.sins) == 0 {
		return plain(http.StatusInternalServerError, "Invalid token")
	}
	if f := c.signedFor(t); f != nil {
		return f
	}
	if !slices.Contains(facades, t.facade) {
		return plain(http.StatusForbidden, "This endpoint does not support the `"+string(t.facade)+"` facade")
	}
	c.token = t
	return nil
}

// signedFor checks the signature a token's policy asks for.
func (c *call) signedFor(t *token) *failure {
	if len(t.sins) == 0 {
		return nil
	}
	sin, f := c.signer()
	if f != nil {
		return f
	}
	if !t.active || !slices.Contains(t.sins, sin) {
		return plain(http.StatusUnauthorized, "Unauthorized sin")
	}
	return nil
}

// allowResource checks a resource token, which resends want instead of the API
// token it was derived from.
func (c *call) allowResource(want string, owner *token) *failure {
	switch text := c.text("token"); {
	case text == "":
		return plain(http.StatusUnauthorized, "This endpoint does not support the `public` facade")
	case text != want || owner.revoked:
		return plain(http.StatusInternalServerError, "Invalid token")
	}
	if f := c.signedFor(owner); f != nil {
		return f
	}
	if owner.facade != Merchant {
		return plain(http.StatusForbidden, "This endpoint does not support the `"+string(owner.facade)+"` facade")
	}
	c.token = owner
	return nil
}

// resourceToken is derived from the API token and tied to one resource.
func (t *token) resourceToken(id string) string { return name(65, "resource", t.text, id) }
