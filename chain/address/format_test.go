package address_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
)

func TestBytesWithoutAnAddressHaveNoText(t *testing.T) {
	for _, c := range []struct {
		name, network, raw string
		family             chain.Family
		code               address.Code
	}{
		{"empty", "bitcoin/mainnet", "", chain.FamilyBitcoin, address.CodeScript},
		{"OP_RETURN", "bitcoin/mainnet", "6a0568656c6c6f", chain.FamilyBitcoin, address.CodeScript},
		{"bare public key", "bitcoin/mainnet", "210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798ac", chain.FamilyBitcoin, address.CodeScript},
		{"witness version 0 of 16 bytes", "bitcoin/mainnet", "0010751e76e8199196d454941c45d1b3a323", chain.FamilyBitcoin, address.CodeScript},
		{"witness version 17", "bitcoin/mainnet", "610251e7", chain.FamilyBitcoin, address.CodeScript},
		{"P2PKH cut", "bitcoin/mainnet", "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88", chain.FamilyBitcoin, address.CodeScript},
		{"SegWit on Dogecoin", "dogecoin/mainnet", "0014751e76e8199196d454941c45d1b3a323f1433bd6", chain.FamilyDogecoin, address.CodeSegWit},
		{"another family", "bitcoin/mainnet", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", chain.FamilyEVM, address.CodeWrongChain},
		{"19 bytes on EVM", "bsc/mainnet", "5aaeb6053f3e94c9b9a09f33669435e7ef1bea", chain.FamilyEVM, address.CodeScript},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw, err := hex.DecodeString(c.raw)
			require.NoError(t, err)
			text, err := address.Format(testNetworks[c.network], chain.Address{Family: c.family, Raw: string(raw)})
			var e *address.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.code, e.Code)
			require.Empty(t, text)
		})
	}
}

// drawAddress makes an address that n can write.
func drawAddress(t *rapid.T, n chain.Network) chain.Address {
	hash := [20]byte(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "hash"))
	kinds := []string{"p2pkh", "p2sh"}
	switch {
	case !n.UTXO():
		return chain.Address{Family: n.Family, Raw: string(hash[:])}
	case n.Address.Bech32 != "":
		kinds = append(kinds, "witness")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "p2pkh":
		return address.PubKeyHash(n.Family, hash)
	case "p2sh":
		return address.ScriptHash(n.Family, hash)
	}
	version := rapid.ByteRange(0, 16).Draw(t, "version")
	length := rapid.IntRange(2, 40).Draw(t, "length")
	if version == 0 {
		length = rapid.SampledFrom([]int{20, 32}).Draw(t, "length")
	}
	return address.Witness(n.Family, version, rapid.SliceOfN(rapid.Byte(), length, length).Draw(t, "program"))
}

func TestParseOfFormatIsTheAddress(t *testing.T) {
	for name, n := range testNetworks {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a := drawAddress(t, n)
				text, err := address.Format(n, a)
				require.NoError(t, err)
				back, err := address.Parse(n, text)
				require.NoError(t, err)
				require.Equal(t, a, back)
			})
		})
	}
}

func TestOneWrongCharacterIsNoticed(t *testing.T) {
	for name, n := range testNetworks {
		if !n.UTXO() {
			continue // EIP-55 notices all but one in 4,000 by design
		}
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a := drawAddress(t, n)
				text, err := address.Format(n, a)
				require.NoError(t, err)
				i := rapid.IntRange(0, len(text)-1).Draw(t, "place")
				c := rapid.ByteRange(' ', '~').Draw(t, "character")
				if text[i] == c {
					return
				}
				_, err = address.Parse(n, text[:i]+string(c)+text[i+1:])
				require.Error(t, err)
			})
		})
	}
}

func TestPartsThatMakeNoProgramGiveNoAddress(t *testing.T) {
	require.True(t, address.Witness(chain.FamilyBitcoin, 0, make([]byte, 21)).IsZero())
	require.True(t, address.Witness(chain.FamilyBitcoin, 1, make([]byte, 1)).IsZero())
	require.True(t, address.Witness(chain.FamilyBitcoin, 1, make([]byte, 41)).IsZero())
	require.True(t, address.Witness(chain.FamilyBitcoin, 17, make([]byte, 32)).IsZero())
}
