// Package invoice is the rule of what an invoice's payments make of it: Unpaid,
// Processing or Paid, and what is odd beside that. It is pure: it does no I/O, reads
// no clock and keeps nothing; package payments does. All of it is safe for use by
// several goroutines.
//
// [Validate] says what an invoice must be before anybody is asked to pay it. [Apply]
// folds its payments: the same payments, in any order and told any number of times,
// give the same [Standing]. No instant but those of the invoice and its payments
// counts, so a standing that was stored stays true until a payment changes.
//
// # Status
//
//   - Paid: what was credited reaches the total. A payment still pending beside it
//     takes nothing away.
//   - Processing: the credited payments do not reach the total and a payment is
//     pending, whatever its value, which may not be known yet.
//   - Unpaid: anything else.
//
// # Exceptions
//
// They stand beside the status, and several may stand at once.
//
//   - underpaid: something was credited, less than the total, and nothing is pending:
//     Missing is still asked for.
//   - overpaid: more than the total was credited. Surplus is the payer's.
//   - late: what was received up to DueAt does not reach the total, and something
//     that was credited was received after it. Received is what counts: a payment
//     received in time is not late because the network needed long to confirm it.
//     Without DueAt nothing is late, nor is a surplus that follows a payment in time.
//   - reversed: a payment that had been booked was taken back, and the total is not
//     reached. It ends when the payment returns or another one takes its place.
//
// # What counts
//
// A credited payment counts with what was booked for it, a pending one with what it
// will bring, and a reversed one with nothing. Both first kinds make their way seen:
// SeenBy names it, and an invoice payable in two ways then closes the other. Nothing
// is converted: a payment in another currency than the total is an error, never a
// wrong sum.
//
// The total is reached to the cent. Tolerance, quotes, drift, refunds and the
// payment panel are no part of this package yet.
package invoice
