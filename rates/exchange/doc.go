// Package exchange prices coins from the public order books of exchanges.
//
// [Kraken] is a [rates.Provider] that needs no key. The price is the middle of
// the best bid and ask; a book that is crossed, wider than 1 % (stablecoins
// 0.3 %, DOGE 2 %), or further than 2 % from its last trade is refused, never
// repaired. A pair refused while others have a price is left out of the answer,
// and [Options.Log] hears why.
//
// Older instants are priced by the close of the finished one-minute candle: from
// the venue's candles for about twelve hours, from its trades before that. A
// minute without a trade takes the close before it, at most three minutes older
// (thirty for stablecoins), and the snapshot's evidence says so.
//
// No price is older than the question: [Kraken.Latest] called while another
// call's request is already under way waits for the next one. Equal concurrent
// calls share one request, and a caller who gives up fails nobody else.
//
// A provider is a polite guest: one request in two seconds at most after a burst
// of two, and a pause after a failure that doubles from five seconds to five
// minutes. The pause is of the endpoint that failed, so that a list of pairs
// that cannot be had does not keep prices away; it is of the whole venue where
// the venue refuses the caller: as long as Retry-After says, an hour after 403
// and 451. While it pauses, calls fail at once with [rates.ErrUnavailable].
// Answers are bounded at 4 MiB and five seconds, redirects are refused, and every
// number is read as text by the guarded parser of package money.
//
// The venue's rules are those of docs.kraken.com (Get Tradable Asset Pairs, Get
// Ticker Information, Get OHLC Data, Get Recent Trades).
package exchange
