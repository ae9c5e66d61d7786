// Package rates says what a coin was worth at an instant, and keeps the proof.
//
// A [Price] is what one venue said. A [Snapshot] is one composite price with
// every venue's answer, used or refused; it never changes and its id is the
// hash of its content. A [Point] says that a pair had a snapshot's rate as of an
// instant; points form an append-only series in the store.
//
// A deposit is forward-priced ([Receipt]): it takes the first point at or after
// the moment it was received, at most [ForwardWindow] later. So nobody can pay
// against a price that is already known to be old. When there was no such point
// (an outage), the close of the finished one-minute candle that contains the
// instant is taken instead. No price never means an old price: what cannot be
// priced stays unpriced until it can be.
//
// A rate is always fiat per one whole coin; inverses are never stored or
// multiplied. Sources of prices live in rates/exchange; [Fixed] is one for tests
// and demonstrations.
package rates
