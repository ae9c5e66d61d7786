// Package sqltx is payments.Tx written once as SQL.
//
// A storage adapter opens transactions and hands an [Executor] bound to one; this
// package does the rows. The text of every statement is the same on SQLite
// (3.51.3 and newer) and PostgreSQL (15 and newer): $1 placeholders, INSERT … ON
// CONFLICT … RETURNING, row values, no JSON functions, no server-side sums.
// What differs is told by a [Dialect].
//
// How values are kept, whatever the database:
//
//   - amounts as decimal digits of atomic units in TEXT, beside asset id and
//     decimals; sums are made in Go with big integers, never by SUM, which turns
//     SQLite's large integers into floating point numbers;
//   - rates and other decimals as plain digits in TEXT;
//   - instants as whole milliseconds since 1970 in UTC, NULL for the zero time;
//   - hashes and address bytes as lower-case hex, an unset hash as "";
//   - truth values as 0 and 1.
//
// Text columns must compare by bytes: SQLite's default, COLLATE "C" on
// PostgreSQL. Everything read back is parsed by bounded parsers, so that a row
// somebody edited by hand is an error and never a wrong number.
//
// Each kind of row is described once, by a function that names its columns and
// fields (see [mapping]); insert, look-up by key and versioned save follow from
// the description. Batches are sent as multi-row VALUES of bounded length, in
// ascending order of key, so that two transactions meet the same rows in the same
// order.
package sqltx
