package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/rates"
)

// Public account keys of published test vectors (BIP 84's, and Trezor's for
// Ethereum). Everybody knows their private keys.
const (
	demoBitcoinKey  = "vpub5Y6cjg78GGuNLsaPhmYsiw4gYX3HoQiRBiSwDaBXKUafCt9bNwWQiitDk5VZ5BVxYnQdwoTyXSs2JHRPAgjAvtbBrf8ZhDYe2jWAqvZVnsc"
	demoEthereumKey = "xpub6CNFa58kEQJu2hwMVoofpDEKVVSg6gfwqBqE2zHAianaUnQkrJzJJ42iLDp7Dmg2aP88qCKoFZ4jidk3tECdQuF4567NGHDfe7iBRwHxgke"
)

// world is what lies outside the engine: networks and prices, real or simulated.
type world struct {
	rails []payments.Rail
	rates rates.Provider
	// priceName says where prices come from, for people.
	priceName string
	// bitpayClient is nil where BitPay is not offered, bitpay where it is not simulated.
	bitpayClient *bitpay.Client
	bitpay       *simBitPay
	// chains and prices are the simulation's handles, nil in the real world.
	chains map[string]simulation
	prices *simPrices
	block  time.Duration
	log    *slog.Logger
	wake   map[string]chan struct{}
}

// simulation is what the developer strip does to a simulated chain.
type simulation interface {
	Network() chain.Network
	Pay(payments ...chainsim.Payment) chain.Hash
	Mine(n int) []chain.Anchor
	Reorg(depth int, b chainsim.Branch) []chain.Anchor
	Head() chain.Anchor
	Pending() []chain.Hash
	BlockOf(id chain.Hash) (chain.Anchor, bool)
}

func newWorld(cfg config) (*world, error) {
	if cfg.real() {
		return realWorld(cfg)
	}
	btc := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
	eth := chainsim.NewEVM(simEthereum(), chainsim.Options{Now: time.Now, FinalLag: 64})
	prices := newSimPrices(time.Now)
	composite, err := prices.composite()
	if err != nil {
		return nil, err
	}
	w := &world{
		rates: composite, priceName: "three simulated venues", prices: prices, block: cfg.block,
		chains: map[string]simulation{}, wake: map[string]chan struct{}{},
	}
	for _, rail := range []struct {
		sim    simulation
		source chain.Source
		scheme hd.Scheme
		key    string
	}{
		{btc, btc.Source("simulated node"), hd.BIP84, demoBitcoinKey},
		{eth, eth.Source("simulated node"), hd.BIP44, demoEthereumKey},
	} {
		rail.sim.Mine(30)
		n := rail.sim.Network()
		wallet, err := hd.OpenWallet(n, rail.scheme, rail.key)
		if err != nil {
			return nil, err
		}
		w.chains[n.ID], w.wake[n.ID] = rail.sim, make(chan struct{}, 1)
		w.rails = append(w.rails, payments.Rail{
			Network: n, Sources: []chain.Source{rail.source}, Wallet: wallet,
			Confirmations: confirmations,
			UnprovedKey:   true, // published keys; with your own, see proveWallets
		})
	}
	return w, nil
}

// simEthereum is Ethereum with its tokens, as a private network.
func simEthereum() chain.Network {
	n := chain.Ethereum
	n.ID, n.Name, n.Test, n.ChainID = "ethereum-sim", "Ethereum", true, 1337
	n.Native.Network = n.ID
	n.Tokens = nil
	for _, t := range chain.Ethereum.Tokens {
		t.Asset.Network = n.ID
		n.Tokens = append(n.Tokens, t)
	}
	return n
}

func (w *world) simulated() bool { return w.chains != nil }

// blockTime is the usual distance of two blocks, for estimates.
func (w *world) blockTime(n chain.Network) time.Duration {
	if w.simulated() && w.block > 0 {
		return w.block
	}
	return n.BlockTime
}

// hurry tells a simulated network's miner that there is something to mine.
func (w *world) hurry(network string) {
	select {
	case w.wake[network] <- struct{}{}:
	default:
	}
}

// idle is how often a miner with nothing to do looks again: the engine may hear of
// a mined payment a moment later.
const idle = 500 * time.Millisecond

// mine mines simulated blocks while something waits for confirmations, until ctx
// ends.
func (w *world) mine(ctx context.Context, waiting func(ctx context.Context, network string) bool) {
	if w.block == 0 {
		<-ctx.Done()
		return
	}
	done := make(chan struct{})
	for id, sim := range w.chains {
		go func() {
			defer func() { done <- struct{}{} }()
			for ctx.Err() == nil {
				if len(sim.Pending()) == 0 && !waiting(ctx, id) {
					sleep(ctx, idle, w.wake[id])
					continue
				}
				sleep(ctx, w.block, nil)
				if ctx.Err() == nil {
					sim.Mine(1)
				}
			}
		}()
	}
	for range w.chains {
		<-done
	}
	<-ctx.Done()
}

func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-t.C:
	}
}
