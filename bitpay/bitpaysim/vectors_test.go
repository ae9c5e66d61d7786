package bitpaysim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

const (
	pubA = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
	pubB = "0302a5dc48951d74f09fb5b4b900cef4640ab0b0719e8a05937828c98b7c231cf8"
	pubC = "02cd6db118bfc00312f1b68b17cee1ea2d69dd894ffc0a3338ed7d58f894819775"
	pubD = "0279ccc8ce814ee77d4ce12411c2d2d400faee3c897c12b38132906afe69fa028a"

	m1 = `https://test.bitpay.com/invoices?token=MERCHANTTOKEN123&dateStart=2026-01-01&dateEnd=2026-01-31`
	m2 = `https://test.bitpay.com/invoices{"price":10,"currency":"USD","orderId":"order-1","guid":"11111111-2222-3333-4444-555555555555","token":"MERCHANTTOKEN123"}`
	m3 = `http://127.0.0.1:18080/refunds{"token":"MERCHANTTOKEN123","invoiceId":"Hpqc63wvE1ZjzeeH4kEycF","amount":10,"currency":"USD","preview":false,"immediate":false,"buyerPaysRefundFee":false,"guid":"g-1"}`
	m4 = `https://test.bitpay.com/invoices{"price":10,"currency":"EUR","itemDesc":"Café – naïve ☕","token":"MERCHANTTOKEN123"}`
	m5 = `https://bitpay.com/invoices{"price":500,"currency":"USD","token":"MqA2wX15qHCbG7FBtJZRAxQunrRjAvGBRVJedsiTnZY"}`
)

func TestClientIDsOfKnownKeys(t *testing.T) {
	for pub, want := range map[string]string{
		pubA: "Tf8DhWM5WDBB1CarpFdonta9YEBJgW1GYAt", pubB: "TfCXpW8KH5eWmqisUUcGYsAJsFbuy2htdMQ",
		pubC: "TexuUyzKEzJrFHsKi3K6giMRy78bUV1zRxv", pubD: "Tf426U3aRh3MWTYtVJgsUY3Bhzw9W5BTckG",
	} {
		got, err := bitpaysim.SIN(pub)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, bad := range []string{"", "02", pubA[2:], "04" + pubA[2:], "02" + pubA[4:] + "zz", "020000000000000000000000000000000000000000000000000000000000000005"} {
		_, err := bitpaysim.SIN(bad)
		require.ErrorIs(t, err, bitpaysim.ErrIdentity, bad)
	}
}

// Signatures by BitPay's Node client 8.0.4 (half of them with a high S) and by a
// signer that gives low S only.
func TestSignaturesOfBitPaysOwnClientVerify(t *testing.T) {
	for _, v := range []struct{ pub, message, signature string }{
		{pubA, m1, "304502207682bc30a199e0f11b3d7e7dc4be975db1242820bbb0b0f441588924f79dd419022100f90fb6114a36906b55d5b22b810656834c4c0a6ff8d81b97dd780f30fe4d5aa1"},
		{pubA, m1, "304402207682bc30a199e0f11b3d7e7dc4be975db1242820bbb0b0f441588924f79dd419022006f049eeb5c96f94aa2a4dd47ef9a97b6e62d276b67084a3e25a4f5bd1e8e6a0"},
		{pubA, m2, "304402202cf413d83ac97de443b2290d8263a9c67f672d81d9a3e978b2af18a022c91da5022074750edfe35cc00de4cff4f5d6ed2dd815288c1785d4d9fa634b1535d0e57bfc"},
		{pubA, m3, "3045022100d2f602e9ae2ba2a84b44e0aca15dce1de96aaa81afcf89dd2856c4d0b6d4680c0220600f2b1c847f278f138b12008ad2fad75a0001c045a4b10313a70448c313450b"},
		{pubA, m4, "30440220427a3a1dfa94fa991d27f5211c7a7811d668029b280afc757806dbb85d9ff09b02201f80f42b1905b919e83fcd0111b5cf9070a2f5b5f11449f5fe02b3d420ed6663"},
		{pubB, m1, "304502201cd9d5c7c2326c5544b95d5c941a8a5c274abcf10c3d78aad46204a107f03ba5022100a809637c1d17fad7c3edd970af32c8b9e5e06f58919c371a17524eab57052d31"},
		{pubB, m1, "304402201cd9d5c7c2326c5544b95d5c941a8a5c274abcf10c3d78aad46204a107f03ba5022057f69c83e2e805283c12268f50cd3744d4ce6d8e1dac6921a8800fe179311410"},
		{pubB, m2, "3045022059e2cd7912a58fca2c3e2f09aebde544bf6dc7962c0eaba68941f0525805313f022100c6bdce2da8843e29545c9db079587a88aad2564c3279d9ffb78168fbbbcf9a81"},
		{pubB, m2, "3044022059e2cd7912a58fca2c3e2f09aebde544bf6dc7962c0eaba68941f0525805313f0220394231d2577bc1d6aba3624f86a785760fdc869a7ccec63c0850f5911466a6c0"},
		{pubB, m3, "3045022073b0742799821ee00d7f090a3ca13887c0b10b277cc418dec34e91aea189decf022100c6d65ae22c7fa866a38e5086b3e4c85ff096e2b3dde1813d9bb3fdbc137e7dbf"},
		{pubB, m4, "304502206e138b4f68a437337590f2aa8d1d3dc3b83f12dfc6051f325bcffce4cae3beb7022100b3d9acf6dd778eacf19a62cc749be20d1eaaa0363f793f122d7afa38e33325a4"},
		{pubD, m5, "30440220614faaa1e441e497282e31c91434a4342e9e80142ff574079aef2596ee860c16022028686a1a3b95a2601a9b832ca346f9b6b45e96c467b0da224e466c000b2a685b"},
	} {
		require.True(t, bitpaysim.Verify(v.pub, v.signature, []byte(v.message)))
		require.False(t, bitpaysim.Verify(v.pub, v.signature, []byte(v.message+" ")), "another message")
		require.False(t, bitpaysim.Verify(pubC, v.signature, []byte(v.message)), "another key")
		require.False(t, bitpaysim.Verify(v.pub, v.signature+"00", []byte(v.message)), "bytes after the DER")
		require.False(t, bitpaysim.Verify(v.pub, v.signature[2:], []byte(v.message)), "no DER")
	}
}

const bodyW = `{"event":{"code":1005,"name":"invoice_confirmed"},"data":{"id":"Hpqc63wvE1ZjzeeH4kEycF","status":"confirmed","price":10,"currency":"USD","exceptionStatus":false,"orderId":"order-1"}}`

func TestNotificationsAreSignedAsBitPaysKiosksVerifyThem(t *testing.T) {
	require.Equal(t, "A1nAwuU4V9+34F/eppFk+Scs1ps20ver/1TGuuCR/UA=", bitpaysim.Sign("MERCHANTTOKEN123", []byte(bodyW)))
	require.Equal(t, "JD6MKT5NQ+51RcKBHKvJYYDPebA9MD34w5gx1Fz06Vw=", bitpaysim.Sign("9kv7gGqZLoQ2fxbKEgfgndLoxwjp5na6VtGSH3sN7buX", []byte(bodyW)))
}

// The base URL a client signs is the configured one, whatever Host it reaches.
func TestASignatureIsOverTheConfiguredBaseURL(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{BaseURL: "https://test.bitpay.com/"})
	path := "/ledgers?token=" + w.merchant
	header := http.Header{"X-Accept-Version": {"2.0.0"}, "X-Identity": {w.key.identity()}, "X-Signature": {w.key.sign("https://test.bitpay.com" + path)}}
	require.Equal(t, http.StatusOK, w.raw(http.MethodGet, path, nil, header).status)
	require.Equal(t, "Invalid signature", w.get("/ledgers?token=" + w.merchant).top["error"])
}
