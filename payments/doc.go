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
//     reads what is due from the store, so a step, a late price, a released hold
//     and a restart all end in the same function.
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
//   - Times are in UTC milliseconds, amounts in atomic units, confirmations count
//     the block that holds the transaction as the first.
package payments
