package bitauth_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/bitpay/bitauth"
)

// Keys computed with BitPay's Node client 8.0.4; D is the key of its own tests.
var keys = map[string]struct{ private, identity, sin string }{
	"A": {"0000000000000000000000000000000000000000000000000000000000000001",
		"0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "Tf8DhWM5WDBB1CarpFdonta9YEBJgW1GYAt"},
	"B": {"2882fd14b2a04735f676faebc8079227ed6ffa049a1e572252e4da7bd02ea227",
		"0302a5dc48951d74f09fb5b4b900cef4640ab0b0719e8a05937828c98b7c231cf8", "TfCXpW8KH5eWmqisUUcGYsAJsFbuy2htdMQ"},
	"C": {"b4e7c2d1a09f8e7d6c5b4a392817060504030201f0e0d0c0b0a0908070605040",
		"02cd6db118bfc00312f1b68b17cee1ea2d69dd894ffc0a3338ed7d58f894819775", "TexuUyzKEzJrFHsKi3K6giMRy78bUV1zRxv"},
	"D": {"9ee267c293e74c12bf4035746834ad4f5690d546d7d10e15c92fc83043552186",
		"0279ccc8ce814ee77d4ce12411c2d2d400faee3c897c12b38132906afe69fa028a", "Tf426U3aRh3MWTYtVJgsUY3Bhzw9W5BTckG"},
}

var messages = map[string]string{
	"M1":  `https://test.bitpay.com/invoices?token=MERCHANTTOKEN123&dateStart=2026-01-01&dateEnd=2026-01-31`,
	"M2":  `https://test.bitpay.com/invoices{"price":10,"currency":"USD","orderId":"order-1","guid":"11111111-2222-3333-4444-555555555555","token":"MERCHANTTOKEN123"}`,
	"M3":  `http://127.0.0.1:18080/refunds{"token":"MERCHANTTOKEN123","invoiceId":"Hpqc63wvE1ZjzeeH4kEycF","amount":10,"currency":"USD","preview":false,"immediate":false,"buyerPaysRefundFee":false,"guid":"g-1"}`,
	"M4":  `https://test.bitpay.com/invoices{"price":10,"currency":"EUR","itemDesc":"Café – naïve ☕","token":"MERCHANTTOKEN123"}`,
	"doc": `https://bitpay.com/invoices{"price":500,"currency":"USD","token":"MqA2wX15qHCbG7FBtJZRAxQunrRjAvGBRVJedsiTnZY"}`,
}

// signatures are the deterministic ones; high is what the Node client sends where
// it differs.
var signatures = []struct{ key, message, low, high string }{
	{"A", "M1", "304402207682bc30a199e0f11b3d7e7dc4be975db1242820bbb0b0f441588924f79dd419022006f049eeb5c96f94aa2a4dd47ef9a97b6e62d276b67084a3e25a4f5bd1e8e6a0",
		"304502207682bc30a199e0f11b3d7e7dc4be975db1242820bbb0b0f441588924f79dd419022100f90fb6114a36906b55d5b22b810656834c4c0a6ff8d81b97dd780f30fe4d5aa1"},
	{"A", "M2", "304402202cf413d83ac97de443b2290d8263a9c67f672d81d9a3e978b2af18a022c91da5022074750edfe35cc00de4cff4f5d6ed2dd815288c1785d4d9fa634b1535d0e57bfc", ""},
	{"A", "M3", "3045022100d2f602e9ae2ba2a84b44e0aca15dce1de96aaa81afcf89dd2856c4d0b6d4680c0220600f2b1c847f278f138b12008ad2fad75a0001c045a4b10313a70448c313450b", ""},
	{"A", "M4", "30440220427a3a1dfa94fa991d27f5211c7a7811d668029b280afc757806dbb85d9ff09b02201f80f42b1905b919e83fcd0111b5cf9070a2f5b5f11449f5fe02b3d420ed6663", ""},
	{"B", "M1", "304402201cd9d5c7c2326c5544b95d5c941a8a5c274abcf10c3d78aad46204a107f03ba5022057f69c83e2e805283c12268f50cd3744d4ce6d8e1dac6921a8800fe179311410",
		"304502201cd9d5c7c2326c5544b95d5c941a8a5c274abcf10c3d78aad46204a107f03ba5022100a809637c1d17fad7c3edd970af32c8b9e5e06f58919c371a17524eab57052d31"},
	{"B", "M2", "3044022059e2cd7912a58fca2c3e2f09aebde544bf6dc7962c0eaba68941f0525805313f0220394231d2577bc1d6aba3624f86a785760fdc869a7ccec63c0850f5911466a6c0",
		"3045022059e2cd7912a58fca2c3e2f09aebde544bf6dc7962c0eaba68941f0525805313f022100c6bdce2da8843e29545c9db079587a88aad2564c3279d9ffb78168fbbbcf9a81"},
	{"B", "M3", "3044022073b0742799821ee00d7f090a3ca13887c0b10b277cc418dec34e91aea189decf02203929a51dd38057995c71af794c1b379eca17fa32d1671efe241e60d0bcb7c382",
		"3045022073b0742799821ee00d7f090a3ca13887c0b10b277cc418dec34e91aea189decf022100c6d65ae22c7fa866a38e5086b3e4c85ff096e2b3dde1813d9bb3fdbc137e7dbf"},
	{"B", "M4", "304402206e138b4f68a437337590f2aa8d1d3dc3b83f12dfc6051f325bcffce4cae3beb702204c265309228871530e659d338b641df19c043cb06fcf612992576453ed031b9d",
		"304502206e138b4f68a437337590f2aa8d1d3dc3b83f12dfc6051f325bcffce4cae3beb7022100b3d9acf6dd778eacf19a62cc749be20d1eaaa0363f793f122d7afa38e33325a4"},
	{"D", "doc", "30440220614faaa1e441e497282e31c91434a4342e9e80142ff574079aef2596ee860c16022028686a1a3b95a2601a9b832ca346f9b6b45e96c467b0da224e466c000b2a685b", ""},
}

func key(t testing.TB, name string) bitauth.Key {
	t.Helper()
	k, err := bitauth.ParseKey(keys[name].private)
	require.NoError(t, err)
	return k
}

func TestKeysGiveTheIdentityAndSINOfTheOfficialClient(t *testing.T) {
	for name, want := range keys {
		k := key(t, name)
		require.Equal(t, want.identity, k.Identity(), name)
		require.Equal(t, want.sin, k.SIN(), name)
		require.Equal(t, want.private, k.Reveal(), name)
		sin, err := bitauth.SIN(strings.ToUpper(want.identity))
		require.NoError(t, err)
		require.Equal(t, want.sin, sin, name)
	}
}

func TestSignaturesAreTheVectorsAndHighSIsAccepted(t *testing.T) {
	for _, v := range signatures {
		k, message := key(t, v.key), []byte(messages[v.message])
		got, err := k.Sign(t.Context(), message)
		require.NoError(t, err)
		require.Equal(t, v.low, got, "%s %s", v.key, v.message)
		require.NoError(t, bitauth.Verify(k.Identity(), v.low, message))
		if v.high != "" {
			require.NoError(t, bitauth.Verify(k.Identity(), v.high, message), "%s %s", v.key, v.message)
		}
		require.ErrorIs(t, bitauth.Verify(k.Identity(), v.low, append(message, ' ')), bitauth.ErrSignature)
		require.ErrorIs(t, bitauth.Verify(key(t, "C").Identity(), v.low, message), bitauth.ErrSignature)
	}
}

func TestWhatIsNoKeyIdentityOrSignatureIsRefusedWithoutBeingRepeated(t *testing.T) {
	for _, bad := range []string{"", "01", "zz" + keys["B"].private[2:], keys["B"].private + "00", strings.Repeat("0", 64), strings.Repeat("f", 64),
		"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"} { // the order itself
		_, err := bitauth.ParseKey(bad)
		require.ErrorIs(t, err, bitauth.ErrKey, bad)
		if len(bad) > 2 {
			require.NotContains(t, err.Error(), bad[3:])
		}
	}
	for _, bad := range []string{"", "02", "04" + keys["A"].identity[2:], strings.Repeat("02", 33)[:64] + "zz", "02" + strings.Repeat("ff", 32)} {
		_, err := bitauth.SIN(bad)
		require.ErrorIs(t, err, bitauth.ErrIdentity, bad)
		require.ErrorIs(t, bitauth.Verify(bad, signatures[0].low, nil), bitauth.ErrIdentity, bad)
	}
	for _, bad := range []string{"", "zz", "30", signatures[0].low + "00", "3006020100020100"} {
		require.ErrorIs(t, bitauth.Verify(keys["A"].identity, bad, []byte(messages["M1"])), bitauth.ErrSignature, bad)
	}
	_, err := bitauth.Key{}.Sign(t.Context(), nil)
	require.ErrorIs(t, err, bitauth.ErrKey)
	require.Empty(t, bitauth.Key{}.Identity()+bitauth.Key{}.SIN()+bitauth.Key{}.Reveal())
}

func TestAKeyNeverShowsItself(t *testing.T) {
	k := key(t, "B")
	raw, err := hex.DecodeString(k.Reveal())
	require.NoError(t, err)
	type holder struct{ key bitauth.Key }
	type shown struct{ Key bitauth.Key }
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", k, "holder", holder{k}, "shown", shown{k})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "key", k, "holder", holder{k}, "shown", shown{k})
	all := log.String()
	for _, v := range []any{k, &k, holder{k}, &holder{k}, shown{k}, []bitauth.Key{k}, map[string]bitauth.Key{"k": k}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b"} {
			all += fmt.Sprintf(verb, v)
		}
		text, err := json.Marshal(v)
		require.NoError(t, err)
		all += string(text)
	}
	require.Contains(t, all, k.SIN())
	for _, secret := range []string{k.Reveal(), strings.ToUpper(k.Reveal()), fmt.Sprint(raw), fmt.Sprintf("%d", raw)[1:30], k.Reveal()[:16]} {
		require.NotContains(t, all, secret)
	}
}

func TestEveryNewKeySignsWhatItVerifies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, err := bitauth.NewKey()
		require.NoError(t, err)
		again, err := bitauth.ParseKey(k.Reveal())
		require.NoError(t, err)
		require.Equal(t, k.SIN(), again.SIN())
		require.Regexp(t, `^T[ef][1-9A-HJ-NP-Za-km-z]{33}$`, k.SIN())
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		sig, err := again.Sign(context.Background(), message)
		require.NoError(t, err)
		require.NoError(t, bitauth.Verify(k.Identity(), sig, message))
	})
}

// A second implementation must agree: OpenSSL reads the public key from its
// subject public key info.
func TestOpenSSLAcceptsOurSignatures(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("COINTILL_REQUIRE") != "" {
			t.Fatal("openssl is not installed")
		}
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, b, 0o600))
		return path
	}
	for _, v := range signatures {
		k := key(t, v.key)
		sig, err := k.Sign(t.Context(), []byte(messages[v.message]))
		require.NoError(t, err)
		// SEQUENCE { SEQUENCE { ecPublicKey, secp256k1 }, BIT STRING compressed point }
		spki, err := hex.DecodeString("3036301006072a8648ce3d020106052b8104000a032200" + k.Identity())
		require.NoError(t, err)
		der, err := hex.DecodeString(sig)
		require.NoError(t, err)
		out, err := exec.CommandContext(t.Context(), openssl, "dgst", "-sha256", "-keyform", "DER", "-verify", write("pub.der", spki),
			"-signature", write("sig.der", der), write("msg", []byte(messages[v.message]))).CombinedOutput()
		require.NoError(t, err, string(out))
		require.Contains(t, string(out), "Verified OK")
	}
}

func FuzzVerifyRefusesWhatItDidNotSign(f *testing.F) {
	for _, v := range signatures {
		f.Add(keys[v.key].identity, v.low)
	}
	f.Fuzz(func(t *testing.T, identity, signature string) {
		if err := bitauth.Verify(identity, signature, []byte("nobody signed this")); err == nil {
			t.Fatal("accepted")
		}
	})
}
