// Package exchange quotes coins from the public prices of venues, without a key.
//
// Every [Venue] is a [rates.Source]: give as many as you like to [rates.Median].
// None is required, and one that is left out is switched off. This is what each
// may quote, how its answers count, how often it is asked at most and how many
// books at once, and how far back it goes:
//
//	venue      in    quotes
//	kraken     USD   BTC LTC DOGE ETH BNB USDC USDT DAI EUR
//	kraken     EUR   BTC LTC DOGE ETH BNB USDC USDT DAI
//	coinbase   USD   BTC LTC DOGE ETH BNB USDT DAI
//	coinbase   EUR   BTC LTC DOGE ETH USDC USDT
//	bitstamp   USD   BTC LTC DOGE ETH BNB USDC USDT DAI EUR
//	bitstamp   EUR   BTC LTC DOGE ETH BNB USDC USDT
//	gemini     USD   BTC LTC DOGE ETH BNB USDC USDT DAI EUR
//	gemini     EUR   BTC ETH
//	binance    USDT  BTC LTC DOGE ETH BNB USDC EUR
//	binance    EUR   BTC LTC DOGE ETH BNB
//	okx        USDT  BTC LTC DOGE ETH BNB USDC DAI
//	okx        EUR   BTC LTC DOGE ETH BNB USDC USDT
//	coingecko  USD   BTC LTC DOGE ETH BNB USDC USDT DAI GUSD
//	coingecko  EUR   BTC LTC DOGE ETH BNB USDC USDT DAI GUSD
//	bitpay     USD   BTC
//	bitpay     EUR   BTC
//	ecb        USD   EUR
//
//	venue      role      a minute  books  history
//	kraken     member          30  all    candles of twelve hours; trades before that, of any age
//	coinbase   member         300  one    candles of any age, without a row where nothing was traded
//	bitstamp   member         500  all    candles of any age
//	gemini     member          60  one    the candles it shows, about a day
//	binance    member         150  all    candles of any age
//	okx        member         300  all    candles of any age
//	coingecko  tripwire       1/5  all    of stablecoins, samples of the last day
//	bitpay     tripwire         1  all    none
//	ecb        tripwire       1/5  all    none
//
// The limits are half of those published: Kraken publishes none, and one request a
// second is known to be safe; Coinbase 10 a second; Bitstamp 10,000 in ten minutes;
// Gemini 120 a minute; Binance a weight of 6,000 a minute, of which a question takes
// 20 at most; OKX 20 in two seconds; CoinGecko 10,000 in a month with a demo key,
// which every five minutes keeps to. BitPay and the ECB publish none. Coins that
// are not named above are asked for where a venue that publishes its list has
// them: the first four and OKX.
//
// No venue has a book of GUSD: Gemini's is closed, and elsewhere there is none.
// Coinbase settles USDC as dollars and says nothing of its price. Binance trades
// DAI as USDTDAI and USDT as EURUSDT only: a price is never turned over, so it
// quotes neither. OKX's "USD" books are left alone, because it is not known that
// they are in dollars.
//
// # Prices
//
// A venue reads at its first question which markets it lists, and again each
// hour; a market that is not listed is left out of its answers. One that is listed
// and cannot be believed is a rejected quote, whose reason begins with one word:
// "closed" (not online, or unknown to the venue although listed), "absent" (no row
// of it), "number", "symbol" (another pair's row), "stale"; or it is the error of
// the request, where other markets were answered. [rates.Check] judges the rest:
// spread, last trade, age. Kraken's books carry no time; Coinbase's is that of the
// last trade; Gemini's is coarse and serves only to refuse an old book; Binance's
// has none; OKX's is the book's own.
//
// Tripwires quote a price without a book and judge its age themselves: CoinGecko's
// by last_updated_at (ten minutes; GUSD fifteen), the ECB's by its day (six days, as
// over Easter; it is published on working days). BitPay's has no time. They answer
// from what they were told last until it is of use to ask again, with the times of
// that; after a failure they give no older price instead.
//
// Older instants are priced by the close of the finished one-minute candle. A
// minute without a trade takes the close before it, as far back as
// Carry of [rates.RuleOf] allows: Price.SourceTime is the minute whose close it is. A
// minute is taken as complete only when the venue shows a later one, or two
// minutes after its end. Catching up asks once for hours: the rows of an answer
// serve for ten minutes. History takes at most half of a venue's limit.
//
// No price is older than the question: [Venue.Quotes] called while another call's
// request is already under way waits for the next one. Equal concurrent calls
// share one request, and a caller who gives up fails nobody else. A book that a
// cache held for over five seconds is refused, and so is one whose Date lies over a
// minute from this machine's clock: one of the two is wrong.
//
// # Manners
//
// A venue that failed is left alone for five seconds, doubling to five minutes.
// The pause is of the endpoint that failed, so that a list of pairs that cannot be
// had does not keep prices away; it is of the whole venue where the venue refuses
// the caller (429, a limit named in the answer): as long as Retry-After says and
// an hour at most; an hour after 403 and 451; two minutes at least after 418,
// Binance's ban of those who go on asking, and three days at most. While it
// pauses, calls fail at once with [rates.ErrUnavailable]. Answers are bounded at 4
// MiB and five seconds, their media type is checked, redirects are refused, and
// every number is read as text by the guarded parser of package money. Nothing
// about a user is ever sent or logged, nor is a [Key] logged.
//
// The rules of each venue are those of its own pages: docs.kraken.com,
// docs.cdp.coinbase.com/exchange, www.bitstamp.net/api, docs.gemini.com,
// developers.binance.com (Spot, REST API), www.okx.com/docs-v5, docs.coingecko.com,
// developer.bitpay.com, and the ECB's "Euro foreign exchange reference rates".
package exchange
