package chainsim

import (
	"encoding/hex"
	"slices"

	"github.com/cointill/cointill/chain"
)

// Error codes of Bitcoin nodes.
const (
	codeMisc       = -1
	codeNotFound   = -5
	codeParameter  = -8
	codeDeserial   = -22
	coreVersion    = 290000
	coreSubversion = "/Satoshi:29.0.0/"
)

// bitcoinFace is what Bitcoin Core and btcd answer, and where they differ.
type bitcoinFace struct {
	node *Node
	btcd bool
}

// Core returns a new node of the chain that answers JSON-RPC as Bitcoin Core 29
// does without a transaction index: getrawtransaction knows the mempool, and a
// block's transactions when it is told the block. Verbose scripts have no
// address text.
func (u *UTXO) Core() *Face {
	return u.bitcoinFace(false, faceStyle{httpErrors: true, missing: "Method not found"})
}

// Btcd returns a new node of the chain that answers JSON-RPC as btcd 0.26 does
// with a transaction index. Verbose scripts have no address text.
func (u *UTXO) Btcd() *Face {
	return u.bitcoinFace(true, faceStyle{
		missing:       "Method not found",
		unimplemented: map[string]bool{"getnetworkinfo": true, "getmempoolentry": true, "getwork": true},
	})
}

func (u *UTXO) bitcoinFace(btcd bool, style faceStyle) *Face {
	b := &bitcoinFace{node: &Node{chain: u.Chain}, btcd: btcd}
	methods := map[string]method{
		"getbestblockhash":  func(v view, _ params) (any, error) { return v.tip().Hash, nil },
		"getblockcount":     func(v view, _ params) (any, error) { return v.tip().Height, nil },
		"getblockchaininfo": b.chainInfo,
		"getblockhash":      b.blockHash,
		"getblockheader":    b.blockHeader,
		"getblock":          b.block,
		"getrawmempool":     b.rawMempool,
		"getrawtransaction": b.rawTransaction,
	}
	if !btcd {
		methods["getnetworkinfo"] = func(view, params) (any, error) {
			return map[string]any{"version": coreVersion, "subversion": coreSubversion, "protocolversion": 70016, "connections": 8}, nil
		}
	}
	return &Face{Node: b.node, style: style, methods: methods}
}

func (b *bitcoinFace) chainInfo(v view, _ params) (any, error) {
	name := "main"
	switch {
	case b.node.chain.network.Test:
		name = "regtest"
	case b.btcd:
		name = "mainnet"
	}
	tip := v.tip()
	headers := tip.Height
	if v.syncing {
		headers += 1000
	}
	info := map[string]any{
		"chain": name, "blocks": tip.Height, "headers": headers, "bestblockhash": tip.Hash,
		"mediantime": medianTime(v, tip), "pruned": false, "difficulty": easyDifficulty,
	}
	if !b.btcd {
		info["initialblockdownload"] = v.syncing
	}
	return info, nil
}

func (b *bitcoinFace) blockHash(v view, p params) (any, error) {
	var height int64
	if err := p.read(0, &height, codeMisc); err != nil {
		return nil, err
	}
	if at := v.at(uint64(height)); height >= 0 && at != nil {
		return at.Hash, nil
	}
	if b.btcd {
		return nil, &RPCError{Code: codeMisc, Message: "Block number out of range"}
	}
	return nil, &RPCError{Code: codeParameter, Message: "Block height out of range"}
}

// find reads a block hash and returns the block.
func (b *bitcoinFace) find(v view, p params, i int) (*block, error) {
	malformed := codeParameter
	if b.btcd {
		malformed = codeDeserial
	}
	h, err := p.hash(i, malformed)
	if err != nil {
		return nil, err
	}
	if found := b.node.block(v, h); found != nil {
		return found, nil
	}
	return nil, &RPCError{Code: codeNotFound, Message: "Block not found"}
}

func (b *bitcoinFace) blockHeader(v view, p params) (any, error) {
	found, err := b.find(v, p, 0)
	if err != nil {
		return nil, err
	}
	verbose, err := p.verbosity(1, 1, codeMisc)
	if err != nil {
		return nil, err
	}
	if verbose == 0 {
		return hex.EncodeToString(found.header), nil
	}
	return headerJSON(v, found), nil
}

func (b *bitcoinFace) block(v view, p params) (any, error) {
	found, err := b.find(v, p, 0)
	if err != nil {
		return nil, err
	}
	verbosity, err := p.verbosity(1, 1, codeMisc)
	if err != nil {
		return nil, err
	}
	if verbosity <= 0 {
		return hex.EncodeToString(found.wireBytes()), nil
	}
	out := headerJSON(v, found)
	size, weight := blockSize(found)
	out["size"], out["weight"] = size, weight
	if verbosity == 1 {
		out["tx"] = hashes(found.txs)
		return out, nil
	}
	txs := make([]any, len(found.txs))
	for i, t := range found.txs {
		txs[i] = transactionJSON(t)
	}
	if b.btcd {
		out["rawtx"] = txs
	} else {
		out["tx"] = txs
	}
	return out, nil
}

func (b *bitcoinFace) rawMempool(v view, p params) (any, error) {
	verbose, err := p.verbosity(0, 0, codeMisc)
	if err != nil || verbose == 0 {
		return hashes(v.pool), err
	}
	out := make(map[string]any, len(v.pool))
	for _, t := range v.pool {
		out[t.id.String()] = map[string]any{"vsize": (t.utxo.weight() + 3) / 4, "weight": t.utxo.weight(), "height": v.tip().Height}
	}
	return out, nil
}

func (b *bitcoinFace) rawTransaction(v view, p params) (any, error) {
	id, err := p.hash(0, codeParameter)
	if err != nil {
		return nil, err
	}
	verbose, err := p.verbosity(1, 0, codeMisc)
	if err != nil {
		return nil, err
	}
	t, in, err := b.transaction(v, p, id)
	if err != nil {
		return nil, err
	}
	if verbose == 0 {
		return hex.EncodeToString(t.utxo.bytes(true)), nil
	}
	out := transactionJSON(t)
	if in != nil {
		out["blockhash"], out["confirmations"] = in.Hash, confirmations(v, in)
		out["time"], out["blocktime"] = in.Time.Unix(), in.Time.Unix()
	}
	return out, nil
}

// transaction finds a transaction where the node looks for it.
func (b *bitcoinFace) transaction(v view, p params, id chain.Hash) (*tx, *block, error) {
	in := func(found *block) *tx {
		if i := slices.IndexFunc(found.txs, func(t *tx) bool { return t.id == id }); i >= 0 {
			return found.txs[i]
		}
		return nil
	}
	if !b.btcd && !p.absent(2) {
		found, err := b.find(v, p, 2)
		if err != nil {
			return nil, nil, err
		}
		if t := in(found); t != nil {
			return t, found, nil
		}
		return nil, nil, &RPCError{Code: codeNotFound, Message: "No such transaction found in the provided block. Use gettransaction for wallet transactions."}
	}
	if t := v.unmined(id); t != nil {
		return t, nil, nil
	}
	if !b.btcd {
		return nil, nil, &RPCError{Code: codeNotFound, Message: "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries. Use gettransaction for wallet transactions."}
	}
	for _, found := range v.blocks {
		if t := in(found); t != nil {
			return t, found, nil
		}
	}
	return nil, nil, &RPCError{Code: codeNotFound, Message: "No information available about transaction"}
}
