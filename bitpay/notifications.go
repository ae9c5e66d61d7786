package bitpay

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"
)

// Notifications says what to do with BitPay's notifications.
type Notifications struct {
	// Fetch is called with the id of the invoice that a notification names, and
	// with nothing else of it: anybody may have sent it. It looks the id up among
	// the host's own invoices, does nothing if it is not there, and else asks
	// [Client.Invoice]. It may be called again, at any time and in any order, and
	// for several ids at once, never for one id at once. Its context ends after a
	// minute, not with the request. Its error is logged and nothing else: open
	// invoices are polled anyway.
	Fetch func(ctx context.Context, invoiceID string) error
	// Secrets are the API tokens that created the invoices, old ones included: BitPay
	// signs a notification with the token that created its invoice. With none, no
	// signature is checked. An empty one is refused.
	Secrets []Secret
	// Log receives failures of Fetch, without bodies; silent by default.
	Log *slog.Logger
}

const (
	// maxNotification bounds a notification, in bytes: real ones take 10 to 20 kB.
	maxNotification = 64 << 10
	// maxFetching bounds the ids fetched or waited for at once, maxRemembered those
	// whose last fetch is remembered.
	maxFetching   = 32
	maxRemembered = 4096
	// fetchEvery is the least time between two fetches of one invoice begun by
	// notifications.
	fetchEvery   = time.Second
	fetchTimeout = time.Minute
	hmacHeader   = "X-Signature"
)

// NewNotifications returns the handler to be mounted at the notification URL, which
// must be reachable with https. It fails with [ErrArgument].
//
// It answers 200 to every well-formed notification before Fetch is called, so that
// BitPay does not send it again; 400 and 415 to what is none, 401 where a signature
// is needed and not right, 405 to other methods, 413 to what is longer than 64 KiB,
// and 503 when 32 invoices are being fetched already: BitPay tries later.
//
// Notifications of one invoice are coalesced: it is fetched at most once a second,
// and at least once after each of them. Fetch runs in the request's goroutine, so
// shutting the server down waits for it.
//
// Source: https://developer.bitpay.com/docs/notifications; the signature (HMAC-SHA256
// of the raw body, base64) is what BitPay's own plugins check since 2024.
func NewNotifications(n Notifications) (http.Handler, error) {
	var errs []error
	if n.Fetch == nil {
		errs = append(errs, fmt.Errorf("%w: notifications: Fetch is missing", ErrArgument))
	}
	for _, s := range n.Secrets {
		if s.IsZero() {
			errs = append(errs, fmt.Errorf("%w: notifications: a secret is empty: anybody could sign with it", ErrArgument))
			break
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if n.Log == nil {
		n.Log = slog.New(slog.DiscardHandler)
	}
	return &receiver{Notifications: n, ids: map[string]*fetching{}}, nil
}

// ServeHTTP takes one notification.
func (h *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNotification))
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if !h.signed(r.Header.Get(hmacHeader), body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	id, err := invoiceOf(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if id == "" {
		return // of no invoice
	}
	mine, ok := h.begin(id)
	if !ok {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Length", "0") // so that BitPay need not wait for Fetch
	w.WriteHeader(http.StatusOK)
	if !mine {
		return
	}
	// A writer that cannot flush answers when Fetch is done.
	_ = http.NewResponseController(w).Flush()
	h.run(context.WithoutCancel(r.Context()), id)
}

// signed reports whether the signature is right, where one is needed.
func (h *receiver) signed(header string, body []byte) bool {
	if len(h.Secrets) == 0 {
		return true
	}
	got, err := base64.StdEncoding.Strict().DecodeString(header)
	good := false
	for _, s := range h.Secrets { // all of them, always
		mac := hmac.New(sha256.New, []byte(s.Reveal()))
		mac.Write(body)
		if hmac.Equal(got, mac.Sum(nil)) {
			good = true
		}
	}
	return good && err == nil
}
