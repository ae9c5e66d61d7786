package cointill_test

import (
	"net/http"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
)

// on makes a UTXO node of a network.
func on(n chain.Network, name, coin string, face func(*chainsim.UTXO) *chainsim.Face) tillCase {
	return tillCase{name, coin, func(x *till) http.Handler {
		x.utxo = chainsim.NewUTXO(n, chainsim.Options{Now: x.clock, MergeMined: n.Family == chain.FamilyDogecoin})
		x.network, x.node = x.utxo.Network(), face(x.utxo)
		return x.node
	}}
}

func bitcoins() []tillCase {
	return []tillCase{
		on(chain.BitcoinRegtest, "Bitcoin Core", "BTC", (*chainsim.UTXO).Core),
		on(chain.BitcoinRegtest, "btcd", "BTC", (*chainsim.UTXO).Btcd),
	}
}

func litecoins() []tillCase {
	n := chain.Litecoin
	n.Test = true
	return []tillCase{on(n, "litecoind", "LTC", (*chainsim.UTXO).Litecoin)}
}

// dogecoins are nodes of a network without SegWit, of both dialects.
func dogecoins() []tillCase {
	n := chain.Dogecoin
	n.Test = true
	return []tillCase{
		on(n, "Dogecoin Core 1.14", "DOGE", (*chainsim.UTXO).Dogecoin114),
		on(n, "Dogecoin Core 1.21", "DOGE", (*chainsim.UTXO).Dogecoin121),
	}
}

// ethereums are nodes that show calls in three ways, with one of the coins.
func ethereums(coin string) []tillCase {
	n := chain.Ethereum
	n.Test, n.ChainID = true, 1337
	return []tillCase{
		onEVM(n, "callTracer", coin, 64, false, (*chainsim.EVM).Geth),
		onEVM(n, "trace_block", coin, 64, false, (*chainsim.EVM).Erigon),
		onEVM(n, "EIP-7708", coin, 64, true, (*chainsim.EVM).Geth),
	}
}

// bscs is a node of BNB Smart Chain, whose tokens have other decimals. The native
// coin is asked for as ETH, as on Ethereum; there is no GUSD.
func bscs(coin string) []tillCase {
	n := chain.BSC
	n.Test = true
	switch coin {
	case "ETH":
		coin = "BNB"
	case "GUSD":
		return nil
	}
	return []tillCase{onEVM(n, "bsc", coin, 2, false, (*chainsim.EVM).Geth)}
}

// onEVM makes a node of an EVM network, which logs transfers of value or shows them
// in traces.
func onEVM(n chain.Network, name, coin string, finalLag uint64, logs bool, face func(*chainsim.EVM) *chainsim.EVMFace) tillCase {
	return tillCase{coin + " by " + name, coin, func(x *till) http.Handler {
		x.evm = chainsim.NewEVM(n, chainsim.Options{Now: x.clock, FinalLag: finalLag, NativeLogs: logs})
		f := face(x.evm)
		f.Trace(!logs)
		x.network, x.node, x.face = n, f.Face, f
		return f
	}}
}

// utxos are the nodes of all networks of unspent outputs.
func utxos() []tillCase { return slices.Concat(bitcoins(), dogecoins(), litecoins()) }

// evms are the nodes of all EVM networks, with one of the coins.
func evms(coin string) []tillCase { return append(bscs(coin), ethereums(coin)...) }

// everywhere is one node of each kind.
func everywhere() []tillCase {
	return append(utxos(), ethereums("ETH")[0], bscs("USDT")[0], ethereums("USDT")[1])
}
