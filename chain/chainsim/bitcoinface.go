package chainsim

import (
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/cointill/cointill/chain"
)

// Error codes of Bitcoin nodes.
const (
	codeMisc      = -1
	codeType      = -3
	codeNotFound  = -5
	codeParameter = -8
	codeDeserial  = -22
)

// bitcoinFace is what nodes of the Bitcoin family answer.
type bitcoinFace struct {
	bitcoinDialect
	node *Node
}

func (u *UTXO) bitcoinFace(d bitcoinDialect, style faceStyle) *Face {
	b := &bitcoinFace{bitcoinDialect: d, node: &Node{chain: u.Chain, indexed: d.indexed}}
	methods := map[string]method{
		"getbestblockhash":  func(v view, _ params) (any, error) { return v.tip().Hash, nil },
		"getblockcount":     func(v view, _ params) (any, error) { return v.tip().Height, nil },
		"getblockchaininfo": b.chainInfo,
		"getblockhash":      b.blockHash,
		"getblockheader":    b.blockHeader,
		"getblock":          b.block,
		"getmempoolinfo":    b.mempoolInfo,
		"getrawmempool":     b.rawMempool,
		"getrawtransaction": b.rawTransaction,
	}
	if d.subversion != "" {
		methods["getnetworkinfo"] = func(view, params) (any, error) {
			return map[string]any{"version": d.version, "subversion": d.subversion, "protocolversion": 70015, "connections": 8}, nil
		}
	}
	if d.spenders {
		methods["gettxspendingprevout"] = b.spenders
	}
	return &Face{Node: b.node, style: style, methods: methods}
}

func (b *bitcoinFace) chainInfo(v view, _ params) (any, error) {
	name := b.mainName
	if b.node.chain.network.Test {
		name = "regtest"
	}
	tip := v.tip()
	headers := tip.Height
	if v.syncing {
		headers += 1000
	}
	info := map[string]any{
		"chain": name, "blocks": tip.Height, "headers": headers, "bestblockhash": tip.Hash,
		"mediantime": medianTime(v, tip), "pruned": v.kept > 0, "difficulty": easyDifficulty,
	}
	if b.download {
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
	refusal := b.outOfRange
	return nil, &refusal
}

// find reads a block hash and returns the block.
func (b *bitcoinFace) find(v view, p params, i int) (*block, error) {
	h, err := p.hash(i, b.malformed)
	if err != nil && (!b.looseHashes || p.absent(i)) {
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
	verbose, err := b.verbosity(p)
	if err != nil {
		return nil, err
	}
	if verbose == 0 {
		return hex.EncodeToString(slices.Concat(found.header, found.auxPoW)), nil
	}
	return headerJSON(v, found), nil
}

func (b *bitcoinFace) block(v view, p params) (any, error) {
	found, err := b.find(v, p, 0)
	if err != nil {
		return nil, err
	}
	verbosity, err := b.verbosity(p)
	if err != nil {
		return nil, err
	}
	if !v.keeps(found) {
		return nil, &RPCError{Code: codeMisc, Message: "Block not available (pruned data)"}
	}
	if verbosity <= 0 {
		return hex.EncodeToString(found.wireBytes()), nil
	}
	out := headerJSON(v, found)
	size, weight := blockSize(found)
	out["size"], out["weight"] = size, weight
	if last := found.hogEx(); b.mweb && last != nil {
		out["mweb"] = map[string]any{"hash": hex.EncodeToString([]byte(last.utxo.outs[0].script[2:])), "height": found.Height, "num_kernels": 0, "num_txos": 0}
	}
	if verbosity == 1 {
		out["tx"] = hashes(found.txs)
		return out, nil
	}
	txs := make([]any, len(found.txs))
	for i, t := range found.txs {
		txs[i] = b.transactionJSON(t)
	}
	if b.rawtx {
		out["rawtx"] = txs
	} else {
		out["tx"] = txs
	}
	return out, nil
}

// verbosity reads the second parameter of getblock and getblockheader.
func (b *bitcoinFace) verbosity(p params) (int, error) {
	if b.booleans && !p.absent(1) {
		var flag bool
		if json.Unmarshal(p[1], &flag) != nil {
			return 0, &RPCError{Code: codeMisc, Message: "JSON value is not a boolean as expected"}
		}
	}
	return p.verbosity(1, 1, codeMisc)
}

func (b *bitcoinFace) rawTransaction(v view, p params) (any, error) {
	if b.booleans && len(p) > 2 {
		return nil, &RPCError{Code: codeMisc, Message: "getrawtransaction \"txid\" ( verbose )"}
	}
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
	out := b.transactionJSON(t)
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
	if b.inBlock && !p.absent(2) {
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
	if b.node.index() {
		if t, found := v.mined(id); t != nil {
			return t, found, nil
		}
		return nil, nil, &RPCError{Code: codeNotFound, Message: b.missingEverywhere}
	}
	return nil, nil, &RPCError{Code: codeNotFound, Message: b.missingTx}
}
