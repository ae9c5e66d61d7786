package evmpayer

import (
	"crypto/ecdsa"
	"encoding/binary"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
)

// Payer is an account with a key of its own. The named ones are rich on every
// private chain; any other number is an account with what it was sent.
type Payer uint32

// The rich payers. Wallet is the one to use; Whale pays so high a tip that its
// transactions come first in a block.
const (
	Wallet Payer = iota
	Whale
	// Rich is how many rich payers there are.
	Rich
)

func (p Payer) key() *ecdsa.PrivateKey {
	seed := append(make([]byte, 27), 0x11, 0, 0, 0, 0)
	binary.BigEndian.PutUint32(seed[28:], uint32(p)+1)
	k, err := crypto.ToECDSA(seed)
	if err != nil {
		panic(err) // only for a number outside the curve's order
	}
	return k
}

// Address returns the payer's address.
func (p Payer) Address() common.Address { return crypto.PubkeyToAddress(p.key().PublicKey) }

// Fortune is what each rich payer begins with, in wei.
func Fortune() *big.Int { return new(big.Int).Mul(big.NewInt(1_000_000), big.NewInt(params.Ether)) }

// Sign makes a transaction with a fixed gas limit, so that one which will fail
// can be sent too. What others than the rich may spend on gas is below 0.005
// coins. A nil recipient creates a contract.
func (p Payer) Sign(chainID *big.Int, nonce uint64, to *common.Address, wei *big.Int, data []byte) *types.Transaction {
	gas, tip, limit := uint64(400_000), int64(1), int64(10)
	switch {
	case p == Whale:
		gas, tip, limit = 1_500_000, 100, 200
	case p < Rich:
		gas, limit = 1_500_000, 200
	}
	return types.MustSignNewTx(p.key(), types.LatestSignerForChainID(chainID), &types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, To: to, Value: wei, Data: data, Gas: gas,
		GasTipCap: big.NewInt(tip * params.GWei), GasFeeCap: big.NewInt(limit * params.GWei),
	})
}
