package chainsim_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
)

type wireBlock struct {
	Merkleroot string
	Tx         []struct {
		Txid, Hash, Hex string
		Vout            []struct{ ScriptPubKey struct{ Hex string } }
	}
}

// root folds printed hashes as block headers do, one pair at a time.
func root(t *testing.T, printed []string) string {
	t.Helper()
	for len(printed) > 1 {
		if len(printed)%2 == 1 {
			printed = append(printed, printed[len(printed)-1])
		}
		var next []string
		for i := 0; i < len(printed); i += 2 {
			next = append(next, doubleSHA(append(unprinted(t, printed[i]), unprinted(t, printed[i+1])...)))
		}
		printed = next
	}
	return printed[0]
}

func unprinted(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	slices.Reverse(b)
	return b
}

func TestBlocksCommitToTheirTransactions(t *testing.T) {
	for payments := range 5 {
		c := newBitcoin()
		for range payments {
			c.Pay(pay(c.Network(), 0, 0, 5))
		}
		hash := c.Mine(1)[0].Hash.String()
		var b wireBlock
		require.Zero(t, ask(t, c.Core(), &b, "getblock", hash, 2))
		require.Len(t, b.Tx, payments+1)
		var ids, witnessIDs []string
		for i, tx := range b.Tx {
			raw, err := hex.DecodeString(tx.Hex)
			require.NoError(t, err)
			require.Equal(t, tx.Hash, doubleSHA(raw))
			require.NotEqual(t, tx.Hash, tx.Txid)
			ids = append(ids, tx.Txid)
			witnessIDs = append(witnessIDs, tx.Hash)
			if i == 0 {
				witnessIDs[0] = strings.Repeat("00", 32)
			}
		}
		require.Equal(t, root(t, ids), b.Merkleroot)
		header := ""
		require.Zero(t, ask(t, c.Core(), &header, "getblockheader", hash, false))
		require.Equal(t, hex.EncodeToString(unprinted(t, b.Merkleroot)), header[72:136])

		reserved := append(unprinted(t, root(t, witnessIDs)), make([]byte, 32)...)
		want := "6a24aa21a9ed" + hex.EncodeToString(unprinted(t, doubleSHA(reserved)))
		require.Equal(t, want, b.Tx[0].Vout[1].ScriptPubKey.Hex)
	}
}

func TestNetworksWithoutSegwitHaveNoWitnesses(t *testing.T) {
	n := chain.Network{ID: "doge", Family: chain.FamilyDogecoin, Native: chain.Bitcoin.Native}
	c := chainsim.NewUTXO(n, chainsim.Options{})
	p := pay(n, 0, 0, 5)
	require.Len(t, p.To.Raw, 25, "P2PKH")
	c.Pay(p)
	var b wireBlock
	require.Zero(t, ask(t, c.Core(), &b, "getblock", c.Mine(1)[0].Hash.String(), 2))
	for _, tx := range b.Tx {
		require.Equal(t, tx.Txid, tx.Hash)
	}
	require.Len(t, b.Tx[0].Vout, 1, "no commitment")
	require.Len(t, scan(t, c.Source("a")).Transfers, 1)
}

func TestCoinbaseBeginsWithTheHeight(t *testing.T) {
	c := newBitcoin()
	c.Mine(130)
	for height, want := range map[int]string{0: "00", 1: "51", 16: "60", 17: "0111", 127: "017f", 128: "028000"} {
		var hash string
		require.Zero(t, ask(t, c.Core(), &hash, "getblockhash", height))
		var b struct {
			Tx []struct{ Vin []struct{ Coinbase string } }
		}
		require.Zero(t, ask(t, c.Core(), &b, "getblock", hash, 2))
		require.True(t, strings.HasPrefix(b.Tx[0].Vin[0].Coinbase, want+"08"), b.Tx[0].Vin[0].Coinbase)
	}
}
