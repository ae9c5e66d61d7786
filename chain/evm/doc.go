// Package evm reads Ethereum-family networks (Ethereum, BNB Smart Chain and
// their test networks) over JSON-RPC as a [chain.Source] and [chain.Ranger]: the
// native coin sent by a transaction itself, and the ERC-20 tokens of
// [chain.Network.Listed], accepted or not. It is a [chain.Balancer] and a
// [chain.Inspector] too.
//
// What counts as a transfer:
//
//   - Token: a Transfer log (ERC-20) of a listed contract, matched by contract
//     address and never by symbol or topic alone, with exactly three topics and
//     32 bytes of data, so that ERC-721 (four topics, same signature) and the
//     native-coin logs of EIP-7708 (contract 0xff…fe) are not taken for tokens.
//   - Native: a transaction's own value, and what contracts pay inside one where
//     the node traces blocks (callTracer or trace_block) or logs such payments
//     (EIP-7708); [chain.Found.Internal] says whether every block was looked into.
//   - Both: an amount above zero, in a transaction whose receipt (EIP-658) says
//     status 1 and names the same block. A token log must stand in that receipt,
//     and its place there names the transfer for ever.
//
// What is proved before a block is believed:
//
//   - The node serves the chain id (EIP-155), and every token contract has code
//     and the decimals its asset has. This is asked on first use and after every
//     failed call, because what answers behind one URL can change; the chain id
//     also with every head. A wrong row among the unaccepted tokens stops nothing:
//     that contract is left out ([Source.LeftOut]).
//   - Blocks are linked by parent hash, logs carry the hash of their block. Near
//     the tip logs are asked for by block hash (EIP-234), which a node that does
//     not know the block refuses instead of answering with nothing.
//   - When a block's logs are empty although its bloom filter says that one of
//     the contracts may have logged a Transfer, the receipts are read instead.
//     Near the tip this is looked at contract by contract: a node whose index is
//     being written may tell of one token and not yet of another. On busy networks
//     filters are crowded, and it means one eth_getBlockReceipts for most blocks
//     at the tip.
//
// What is not proved: no transactions or receipts root is computed, so a lie in
// agreement with itself is believed. One of two Transfers of one contract left out
// of a block's logs, or a call left out of a trace, is such a lie. Of single numbers
// these are believed because nothing else in the answers speaks of them: the amount
// that a contract paid, in its trace; a transaction's own value, where the node does
// not trace; the gas that a transaction used and its price. Above an amount at which
// one node's word is too little, ask several sources to agree.
//
// A node that answers nothing, late, or in contradiction to itself gives
// [chain.ErrUnavailable], to be tried again; "no transfer" is only ever said
// about a block that was read whole. Valid JSON that does not hold what the
// Ethereum JSON-RPC specification promises is [chain.ErrMalformed].
//
// What nodes refuse, and what is done:
//
//   - A range of logs or a batch that is too wide, by whichever code, text or HTTP
//     status: half of it, or what the node offers. The size is remembered and
//     grows back, slowly at first; the refused size is tried again now and then.
//   - eth_getLogs altogether, or for one block alone: the receipts of the blocks
//     whose filters leave room for a Transfer. It is asked again later.
//   - eth_getBlockReceipts: each transaction's receipt.
//   - The finalized tag: [chain.Head.Final] is 0. A node that merely fails on it
//     gives [chain.ErrUnavailable], so that a policy of finality is not replaced
//     by one of depth for a moment's trouble.
//   - Blocks by hash in eth_getBalance (EIP-1898): by number, between two readings
//     of the block in one request.
//   - Too many requests: a [ThrottledError], with the node's own waiting time.
//
// Answers are scanned in place by parsers of this package, which accept any
// valid JSON (any order of keys, white space, escapes), skip unknown fields, and
// are fuzzed against encoding/json. Transactions of unknown types are read too:
// hash, recipient and value suffice.
//
// The 800 logs of a block are read and matched in about a twentieth of the
// time in which encoding/json makes go-ethereum's types of them, a block of 300
// transactions with these logs, or 300 receipts that hold them, in less than a
// fifteenth:
//
//	for i in 1 2 3 4 5 6; do go test -run '^$' -bench '(Logs|Block|Receipts)(GethTypes)?$' .; done
package evm
