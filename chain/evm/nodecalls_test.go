package evm_test

import (
	"fmt"
	"strconv"
	"strings"
)

func number(s any) int {
	n, err := strconv.ParseUint(strings.TrimPrefix(s.(string), "0x"), 16, 63)
	if err != nil {
		panic(err)
	}
	return int(n)
}

func (n *node) result(method string, params []any) (any, *rpcError) {
	switch method {
	case "eth_chainId":
		return "0x539", nil
	case "eth_syncing":
		return false, nil
	case "eth_getCode":
		if _, ok := n.decimals[params[0].(string)]; !ok {
			return "0x", nil
		}
		return "0x60", nil
	case "eth_call":
		d, ok := n.decimals[params[0].(obj)["to"].(string)]
		if !ok {
			return "0x", nil
		}
		return uint256(int64(d)), nil
	case "eth_getBlockByNumber":
		switch at := params[0]; at {
		case "latest":
			return n.blocks[len(n.blocks)-1], nil
		case "finalized":
			if n.final == nil {
				return nil, nil
			}
			return n.blocks[n.final.(int)], nil
		default:
			if h := number(at); h < len(n.blocks) {
				return n.blocks[h], nil
			}
			return nil, nil
		}
	case "eth_getLogs":
		f := params[0].(obj)
		if hash, ok := f["blockHash"].(string); ok {
			logs, ok := n.logs[hash]
			if !ok {
				return nil, &rpcError{-32000, "unknown block"}
			}
			if f["address"].([]any)[0] == system {
				return ofContract(logs, system), nil
			}
			return logs, nil
		}
		out := []obj{}
		for h := number(f["fromBlock"]); h <= min(number(f["toBlock"]), len(n.blocks)-1); h++ {
			out = append(out, n.logs[n.blocks[h]["hash"].(string)]...)
		}
		return out, nil
	case "eth_getBalance":
		at, ok := params[1].(obj)
		for h, b := range n.blocks {
			if ok && b["hash"] == at["blockHash"] || !ok && params[1] == b["number"] {
				return n.balance(params[0].(string), h), nil
			}
		}
		return nil, &rpcError{-32000, "header for hash not found"}
	case "eth_getTransactionByHash":
		for _, b := range n.blocks {
			for _, x := range b["transactions"].([]obj) {
				if x["hash"] == params[0] {
					return mined(b, x), nil
				}
			}
		}
		for _, x := range n.pool {
			if x["hash"] == params[0] {
				return x, nil
			}
		}
		return nil, nil
	case "eth_getTransactionReceipt":
		r, ok := n.receipts[params[0].(string)]
		if !ok {
			return nil, nil
		}
		return r, nil
	case "eth_getBlockReceipts":
		out := []obj{}
		for _, b := range n.blocks {
			if b["hash"] == params[0] {
				for _, x := range b["transactions"].([]obj) {
					out = append(out, n.receipts[x["hash"].(string)])
				}
			}
		}
		return out, nil
	}
	if method == n.offers {
		return n.trace(params[0].(string)), nil
	}
	return nil, &rpcError{-32601, "the method " + method + " does not exist"}
}

// mined is a transaction with what its block says.
func mined(block, x obj) obj {
	out := obj{"blockHash": block["hash"], "blockNumber": block["number"]}
	for k, v := range x {
		out[k] = v
	}
	return out
}

func (n *node) balance(address string, height int) string {
	return fmt.Sprintf("0x%x", n.balances[address]+height)
}
