package chainlink

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/cointill/cointill/rates"
)

func unhex(f *testing.F, s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		f.Fatal(err)
	}
	return b
}

func FuzzRound(f *testing.F) {
	f.Add(unhex(f, packedRound))
	f.Add(make([]byte, roundSize))
	f.Add(bytes.Repeat([]byte{0xff}, roundSize))
	f.Add([]byte{})
	source := &Source{name: "chainlink-fuzz"}
	btc := feed{Feed: Feed{Market: rates.Market{Coin: "BTC", Quote: "USD"}, Heartbeat: time.Hour}}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := parseRound(body)
		if err != nil {
			if !errors.Is(err, errShape) && !errors.Is(err, errMissing) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if len(body) != roundSize || r.id.round == 0 || r.id.round > maxRound || r.updated.Unix() <= 0 || r.updated.Unix() > maxUnix {
			t.Fatalf("%+v of %d bytes", r, len(body))
		}
		if w := r.id.word(); !bytes.Equal(w[:], body[:wordSize]) {
			t.Fatalf("round %s of %x", r.id, body[:wordSize])
		}
		q := source.judge(btc, r, r.updated.Add(time.Minute), r.updated)
		if q.Value.Valid() == (q.Price.Rejected != "") {
			t.Fatalf("value %s, rejected %q", q.Value, q.Price.Rejected)
		}
		if q.Value.Valid() && (body[wordSize] >= 0x80 || q.Value.Decimal().Sign() <= 0) {
			t.Fatalf("%s of %x", q.Value, body[wordSize:2*wordSize])
		}
	})
}

func FuzzResults(f *testing.F) {
	f.Add(unhex(f, packedResults), uint8(3))
	f.Add(bytes.Repeat([]byte{0xff}, 320), uint8(1))
	f.Add([]byte{}, uint8(0))
	f.Fuzz(func(t *testing.T, body []byte, n uint8) {
		got, err := unpackResults(body, int(n))
		if err != nil {
			if !errors.Is(err, errShape) {
				t.Fatal(err)
			}
			return
		}
		if len(got) != int(n) {
			t.Fatalf("%d results, not %d", len(got), n)
		}
		for _, b := range got {
			if len(b) > len(body) || cap(b) != len(b) && b != nil {
				t.Fatalf("a result of %d bytes in %d", len(b), len(body))
			}
		}
		btc := Feed{Market: rates.Market{Coin: "BTC", Quote: "USD"}}
		if n > 1 {
			if err := btc.identify(got[0], got[1]); err != nil && len(err.Error()) > 1024 {
				t.Fatalf("an error of %d bytes", len(err.Error()))
			}
		}
	})
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		`{"jsonrpc":"2.0","id":1,"result":"0x` + packedRound + `"}`,
		`{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted"}}`,
		`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`,
		`{"jsonrpc":"2.0","id":1,"result":null}`, `[]`, `null`, `<html>`, `{"id":1e1000000000,"result":"0x"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := parseAnswer(body, 1)
		if (err == nil) != (b != nil) {
			t.Fatalf("%d bytes with error %v", len(b), err)
		}
		if err != nil && len(err.Error()) > 1024 {
			t.Fatalf("an error of %d bytes", len(err.Error()))
		}
		if err == nil && !bytes.Contains(body, []byte("0x")) && !bytes.Contains(body, []byte(`\u00`)) {
			t.Fatalf("%x of %q", b, body)
		}
	})
}
