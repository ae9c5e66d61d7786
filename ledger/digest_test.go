package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

func TestDigestIsThatOfTheContent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEntry(t)
		same := e
		same.At = e.At.In(time.FixedZone("elsewhere", 3600)).Add(999 * time.Microsecond) // a store keeps milliseconds, in UTC
		same.Postings = append([]ledger.Posting(nil), e.Postings...)
		require.Equal(t, e.Digest(), same.Digest())
		require.Len(t, e.Digest(), 64)
	})
}

func TestDigestChangesWithEveryField(t *testing.T) {
	seen := map[string]string{deposit().Digest(): "nothing"}
	posting := func(change func(*ledger.Posting)) func(*ledger.Entry) {
		return func(e *ledger.Entry) { change(&e.Postings[0]) }
	}
	amount := func(a money.Asset, n int64) func(*ledger.Entry) {
		return posting(func(p *ledger.Posting) { p.Amount = money.Units(a, n) })
	}
	for name, change := range map[string]func(*ledger.Entry){
		"key":              func(e *ledger.Entry) { e.Key += "x" },
		"kind":             func(e *ledger.Entry) { e.Kind = ledger.KindUnassigned },
		"reference":        func(e *ledger.Entry) { e.Reference = "" },
		"instant":          func(e *ledger.Entry) { e.At = e.At.Add(time.Millisecond) },
		"giver":            posting(func(p *ledger.Posting) { p.From = "clearinG" }),
		"taker":            posting(func(p *ledger.Posting) { p.To = ledger.Suspense("bitcoin") }),
		"direction":        posting(func(p *ledger.Posting) { p.From, p.To = p.To, p.From }),
		"units":            amount(btc, 100_001),
		"coin":             amount(money.Asset{Coin: "LTC", Network: "bitcoin", Decimals: 8}, 100_000),
		"network":          amount(money.Asset{Coin: "BTC", Network: "bsc", Decimals: 8}, 100_000),
		"decimals":         amount(money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 9}, 100_000),
		"decimals, scaled": amount(money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 9}, 1_000_000),
		"order":            func(e *ledger.Entry) { e.Postings[0], e.Postings[1] = e.Postings[1], e.Postings[0] },
		"one less":         func(e *ledger.Entry) { e.Postings = e.Postings[:1] },
		"one twice":        func(e *ledger.Entry) { e.Postings = append(e.Postings, e.Postings[0]) },
		"none":             func(e *ledger.Entry) { e.Postings = nil },
	} {
		e := deposit()
		change(&e)
		other, taken := seen[e.Digest()]
		require.False(t, taken, "changing %s looks like changing %s", name, other)
		seen[e.Digest()] = name
	}
}

// Text may hold what the encoding uses to separate fields.
func TestDigestCannotBeForgedByMovingTextBetweenFields(t *testing.T) {
	odd := func(coin money.Coin, network string) ledger.Entry {
		return ledger.Entry{Key: "k", Kind: "d", At: instant, Postings: []ledger.Posting{
			{From: "a", To: "b", Amount: money.Units(money.Asset{Coin: coin, Network: network}, 1)}}}
	}
	for name, pair := range map[string][2]ledger.Entry{
		"key and kind":       {{Key: "ab", Kind: "c", At: instant}, {Key: "a", Kind: "bc", At: instant}},
		"length in the text": {{Key: "1:a", Kind: "b", At: instant}, {Key: "1", Kind: "a1:b", At: instant}},
		"whole field":        {{Key: "a1:b", Kind: "c", At: instant}, {Key: "a", Kind: "b1:c", At: instant}},
		"empty field":        {{Key: "k", Kind: "0:", At: instant}, {Key: "k", Kind: "", Reference: "0:", At: instant}},
		"coin and network":   {odd("A@b", "c"), odd("A", "b@c")},
		"coin alone":         {odd("A@b", ""), odd("A", "b")},
	} {
		require.NotEqual(t, pair[0].Digest(), pair[1].Digest(), name)
	}

	rapid.Check(t, func(t *rapid.T) {
		// Cutting one text at two places gives two contents, or one and the same.
		text := rapid.StringMatching(`[0-9:ab]{2,12}`).Draw(t, "text")
		i, j := rapid.IntRange(0, len(text)).Draw(t, "i"), rapid.IntRange(0, len(text)).Draw(t, "j")
		a := ledger.Entry{Key: text[:i], Reference: text[i:], At: instant}
		b := ledger.Entry{Key: text[:j], Reference: text[j:], At: instant}
		require.Equal(t, i == j, a.Digest() == b.Digest())
	})
}
