package chainsim

import "github.com/cointill/cointill/chain"

// bitcoinDialect is where nodes of the Bitcoin family differ.
type bitcoinDialect struct {
	version    int
	subversion string // empty: no getnetworkinfo
	mainName   string // of the main chain, in getblockchaininfo
	// booleans: getblock takes no number (Dogecoin Core before 1.14.7).
	booleans bool
	// indexed: getrawtransaction finds what is mined without being told where, as
	// long as [Node.Index] does not say otherwise.
	indexed bool
	// inBlock: getrawtransaction may be told the block.
	inBlock bool
	// scriptAddresses: scripts list their addresses.
	scriptAddresses bool
	// looseHashes: a malformed block hash is an unknown block.
	looseHashes bool
	// rawtx: a verbose block has its transactions under that name (btcd).
	rawtx bool
	// mweb: transactions and blocks have Litecoin's fields.
	mweb bool
	// download: getblockchaininfo has initialblockdownload.
	download bool
	// loaded: getmempoolinfo says whether the mempool was loaded.
	loaded bool
	// sequence: getrawmempool can number its states.
	sequence bool
	// spenders: there is gettxspendingprevout (Bitcoin Core 24).
	spenders bool
	// missingTx and missingEverywhere are the answers for a transaction that is
	// not found without and with an index.
	missingTx, missingEverywhere string
	// outOfRange is the answer for a height above the head.
	outOfRange RPCError
	malformed  int // code for what is no hash
}

var heightOutOfRange = RPCError{Code: codeParameter, Message: "Block height out of range"}

const noTransaction = "No such mempool or blockchain transaction. Use gettransaction for wallet transactions."

var coreDialect = bitcoinDialect{
	version: 290000, subversion: "/Satoshi:29.0.0/", mainName: "main",
	inBlock: true, download: true, loaded: true, sequence: true, spenders: true,
	missingEverywhere: noTransaction,
	missingTx:         "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries. Use gettransaction for wallet transactions.",
	outOfRange:        heightOutOfRange, malformed: codeParameter,
}

var btcdDialect = bitcoinDialect{
	mainName: "mainnet", indexed: true, rawtx: true,
	missingTx:         "The transaction index must be enabled to query the blockchain (specify --txindex)",
	missingEverywhere: "No information available about transaction",
	outOfRange:        RPCError{Code: codeMisc, Message: "Block number out of range"}, malformed: codeDeserial,
}

var litecoinDialect = bitcoinDialect{
	version: 210505, subversion: "/LitecoinCore:0.21.5.5/", mainName: "main",
	inBlock: true, scriptAddresses: true, mweb: true, download: true, loaded: true, sequence: true,
	missingTx: coreDialect.missingTx, missingEverywhere: noTransaction, outOfRange: heightOutOfRange, malformed: codeParameter,
}

var dogecoin114Dialect = bitcoinDialect{
	version: 1140600, subversion: "/Shibetoshi:1.14.6/", mainName: "main",
	booleans: true, scriptAddresses: true, looseHashes: true,
	missingEverywhere: noTransaction,
	missingTx:         "No such mempool transaction. Use -txindex to enable blockchain transaction queries. Use gettransaction for wallet transactions.",
	outOfRange:        heightOutOfRange, malformed: codeParameter,
}

var dogecoin121Dialect = bitcoinDialect{
	version: 1210000, subversion: "/Shibetoshi:1.21.0/", mainName: "main",
	inBlock: true, scriptAddresses: true, download: true, loaded: true, sequence: true,
	missingTx: coreDialect.missingTx, missingEverywhere: noTransaction, outOfRange: heightOutOfRange, malformed: codeParameter,
}

// Core returns a new node of the chain that answers JSON-RPC as Bitcoin Core 29
// does without a transaction index: getrawtransaction knows the mempool, and a
// block's transactions when it is told the block. Verbose scripts have no
// address text.
func (u *UTXO) Core() *Face {
	return u.bitcoinFace(coreDialect, faceStyle{httpErrors: true, missing: "Method not found"})
}

// Btcd returns a new node of the chain that answers JSON-RPC as btcd 0.26 does
// with a transaction index. Verbose scripts have no address text.
func (u *UTXO) Btcd() *Face {
	return u.bitcoinFace(btcdDialect, faceStyle{
		missing:       "Method not found",
		unimplemented: map[string]bool{"getnetworkinfo": true, "getmempoolentry": true, "getwork": true},
	})
}

// Litecoin returns a new node of the chain that answers JSON-RPC as litecoind
// 0.21 does without a transaction index: as Bitcoin Core of that time, with
// lists of addresses in verbose scripts and the fields of MWEB. It panics with a
// [*MisuseError] on other networks.
func (u *UTXO) Litecoin() *Face {
	u.must("Litecoin", chain.FamilyLitecoin)
	return u.bitcoinFace(litecoinDialect, faceStyle{httpErrors: true, version1: true, missing: "Method not found"})
}

// Dogecoin114 returns a new node of the chain that answers JSON-RPC as Dogecoin
// Core 1.14 did before 1.14.7, without a transaction index: getblock takes a
// boolean and no number, getrawtransaction no block, getrawmempool no sequence.
// Headers carry the proof of merged mining where there is one
// ([Options.MergeMined]). It panics with a [*MisuseError] on other networks.
func (u *UTXO) Dogecoin114() *Face {
	u.must("Dogecoin114", chain.FamilyDogecoin)
	return u.bitcoinFace(dogecoin114Dialect, faceStyle{httpErrors: true, version1: true, missing: "Method not found"})
}

// Dogecoin121 is [UTXO.Dogecoin114] for Dogecoin Core 1.21, which speaks as
// Bitcoin Core 0.21 does.
func (u *UTXO) Dogecoin121() *Face {
	u.must("Dogecoin121", chain.FamilyDogecoin)
	return u.bitcoinFace(dogecoin121Dialect, faceStyle{httpErrors: true, version1: true, missing: "Method not found"})
}

func (u *UTXO) must(act string, f chain.Family) {
	if u.network.Family != f {
		misuse(act, "%s is not of the family %s", u.network.ID, f)
	}
}
