package bitpaysim

import "github.com/shopspring/decimal"

func (s *Server) refundView(r *refund) object {
	o := object{
		"id": r.id, "invoice": r.inv.id, "status": r.status, "type": r.kind, "reference": r.reference,
		"amount": number(r.amount), "currency": r.inv.currency, "refundFee": number(r.fee),
		"transactionCurrency": r.inv.coin, "transactionAmount": number(r.coins), "transactionRefundFee": number(r.coinFee),
		"immediate": r.immediate, "buyerPaysRefundFee": r.buyerPays, "requestDate": isoTime(r.made),
		"token": r.inv.owner.resourceToken(r.id),
	}
	if r.guid != "" {
		o["guid"] = r.guid
	}
	if !r.notified.IsZero() {
		o["lastRefundNotification"], o["supportRequest"] = isoTime(r.notified), name(22, "support", r.id)
	}
	if r.address != "" {
		o["refundAddress"] = r.address
	}
	if r.txid != "" {
		o["txid"] = r.txid
	}
	return o
}

// refundHook is a refund notification's data. Some members come only with
// events after the first.
func (s *Server) refundHook(r *refund, e event) object {
	full, o := s.refundView(r), object{}
	for _, name := range []string{"id", "invoice", "status", "amount", "currency", "refundFee", "immediate", "buyerPaysRefundFee", "requestDate"} {
		o[name] = full[name]
	}
	if e != eventRefundCreated {
		for _, name := range []string{"supportRequest", "lastRefundNotification"} {
			if v, ok := full[name]; ok {
				o[name] = v
			}
		}
	}
	return o
}

func (s *Server) addressPending(inv *invoice) bool {
	return s.refund(func(r *refund) bool { return r.inv == inv && r.status == refundCreated }) != nil
}

func (s *Server) refundAddresses(inv *invoice) []any {
	list := []any{}
	for _, r := range s.refunds {
		if r.inv == inv && r.address != "" {
			list = append(list, object{r.address: object{"type": "buyerSupplied", "date": isoTime(r.notified), "tag": nil, "email": nil}})
		}
	}
	return list
}

// refundInfo lists the refunds of an invoice that were executed.
func (s *Server) refundInfo(inv *invoice) []object {
	var list []object
	for _, r := range s.refunds {
		if r.inv == inv && r.status == refundSuccess {
			list = append(list, object{
				"supportRequest": name(22, "support", r.id), "currency": inv.currency, "reference": r.reference,
				"amounts": object{inv.currency: number(r.amount), inv.coin: number(r.coins)},
			})
		}
	}
	return list
}

// price reckons what the buyer gets, at the rate of the moment.
func (s *Server) priceRefund(r *refund) {
	m := s.prices[r.inv.coin]
	rate := s.rate(r.inv.coin, r.inv.currency)
	paid := r.amount
	if r.buyerPays {
		paid = paid.Sub(r.fee)
	}
	r.coins, r.coinFee = decimal.Zero, decimal.Zero
	if rate.IsPositive() {
		r.coins, r.coinFee = paid.DivRound(rate, m.precision), r.fee.DivRound(rate, m.precision)
	}
}
