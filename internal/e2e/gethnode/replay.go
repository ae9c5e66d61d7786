package gethnode

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/stretchr/testify/require"
)

// replayer pays with transactions that name no chain.
var replayer, _ = crypto.ToECDSA(common.LeftPadBytes([]byte{0x22, 0x22}, 32))

// ReplayableFrom is who signs a Replayable transaction; fund it first.
func ReplayableFrom() common.Address { return crypto.PubkeyToAddress(replayer.PublicKey) }

// Replayable signs a payment as before EIP-155: it is valid on every chain where
// the signer has coins and has not sent anything.
func Replayable(to common.Address, wei *big.Int) *types.Transaction {
	return types.MustSignNewTx(replayer, types.HomesteadSigner{}, &types.LegacyTx{
		To: &to, Value: wei, Gas: 400_000, GasPrice: big.NewInt(200 * params.GWei),
	})
}

// Send puts a signed transaction into the node's pool.
func (n *Node) Send(tx *types.Transaction) {
	n.t.Helper()
	require.NoError(n.t, n.eth.TxPool().Sync()) // it looks at the chain now and then
	n.send(tx)
}
