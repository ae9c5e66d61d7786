package payments

import (
	"net/url"
	"slices"
	"unicode/utf8"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments/money"
)

// maxURL bounds a URL that BitPay is given, in bytes.
const maxURL = 2_000

// withDefaults returns a copy of its own, so that no later change of the host's
// reaches a running processor.
func (b *BitPay) withDefaults() *BitPay {
	if b == nil {
		return nil
	}
	c := *b
	c.Amounts, c.Secrets, c.Former = slices.Clone(b.Amounts), slices.Clone(b.Secrets), slices.Clone(b.Former)
	if c.Speed == "" {
		c.Speed = bitpay.Low
	}
	if c.Description == "" {
		c.Description = "Prepaid credit"
	}
	return &c
}

func (b *BitPay) validate(test bool, bad func(name, reason string, args ...any)) {
	if b.Client == nil {
		bad("Client", "is required: bitpay.New with a token of the host's account at BitPay")
	} else if (b.Client.Environment() == bitpay.Production) == test {
		bad("Client", "speaks to %s, which does not fit the rails: bitpay.Production goes with real networks, any other with test networks",
			b.Client.Environment())
	}
	for i, former := range b.Former {
		switch {
		case former == nil:
			bad("Former", "number %d is nil: leave out what there is none of", i)
		case b.Client != nil && former.Environment() != b.Client.Environment():
			bad("Former", "number %d speaks to %s and Client to %s: a replaced token is of the same environment",
				i, former.Environment(), b.Client.Environment())
		}
	}
	if len(b.Amounts) == 0 {
		bad("Amounts", "at least one is required: what a customer chooses from")
	}
	for i, a := range b.Amounts {
		switch {
		case a.Asset() != money.USD.Asset() && a.Asset() != money.EUR.Asset():
			bad("Amounts", "%s: must be in USD or EUR, in whole cents", a)
		case a.Sign() <= 0 || !sane(a.Decimal()):
			bad("Amounts", "%s: must be positive and of less than 48 digits", a)
		case slices.ContainsFunc(b.Amounts[:i], a.Equal):
			bad("Amounts", "%s stands there twice", a)
		}
	}
	if b.Speed != bitpay.Low && b.Speed != bitpay.Medium {
		bad("Speed", "%.20q: use bitpay.Low, or bitpay.Medium if a credit may be reversed; bitpay.High credits what no block holds", b.Speed)
	}
	if b.NotificationURL != "" && !webURL(b.NotificationURL) {
		bad("NotificationURL", "must be an absolute http or https URL without a user, such as https://shop.example/bitpay; or empty")
	}
	if slices.ContainsFunc(b.Secrets, bitpay.Secret.IsZero) {
		bad("Secrets", "one is empty: anybody could sign with it")
	}
}

// webURL reports whether BitPay can be given a URL.
func webURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && utf8.ValidString(text) && len(text) <= maxURL && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}
