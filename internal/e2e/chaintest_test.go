package e2e_test

import (
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/chaintest"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/internal/e2e/anvilnode"
	"github.com/cointill/cointill/internal/e2e/btcdnode"
	"github.com/cointill/cointill/internal/e2e/contracts"
	"github.com/cointill/cointill/internal/e2e/evmpayer"
	"github.com/cointill/cointill/internal/e2e/gethnode"
	"github.com/cointill/cointill/internal/e2e/litecoinnode"
	"github.com/cointill/cointill/payments/money"
)

// Each real node is what the suite says a source reads.
func TestSourcesOnRealNodes(t *testing.T) {
	t.Run("btcd", func(t *testing.T) { t.Parallel(); chaintest.Run(t, btcdWorld(t)) })
	t.Run("litecoind", func(t *testing.T) { t.Parallel(); chaintest.Run(t, litecoindWorld(t)) })
	t.Run("Dogecoin 1.14 by proxy", func(t *testing.T) { t.Parallel(); chaintest.Run(t, dogecoinWorld(t)) })
	t.Run("geth 1337", func(t *testing.T) { t.Parallel(); chaintest.Run(t, gethWorld(t, "ethereum-private", 1337)) })
	t.Run("geth 56", func(t *testing.T) { t.Parallel(); chaintest.Run(t, gethWorld(t, "bsc-private", 56)) })
	t.Run("anvil", func(t *testing.T) { t.Parallel(); chaintest.Run(t, anvilWorld(t)) })
}

func btcdWorld(t *testing.T) chaintest.World {
	node := newBitcoin(t)
	n := node.network()
	outputs := func(ps []chaintest.Payment) (all []btcdnode.Output) {
		for _, p := range ps {
			all = append(all, node.output(p.To, p.Amount))
		}
		return all
	}
	batch := func(ps ...chaintest.Payment) chain.Hash { return txid(node.Pay(outputs(ps)...)) }
	return chaintest.World{
		Source:  node.source(t, n),
		Address: func(i int) chain.Address { return chainsim.Address(n, i) },
		Pay:     func(p chaintest.Payment) chain.Hash { return batch(p) },
		Batch:   batch,
		Mine:    node.Mine,
		Reorg:   func(depth int) { node.Undo(depth); node.MineEmpty(depth + 1) },
		Own: func(i int) chain.Address {
			return chain.Address{Family: n.Family, Raw: string(node.Own(i))}
		},
		Spend: func(ops []chain.Outpoint, ps ...chaintest.Payment) chain.Hash {
			return txid(node.Spend(wireOutpoints(t, ops), outputs(ps)...))
		},
		Other: func(n chain.Network) chain.Source { return node.source(t, n) },
	}
}

// wireOutpoints are outpoints as transactions name them.
func wireOutpoints(t *testing.T, ops []chain.Outpoint) (all []wire.OutPoint) {
	for _, op := range ops {
		h, err := chainhash.NewHashFromStr(op.TxID.String())
		require.NoError(t, err)
		all = append(all, *wire.NewOutPoint(h, op.Vout))
	}
	return all
}

// ofLitecoin gives a world what Litecoin Core's wallets can do.
func ofLitecoin(t *testing.T, node *litecoinnode.Node, n chain.Network, w chaintest.World) chaintest.World {
	id := func(text string) chain.Hash {
		h, err := chain.ParseHash(text)
		require.NoError(t, err)
		return h
	}
	outputs := func(ps []chaintest.Payment) (all []litecoinnode.Output) {
		for _, p := range ps {
			units, fits := p.Amount.Int64()
			require.True(t, fits)
			all = append(all, litecoinnode.Output{Script: []byte(p.To.Raw), Litoshi: units})
		}
		return all
	}
	w.Batch = func(ps ...chaintest.Payment) chain.Hash { return id(node.PayAll(outputs(ps)...)) }
	w.Own = func(int) chain.Address {
		to, err := address.Parse(n, node.Own())
		require.NoError(t, err)
		return to
	}
	w.Spend = func(ops []chain.Outpoint, ps ...chaintest.Payment) chain.Hash {
		return id(node.Spend(wireOutpoints(t, ops), outputs(ps)...))
	}
	return w
}

func litecoindWorld(t *testing.T) chaintest.World {
	node := newLitecoin(t)
	return ofLitecoin(t, node.Node, node.net, chaintest.World{
		Source:  node.source(t, node.net),
		Address: func(i int) chain.Address { return chainsim.Address(node.net, i) },
		Pay:     func(p chaintest.Payment) chain.Hash { return node.pay(p.To, p.Amount) },
		Mine:    node.Mine,
		Reorg:   func(depth int) { node.Undo(depth); node.MineEmpty(depth + 1) },
		PegOut:  func(p chaintest.Payment) { node.pegOut(p.To, p.Amount) },
		MineTo:  func(to chain.Address) { node.MineTo(node.text(to)) },
		Other:   func(n chain.Network) chain.Source { return node.source(t, n) },
	})
}

// evmNode is what the two EVM clients have in common.
type evmNode struct {
	net    chain.Network
	tokens map[money.Coin]common.Address
	send   func(from evmpayer.Payer, to common.Address, wei *big.Int) chain.Hash
	// call invokes a deployed contract by its address.
	call            func(from evmpayer.Payer, at common.Address, wei *big.Int, method string, args ...any) chain.Hash
	batch, internal common.Address
	source          func(chain.Network) chain.Source
	mine            func(int)
	reorg           func(int)
	final           func() uint64
}

func (e evmNode) world(t *testing.T) chaintest.World {
	own := map[chain.Address]evmpayer.Payer{}
	at := func(a chain.Address) common.Address { return common.Address([]byte(a.Raw)) }
	pay := func(from evmpayer.Payer, p chaintest.Payment) chain.Hash {
		if p.Amount.Asset() == e.net.Native {
			return e.send(from, at(p.To), p.Amount.Units())
		}
		return e.call(from, e.tokens[p.Amount.Asset().Coin], nil, "transfer", at(p.To), p.Amount.Units())
	}
	batch := func(ps ...chaintest.Payment) chain.Hash {
		var to []common.Address
		var values []*big.Int
		total := new(big.Int)
		for _, p := range ps {
			to, values = append(to, at(p.To)), append(values, p.Amount.Units())
			total.Add(total, p.Amount.Units())
		}
		if asset := ps[0].Amount.Asset(); asset != e.net.Native {
			return e.call(evmpayer.Wallet, e.batch, nil, "payToken", e.tokens[asset.Coin], to, values)
		}
		return e.call(evmpayer.Wallet, e.internal, total, "pay", to, values)
	}
	return chaintest.World{
		Source:  e.source(e.net),
		Assets:  e.net.Assets(),
		Address: func(i int) chain.Address { return chainsim.Address(e.net, i) },
		Pay:     func(p chaintest.Payment) chain.Hash { return pay(evmpayer.Wallet, p) },
		Batch:   batch,
		Mine:    e.mine,
		Reorg:   e.reorg,
		Own: func(i int) chain.Address {
			p := evmpayer.Payer(1000 + i)
			own[addressOf(p.Address())] = p
			return addressOf(p.Address())
		},
		Send:        func(from chain.Address, p chaintest.Payment) chain.Hash { return pay(own[from], p) },
		PayInternal: func(p chaintest.Payment) chain.Hash { return batch(p) },
		PayReverted: func(p chaintest.Payment) chain.Hash {
			return e.call(evmpayer.Wallet, e.internal, p.Amount.Units(), "payReverted", at(p.To), p.Amount.Units())
		},
		PayDelegated: func(p chaintest.Payment) chain.Hash {
			return e.call(evmpayer.Wallet, e.internal, p.Amount.Units(), "payDelegated", at(p.To))
		},
		PayByDestruction: func(p chaintest.Payment) chain.Hash {
			return e.call(evmpayer.Wallet, e.internal, p.Amount.Units(), "payByDestruction", at(p.To))
		},
		PayFailed: func(p chaintest.Payment) chain.Hash {
			if p.Amount.Asset() == e.net.Native {
				return e.call(evmpayer.Wallet, e.internal, p.Amount.Units(), "payAndRevert", at(p.To), p.Amount.Units())
			}
			tooMuch := new(big.Int).Lsh(big.NewInt(1), 200)
			return e.call(evmpayer.Wallet, e.tokens[p.Amount.Asset().Coin], nil, "transfer", at(p.To), tooMuch)
		},
		Other: e.source,
		Final: func(height uint64) bool {
			for range 200 {
				if e.final() >= height {
					return true
				}
				e.mine(1)
			}
			return false
		},
	}
}

func gethWorld(t *testing.T, id string, chainID uint64) chaintest.World {
	node := newEVM(t, id, chainID, "ETH")
	e := evmNode{net: node.net, tokens: map[money.Coin]common.Address{}, mine: node.Mine, final: node.Finalized,
		source: func(n chain.Network) chain.Source { return node.source(t, n) },
		reorg:  func(depth int) { node.Undo(depth); node.MineEmpty(depth + 1) },
		send: func(from evmpayer.Payer, to common.Address, wei *big.Int) chain.Hash {
			return chain.Hash(node.PayFrom(from, to, wei).Hash())
		}}
	e.net.Tokens = e.net.Tokens[:3] // without the one that keeps a fee
	deployed := map[common.Address]gethnode.Token{}
	for coin, token := range node.tokens {
		e.tokens[coin], deployed[token.Address] = token.Address, token
	}
	batch, internal := node.Deploy(contracts.BatchPayer), node.Deploy(contracts.InternalPayer)
	e.batch, e.internal = batch.Address, internal.Address
	deployed[e.batch], deployed[e.internal] = batch, internal
	for _, token := range node.tokens {
		node.Call(gethnode.Wallet, token, nil, "mint", e.batch, new(big.Int).Lsh(big.NewInt(1), 100))
	}
	node.Mine(1)
	e.call = func(from evmpayer.Payer, at common.Address, wei *big.Int, method string, args ...any) chain.Hash {
		return chain.Hash(node.Call(from, deployed[at], wei, method, args...).Hash())
	}
	return e.world(t)
}

func anvilWorld(t *testing.T) chaintest.World {
	const id, chainID = "anvil", 31337
	node := anvilnode.Start(t, chainID)
	e := evmNode{net: chain.Network{
		ID: id, Name: id, Family: chain.FamilyEVM, Test: true, ChainID: chainID,
		Native:    money.Asset{Coin: "ETH", Network: id, Decimals: 18},
		BlockTime: chain.Ethereum.BlockTime, URIScheme: "ethereum", CoinType: 60,
	}, tokens: map[money.Coin]common.Address{}, mine: node.Mine, reorg: node.Reorg,
		source: func(n chain.Network) chain.Source {
			s, err := evm.NewSource(n, evm.RPC{URL: node.URL, HTTP: httpClient(t)})
			require.NoError(t, err)
			return s
		},
		send: func(from evmpayer.Payer, to common.Address, wei *big.Int) chain.Hash {
			return chain.Hash(node.Send(from, &to, wei, nil))
		}}
	deployed := map[common.Address]anvilnode.Token{}
	deploy := func(c contracts.Contract, args ...any) common.Address {
		token := node.Deploy(c, args...)
		deployed[token.Address] = token
		return token.Address
	}
	e.batch, e.internal = deploy(contracts.BatchPayer), deploy(contracts.InternalPayer)
	for _, token := range []struct {
		coin     money.Coin
		code     contracts.Contract
		decimals uint8
	}{{"USDT", contracts.NoReturn, 6}, {"GUSD", contracts.Standard, 2}, {"DAI", contracts.Standard, 18}} {
		at := deploy(token.code, string(token.coin), token.decimals)
		e.tokens[token.coin] = at
		e.net.Tokens = append(e.net.Tokens, chain.Token{
			Asset: money.Asset{Coin: token.coin, Network: id, Decimals: token.decimals}, Contract: addressOf(at)})
		for _, holder := range []common.Address{evmpayer.Wallet.Address(), e.batch} {
			node.Invoke(evmpayer.Wallet, deployed[at], nil, "mint", holder, new(big.Int).Lsh(big.NewInt(1), 100))
		}
	}
	node.Mine(1)
	e.call = func(from evmpayer.Payer, at common.Address, wei *big.Int, method string, args ...any) chain.Hash {
		return chain.Hash(node.Invoke(from, deployed[at], wei, method, args...))
	}
	src := e.source(e.net)
	e.final = func() uint64 {
		head, err := src.Head(t.Context())
		require.NoError(t, err)
		return head.Final
	}
	return e.world(t)
}
