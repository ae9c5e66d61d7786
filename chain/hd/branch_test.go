package hd

import (
	"sync"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain/address/base58"
)

// publicDerivations are the non-hardened steps of BIP32's test vectors.
var publicDerivations = []struct {
	name          string
	index         uint32
	parent, child string
}{
	{"vector 1, m/0'/1", 1,
		"xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
		"xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqck2AxYysAA7xmALppuCkwQ"},
	{"vector 1, m/0'/1/2'/2", 2,
		"xpub6D4BDPcP2GT577Vvch3R8wDkScZWzQzMMUm3PWbmWvVJrZwQY4VUNgqFJPMM3No2dFDFGTsxxpG5uJh7n7epu4trkrX7x7DogT5Uv6fcLW5",
		"xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7fe5JnJ7dh8zL4fiyLHV"},
	{"vector 1, m/0'/1/2'/2/1000000000", 1000000000,
		"xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7fe5JnJ7dh8zL4fiyLHV",
		"xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTvXEYBVPamhGW6cFJodrTHy"},
	{"vector 2, m/0", 0,
		"xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB",
		"xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH"},
	{"vector 2, m/0/2147483647'/1", 1,
		"xpub6ASAVgeehLbnwdqV6UKMHVzgqAG8Gr6riv3Fxxpj8ksbH9ebxaEyBLZ85ySDhKiLDBrQSARLq1uNRts8RuJiHjaDMBU4Zn9h8LZNnBC5y4a",
		"xpub6DF8uhdarytz3FWdA8TvFSvvAh8dP3283MY7p2V4SeE2wyWmG5mg5EwVvmdMVCQcoNJxGoWaU9DCWh89LojfZ537wTfunKau47EL2dhHKon"},
	{"vector 2, m/0/2147483647'/1/2147483646'/2", 2,
		"xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL",
		"xpub6FnCn6nSzZAw5Tw7cgR9bi15UV96gLZhjDstkXXxvCLsUXBGXPdSnLFbdpq8p9HmGsApME5hQTZ3emM2rnY5agb9rXpVGyy3bdW6EEgAtqt"},
}

// decodeKey reads any extended public key, of whatever depth.
func decodeKey(t testing.TB, text string) extendedKey {
	t.Helper()
	raw, err := base58.DecodeCheck(nil, text)
	require.NoError(t, err)
	require.Len(t, raw, extendedLen)
	return extendedKey{key: [keyLen]byte(raw[atKey:]), chainCode: [chainCodeLen]byte(raw[atChainCode:atKey])}
}

func TestChildrenAreThoseOfBIP32(t *testing.T) {
	for _, v := range publicDerivations {
		t.Run(v.name, func(t *testing.T) {
			want := decodeKey(t, v.child)
			b, err := newBranch(decodeKey(t, v.parent))
			require.NoError(t, err)
			got, err := b.children(nil, v.index, 1)
			require.NoError(t, err)
			require.Len(t, got, 1)
			require.Equal(t, want.key, got[0].compressed())

			oracle, err := decodeKey(t, v.parent).child(v.index)
			require.NoError(t, err)
			require.Equal(t, want, oracle)
		})
	}
}

// The index whose child is the point at infinity cannot be found by search, so
// the branch is bent: its point is the negative of one child's own summand.
func TestAnInfiniteChildIsLeftOutAndSpoilsNoOther(t *testing.T) {
	b, err := newBranch(decodeKey(t, publicDerivations[0].parent))
	require.NoError(t, err)
	const missing = 5
	tw, err := b.tweaker()
	require.NoError(t, err)
	var k secp256k1.ModNScalar
	ok, err := tw.tweak(missing, &k)
	require.NoError(t, err)
	require.True(t, ok)
	secp256k1.ScalarBaseMultNonConst(k.Negate(), &b.point)
	b.point.ToAffine()

	all, err := b.children(nil, 0, 10)
	require.NoError(t, err)
	require.Len(t, all, 9)
	for _, c := range all {
		require.NotEqual(t, uint32(missing), c.index)
		one, err := b.children(nil, c.index, 1)
		require.NoError(t, err)
		require.Equal(t, one[0].compressed(), c.compressed(), "index %d", c.index)
	}
	none, err := b.children(nil, missing, 1)
	require.NoError(t, err)
	require.Empty(t, none)
}

// drawKey makes a public key with a chain code nobody chose.
func drawKey(t *rapid.T) (k extendedKey) {
	var scalar secp256k1.ModNScalar
	secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")
	if scalar.SetByteSlice(secret); scalar.IsZero() {
		scalar.SetInt(1)
	}
	copy(k.key[:], secp256k1.NewPrivateKey(&scalar).PubKey().SerializeCompressed())
	copy(k.chainCode[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "chain code"))
	return k
}

func TestABatchIsItsChildrenOneByOneAndThoseOfGoBIP32(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawKey(t)
		from := rapid.Uint32Range(0, hardened-batch).Draw(t, "from")
		n := rapid.IntRange(0, batch).Draw(t, "n")
		b, err := newBranch(k)
		require.NoError(t, err)
		all, err := b.children(nil, from, n)
		require.NoError(t, err)
		require.Len(t, all, n)
		for i := range all {
			require.Equal(t, from+uint32(i), all[i].index)
		}
		if n == 0 {
			return
		}
		i := rapid.IntRange(0, n-1).Draw(t, "i")
		one, err := b.children(nil, from+uint32(i), 1)
		require.NoError(t, err)
		require.Equal(t, one[0].compressed(), all[i].compressed())
		oracle, err := k.child(from + uint32(i))
		require.NoError(t, err)
		require.Equal(t, oracle.key, all[i].compressed())
	})
}

func TestEightGoroutinesAgreeWithGoBIP32(t *testing.T) {
	k := decodeKey(t, benchKey)
	b, err := newBranch(k)
	require.NoError(t, err)
	want, err := b.children(nil, 0, 8)
	require.NoError(t, err)
	var group sync.WaitGroup
	errs := make([]error, 8)
	for g := range errs {
		group.Go(func() {
			for i := uint32(0); i < 8 && errs[g] == nil; i++ {
				var key [keyLen]byte
				if key, errs[g] = b.agreed(k, i); errs[g] == nil && key != want[i].compressed() {
					errs[g] = ErrOracle
				}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

func TestADerivationThatDisagreesIsNoticed(t *testing.T) {
	k := decodeKey(t, benchKey)
	b, err := newBranch(k)
	require.NoError(t, err)
	_, err = b.agreed(k, 7)
	require.NoError(t, err)
	b.point.Y.Negate(1).Normalize() // the other point with this X
	_, err = b.agreed(k, 7)
	require.ErrorIs(t, err, ErrOracle)
}
