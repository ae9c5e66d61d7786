package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
	"github.com/cointill/cointill/payments"
)

// bitpayFlags is what flags and environment say of BitPay.
type bitpayFlags struct {
	env    string // "test", "production", or empty: simulated with simulated networks, else none
	notify string // URL that BitPay posts to
	token  bitpay.Secret
	key    *bitauth.Key // nil: the token is a POS token, which needs no signatures
}

// readSecrets takes token and key from the environment, never from a flag: flags
// are seen by everybody on the machine. The key is its 64 hexadecimal characters, or
// a file that holds them.
func (b *bitpayFlags) readSecrets(getenv func(string) string) error {
	b.token = bitpay.NewSecret(getenv("BITPAY_TOKEN"))
	text := getenv("BITPAY_KEY")
	if text == "" {
		return nil
	}
	key, err := bitauth.ParseKey(text)
	if err != nil {
		kept, unread := os.ReadFile(text)
		key, err = bitauth.ParseKey(strings.TrimSpace(string(kept)))
		if unread != nil || err != nil {
			// The text is not repeated, nor is the cause: it may be a mistyped key.
			return errors.New("portal: BITPAY_KEY is neither 64 hexadecimal characters nor a file that holds them")
		}
	}
	b.key = &key
	return nil
}

// checkBitPay complains about what does not fit together: money of two worlds above all.
func (c config) checkBitPay(complain func(bad bool, text string)) {
	b := c.bitpay
	complain(b.env != "" && b.env != "test" && b.env != "production", "-bitpay-env is test or production; leave it out for the simulated BitPay")
	complain(b.env != "" && b.token.IsZero(), "-bitpay-env needs an API token in BITPAY_TOKEN: make one in BitPay's dashboard")
	complain(b.env == "" && b.notify != "", "-bitpay-notify needs -bitpay-env: the simulated BitPay finds the portal by itself")
	real := c.ethereum.url != "" || c.bitcoin.url != "" && c.bitcoinNetwork == "mainnet"
	complain(b.env == "production" && !real,
		"-bitpay-env production takes real money and these networks are for tests: use -bitpay-env test, or give the nodes of real networks")
	complain(b.env == "test" && real,
		"-bitpay-env test takes test coins and these networks are real: use -bitpay-env production, or -bitcoin-network regtest")
	u, err := url.Parse(b.notify)
	complain(b.notify != "" && (err != nil || u.Scheme != "https" || u.Host == "" || len(u.Path) < 2),
		"-bitpay-notify is the https address by which BitPay reaches this portal, with a path, such as https://shop.example/bitpay/notifications")
}

// merchant is an account at BitPay. From here on nothing asks whether it is real or
// simulated.
type merchant struct {
	environment bitpay.Environment
	token       bitpay.Secret
	signer      bitpay.Signer // nil for a POS token
	notify      string
}

// merchant returns the account that flags name, nil for none.
func (b bitpayFlags) merchant() *merchant {
	m := &merchant{token: b.token, notify: b.notify}
	if b.key != nil {
		m.signer = *b.key
	}
	switch b.env {
	case "test":
		m.environment = bitpay.Test
	case "production":
		m.environment = bitpay.Production
	default:
		return nil
	}
	return m
}

// offers are what a customer chooses from, in whole units of the accounts' currency.
var offers = []int64{10, 25, 50, 100, 250}

// preselected is the offer that is chosen when a customer has not.
const preselected = 25

// openBitPay opens the account that flags name, else the simulated BitPay where the
// networks are simulated too. Without either nothing is offered.
func (w *world) openBitPay(cfg config, portal string) (*payments.BitPay, error) {
	m := cfg.bitpay.merchant()
	if m == nil && w.simulated() {
		var err error
		if w.bitpay, m, err = startBitPay(w.block, portal); err != nil {
			return nil, err
		}
	}
	if m == nil {
		return nil, nil
	}
	offer, err := m.offer()
	if err != nil {
		return nil, err
	}
	w.bitpayClient = offer.Client
	return offer, nil
}

// offer makes the engine's configuration of an account at BitPay.
func (m *merchant) offer() (*payments.BitPay, error) {
	client, err := bitpay.New(bitpay.Config{Environment: m.environment, Token: m.token, Signer: m.signer})
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	out := &payments.BitPay{Client: client, NotificationURL: m.notify, Secrets: []bitpay.Secret{m.token},
		Description: "Prepaid credit · cointill portal"}
	for _, whole := range offers {
		out.Amounts = append(out.Amounts, currency.Cents(100*whole))
	}
	return out, nil
}
