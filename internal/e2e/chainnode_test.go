package e2e_test

import (
	"math/big"
	"net/http"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/internal/e2e/btcdnode"
	"github.com/cointill/cointill/internal/e2e/contracts"
	"github.com/cointill/cointill/internal/e2e/daemon"
	"github.com/cointill/cointill/internal/e2e/gethnode"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// Account keys of the seed phrase "abandon … about", which everybody knows:
// m/84'/1'/0' and m/44'/60'/0'.
const (
	bitcoinKey  = "vpub5Y6cjg78GGuNLsaPhmYsiw4gYX3HoQiRBiSwDaBXKUafCt9bNwWQiitDk5VZ5BVxYnQdwoTyXSs2JHRPAgjAvtbBrf8ZhDYe2jWAqvZVnsc"
	ethereumKey = "xpub6DCoCpSuQZB2jawqnGMEPS63ePKWkwWPH4TU45Q7LPXWuNd8TMtVxRrgjtEshuqpK3mdhaWHPFsBngh5GFZaM6si3yZdUsT8ddYM3PwnATt"
)

// chainNode is a real node and one asset that is paid on its chain.
type chainNode interface {
	network() chain.Network
	asset() money.Asset
	// rail is the library's side of it: adapter and wallet.
	rail(testing.TB) payments.Rail
	// pay sends the asset and returns the transaction's id; it is mined next.
	pay(to chain.Address, x money.Amount) chain.Hash
	// Mine mines blocks, the first with all that waits; MineEmpty leaves out what
	// Undo took off the chain.
	Mine(blocks int)
	MineEmpty(blocks int)
	Undo(depth int)
}

// bitcoin is btcd and its native coin.
type bitcoin struct{ *btcdnode.Node }

func newBitcoin(t testing.TB) bitcoin { return bitcoin{btcdnode.Start(t)} }

func (b bitcoin) network() chain.Network { return chain.BitcoinRegtest }
func (b bitcoin) asset() money.Asset     { return chain.BitcoinRegtest.Native }

func (b bitcoin) source(t testing.TB, n chain.Network) *utxo.Source {
	t.Helper()
	s, err := utxo.NewSource(n, utxo.RPC{
		URL: b.URL, User: daemon.User, Password: daemon.Password, HTTP: httpClient(t)})
	require.NoError(t, err)
	return s
}

func (b bitcoin) rail(t testing.TB) payments.Rail {
	t.Helper()
	w, err := hd.OpenWallet(b.network(), hd.BIP84, bitcoinKey)
	require.NoError(t, err)
	return payments.Rail{
		Network: b.network(), Sources: []chain.Source{b.source(t, b.network())}, Wallet: w, UnprovedKey: true}
}

func (b bitcoin) pay(to chain.Address, x money.Amount) chain.Hash {
	return txid(b.Pay(b.output(to, x)))
}

func (b bitcoin) output(to chain.Address, x money.Amount) btcdnode.Output {
	units, _ := x.Int64() // there are fewer satoshi than 2^63
	return btcdnode.Output{Script: []byte(to.Raw), Satoshi: units}
}

// txid is a payment's id in the order in which it is printed.
func txid(p btcdnode.Payment) chain.Hash {
	h, err := chain.ParseHash(p.TxHash().String())
	if err != nil {
		panic(err) // btcd prints 64 digits
	}
	return h
}

// ethereum is go-ethereum, the deployed tokens, and one asset among them.
type ethereum struct {
	*gethnode.Node
	coin   money.Coin
	tokens map[money.Coin]gethnode.Token
	net    chain.Network
}

// newEthereum starts a private Ethereum and picks the asset to be paid on it.
func newEthereum(t testing.TB, coin money.Coin) *ethereum {
	return newEVM(t, "ethereum-private", 1337, coin)
}

// newEVM starts a node with a chain id and deploys the tokens.
func newEVM(t testing.TB, id string, chainID uint64, coin money.Coin) *ethereum {
	e := &ethereum{Node: gethnode.Start(t, chainID), coin: coin, net: chain.Network{
		ID: id, Name: id, Family: chain.FamilyEVM, Test: true, ChainID: chainID,
		Native:    money.Asset{Coin: "ETH", Network: id, Decimals: 18},
		BlockTime: chain.Ethereum.BlockTime, URIScheme: "ethereum", CoinType: 60,
	}}
	e.tokens = map[money.Coin]gethnode.Token{
		"USDT": e.Deploy(contracts.NoReturn, "USDT", uint8(6)),
		"GUSD": e.Deploy(contracts.Standard, "GUSD", uint8(2)),
		"DAI":  e.Deploy(contracts.Standard, "DAI", uint8(18)),
		"FEE":  e.Deploy(contracts.Fee, "FEE", uint8(6)),
	}
	for _, tok := range e.tokens {
		for _, p := range []gethnode.Payer{gethnode.Wallet, gethnode.Whale} {
			e.Call(gethnode.Wallet, tok, nil, "mint", p.Address(), new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil))
		}
	}
	e.Mine(1)
	e.net.Tokens = []chain.Token{e.listed("USDT", 6), e.listed("GUSD", 2), e.listed("DAI", 18), e.listed("FEE", 6)}
	return e
}

func (e *ethereum) listed(c money.Coin, decimals uint8) chain.Token {
	return chain.Token{
		Asset:    money.Asset{Coin: c, Network: e.net.ID, Decimals: decimals},
		Contract: addressOf(e.tokens[c].Address),
	}
}

func (e *ethereum) network() chain.Network { return e.net }

func (e *ethereum) asset() money.Asset {
	a, _ := e.net.Asset(e.coin)
	return a
}

func (e *ethereum) source(t testing.TB, n chain.Network) *evm.Source {
	t.Helper()
	s, err := evm.NewSource(n, evm.RPC{URL: e.URL, HTTP: httpClient(t)})
	require.NoError(t, err)
	return s
}

func (e *ethereum) rail(t testing.TB) payments.Rail {
	t.Helper()
	w, err := hd.OpenWallet(e.net, hd.BIP44, ethereumKey)
	require.NoError(t, err)
	return payments.Rail{Network: e.net, Sources: []chain.Source{e.source(t, e.net)}, Wallet: w, UnprovedKey: true}
}

func (e *ethereum) pay(to chain.Address, x money.Amount) chain.Hash {
	if e.coin == e.net.Native.Coin {
		return chain.Hash(e.Pay(common.Address([]byte(to.Raw)), x.Units()).Hash())
	}
	return chain.Hash(e.transfer(gethnode.Wallet, e.tokens[e.coin], to, x.Units()).Hash())
}

// transfer sends a token, listed or not.
func (e *ethereum) transfer(from gethnode.Payer, tok gethnode.Token, to chain.Address, units *big.Int) *types.Transaction {
	return e.Call(from, tok, nil, "transfer", common.Address([]byte(to.Raw)), units)
}

func addressOf(a common.Address) chain.Address {
	return chain.Address{Family: chain.FamilyEVM, Raw: string(a[:])}
}

// httpClient has connections of its own, closed with the test.
func httpClient(t testing.TB) *http.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}
