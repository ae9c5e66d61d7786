// Package payments is the engine: it issues deposit addresses, follows the
// networks, prices what arrives and credits it once. It is the only place where
// anything is committed.
//
// # Using it
//
// New checks a Config and does no I/O. Run follows the networks until its context
// ends; every other method works with or without it. Accounts belong to profiles,
// the host's customers, by opaque ids. DepositAddress gives an account its
// permanent address; Balance, Statement, Deposits and Explain read; Watch says
// when to read again.
//
// # What happens when money arrives
//
//  1. follow.go asks package chain for the next step of a network, fetches its
//     blocks, then reads how many addresses were ever reserved, extends the watched
//     set by derivation and matches. No address issued by any process can be
//     missed.
//  2. deposit.go commits the step: the trail moves, transfers become deposits,
//     blocks that no longer stand are taken back (reverse.go). The trail is a
//     compare-and-set, so of any number of processes one takes each step.
//  3. receive.go chooses, once, the instant a deposit counts as received.
//  4. value.go prices it as of that instant, outside any step: following a chain
//     never waits for a price, and no price never means an old price.
//  5. settle.go credits what is deep enough, priced, screened and not held. It
//     reads what is due, and the policy it is judged by (policy.go), from the
//     store, so a step, a late price, a raised tier, a released hold and a restart
//     all end in the same function. agree.go asks further sources before that,
//     where a tier wants it.
//  6. outbox.go delivers the events, at least once, in order for each profile.
//
// # When something goes wrong
//
// Health says how far behind each network is, what waits and what each source last
// answered. A source that asks to be left alone (429, Retry-After) is not asked
// before; others serve meanwhile. A block that no source gives in a form that can
// be read stops its network there, with one event; nothing is skipped. Pause and
// Resume stop and restart crediting; recording goes on. Rescan reads blocks again
// and records what a faulty node hid, on the path that following takes; what a
// node does not show is reported and never taken back on its word. ExplainTx and
// ExplainAddress answer support's first question in words.
//
// # Prices
//
// A deposit is priced by the first live price at or after its receipt, else by the
// close of the minute that contains it; At, for display and refunds, never looks
// later than the instant asked. Both read points that are stored once and for ever.
// Run polls a rates.Composite and tells, once each, when a source is down, a quorum
// is lost, a pair goes stale, a coin leaves its peg or a price strays from a
// tripwire. What was received while a stablecoin was off its peg is held
// (HoldDepegged): it is priced by itself once the prices of that minute allow it,
// or an operator decides (SetRate). Suspend stops the credits of one asset,
// Rail.DailyCap bounds them. What is below Rail.Minimum is priced at its own
// receipt and gathers (gather.go) until it is worth crediting.
//
// # How deep
//
// Six confirmations are the default on every network, because that is what people
// expect; they are worth 60 minutes of work on Bitcoin, 15 on Litecoin, 6 on
// Dogecoin, and 72 and 2.7 seconds on Ethereum and BNB Smart Chain. The depth is
// meant to rise with what a reversal would cost, so tiers look at the sum of a
// profile's value that is not final, and can be raised while running (SetTiers).
// The recommendation, by that sum in USD or EUR:
//
//	          below 1,000      from 1,000        from 50,000
//	BTC       6                6                 12, Agree 2
//	LTC       12               24                48, Agree 2
//	DOGE      40               40                120, Agree 2
//	Ethereum  12               Finalized         Finalized, Agree 2
//	BSC       15, Finalized    15, Finalized     15, Finalized, Agree 2
//
// Ethereum and BSC stand for all assets on them; the depths of the last column
// are those at which a deposit is final. The reasons:
//
//   - Against an attacker with 10, 20 or 30 % of the hash rate, the chance of a
//     reversal by section 11 of the Bitcoin paper is 0.02, 1.4 and 13 % after six
//     blocks, less than 0.0001, 0.03 and 2.4 % after twelve, and for the last of
//     them still 0.08 % after 24.
//   - BTC: in years nothing deeper than two blocks was replaced (2026-03-23,
//     heights 941,881 and 941,882). What can go deeper is a split of the rules, such
//     as BIP-110's: two nodes of different make that must agree catch that, depth
//     does not.
//   - LTC: on 2026-04-25 thirteen blocks were replaced within three hours (heights
//     3,095,930 to 3,095,943). Six confirmations did not hold, twelve do for what
//     was paid from the third block on, 24 for all. Nodes older than 0.21.5.4 may
//     follow an invalid chain: hence agreement.
//   - DOGE: it is mined along with Litecoin, a few pools have most of its work, and
//     one group announced an attack (2025-08). No deep reorganisation is known.
//     Forty blocks are 40 minutes, and what a large exchange asks.
//   - Ethereum: six and twelve blocks lie inside an epoch that is not final. One or
//     two blocks were replaced since the merge; a finalized block costs a third of
//     all stake to replace. It takes 13 to 19 minutes; in a lapse, such as that of
//     2023-05 of nearly an hour, 240 confirmations serve instead.
//   - BSC: a block is final after about a second, and no final block was ever
//     replaced, so waiting for it costs nothing; at 0.45 s a late block may displace
//     several that are not. While voting fails, 240 blocks, more than two thirds of
//     the validators one after the other, serve.
//
// Beside them belongs a tier over all profiles (AtRisk) at what the host can
// afford to lose on one network at once: an attack on a network robs everybody in
// the same hour. Two more things wait without being asked: mined coins and coins
// out of Litecoin's MWEB, until they are mature, and everything while a node is
// syncing or its newest block is older than Rail.Stale. A reorganisation deeper
// than Rail.Breaker stops the network's credits until Resume.
//
// # What each free option is worth
//
// A payer chooses when to pay and, on UTXO networks, whether what he sent is mined
// at all. What he can gain by that, above what his coins are worth when they are
// mined, is bounded by the default settings. The last column is what a simulated
// payer who knows beforehand that the price moves by 5 % earns; a test plays every
// row, and random walks against the first.
//
//	option                                               at most                          earns
//	first sight, one payment below the limit             FirstSightLimit x fall           49.50
//	first sight, 10,000 in twenty parts                  nothing                          0.00
//	first sight, mined after the window                  nothing                          0.00
//	replacement, for another account, at a better price  nothing                          0.00
//	an old price on a fast chain                         nothing                          0.00
//	a shown price, renewed until it is the best          nothing                          0.00
//	par snap, 10,000 of a stablecoin at 0.9971           0.30 % of the payment            29.00
//	premium, 10,000 of a stablecoin at 1.05              nothing                          0.00
//	rounding, two hundred payments of 0.9 cents          nothing                          0.00
//
// The first is per profile and per block that mines anything of it: what is unmined
// at a time, at the prices of first sight, is below Config.FirstSightLimit, or it is
// priced when mined. The fall is that of the price within Rail.Window. Profiles are
// the host's customers: who opens a thousand has a thousand limits, so terms and
// identity belong before the first address (Config.Precondition).
//
// # BitPay
//
// With Config.BitPay, Checkout asks BitPay for a hosted invoice of an amount from
// Offers: BitPay takes the coins, guarantees the rate and owes the host the price. The
// row is committed with its id before BitPay is asked, and that id is the guid and the
// order id there, so a crash at any point leaves one invoice or none. What BitPay says
// is asked for, never believed from a notification: BitPayNotifications only says when
// to ask, and polling (hostedschedule.go) finds every payment without it. The account is
// credited by exactly the price, once, when BitPay is complete:
//
//	BitPay says       the engine
//	new, paidPartial  waits; BitPay returns a part payment by itself
//	paid              tells hosted.paid; credits nothing
//	confirmed         credits if BitPay.Speed is Medium, else only tells it
//	complete          credits, also after invalid, expired or declined
//	expired           reverses a credit if one stands; looks twice for late payments
//	invalid           reverses a credit if one stands; asks for a week whether it completes
//	declined          reverses a credit if one stands
//
// paidOver beside any of them changes nothing: BitPay returns the surplus. An answer of
// another id, price, currency or reference is a Problem of the row, told once
// (hosted.mismatch), and never booked. Refunds made at BitPay, by whomever, are followed
// to their end and booked; BitPay's fees are read from its ledger by the hour; what it
// owes is ledger.Receivable. ReconcileBitPay compares its list with the store. All but
// Checkout and polling needs a merchant token.
//
// Notifications need no secret to be harmless, and where they are not signed anybody may
// send them: all of them together have BitPay asked about 30 invoices at once and 30 a
// minute, and what is above that waits for its poll. A secret in the path of
// BitPay.NotificationURL keeps strangers out (BitPayNotifications). What is paid another
// way is cancelled at BitPay; where that fails, the row has a Problem, is asked about as
// before, and a payment that still comes is credited.
//
// A token is replaced like this, because BitPay shows an invoice to the token alone
// that created it, and signs its notifications with that one:
//
//  1. Pair a new token, and leave the old one in force.
//  2. Start every process with a client of the new token as BitPay.Client, with the old
//     client added to BitPay.Former and, where signatures are checked, with both tokens
//     in BitPay.Secrets. What is open is followed with the old token, what is new is
//     created with the new one.
//  3. Revoke the old token at BitPay, and take its client out of BitPay.Former, when no
//     hosted invoice from before is polled any more (Health counts what is): 25 hours
//     after the last was made, a week if one is invalid, and longer if refunds of them
//     are still to be made at BitPay.
//
// An old token that BitPay revoked at once cannot be asked: a row opened with it then
// has a Problem that says so, and BitPay's dashboard shows what became of it.
//
// # Invoices
//
// CreateInvoice puts an invoice of the host's on record and opens an account of its
// own, "invoice/" and its number, which no host can name: what is paid to it stays
// there, a surplus too. InvoiceAddress takes coins for it, Checkout BitPay's payment.
// Every commit that changes a payment of it folds it anew before it ends
// (invoicefold.go): package invoice says what its deposits and hosted invoices make of
// it, the record is saved, and invoice.* events are told, to InTx too. So a
// reorganisation makes a paid invoice unpaid again in the commit that reverses the
// credit. As soon as a payment is seen one way the other is closed: coins seen have
// the pages still open cancelled at BitPay, a payment at BitPay ends InvoiceAddress.
// If both arrive all the same, both are credited and the invoice is overpaid.
//
// What counts: a deposit from first sight, held ones too, unless it is in suspense; a
// hosted invoice once it is paid in full, while BitPay stands by it or is asked whether
// it does. Rail.Minimum is not asked of an invoice's deposits, nor does a refund made
// at BitPay make an invoice less paid. An invoice is paid by coins at the rate of
// receipt and to the cent: quotes, drift and tolerance are not built yet.
//
// # What leaves, and what is our own
//
// What leaves our addresses is a fact too (spend.go): a consumed outpoint of a
// recorded deposit, and on EVM networks coins, tokens and gas sent from an address
// of the wallet. It is booked when it is mined, to a place registered as
// Rail.Treasury, to fees, or to the outflow with an event when nobody knows the
// place, and taken back in the commit that detaches its block. A transfer that only
// our own keys can have made, or that a registered address sent, is StateInternal:
// change, gas sent ahead of a sweep, a consolidation, a treasury that fills a deposit
// address. Nobody is credited for it.
//
// On a UTXO network a coin has no sender but the outpoints that paid it. So every
// coin that arrives at a registered address is kept on record (StateTreasury), one
// row for it and one more when it is spent; neither is booked, told of or listed,
// except what comes from there to one of our addresses, which is booked as taken
// from the treasury. Coins that arrived before the address was registered become
// known by a Rescan of those blocks. What an address that is registered no more
// spends is anybody's payment again.
//
// Where an EVM node does not show what contracts pay, balances are audited
// (balances.go), and what nothing explains is an open item (item.go) that an
// operator assigns (assign.go).
//
// # What is promised
//
//   - Every effect has a natural key. A process may die at any call, and a commit's
//     result may be lost: the same call again changes nothing.
//   - A reorganisation after the credit takes the credit back, whatever the
//     balance, and tells the host; mined again, the deposit is credited again at
//     the rate of its receipt.
//   - Terms, preconditions and the host's InTx never stop a chain, and never stop
//     a deposit from being recorded.
//   - The host's rows can stand in the library's commit (Config.InTx), and the
//     library's in the host's (Processor.In).
//   - The balance of position/<network>/deposits, with the deposits in blocks that
//     have no entry yet, is at every commit what the wallet's addresses hold.
//   - A replacement, a fee bump or a malleated id never gets a better rate than
//     what it replaced.
//   - Times are in UTC milliseconds, amounts in atomic units, confirmations count
//     the block that holds the transaction as the first.
package payments
