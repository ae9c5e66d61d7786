// Package ledger is double-entry bookkeeping for many assets.
//
// An [Entry] is one fact: a list of [Posting]s that each move a positive amount
// from one account to another. It cannot be out of balance, and it never
// changes; a correction is another entry. Every entry has a natural key, so that
// the same fact is booked once however often it is tried.
//
// The balance of an account is what was moved to it less what was moved from
// it. For a customer's account that is what the host owes the customer; for a
// position, the coins held at a place; for clearing, the open side of an
// exchange of coins for fiat. Over all accounts each asset sums to zero.
//
// A deposit of 0.001 BTC credited at 64,000 is one entry of two postings:
//
//	0.00100000 BTC@bitcoin  clearing -> position/bitcoin/deposits
//	64.00 USD               clearing -> customer/acme/voice
//
// Its sweep moves the position to another place, and pays for it:
//
//	0.00099000 BTC@bitcoin  position/bitcoin/deposits -> position/bitcoin/treasury:cold
//	0.00001000 BTC@bitcoin  position/bitcoin/deposits -> fee/bitcoin
package ledger
