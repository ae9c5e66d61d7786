package bitpay_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
)

// bodyW and its signatures are the vectors computed over BitPay's documented rule.
const bodyW = `{"event":{"code":1005,"name":"invoice_confirmed"},"data":{"id":"Hpqc63wvE1ZjzeeH4kEycF","status":"confirmed","price":10,"currency":"USD","exceptionStatus":false,"orderId":"order-1"}}`

var signedW = map[string]string{
	"MERCHANTTOKEN123": "A1nAwuU4V9+34F/eppFk+Scs1ps20ver/1TGuuCR/UA=",
	"9kv7gGqZLoQ2fxbKEgfgndLoxwjp5na6VtGSH3sN7buX": "JD6MKT5NQ+51RcKBHKvJYYDPebA9MD34w5gx1Fz06Vw=",
}

// host records what it was asked to fetch.
type host struct {
	mu      sync.Mutex
	fetched map[string]int
	err     error
}

func (h *host) fetch(_ context.Context, id string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fetched == nil {
		h.fetched = map[string]int{}
	}
	h.fetched[id]++
	return h.err
}

func (h *host) count() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := map[string]int{}
	for id, n := range h.fetched {
		all[id] = n
	}
	return all
}

func handler(t testing.TB, n bitpay.Notifications) http.Handler {
	t.Helper()
	h, err := bitpay.NewNotifications(n)
	require.NoError(t, err)
	return h
}

func post(h http.Handler, body, signature string) int {
	r := httptest.NewRequest(http.MethodPost, "/bitpay", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if signature != "" {
		r.Header.Set("X-Signature", signature)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func signWith(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestASignedNotificationIsTakenAndNothingElseIs(t *testing.T) {
	for secret, signature := range signedW {
		h := &host{}
		// An invoice made with an older token is signed with that one.
		in := handler(t, bitpay.Notifications{Fetch: h.fetch, Secrets: []bitpay.Secret{bitpay.NewSecret("newer"), bitpay.NewSecret(secret)}})
		require.Equal(t, http.StatusOK, post(in, bodyW, signature))
		for _, bad := range []string{"", "AAAA", "not base64", strings.TrimSuffix(signature, "="), strings.ToLower(signature), signWith("", bodyW), signature + "A",
			fmt.Sprintf("%x", signature), signWith("another", bodyW)} {
			require.Equal(t, http.StatusUnauthorized, post(in, bodyW, bad), bad)
		}
		require.Equal(t, http.StatusUnauthorized, post(in, bodyW+" ", signature), "the raw body is what is signed")
		require.Equal(t, map[string]int{"Hpqc63wvE1ZjzeeH4kEycF": 1}, h.count())
	}
}

func TestAnEmptySecretIsRefused(t *testing.T) {
	_, err := bitpay.NewNotifications(bitpay.Notifications{Fetch: (&host{}).fetch, Secrets: []bitpay.Secret{bitpay.NewSecret("a"), bitpay.NewSecret("")}})
	require.ErrorIs(t, err, bitpay.ErrArgument)
	_, err = bitpay.NewNotifications(bitpay.Notifications{})
	require.ErrorIs(t, err, bitpay.ErrArgument)
}

func TestEveryKnownShapeNamesItsInvoice(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":"A","status":"paid","price":"10","exceptionStatus":false}`:                 "A",
		`{"event":{"code":1003,"name":"invoice_paidInFull"},"data":{"id":"B"}}`:           "B",
		`{"event":{"code":7001,"name":"refund_created"},"data":{"id":"R","invoice":"C"}}`: "C",
		`{"event":{"code":99999,"name":"invoice_newEvent"},"data":{"id":"D"}}`:            "D",
		`{"event":{"code":5003,"name":"payout_completed"},"data":{"id":"P"}}`:             "",
		`{"event":{"code":4001,"name":"recipient_invited"},"data":{"id":"P"}}`:            "",
	} {
		h := &host{}
		require.Equal(t, http.StatusOK, post(handler(t, bitpay.Notifications{Fetch: h.fetch}), body, ""), body)
		if want == "" {
			require.Empty(t, h.count(), body)
		} else {
			require.Equal(t, map[string]int{want: 1}, h.count(), body)
		}
	}
}

func TestWhatIsNoNotificationIsRefused(t *testing.T) {
	h := &host{}
	in := handler(t, bitpay.Notifications{Fetch: h.fetch})
	for _, body := range []string{"", "null", "[]", "7", `"A"`, "{}", `{"id":""}`, `{"id":7}`, `{"id":null}`, `{"id":"../tokens"}`, `{"id":"a b"}`, `{"id":"` + strings.Repeat("a", 101) + `"}`,
		`{"event":{"code":1},"data":{}}`, `{"event":{"code":1},"data":"A"}`, `{"event":{"code":1},"id":"A","data":[]}{}`, bodyW[:100], "id=A"} {
		require.Equal(t, http.StatusBadRequest, post(in, body, ""), body)
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, post(in, `{"id":"A","x":"`+strings.Repeat("x", 64<<10)+`"}`, ""))
	w := httptest.NewRecorder()
	in.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/bitpay", nil))
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
	w = httptest.NewRecorder()
	in.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/bitpay", strings.NewReader(bodyW)))
	require.Equal(t, http.StatusUnsupportedMediaType, w.Code)
	require.Empty(t, h.count())
}

// TestFiveHundredForgedReplayedReorderedAndTruncatedNotifications: whatever is sent,
// signed or not, rows follow from what BitPay answers and from nothing else.
func TestFiveHundredForgedReplayedReorderedAndTruncatedNotifications(t *testing.T) {
	const secret = "MERCHANTTOKEN123"
	for _, secrets := range [][]bitpay.Secret{nil, {bitpay.NewSecret(secret)}} {
		synctest.Test(t, func(t *testing.T) {
			status := "new" // BitPay's truth of every invoice
			client := pos(t, &stub{answer: func(_ int, w http.ResponseWriter, r *http.Request, _ string) {
				id := strings.TrimPrefix(r.URL.Path, "/invoices/")
				reply(w, 200, hosted(t, map[string]any{"id": id, "status": status}))
			}})
			ledger, fetches := map[string]int{}, 0
			in := handler(t, bitpay.Notifications{Secrets: secrets, Fetch: func(ctx context.Context, id string) error {
				if !strings.HasPrefix(id, "INVOICE") { // not one of the host's
					return nil
				}
				fetches++
				v, err := client.Invoice(ctx, id)
				require.NoError(t, err)
				if v.Status == bitpay.StatusComplete {
					ledger[id] = 1 // one key for one fact
				}
				return nil
			}})
			r := rand.New(rand.NewPCG(1, 2))
			answers := map[int]int{}
			send := func(n int) {
				for range n {
					claim := []string{"paid", "confirmed", "complete", "expired", "complete"}[r.IntN(5)] // in any order, any number of times
					body := fmt.Sprintf(`{"event":{"code":1006,"name":"x"},"data":{"id":"INVOICE%d","status":%q,"price":9999}}`, r.IntN(10), claim)
					signature := signWith(secret, body)
					switch r.IntN(5) {
					case 0:
						body = strings.Replace(body, "INVOICE", "FORGED", 1)
					case 1:
						body = strings.Replace(body, "9999", "1", 1)
					case 2:
						body = body[:r.IntN(len(body))]
					case 3:
						signature = ""
					}
					answers[post(in, body, signature)]++
				}
			}
			send(500)
			require.Empty(t, ledger, "BitPay says that nobody paid")
			require.Greater(t, fetches, 10, "genuine ones did arrive")
			require.Greater(t, answers[http.StatusOK], 50)
			require.Greater(t, answers[http.StatusBadRequest]+answers[http.StatusUnauthorized], 50)

			status = "complete"
			send(500)
			require.Len(t, ledger, 10)
			status = "new" // an answer older than what is known takes nothing back
			send(50)
			require.Len(t, ledger, 10)
		})
	}
}

func TestAFloodOfOneInvoiceIsFetchedOnceASecondAndOnceAfterTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var fetches []time.Time
		in := handler(t, bitpay.Notifications{Fetch: func(context.Context, string) error {
			mu.Lock()
			defer mu.Unlock()
			fetches = append(fetches, time.Now())
			return nil
		}})
		var sent sync.WaitGroup
		begun := time.Now()
		for i := range 1000 { // for two and a half seconds
			sent.Go(func() {
				time.Sleep(time.Duration(i) * 2500 * time.Microsecond)
				if code := post(in, bodyW, ""); code != http.StatusOK {
					t.Errorf("answered %d", code)
				}
			})
		}
		sent.Wait()
		require.Len(t, fetches, 4)
		for i := range fetches[1:] {
			require.GreaterOrEqual(t, fetches[i+1].Sub(fetches[i]), time.Second)
		}
		require.True(t, fetches[3].After(begun.Add(2497500*time.Microsecond)), "the last notification is followed by a fetch")
	})
}

func TestANotificationDuringAFetchIsFollowedByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold, fetches := make(chan struct{}), 0
		in := handler(t, bitpay.Notifications{Fetch: func(context.Context, string) error { fetches++; <-hold; return nil }})
		done := make(chan int)
		go func() { done <- post(in, bodyW, "") }()
		synctest.Wait()
		require.Equal(t, http.StatusOK, post(in, bodyW, ""), "answered at once")
		require.Equal(t, 1, fetches)
		close(hold)
		require.Equal(t, http.StatusOK, <-done)
		require.Equal(t, 2, fetches)
	})
}

func TestTooManyInvoicesAtOnceAreAskedToComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		in := handler(t, bitpay.Notifications{Fetch: func(context.Context, string) error { <-hold; return nil }})
		var sent sync.WaitGroup
		for i := range 32 {
			sent.Go(func() { post(in, fmt.Sprintf(`{"id":"I%d"}`, i), "") })
		}
		synctest.Wait()
		require.Equal(t, http.StatusServiceUnavailable, post(in, `{"id":"ONEMORE"}`, ""))
		require.Equal(t, http.StatusOK, post(in, `{"id":"I7"}`, ""), "an invoice that is being fetched needs no room")
		close(hold)
		sent.Wait()
		require.Equal(t, http.StatusOK, post(in, `{"id":"ONEMORE"}`, ""))
	})
}

func TestAFloodOfInventedInvoicesIsBoundedAndPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &host{}
		in := handler(t, bitpay.Notifications{Fetch: h.fetch})
		full := 0
		for i := range 5000 {
			if post(in, fmt.Sprintf(`{"id":"X%d"}`, i), "") == http.StatusServiceUnavailable {
				full++
			}
		}
		require.Equal(t, 5000-4096, full)
		time.Sleep(time.Second)
		require.Equal(t, http.StatusOK, post(in, bodyW, ""))
	})
}

func TestAFailedFetchIsLoggedWithoutTheBodyAndAnswered200(t *testing.T) {
	var log bytes.Buffer
	h := &host{err: errors.New("bitpay is away")}
	in := handler(t, bitpay.Notifications{Fetch: h.fetch, Log: slog.New(slog.NewTextHandler(&log, nil))})
	require.Equal(t, http.StatusOK, post(in, `{"id":"A","posData":"personal"}`, ""))
	require.Contains(t, log.String(), "bitpay is away")
	require.NotContains(t, log.String(), "personal")
}

func TestAFetchOutlivesTheConnectionAndAPanicFreesItsInvoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		in := handler(t, bitpay.Notifications{Fetch: func(ctx context.Context, _ string) error {
			if calls++; calls == 1 {
				require.NoError(t, ctx.Err())
				end, ok := ctx.Deadline()
				require.True(t, ok)
				require.LessOrEqual(t, time.Until(end), time.Minute)
				panic("the host's mistake")
			}
			return nil
		}})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(bodyW)).WithContext(ctx)
		r.Header.Set("Content-Type", "application/json")
		require.Panics(t, func() { in.ServeHTTP(httptest.NewRecorder(), r) })
		require.Equal(t, http.StatusOK, post(in, bodyW, ""))
		require.Equal(t, 2, calls)
	})
}

func TestBitPayIsAnsweredBeforeTheFetchEnds(t *testing.T) {
	hold := make(chan struct{})
	server := httptest.NewServer(handler(t, bitpay.Notifications{Fetch: func(context.Context, string) error { <-hold; return nil }}))
	defer server.Close() // waits for the fetch
	defer close(hold)
	resp, err := http.Post(server.URL, "application/json", strings.NewReader(bodyW))
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Zero(t, resp.ContentLength)
}

func FuzzNotification(f *testing.F) {
	f.Add([]byte(bodyW))
	f.Add([]byte(posView))
	f.Add([]byte(`{"event":{"code":7001},"data":{"id":"R","invoice":"C"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		h := &host{}
		code := post(handler(t, bitpay.Notifications{Fetch: h.fetch}), string(body), "")
		fetched := h.count()
		require.LessOrEqual(t, len(fetched), 1)
		for id := range fetched {
			require.Equal(t, http.StatusOK, code)
			require.Regexp(t, `^[A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,99}$`, id)
		}
		// With a secret, nothing unsigned gets through.
		require.NotEqual(t, http.StatusOK, post(handler(t, bitpay.Notifications{Fetch: h.fetch, Secrets: []bitpay.Secret{bitpay.NewSecret("k")}}), string(body), ""))
		require.Equal(t, fetched, h.count())
	})
}
