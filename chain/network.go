package chain

import (
	"slices"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Family says which form addresses have. Networks of one family share
// addresses: a 0x address is the same on Ethereum and BNB Smart Chain.
type Family string

// The families.
const (
	FamilyBitcoin  Family = "bitcoin"
	FamilyLitecoin Family = "litecoin"
	FamilyDogecoin Family = "dogecoin"
	FamilyEVM      Family = "evm"
)

// Network describes one chain. The package's variables hold the real ones; test
// networks are values of the same type, made by the host or by a simulator.
// Treat a Network as a constant: do not change its slices.
type Network struct {
	// ID names the network in stores, assets and events: "bitcoin".
	ID string
	// Name is for people: "Bitcoin".
	Name string
	// Family is the form of its addresses.
	Family Family
	// Test marks a network whose coins are worth nothing. A store holds either
	// real or test networks, never both.
	Test bool
	// Genesis is the hash of block 0 as the network prints it. UTXO sources
	// refuse a node with another one. Empty: not checked (private test chains).
	Genesis string
	// ChainID is the EIP-155 chain id. EVM sources refuse a node with another.
	ChainID uint64
	// Native is the coin that pays for transactions.
	Native money.Asset
	// Tokens are the token contracts whose assets can be accepted.
	Tokens []Token
	// Unaccepted are known contracts whose assets are not among the product's
	// coins, such as WBTC. Sources read them, so that what is sent by mistake is
	// on record. Asset, Assets and Token leave them out, so that no rail accepts
	// them and no payment URI asks for them; Listed has them.
	Unaccepted []Token
	// CoinbaseMaturity and PegOutMaturity are how many confirmations newly mined
	// coins, and those paid out of MWEB, need before they can be spent.
	CoinbaseMaturity, PegOutMaturity uint64
	// Dust is how little an output may hold, see [Network.Smallest].
	Dust Dust
	// BlockTime is the usual distance of two blocks, for estimates only.
	BlockTime time.Duration
	// Address holds the prefixes of UTXO addresses.
	Address AddressParams
	// URIScheme begins payment URIs: "bitcoin".
	URIScheme string
	// CoinType is the SLIP-0044 number in derivation paths.
	CoinType uint32
}

// AddressParams are the version bytes and prefixes of a UTXO network's
// addresses (chainparams.cpp of each node).
type AddressParams struct {
	PubKeyHash byte   // version byte of P2PKH
	ScriptHash byte   // version byte of P2SH
	Bech32     string // human-readable part, empty without SegWit
}

// Token is a contract whose transfers count as an asset.
type Token struct {
	Asset    money.Asset
	Contract Address
}

// Asset returns the network's asset for a coin, native or token. An unaccepted
// one is not found: it is not among the assets a host may take.
func (n Network) Asset(c money.Coin) (money.Asset, bool) {
	for _, a := range n.Assets() {
		if a.Coin == c {
			return a, true
		}
	}
	return money.Asset{}, false
}

// Assets returns the native asset followed by the tokens': all that can be
// accepted.
func (n Network) Assets() []money.Asset {
	out := make([]money.Asset, 0, 1+len(n.Tokens))
	out = append(out, n.Native)
	for _, t := range n.Tokens {
		out = append(out, t.Asset)
	}
	return out
}

// Maturity returns how many confirmations coins of an origin need before they can
// be spent, 0 if they can be at once.
func (n Network) Maturity(o Origin) uint64 {
	switch o {
	case OriginCoinbase:
		return n.CoinbaseMaturity
	case OriginPegOut:
		return n.PegOutMaturity
	}
	return 0
}

// Listed returns all tokens a source reads: Tokens, then Unaccepted.
func (n Network) Listed() []Token {
	return slices.Concat(n.Tokens, n.Unaccepted)
}

// Token returns the token that counts a, if a is one of the network's accepted
// tokens.
func (n Network) Token(a money.Asset) (Token, bool) {
	for _, t := range n.Tokens {
		if t.Asset == a {
			return t, true
		}
	}
	return Token{}, false
}

// UTXO reports whether the network keeps unspent outputs rather than balances.
func (n Network) UTXO() bool { return n.Family != FamilyEVM }
