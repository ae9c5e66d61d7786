package main

import (
	"net/http"
	"strings"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// termsVersion is the version of templates/terms.html.
const termsVersion = "2026-11-21"

// confirmations is how many blocks credit a payment, on every network.
const confirmations = 6

// account is one of the customer's balances.
type account struct {
	Name  string // in the books and in addresses of pages
	Title string // for people
}

func (a account) account() payments.Account { return payments.Account{Profile: customer, Name: a.Name} }

var accounts = []account{{"voice", "Voice"}, {"sms", "SMS"}}

func accountNamed(name string) (account, error) {
	for _, a := range accounts {
		if a.Name == name {
			return a, nil
		}
	}
	return account{}, errNoAccount
}

// coin is a coin as a customer knows it.
type coin struct {
	Code money.Coin
	Name string
	// Tron says that the coin also lives on TRON, where it is not accepted.
	Tron bool
	// Sample is what the simulated customer pays.
	Sample string
}

// Glyph names the coin's drawing in templates/glyphs.html.
func (c coin) Glyph() string { return "coin-" + strings.ToLower(string(c.Code)) }

var coins = []coin{
	{"BTC", "Bitcoin", false, "0.0125"},
	{"ETH", "Ether", false, "0.25"},
	{"USDC", "USD Coin", true, "100"},
	{"USDT", "Tether", true, "100"},
	{"GUSD", "Gemini Dollar", false, "100"},
	{"DAI", "Dai", false, "100"},
}

func coinNamed(code string) (coin, error) {
	for _, c := range coins {
		if string(c.Code) == code {
			return c, nil
		}
	}
	return coin{}, errNoCoin
}

// networksOf returns the networks a coin is accepted on.
func (s *portal) networksOf(c coin) []chain.Network {
	var out []chain.Network
	for _, n := range s.networks {
		if _, ok := n.Asset(c.Code); ok {
			out = append(out, n)
		}
	}
	return out
}

func (s *portal) networkNamed(id string) (chain.Network, bool) {
	for _, n := range s.networks {
		if n.ID == id {
			return n, true
		}
	}
	return chain.Network{}, false
}

// networkTitle is a network's name, with the name its tokens go by for a token.
func networkTitle(n chain.Network, c money.Coin) string {
	switch {
	case n.UTXO():
		return "Bitcoin"
	case c == n.Native.Coin:
		return "Ethereum"
	}
	return "Ethereum (ERC20)"
}

// networkHint says what a payment costs and takes, roughly and for orientation.
func networkHint(n chain.Network) string {
	if n.Family == chain.FamilyEVM {
		return "network fee usually $1–5 · about 2 min"
	}
	return "network fee usually $1–5 · about 1 hour"
}

func noCoin(r *http.Request) problem {
	return problem{
		Title: "This coin is not accepted", Text: "Do not send it: coins on a network that is not listed cannot be credited. Choose one of the listed coins.",
		Action: "Choose another coin", Href: "/topup/" + accountOf(r).Name + "/coins",
	}
}

func (s *portal) unproved() problem {
	text := "The operator still has to prove that the wallet is theirs. "
	for _, n := range s.networks {
		if message, err := s.p.ProofMessage(n); err == nil {
			_, flag := config{}.proofFor(n)
			text += n.Name + ": sign “" + message + "” with the wallet's first address and start again with " + flag + " SIGNATURE. "
		}
	}
	return problem{Title: "No addresses yet", Text: text}
}
