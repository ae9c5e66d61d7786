// Package chainlink reads prices from Chainlink's data feeds on a chain, through
// any node that answers eth_call.
//
// [Source] is a [rates.Source]. By default it is a tripwire: a feed moves only when
// the price has moved by its threshold (0.5 % for BTC) or its heartbeat is due, so
// it may be half a percent or an hour off by design, and is a good alarm but no
// vote. The feeds of USDC, USDT, DAI and of EUR, which are calm, may count where the
// host says so ([rates.RoleOracle]). Feeds on two chains come from the same oracles:
// together they count once.
//
// # Quotes
//
// All feeds are read at one block in one eth_call, by the Multicall3 contract,
// which has the same address on every chain: rounds, the block's time and the
// chain's id come from the same state, whatever machine behind the address
// answers. In the same call each feed says its description and its decimals; one
// that is not "BTC / USD" with 8 decimals is refused. A round counts if its answer
// is positive and it was updated at most fifteen seconds after its block, and at
// most a heartbeat and five minutes before it. The block itself must not be over
// three minutes behind the clock. answeredInRound is deprecated and not read.
//
// EUR/USD rests with the currency markets, from Friday 17:00 to Sunday 18:00 in New
// York: its round is then not stale but rejected as "closed", and stays so until
// the first update after the opening. Holidays are not known here; on them the
// feed repeats its price and is believed.
//
// # The past
//
// [Source.Candle] finds the round that was in force at the end of a minute among
// those the contracts keep for ever, of any age; the node needs no archive. A proxy's round
// number is phase << 64 | round of the phase's aggregator. From the newest round
// the search looks back at doubling distances, then divides what is left by 32
// with each question. Rounds that are missing (some aggregators revert, some
// answer zeros) are stepped over, as are phases whose aggregator has no round.
//
// # The node
//
// The address may hold a key: it is in no error and no log, not even where the node
// or the transport repeats it. Redirects are refused, answers bounded at 1 MiB and
// five seconds, at most two questions are under way, and a failure begins a pause
// that doubles from five seconds to five minutes: Retry-After lengthens it, 401,
// 403 and 451 make it an hour. While it pauses, calls fail at once with
// [rates.ErrUnavailable].
//
// # Sources
//
// The contracts' rules are those of docs.chain.link/data-feeds (API reference,
// historical data, selecting quality data feeds) and of smartcontractkit/chainlink
// (EACAggregatorProxy, AccessControlledOffchainAggregator); aggregate3 that of
// mds1/multicall3; the encoding that of the Solidity ABI specification; questions
// and answers those of JSON-RPC 2.0 and ethereum/execution-apis. Where the tables
// of feeds come from stands at [Ethereum] and [BSC].
package chainlink
