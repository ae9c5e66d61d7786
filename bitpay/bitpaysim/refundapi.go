package bitpaysim

import "encoding/json"

// postRefund is POST /refunds. A known guid answers the refund it made.
func (s *Server) postRefund(c *call) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	for name, raw := range c.fields {
		if string(raw) == "null" {
			delete(c.fields, name)
		}
	}
	if guid := c.text("guid"); guid != "" {
		if old := s.refund(func(r *refund) bool { return r.guid == guid && r.inv.owner == c.token }); old != nil {
			return envelope{Data: s.refundView(old)}, nil
		}
	}
	r, f := s.readRefund(c)
	if f != nil {
		return nil, f
	}
	if !s.jsonFlag(c, "preview") {
		if f := s.blocked(c, r); f != nil {
			return nil, f
		}
	}
	r.id, r.made, r.status = s.fresh("refund", 22), s.now(), refundPreview
	s.refunds = append(s.refunds, r)
	if !s.jsonFlag(c, "preview") {
		s.activate(r)
	}
	return envelope{Data: s.refundView(r)}, nil
}

func (s *Server) jsonFlag(c *call, name string) bool { return string(c.fields[name]) == "true" }

func (s *Server) readRefund(c *call) (*refund, *failure) {
	var lacks []string
	for _, name := range []string{"invoiceId", "amount"} {
		if _, ok := c.fields[name]; !ok {
			lacks = append(lacks, name)
		}
	}
	if lacks != nil {
		return nil, missing(lacks...)
	}
	inv, f := c.find(s.invoices[c.text("invoiceId")])
	if f != nil {
		return nil, f
	}
	amount, ok := readNumber(c.fields["amount"])
	digits := max(s.prices[inv.currency].precision, 2)
	if !ok || !amount.Equal(amount.Truncate(digits)) || amount.GreaterThan(inv.price) {
		return nil, c.coded("0202", "Invalid refund amount")
	}
	if raw, ok := c.fields["currency"]; ok {
		var currency string
		if json.Unmarshal(raw, &currency) != nil || currency != inv.currency {
			return nil, c.coded("0202", "Refund currency must be the invoice currency")
		}
	}
	if len(c.text("reference")) > 100 {
		return nil, c.coded("0202", "Reference is longer than 100 characters")
	}
	if inv.status != StatusConfirmed && inv.status != StatusComplete {
		return nil, c.coded("0207", "Invalid invoice state for refund")
	}
	if !inv.contact() {
		return nil, c.coded("0108", "Invoice is missing email or sms")
	}
	r := &refund{
		guid: c.text("guid"), inv: inv, reference: c.text("reference"), amount: amount, kind: "partial",
		immediate: s.jsonFlag(c, "immediate"), buyerPays: s.jsonFlag(c, "buyerPaysRefundFee"), forced: inv.status == StatusConfirmed,
		fee: s.feeIn(inv.coin, inv.currency),
	}
	if r.forced { // the whole of it, and no ledger movement
		r.amount, r.kind, r.immediate = inv.price, "declined", false
	} else if amount.Equal(inv.price) {
		r.kind = "full (current rate)"
	}
	if r.fee.GreaterThanOrEqual(r.amount) && r.buyerPays {
		return nil, c.coded("0208", "Fees are greater than the refund amount")
	}
	s.priceRefund(r)
	return r, nil
}

// blocked says why a refund cannot be made now.
func (s *Server) blocked(c *call, r *refund) *failure {
	left := r.inv.price
	for _, o := range s.refunds {
		if o.inv != r.inv || o == r {
			continue
		}
		if o.open() {
			return c.coded("0204", "Active refund request already exists")
		}
		if o.used() {
			left = left.Sub(o.amount)
		}
	}
	if r.inv.status != StatusConfirmed && r.inv.status != StatusComplete || r.forced != (r.inv.status == StatusConfirmed) {
		return c.coded("0207", "Invalid invoice state for refund")
	}
	if r.amount.GreaterThan(left) {
		return c.coded("0202", "Refunds exceed the invoice price")
	}
	if !r.forced && !s.balance(r.inv.currency).GreaterThan(r.cost()) {
		return c.coded("0200", "Insufficient funds in the ledger")
	}
	return nil
}

func (s *Server) byID(c *call) *refund {
	return s.refund(func(r *refund) bool { return r.id == c.args[0] && r.inv.owner == c.token })
}

func (s *Server) byGUID(c *call) *refund {
	return s.refund(func(r *refund) bool { return r.guid != "" && r.guid == c.args[0] && r.inv.owner == c.token })
}

// withRefund runs a call about one refund.
func (s *Server) withRefund(c *call, look func(*call) *refund, do func(*refund) (object, *failure)) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	r := look(c)
	if r == nil {
		return nil, c.coded("0201", "Refund not found")
	}
	o, f := do(r)
	if f != nil {
		return nil, f
	}
	return envelope{Data: o}, nil
}

func (s *Server) showRefund(r *refund) (object, *failure) { return s.refundView(r), nil }

func (s *Server) getRefund(c *call) (any, *failure) { return s.withRefund(c, s.byID, s.showRefund) }

func (s *Server) getRefundByGUID(c *call) (any, *failure) {
	return s.withRefund(c, s.byGUID, s.showRefund)
}

func (s *Server) listRefunds(c *call) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	if c.query.Get("invoiceId") == "" {
		return nil, missing("invoiceId")
	}
	inv, f := c.find(s.invoices[c.query.Get("invoiceId")])
	if f != nil {
		return nil, f
	}
	list := []any{}
	for _, r := range s.refunds {
		if r.inv == inv {
			list = append(list, s.refundView(r))
		}
	}
	return envelope{Data: list}, nil
}

func (s *Server) putRefund(c *call) (any, *failure) { return s.withRefund(c, s.byID, s.promote(c)) }

func (s *Server) putRefundByGUID(c *call) (any, *failure) {
	return s.withRefund(c, s.byGUID, s.promote(c))
}

// promote turns a preview into a refund.
func (s *Server) promote(c *call) func(*refund) (object, *failure) {
	return func(r *refund) (object, *failure) {
		if c.text("status") != refundCreated {
			return nil, c.coded("0202", "Invalid refund status")
		}
		if r.status != refundPreview {
			return nil, c.coded("0200", "Refund is "+r.status)
		}
		if f := s.blocked(c, r); f != nil {
			return nil, f
		}
		s.activate(r)
		return s.refundView(r), nil
	}
}

func (s *Server) cancelRefund(c *call) (any, *failure) { return s.withRefund(c, s.byID, s.recall(c)) }

func (s *Server) cancelRefundByGUID(c *call) (any, *failure) {
	return s.withRefund(c, s.byGUID, s.recall(c))
}

// recall cancels a refund. Its answer spells the status with two l, as the
// service's does.
func (s *Server) recall(c *call) func(*refund) (object, *failure) {
	return func(r *refund) (object, *failure) {
		mayCancel := r.status == refundPreview || r.status == refundCreated && !r.immediate && !r.forced && !r.auto
		if !mayCancel {
			return nil, c.coded("0200", "Refund cannot be canceled")
		}
		r.status = refundCanceled
		o := s.refundView(r)
		o["status"] = "cancelled"
		return o, nil
	}
}

// resendRefund is POST /refunds/:id/notifications: the e-mail to the buyer, once
// more. It wants the refund's own token, and alone answers with a status.
func (s *Server) resendRefund(c *call) (any, *failure) {
	r := s.refund(func(r *refund) bool { return r.id == c.args[0] })
	if r == nil {
		return nil, c.coded("0201", "Refund not found")
	}
	if f := c.allowResource(r.inv.owner.resourceToken(r.id), r.inv.owner); f != nil {
		return nil, f
	}
	r.notified = s.now()
	return object{"status": "success", "data": object{}, "message": nil}, nil
}
