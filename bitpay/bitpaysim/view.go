package bitpaysim

import (
	"encoding/json"
	"math/big"
	"time"
)

// echoed are members of the create body that come back: in both views, and in
// the merchant's alone. notificationURL never does.
var (
	echoedBoth     = []string{"orderId", "itemDesc", "posData", "redirectURL"}
	echoedMerchant = []string{"closeURL", "autoRedirect", "buyer", "itemCode", "itemizedDetails", "physical", "merchantName",
		"bitpayIdRequired", "selectedTransactionCurrency", "forcedBuyerSelectedTransactionCurrency", "forcedBuyerSelectedWallet"}
)

// show is an invoice as the caller's facade sees it.
func (s *Server) show(c *call, inv *invoice) envelope {
	if c.token == nil {
		return envelope{"public/invoice", s.invoiceView(inv, POS)}
	}
	return envelope{string(c.token.facade) + "/invoice", s.invoiceView(inv, c.token.facade)}
}

func (s *Server) invoiceView(inv *invoice, f Facade) object {
	m := s.prices[inv.coin]
	o := object{
		"id": inv.id, "url": inv.base + "/invoice?id=" + inv.id, "status": inv.status, "exceptionStatus": exception(inv),
		"price": number(inv.price), "currency": inv.currency, "token": inv.owner.resourceToken(inv.id),
		"invoiceTime": inv.made.UnixMilli(), "expirationTime": inv.expires.UnixMilli(), "currentTime": s.now().UnixMilli(),
		"lowFeeDetected": inv.lowFee, "amountPaid": integer(inv.paid), "displayAmountPaid": "0",
		"refundAddressRequestPending": s.addressPending(inv), "jsonPayProRequired": inv.flag("jsonPayProRequired"),
		"buyerProvidedInfo": buyerInfo(inv),
	}
	if inv.coin != "" {
		o["transactionCurrency"] = inv.coin
		o["displayAmountPaid"] = m.whole(inv.paid).StringFixed(m.precision)
	}
	inv.echo(o, echoedBoth)
	s.setPrices(inv, o)
	if f == Merchant {
		s.merchantMembers(inv, o)
	}
	return o
}

func (s *Server) merchantMembers(inv *invoice, o object) {
	inv.echo(o, echoedMerchant)
	o["transactionSpeed"] = inv.speed
	o["targetConfirmations"], o["guaranteedPaymentTargetConfirmations"] = fullDepth, fullDepth
	o["transactions"] = s.transactions(inv)
	o["refundAddresses"] = s.refundAddresses(inv)
	o["shopper"] = object{}
	o["buyerProvidedEmail"] = inv.pageMail
	o["isCancelled"] = inv.cancelled
	link := "https://link.bitpay.com/i/" + inv.id
	o["universalCodes"] = object{"paymentString": link, "verificationLink": link}
	if inv.guid != "" {
		o["guid"] = inv.guid
	}
	if inv.email != "" {
		o["buyerEmail"] = inv.email
	}
	if inv.sms != "" {
		o["buyerSms"] = inv.sms
	}
	if info := s.refundInfo(inv); len(info) > 0 {
		o["refundInfo"] = any(info)
		if s.quirks.RefundInfoObject {
			o["refundInfo"] = info[0]
		}
	}
	if inv.coin == "" {
		return
	}
	o["nonPayProPaymentReceived"] = inv.peerToo
	difference := new(big.Int).Sub(inv.paid, inv.quotes[inv.coin].total)
	switch inv.exception {
	case PaidPartial:
		o["underpaidAmount"] = integer(difference.Abs(difference))
	case PaidOver:
		o["overpaidAmount"] = integer(difference)
	}
}

func (inv *invoice) echo(o object, names []string) {
	for _, name := range names {
		if raw, ok := inv.sent[name]; ok {
			o[name] = raw
		}
	}
}

func (inv *invoice) flag(name string) bool { return string(inv.sent[name]) == "true" }

// exception is the service's false-or-text.
func exception(inv *invoice) any {
	if inv.exception == "" {
		return false
	}
	return inv.exception
}

func buyerInfo(inv *invoice) object {
	o := object{}
	if inv.coin != "" || inv.selected != "" || inv.pageMail != "" {
		o["selectedWallet"] = nil // null crashed a client of the service once
		o["selectedTransactionCurrency"] = inv.selected
		if inv.coin != "" {
			o["selectedTransactionCurrency"] = inv.coin
		}
		if inv.pageMail != "" {
			o["emailAddress"] = inv.pageMail
		}
	}
	if inv.sms != "" {
		o["sms"], o["smsVerified"] = inv.sms, inv.smsOK
	}
	return o
}

func (s *Server) transactions(inv *invoice) []any {
	list := []any{}
	for _, tx := range inv.txs {
		list = append(list, object{
			"amount": integer(tx.units), "confirmations": tx.confirmations, "txid": tx.txid, "outputIndex": 0,
			"time": isoTime(tx.at), "receivedTime": isoTime(tx.at),
			"exRates": object{inv.currency: number(inv.quotes[inv.coin].rate), "BTC": number(s.rate(inv.coin, "BTC"))},
		})
	}
	return list
}

// hookBody is a notification's data: the state at the moment of delivery.
func (s *Server) hookBody(inv *invoice) object {
	full := s.invoiceView(inv, POS)
	o := object{"buyerFields": buyerFields(inv)}
	for _, name := range []string{"id", "url", "posData", "status", "price", "currency", "invoiceTime", "expirationTime", "currentTime",
		"exceptionStatus", "paymentSubtotals", "paymentTotals", "exchangeRates", "amountPaid", "orderId", "transactionCurrency"} {
		if v, ok := full[name]; ok {
			o[name] = v
		}
	}
	if s.quirks.StringAmounts {
		o["amountPaid"], o["price"] = inv.paid.String(), inv.price.String()
	}
	return o
}

// buyerFields is what a notification says of the buyer; what is not known is
// left out, so that {} is common.
func buyerFields(inv *invoice) object {
	o := object{}
	var buyer map[string]json.RawMessage
	if raw, ok := inv.sent["buyer"]; ok && json.Unmarshal(raw, &buyer) == nil {
		for from, to := range map[string]string{"name": "buyerName", "address1": "buyerAddress1", "address2": "buyerAddress2", "locality": "buyerCity",
			"region": "buyerState", "postalCode": "buyerZip", "country": "buyerCountry", "phone": "buyerPhone", "notify": "buyerNotify", "email": "buyerEmail"} {
			if v, ok := buyer[from]; ok && string(v) != `""` && string(v) != "null" {
				o[to] = v
			}
		}
	}
	return o
}

func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
