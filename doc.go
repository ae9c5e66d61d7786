// Package cointill is an embeddable payments library: a Go service imports it
// and takes crypto top-ups, with no payment server beside it and no private key
// inside it. This page is the ten-minute tour; the code lives in the packages
// below.
//
// # What happens when money arrives
//
//  1. A customer (a profile) has accounts, such as voice and SMS credit. Each has
//     its own permanent deposit address on each family of networks, derived from
//     an extended public key (package chain/hd).
//  2. A source (chain/utxo, chain/evm) answers for a network. Package chain
//     compares it with the committed trail of blocks and computes the next step.
//  3. Package payments commits the step whole: the trail moves, transfers become
//     deposits, blocks that no longer stand are taken back.
//  4. A deposit is priced at the moment it was received (package rates), with the
//     evidence kept, however late the price can be had.
//  5. At six confirmations it is credited, once, as an entry of a double-entry
//     ledger (package ledger). The host's own rows can stand in the same commit
//     (Config.InTx), and it is told of every change afterwards (Config.Deliver).
//
// # Words
//
// profile, a customer of the host · account, a profile's balance · owner, whose
// an address is · network and family, a chain and the form of its addresses ·
// rail, a network payments are taken on · coin, what is priced · asset, what is
// counted · amount, in an asset · value, fiat at a rate · transfer, what a network
// says arrived · deposit, a transfer that was recorded · received-at, the instant
// a deposit is priced at · anchor and trail, the blocks that were committed ·
// step, the next move of a trail · confirmations, depth, final · reorganisation,
// reversed · price, of a venue · rate, point, snapshot · posting, entry · event,
// outbox, deliver · store, tx · source, matcher.
//
// # Packages
//
//	payments               the engine: New, Run, DepositAddress, Statement, Explain
//	payments/money         exact amounts, rates, rounding, guarded parsing
//	payments/memstore      storage in memory
//	payments/sqlitestore   storage in the host's SQLite database
//	payments/storetest     the suite every storage adapter must pass
//	chain                  networks, steps, reorganisations
//	chain/utxo  chain/evm  sources over JSON-RPC
//	chain/hd               addresses from extended public keys
//	chain/address          address text and payment URIs
//	chain/chainsim         a chain in memory for the host's own tests
//	rates  rates/exchange  prices with evidence; venues
//	ledger                 double-entry bookkeeping
//	examples/quickstart    a payment's whole life, printed
//	examples/portal        a page where a person pays
//
// Arrows point down only, and heavy dependencies stay behind fences: go-ethereum
// in chain/evm, go-bip32 in chain/hd, database drivers in the host. A test keeps
// it so.
package cointill
