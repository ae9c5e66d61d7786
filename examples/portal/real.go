package main

import (
	"context"
	"errors"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

// realWorld reads real networks from the nodes that flags name.
func realWorld(cfg config) (*world, error) {
	w := &world{priceName: cfg.rates}
	var err error
	if w.rates, err = realRates(); err != nil {
		return nil, err
	}
	if cfg.bitcoin.url != "" {
		n := chain.Bitcoin
		if cfg.bitcoinNetwork == "regtest" {
			n = chain.BitcoinRegtest
		}
		source, err := bitcoinSource(n, cfg.bitcoin)
		if err != nil {
			return nil, err
		}
		if err := w.add(n, source, hd.Scheme(cfg.bitcoinScheme), cfg.bitcoin.key, cfg.unproved); err != nil {
			return nil, err
		}
	}
	if cfg.ethereum.url != "" {
		source, err := evm.NewSource(chain.Ethereum, evm.RPC{URL: cfg.ethereum.url})
		if err != nil {
			return nil, err
		}
		if err := w.add(chain.Ethereum, source, hd.BIP44, cfg.ethereum.key, cfg.unproved); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *world) add(n chain.Network, source chain.Source, scheme hd.Scheme, key string, unproved bool) error {
	wallet, err := hd.OpenWallet(n, scheme, key)
	if err != nil {
		return err
	}
	w.rails = append(w.rails, payments.Rail{Network: n, Sources: []chain.Source{source}, Wallet: wallet,
		Confirmations: confirmations, UnprovedKey: unproved})
	return nil
}

// proveWallets records the proofs given by flags. Without one a wallet issues
// nothing, and the page says what to sign: an address of a mistyped key belongs
// to nobody.
func proveWallets(ctx context.Context, cfg config, p *payments.Processor, w *world) error {
	var errs []error
	for _, r := range w.rails {
		proof, flag := cfg.proofFor(r.Network)
		if proof == "" {
			continue
		}
		errs = append(errs, p.Prove(ctx, r.Network, proof, payments.Actor{ID: "portal", Reason: "proof given by " + flag}))
	}
	return errors.Join(errs...)
}

// proofFor returns the proof given for a network's wallet, and the flag it is
// given by.
func (c config) proofFor(n chain.Network) (proof, flag string) {
	if n.Family == chain.FamilyEVM {
		return c.ethereum.proof, "-ethereum-proof"
	}
	return c.bitcoin.proof, "-bitcoin-proof"
}

func bitcoinSource(n chain.Network, at node) (chain.Source, error) {
	return utxo.NewSource(n, utxo.RPC{URL: at.url, User: at.user, Password: at.password})
}

// realRates is the median of the venues that can be had without a key.
func realRates() (rates.Provider, error) {
	var sources []rates.Source
	var errs []error
	for _, open := range []func(exchange.Options) (*exchange.Venue, error){
		exchange.NewKraken, exchange.NewCoinbase, exchange.NewBitstamp, exchange.NewGemini,
	} {
		v, err := open(exchange.Options{})
		sources, errs = append(sources, v), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return rates.NewComposite(rates.Policy{}, sources...)
}

// explorer is a page about a transaction, empty for networks of our own.
func explorer(network, tx string) string {
	switch network {
	case chain.Bitcoin.ID:
		return "https://mempool.space/tx/" + tx
	case chain.Ethereum.ID:
		return "https://etherscan.io/tx/0x" + tx
	}
	return ""
}
