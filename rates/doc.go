// Package rates says what a coin was worth at an instant, and keeps the proof.
//
// A [Source] is one venue; a [Price] is what it said. A [Snapshot] is one composite
// price with every source's answer, used or refused, and why; it never changes and
// its id is the hash of its content. A [Point] says that a pair had a snapshot's
// rate as of an instant; points form an append-only series in the store.
//
// A rate is always fiat per one whole coin; inverses are never stored or
// multiplied. Sources of prices live in rates/exchange; [Fixed] is a provider for
// tests and demonstrations.
//
// # Which price
//
// A deposit is forward-priced ([Receipt]): it takes the first point at or after
// the moment it was received, at most [ForwardWindow] later. So nobody can pay
// against a price that is already known to be old. When there was no such point
// (an outage), the close of the finished one-minute candle that contains the
// instant is taken instead. [At] looks the other way, for display and refunds: it
// never knows of anything later than its instant. No price never means an old
// price: what cannot be priced stays unpriced until it can be, or until an
// operator sets a rate of his own ([Manual]).
//
// # How it is made
//
// [Median] and [NewComposite] ask all sources at once, one call each, and make of
// their answers, for each pair:
//
//  1. [Check] refuses each answer that cannot be right by itself: a crossed or wide
//     book, a last trade far from it, an old answer, one asked for before the round
//     began, a book that stands still while others move. What is left counts with
//     the middle of bid and ask.
//  2. USDT/USD is made first, then EUR/USD, then coins. A book in USDT counts in
//     USD times the market of USDT/USD of the same round, where its venue has no
//     direct book; all such books together fill at most half of a quorum.
//  3. [Combine] takes the plain median of all that count, to 12 significant digits,
//     half to even. Outliers are not removed first: while fewer than half of the
//     venues lie, of those that quote the pair and of those that quote what it is
//     converted with, the plain median stays within what honest ones say; the
//     median of what a filter leaves does not. Who lies near the median only
//     decides the quorum and who is to blame.
//  4. Tripwires (aggregators, oracles, central banks) never count. One that lies far
//     off is named in Snapshot.Degraded; over 10 % off, there is no price.
//  5. EUR has its own books; where they have no quorum, the price in USD is divided
//     by EUR/USD ([MethodCross]).
//
// # Stablecoins
//
// A stablecoin is never one dollar by definition. Its market is made as above;
// within the snap band it counts as one dollar for credits and refunds alike;
// above, credits count one dollar and refunds the market; below, both count the
// market. Under the floor, or when its venues disagree, it is off its peg:
// credits wait for an operator, refunds in it are refused ([DepeggedError]), and
// it returns only after half an hour in one piece above the upper floor, seen at
// least every five minutes. Nothing of this is stored: for half an hour after a
// start the upper floor is the floor, and so it is for candles. In EUR it is the
// price in USD crossed by EUR/USD, so that par means par in USD; its own books in
// EUR are not asked. GUSD has no books: it is at par by the word of CoinGecko
// alone, which its rule says and each snapshot of it repeats.
//
// # Defaults
//
// Basis points (bps) are hundredths of a percent. [RuleOf] gives a coin's, which
// Policy.Rules may replace; the others are fixed.
//
//	                               coins     DOGE      stable    EUR/USD
//	widest book                    100 bps   200 bps   30 bps    30 bps
//	oldest answer                  90 s      90 s      10 min    10 min
//	close carried over             3 min     3 min     30 min    30 min
//	always agrees with the median  50 bps    50 bps    20 bps    30 bps
//	tripwire                       200 bps   200 bps   100 bps   300 bps
//	polled every                   15 s      15 s      60 s      60 s
//	shown by Current for           60 s      60 s      5 min     5 min
//	snap band                      -         -         30 bps    -
//	haircut                        0         0         0         -
//
//	quorum                 3 of four or more venues that quote the pair, 2 of
//	                       three, both of two; one by Rule.MinSources alone
//	agreement              5 × 1.4826 × MAD, or the row above where that is more
//	dispersion             at most 150 bps between those who agree
//	jump                   over 10 % in two minutes: all agree, and three at least
//	last trade             at most 200 bps from the middle
//	frozen                 the same for over 10 rounds, the composite moved 30 bps
//	tripwire's answer      asked once a minute, believed for 10 minutes
//	tripwire holds         over 10 %
//	venue's clock          at most a minute ahead
//	demoted                an outlier of a pair in over 10 of 20 rounds; counts
//	                       again after 20 clean ones
//	peg                    floor 0.97, upper floor 0.985, disagreement 100 bps
//	GUSD                   CoinGecko within 100 bps and at most 15 minutes old
//	one source             5 s for an answer, 60 s for its candles
//	candle                 finished 30 s after its minute
//
// A composite with fewer than three venues works, and the quorum says at what
// risk. Every source is optional: one that is not passed is not asked.
package rates
