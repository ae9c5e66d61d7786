package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitauth"
)

func TestBitPaysSettingsAreCheckedBeforeAnythingStarts(t *testing.T) {
	const mainnet = " -bitcoin-rpc http://127.0.0.1:1 -bitcoin-xpub x -db f"
	token := map[string]string{"BITPAY_TOKEN": "canary-token"}
	for args, want := range map[string]string{
		"-bitpay-env live":       "test or production",
		"-bitpay-env production": "networks are for tests",
		"-bitpay-env production -bitcoin-network regtest" + mainnet: "networks are for tests",
		"-bitpay-env test" + mainnet:                                "networks are real",
		"-bitpay-notify https://shop.example/hook":                  "needs -bitpay-env",
		"-bitpay-env test -bitpay-notify http://shop.example/hook":  "https address",
		"-bitpay-env test -bitpay-notify https://shop.example":      "with a path",
	} {
		_, err := parseConfig(strings.Fields(args), func(name string) string { return token[name] }, io.Discard)
		require.ErrorContains(t, err, want, args)
		require.NotContains(t, err.Error(), "canary")
	}
	for _, args := range []string{"-bitpay-env production" + mainnet, "-bitpay-env test", "-bitpay-env test -bitcoin-network regtest" + mainnet} {
		_, err := parseConfig(strings.Fields(args), func(name string) string { return token[name] }, io.Discard)
		require.NoError(t, err, args)
	}
	_, err := parseConfig([]string{"-bitpay-env", "test"}, func(string) string { return "" }, io.Discard)
	require.ErrorContains(t, err, "BITPAY_TOKEN")
}

func TestARealAccountIsOfferedAsTheSimulatedOneIs(t *testing.T) {
	at, stop := startIn(t, map[string]string{"BITPAY_TOKEN": "a-pos-token"}, "-block", "0",
		"-bitpay-env", "test", "-bitpay-notify", "https://shop.example/hook/of/bitpay")
	defer stop()
	v := visitor{T: t, client: &http.Client{}, url: at}
	v.accept()
	answer, err := v.client.Get(at + "/topup/voice/bitpay")
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), "Continue to BitPay")
	require.NotContains(t, string(body), "a-pos-token")
	require.Contains(t, answer.Header.Get("Content-Security-Policy"), "form-action 'self' https://test.bitpay.com;")
	status, _ := v.post("/hook/of/bitpay", nil)
	require.Equal(t, http.StatusUnsupportedMediaType, status, "notifications are taken where the flag says")
	status, _ = v.post("/simulate/bitpay", url.Values{"do": {"pay"}})
	require.Equal(t, http.StatusNotFound, status, "a real account is not simulated")
}

func TestTheKeyComesFromTheEnvironmentOrAFile(t *testing.T) {
	key, err := bitauth.NewKey()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, []byte(key.Reveal()+"\n"), 0o600))
	parse := func(text string) (config, error) {
		return parseConfig([]string{"-bitpay-env", "test"}, func(name string) string {
			return map[string]string{"BITPAY_TOKEN": "t", "BITPAY_KEY": text}[name]
		}, io.Discard)
	}
	for _, text := range []string{key.Reveal(), file} {
		c, err := parse(text)
		require.NoError(t, err)
		require.Equal(t, key.SIN(), c.bitpay.key.SIN())
	}
	_, err = parse(key.Reveal()[:63])
	require.ErrorContains(t, err, "BITPAY_KEY")
	require.NotContains(t, err.Error(), key.Reveal()[:63], "it may be a mistyped key")
}
