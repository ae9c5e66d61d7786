// Package evm reads Ethereum-family networks (Ethereum, BNB Smart Chain and
// their test networks) over JSON-RPC as a [chain.Source] and [chain.Ranger]: the
// native coin sent by a transaction itself, and the ERC-20 tokens listed in
// [chain.Network.Tokens].
//
// What counts as a transfer:
//
//   - Token: a Transfer log (ERC-20) of a listed contract, matched by contract
//     address and never by symbol or topic alone, with exactly three topics and
//     32 bytes of data, so that ERC-721 (four topics, same signature) and the
//     native-coin logs of EIP-7708 (contract 0xff…fe) are not taken for tokens.
//   - Native: a transaction whose own recipient is watched. Coins sent by
//     contracts inside a transaction are not seen by this package.
//   - Both: an amount above zero, in a transaction whose receipt (EIP-658) says
//     status 1 and names the same block. A token log must stand in that receipt,
//     and its place there names the transfer for ever.
//
// What is proved before a block is believed:
//
//   - The node serves the chain id (EIP-155), and every token contract has code
//     and the decimals its asset has. This is asked on first use and after every
//     failed call, because what answers behind one URL can change.
//   - Blocks are linked by parent hash, logs carry the hash of their block. Near
//     the tip logs are asked for by block hash (EIP-234), which a node that does
//     not know the block refuses instead of answering with nothing.
//   - When a block's logs are empty although its bloom filter says that one of
//     the contracts may have logged a Transfer, the receipts are read instead.
//
// A node that answers nothing, late, or in contradiction to itself gives
// [chain.ErrUnavailable], to be tried again; "no transfer" is only ever said
// about a block that was read whole. Valid JSON that does not hold what the
// Ethereum JSON-RPC specification promises is [chain.ErrMalformed].
//
// Answers are scanned in place by parsers of this package, which accept any
// valid JSON (any order of keys, white space, escapes), skip unknown fields, and
// are fuzzed against encoding/json. Transactions of unknown types are read too:
// hash, recipient and value suffice.
package evm
