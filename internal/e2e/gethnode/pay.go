package gethnode

import (
	"math/big"

	geth "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/internal/e2e/contracts"
)

// Token is a deployed contract.
type Token struct {
	contracts.Contract
	Address common.Address
}

// Deploy deploys a contract and mines it.
func (n *Node) Deploy(c contracts.Contract, args ...any) Token {
	n.t.Helper()
	packed, err := c.ABI.Pack("", args...)
	require.NoError(n.t, err)
	nonce := n.nonces[Wallet]
	tx := n.sign(Wallet, nil, nil, append(append([]byte{}, c.Code...), packed...))
	n.send(tx)
	n.MineEmpty(1)
	require.Equal(n.t, types.ReceiptStatusSuccessful, n.Receipt(tx).Status, "deployment failed")
	return Token{c, crypto.CreateAddress(Wallet.Address(), nonce)}
}

// Pay sends native coin.
func (n *Node) Pay(to common.Address, wei *big.Int) *types.Transaction {
	n.t.Helper()
	return n.PayFrom(Wallet, to, wei)
}

// PayFrom sends native coin of any payer.
func (n *Node) PayFrom(from Payer, to common.Address, wei *big.Int) *types.Transaction {
	n.t.Helper()
	tx := n.sign(from, &to, wei, nil)
	n.send(tx)
	return tx
}

// Call sends a transaction that calls a contract's method.
func (n *Node) Call(from Payer, c Token, wei *big.Int, method string, args ...any) *types.Transaction {
	n.t.Helper()
	data, err := c.ABI.Pack(method, args...)
	require.NoError(n.t, err)
	tx := n.sign(from, &c.Address, wei, data)
	n.send(tx)
	return tx
}

// Read calls a contract's method without a transaction and returns its results.
func (n *Node) Read(c Token, method string, args ...any) []any {
	n.t.Helper()
	data, err := c.ABI.Pack(method, args...)
	require.NoError(n.t, err)
	client, err := ethclient.Dial(n.URL)
	require.NoError(n.t, err)
	defer client.Close()
	packed, err := client.CallContract(n.t.Context(), geth.CallMsg{To: &c.Address, Data: data}, nil)
	require.NoError(n.t, err)
	out, err := c.ABI.Unpack(method, packed)
	require.NoError(n.t, err)
	return out
}

func (n *Node) sign(from Payer, to *common.Address, wei *big.Int, data []byte) *types.Transaction {
	tx := from.Sign(n.chainID, n.nonces[from], to, wei, data)
	n.nonces[from]++
	return tx
}

func (n *Node) send(tx *types.Transaction) {
	n.t.Helper()
	for _, err := range n.eth.TxPool().Add([]*types.Transaction{tx}, true) {
		require.NoError(n.t, err)
	}
}
