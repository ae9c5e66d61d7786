// Package base58 is Base58Check, the text form of legacy addresses and of
// extended keys: a payload and four bytes of its double SHA-256, in the 58
// characters that cannot be mistaken for each other.
//
// Every payload has one text, and every accepted text has one payload. Texts
// longer than [MaxText] characters are refused before any work is done on them,
// so the quadratic conversion has a small, fixed bound. All functions may be
// called from several goroutines.
package base58
