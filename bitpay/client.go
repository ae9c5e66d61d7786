package bitpay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Signer signs requests. bitauth.Key is one; a key kept elsewhere is another.
// Both methods must be safe for concurrent use.
type Signer interface {
	// Identity returns the compressed secp256k1 public key in lower-case
	// hexadecimal, 66 characters.
	Identity() string
	// Sign returns the ECDSA signature of SHA-256(message) in DER, in lower-case
	// hexadecimal. Its errors must not repeat the message: it holds a token.
	Sign(ctx context.Context, message []byte) (signature string, err error)
}

// Config says which BitPay account a [Client] speaks for.
type Config struct {
	// Environment is Production, Test or a Simulator. There is no default.
	Environment Environment
	// Token is the API token. Without one only rates, currencies, wallets,
	// Pair and Tokens can be had.
	Token Secret
	// Signer signs every request that carries the token. The merchant facade
	// needs one, the POS facade only where the dashboard requires it.
	Signer Signer
	// Facade is what Token opens: by default Merchant with a Signer, else POS.
	Facade Facade
	// Timeout bounds each attempt of a call, 20 s by default. A context bounds
	// the call as a whole.
	Timeout time.Duration
	// Transport carries the requests; http.DefaultTransport by default. It sees
	// tokens.
	Transport http.RoundTripper
	// Log receives a line for each attempt that is repeated; silent by default.
	Log *slog.Logger
}

const defaultTimeout = 20 * time.Second

// Client speaks to BitPay for one token. It is safe for concurrent use and holds
// no goroutine. Every method returns an [*Error] for what BitPay refused or did not
// answer, a [*MismatchError] for an answer to something else, an [*ElementsError]
// beside what could be read of a list, and an error that wraps [ErrArgument] or [ErrMerchantOnly] before anything is sent.
//
// Reads, and the creation of an invoice (whose GUID makes it idempotent), are tried
// up to four times, 0.5, 1 and 2 seconds apart or as far as BitPay asks, up to 30 s;
// nothing else is repeated.
type Client struct {
	base    string
	token   Secret
	signer  Signer
	facade  Facade
	timeout time.Duration
	http    *http.Client
	log     *slog.Logger
}

// New checks c and returns a client. It sends nothing. Its error joins every
// complaint; each wraps [ErrArgument].
func New(c Config) (*Client, error) {
	errs := []error{c.Environment.check()}
	if c.Facade == "" {
		c.Facade = POS
		if c.Signer != nil {
			c.Facade = Merchant
		}
	}
	switch {
	case c.Facade != POS && c.Facade != Merchant:
		errs = append(errs, fmt.Errorf("%w: facade %.20q: use POS or Merchant", ErrArgument, c.Facade))
	case c.Facade == Merchant && c.Signer == nil:
		errs = append(errs, fmt.Errorf("%w: signer: the merchant facade needs one, such as a bitauth.Key", ErrArgument))
	}
	if c.Timeout < 0 {
		errs = append(errs, fmt.Errorf("%w: timeout %s is negative", ErrArgument, c.Timeout))
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Client{base: string(c.Environment), token: c.Token, signer: c.Signer, facade: c.Facade, timeout: c.Timeout, log: c.Log,
		http: &http.Client{Transport: c.Transport,
			// A redirect would carry the token, and a signature of another URL, along.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Environment returns where the client speaks to.
func (c *Client) Environment() Environment { return Environment(c.base) }

// Facade returns what its token opens.
func (c *Client) Facade() Facade { return c.facade }

// merchant refuses a call that the POS facade does not offer.
func (c *Client) merchant(op string) error {
	if c.facade != Merchant {
		return fmt.Errorf("%w: %s", ErrMerchantOnly, op)
	}
	return nil
}
