// Package bitpaysim is BitPay's API v2 for one merchant, in memory: an
// [http.Handler] that answers BitPay's own client libraries as the service does,
// with the hosted payment page, a dashboard, a clock that can be moved and
// faults. It does not import testing and shares no code with package bitpay, so
// that a misreading of the API shows as a disagreement.
//
//	sim := bitpaysim.New(bitpaysim.Options{})
//	api := httptest.NewServer(sim)            // the client's base URL
//	token := sim.POSToken()                   // … creates an invoice with it
//	sim.PayExact(id, "BTC")                   // the payer
//	sim.Confirm(id, 6)                        // the network
//	sim.Deliver(ctx)                          // the notifications due
//	sim.Advance(16 * time.Minute)             // the clock
//
// The program in cmd/bitpaysim serves the same on a port:
// go run ./bitpay/bitpaysim/cmd/bitpaysim.
//
// # What is simulated, and how to steer it
//
//	what                     how the service does it                          steered by
//	-----------------------  -----------------------------------------------  ------------------------------------------
//	pairing by the client    POST /tokens with id, facade; inactive until     [Server.Approve], the dashboard
//	                         approved; the code lapses after 24 hours
//	pairing by the server    POST /tokens with id, pairingCode; active,       [Server.NewPairingCode]
//	                         pos, wants signatures
//	tokens                   pos without signatures; any facade at once       [Server.POSToken], [Server.Grant], [Server.Revoke]
//	signatures               over the URL as sent and the raw body; high and  [SIN], [Verify], Options.BaseURL
//	                         low S; looked at only where the token asks
//	invoices                 create, get, by guid, list, update, cancel,      Options.Speed, InvoicesPerHour
//	                         resend, events; guid idempotent for its token
//	views                    pos, merchant, public (three days)
//	the clock                15 minutes to pay, one hour to confirm           [Server.Advance], Options.Now
//	payments                 new, paid, confirmed, complete; paidPartial,     [Server.PayExact], [Server.PayPart],
//	                         paidOver, paidLate                               [Server.PayOver], [Server.Pay], PUT /invoices/pay
//	blocks                   1: confirmed at medium; 6: complete              [Server.Confirm], [Server.Complete], Options.BlockTime
//	the bad ends             expired, invalid (may still complete), declined  [Server.Advance], [Server.Expire], [Server.Decline]
//	hosted page              /invoice?id=, /i/ID: coin choice, pay button     a browser
//	notifications            flat and extended; x-signature; after 0, 1, 5,   [Server.Deliver], [Server.Run],
//	                         14, 30 and 55 minutes; status as it is when sent [Server.Deliveries], [Sign]
//	faults under way         lost, twice, out of order, late, forged,         [Server.FaultNotifications]
//	                         unsigned, wrongly signed, cut short, slow
//	faults of calls          HTML 502, 429, 500, slow, no answer, half an     [Server.FaultAPI], [Server.ClearFaults]
//	                         answer, another invoice's answer
//	refunds                  preview, created, pending, success, failure,     [Server.GiveAddress], [Server.PayOutRefund],
//	                         canceled; of a confirmed invoice: declined       [Server.FailRefund], [Server.GiveEmail]
//	rates, currencies        public                                           [Server.SetPrice]
//	ledgers, settlements     sale, fee of 1 %, refund; processing,            [Server.Fund], [Server.Settle],
//	                         completed, failed                                [Server.CompleteSettlement], [Server.FailSettlement]
//	answers that vary        amounts as text, lists without envelope          [Server.SetQuirks]
//
// Quirks of the service that are always there: exceptionStatus is false or a
// text; integers exceed 64 bits (10 DAI are 10000000000000000000 units), have an
// exponent from 10^21 on (1,000 DAI are 1e+21) and 17 exact digits at most, as
// JavaScript writes numbers; small rates have an exponent; notificationURL never comes back; a cancelled refund
// is "cancelled" in the answer of that call and "canceled" elsewhere; errors are
// {"status":"error",…}, {"error":…} or {"errors":[…]}; without the header
// X-Accept-Version: 2.0.0 they have the old shape.
//
// # Controls over HTTP
//
// The dashboard (/dashboard/merchant/api-tokens) has a button for most hooks.
// Programs in other languages post forms:
//
//	POST /sim/invoice   id, do=pay|part|over|confirm|complete|decline[, coin][, email]
//	POST /sim/refund    id, do=address|payout|fail
//	POST /sim/settlement  id, do=complete|fail
//	POST /sim/approve   code            POST /sim/pos       (gives a token)
//	POST /sim/revoke    token           POST /sim/pairing   (gives a code)
//	POST /sim/grant     facade, identity (gives a token)
//	POST /sim/advance   by=16m          POST /sim/price     code, usd
//	POST /sim/fund      currency, amount  POST /sim/settle  currency
//	POST /sim/fault     n, notification=drop|duplicate|reorder|delay|forge|badsignature|unsigned|truncate|slow
//	POST /sim/fault     n, api=502|429|500|slow|droprequest|dropanswer|other|garbage[, route]
//	POST /sim/clear                     GET  /sim/deliveries
//
// # What is guessed
//
// BitPay does not publish HTTP statuses (here 404 for what is not found, 400 for
// other coded errors, 401 for signatures, 500 for an unknown token), whether
// refunds' notifications are signed (here as invoices' are), the present
// timetable of retries, whether a guid makes refunds idempotent (here it does),
// what a cancelled invoice announces (here invoice_expired), how a failed settlement
// comes back (here as a second entry of its code) and the bounds of
// prices (here 0.01 to 1,000,000 USD). A token sees only invoices it created.
// Invoices of the service's old API, bills and payouts are not simulated.
package bitpaysim
