package bitpaysim

import (
	"encoding/json"
	"slices"

	"github.com/shopspring/decimal"
)

// codes are all currencies, fiat money first.
func codes() []string { return slices.Concat(fiats, coins) }

func (s *Server) rateView(base, code string) object {
	return object{"code": code, "name": s.prices[code].name, "rate": number(s.rate(base, code))}
}

// getRates is GET /rates and GET /rates/:base.
func (s *Server) getRates(c *call) (any, *failure) {
	base := "BTC"
	if len(c.args) > 0 {
		base = c.args[0]
	}
	if !isCoin(base) {
		return nil, c.coded("0001", "Currency not found")
	}
	list := []any{}
	for _, code := range codes() {
		list = append(list, s.rateView(base, code))
	}
	return envelope{Data: list}, nil
}

// getRate is GET /rates/:base/:currency: one object, not a list.
func (s *Server) getRate(c *call) (any, *failure) {
	if _, ok := s.prices[c.args[1]]; !ok || !isCoin(c.args[0]) {
		return nil, c.coded("0001", "Currency not found")
	}
	return envelope{Data: s.rateView(c.args[0], c.args[1])}, nil
}

// getCurrencies is GET /currencies.
func (s *Server) getCurrencies(*call) (any, *failure) {
	list := []any{}
	for _, code := range codes() {
		m := s.prices[code]
		o := object{
			"code": code, "symbol": m.symbol, "precision": m.precision, "decimals": m.decimals, "name": m.name,
			"plural": m.name, "alts": code + " " + m.name, "minimum": number(decimal.New(1, -m.precision)), "sanctioned": false,
		}
		if m.chain != "" {
			o["chain"], o["displayCode"] = m.chain, m.symbol
			o["minimum"] = json.Number(decimal.New(6, -m.precision).String())
		}
		list = append(list, o)
	}
	return envelope{Data: list}, nil
}

// getWallets is GET /supportedwallets.
func (s *Server) getWallets(c *call) (any, *failure) {
	var accepted []any
	for _, coin := range coins {
		m := s.prices[coin]
		accepted = append(accepted, object{"code": coin, "p2p": m.chain != "XRP", "dappBrowser": false, "payPro": true, "withdrawalFee": "", "image": c.base + "/img/" + coin + ".svg"})
	}
	return envelope{Data: []any{object{
		"key": "bitpay", "displayName": "Simulated wallet", "avatar": "bitpay-wallet.png", "payPro": true,
		"currencies": accepted, "image": c.base + "/img/wallet.svg",
	}}}, nil
}
