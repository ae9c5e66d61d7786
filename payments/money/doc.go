// Package money holds exact amounts and the rules by which they are rounded.
//
// Four words, used everywhere in cointill:
//
//   - A [Coin] is what is priced: USDT has one price wherever it lives.
//   - An [Asset] is what is counted: USDT@ethereum and USDT@bsc have different
//     decimals and different issuers, and their amounts never add up.
//   - A [Currency] is fiat money: USD or EUR.
//   - An [Amount] is a whole number of atomic units of one asset (satoshi, wei,
//     or, for a currency, cents).
//
// A [Rate] is the price of one whole coin in a currency. Turning an amount into
// a value rounds down to the minor unit ([Rate.Value]); turning a value back
// into an amount rounds up to the atomic unit ([Rate.AmountFor]). So a customer
// is never credited with more than arrived, and a refund is never worth less
// than the charge.
//
// No floating point number is used in this package or may be used beside it.
// Text from outside is parsed by [ParseAmount] and [ParseRate] only: both
// refuse exponent bombs ("1e1000000000") before any digit is expanded.
//
// All types are immutable values and safe for concurrent use.
package money
