// Package invoice is the rule of what an invoice's payments make of it: Unpaid,
// Processing or Paid, and what is odd beside that. It is a pure fold: the same
// payments, in any order and told any number of times, give the same standing. It
// does no I/O and keeps nothing; package payments does.
package invoice
