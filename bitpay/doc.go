// Package bitpay speaks to BitPay's API, version 2: hosted invoices at a rate that
// BitPay guarantees, refunds, rates, currencies, ledgers and settlements, and takes
// BitPay's notifications. It knows nothing of the host's own invoices; package
// payments builds on it.
//
// # A tour
//
//	client, err := bitpay.New(bitpay.Config{Environment: bitpay.Test, Token: bitpay.NewSecret(kept)})
//	invoice, err := client.CreateInvoice(ctx, bitpay.NewInvoice{Price: …, Currency: "USD", GUID: …, OrderID: …})
//	// send the buyer to invoice.URL; then, when notified and every few minutes anyway:
//	invoice, err = client.Invoice(ctx, invoice.ID)
//
// A [POS] token creates invoices and reads them, and needs no signature. A [Merchant]
// token does everything and is bound to a key: see package bitauth and
// [Client.Pair]. A [Client] speaks to [Production] or [Test] only, or to a
// [Simulator] on this machine, follows no redirect, and shows no token in any error,
// log line or printed value ([Secret]).
//
// Numbers are exact ([Number]) and may exceed 64 bits. Every documented member of an
// answer has a field; unknown ones, and such of an unexpected shape that decide
// about no money, are kept in Extra ([Invoice.Unreadable] names the latter). A list with
// elements that cannot be read comes back without them, beside an [*ElementsError].
//
// # Statuses
//
// What an invoice's [Status] means, and what a merchant does:
//
//   - new: payable, for 15 minutes at a fixed rate. A partial payment leaves it new,
//     with [PaidPartial]. Show the page, wait.
//   - paid: the whole amount was seen, nothing is confirmed. Say "received, awaiting
//     confirmation"; deliver nothing.
//   - confirmed: as deep as the invoice's [Speed] asks. Deliver if that risk is
//     yours; it can still become invalid or declined. Skipped at [Low].
//   - complete: BitPay has credited the merchant. Deliver, also if confirmed was
//     never seen and if the invoice was invalid before.
//   - expired: not paid in time, or cancelled (IsCancelled). Cancel the order. What
//     arrived of it (UnderpaidAmount) BitPay refunds to the buyer by itself.
//   - invalid: paid, and not confirmed within an hour. Deliver nothing, keep
//     watching: it becomes complete when the payment confirms late.
//   - declined: will not succeed (compliance, or refunded while only confirmed).
//     Cancel the order; BitPay contacts the buyer.
//
// complete, expired and declined are final ([Status.Final]); refunds do not change
// complete. Any status may be the first one seen, and the answers of two calls may
// come back in the wrong order: never move an order backwards. [PaidOver] beside any
// of them says that BitPay refunds the surplus by itself.
//
// # Nothing twice, nothing lost
//
// A GUID makes creating an invoice idempotent: choose it, commit it, create, commit
// the answer. After a crash or a temporary [*Error] ask [Client.InvoiceByGUID]:
// [ErrNotFound] says that nothing was created. BitPay answers a GUID used twice with
// the first invoice, whatever its price; that and every other answer to something
// else than was asked is a [*MismatchError]. Refunds are found by their GUID too, but
// whether BitPay takes a GUID for one refund only is not documented, so creating one
// is never repeated by this package.
//
// # Notifications
//
// [NewNotifications] is one http.Handler. A notification is a hint: anybody can send
// one, late, twice, in any order. The handler passes on the invoice's id and nothing
// else, so the host always fetches. BitPay gives up after an hour of failures; open
// invoices must be polled anyway, until they are final, and invalid ones for some
// days.
//
// Sources: https://developer.bitpay.com/docs (Getting started, Making requests,
// Notifications, Invoice states) and https://developer.bitpay.com/reference
// (Invoices, Refunds, Rates, Currencies, Wallets, Ledgers, Settlements, Tokens, Error
// codes); where these are silent, what BitPay's own client libraries and plugins do.
package bitpay
