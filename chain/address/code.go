package address

// Code says why a text is refused. Codes are stable: they may be stored and
// shown to clients.
type Code string

// The codes, in the order in which they are looked for.
const (
	// CodePrivateKey: the text is a private key. Whoever pasted it should move
	// its coins at once; the error does not repeat it.
	CodePrivateKey Code = "private_key"
	// CodeTron: a TRON (TRC20) address, in Base58 or hex. TRON is neither
	// accepted nor refunded.
	CodeTron Code = "tron_address"
	// CodeCashAddr: a Bitcoin Cash address in CashAddr form.
	CodeCashAddr Code = "cashaddr"
	// CodeMWEB: a Litecoin MimbleWimble stealth address, whose payments cannot
	// be seen on the chain.
	CodeMWEB Code = "mweb_unsupported"
	// CodeSegWit: a SegWit address of a network that has no SegWit, such as
	// Dogecoin.
	CodeSegWit Code = "segwit_unsupported"
	// CodeWrongChain: an address of another chain.
	CodeWrongChain Code = "wrong_chain"
	// CodeWrongNetwork: an address of the same chain's other network, such as a
	// test network's address given to the main network.
	CodeWrongNetwork Code = "wrong_network"
	// CodeBadChecksum: the form is right and the checksum is not: the text was
	// mistyped or cut.
	CodeBadChecksum Code = "bad_checksum"
	// CodeMalformed: nothing the network knows.
	CodeMalformed Code = "malformed"
	// CodeZero: the EVM zero address, where coins are lost.
	CodeZero Code = "zero_address"
	// CodeTokenContract: the contract of one of the network's tokens, which
	// keeps for ever what is sent to it.
	CodeTokenContract Code = "token_contract"
	// CodePrecompile: an EVM address that belongs to the protocol: everything
	// below 0x10000 (precompiles, BNB Smart Chain's system contracts) and the
	// system address 0xff…fe.
	CodePrecompile Code = "precompile"
	// CodeScript: from [Format] only: the bytes are an output script that has
	// no address, or not 20 bytes on an EVM network.
	CodeScript Code = "no_address"
)

// advice tells the reader what the text is and what to do next. The network's
// name follows each text.
var advice = map[Code]string{
	CodePrivateKey:    "this is a private key and must never be sent to anyone: move its coins to a new wallet, then give an address on",
	CodeTron:          "this is a TRON (TRC20) address; TRON is neither accepted nor refunded: ask for an address on",
	CodeCashAddr:      "this is a Bitcoin Cash address: ask for an address on",
	CodeMWEB:          "this is a Litecoin MWEB address, whose payments cannot be seen: ask for an ordinary address on",
	CodeSegWit:        "this network has no SegWit addresses: ask for a legacy address on",
	CodeWrongChain:    "this is an address of another chain: ask for an address on",
	CodeWrongNetwork:  "this address is of another network of the same chain: ask for an address on",
	CodeBadChecksum:   "the checksum does not match, so a character is wrong or missing: copy again the address on",
	CodeMalformed:     "this is not an address: copy again the whole address on",
	CodeZero:          "the zero address belongs to nobody: ask for the receiver's own address on",
	CodeTokenContract: "this is a token's contract, not a wallet: ask for the receiver's own address on",
	CodePrecompile:    "this address belongs to the protocol: ask for the receiver's own address on",
	CodeScript:        "the bytes have no address on",
}
