package bitpay_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
)

// updated is a call that is never repeated.
func updated(t testing.TB, s http.RoundTripper) error {
	t.Helper()
	_, err := merchant(t, s).UpdateInvoice(t.Context(), invoiceA, bitpay.Contact{Email: "a@b.example"})
	return err
}

func TestEveryShapeOfErrorIsRead(t *testing.T) {
	for _, c := range []struct {
		status               int
		body                 string
		code, field, message string
		temporary            bool
		is                   error
	}{
		{400, `{"status":"error","code":"010207","data":null,"error":"Invalid invoice state for refund"}`, "010207", "", "Invalid invoice state for refund", false, nil},
		{200, `{"status":"error","code":"020101","data":null,"error":"Invoice not found"}`, "020101", "", "Invoice not found", false, bitpay.ErrNotFound},
		{404, `{"status":"error","code":20201,"message":"Refund not found"}`, "020201", "", "Refund not found", false, bitpay.ErrNotFound},
		{500, `{"error":"Invalid token"}`, "", "", "Invalid token", false, bitpay.ErrUnauthorized},
		{401, `{"error":"Unauthorized sin"}`, "", "", "Unauthorized sin", false, bitpay.ErrUnauthorized},
		{500, `{"error":"This endpoint does not support the ` + "`public`" + ` facade"}`, "", "", "facade", false, bitpay.ErrUnauthorized},
		{500, `{"error":"Account not setup completely yet."}`, "", "", "Account", false, nil},
		{500, `{"error":"limitExceeded: Invoice not created due to account limits, please check your approval levels"}`, "", "", "limitExceeded", false, nil},
		{200, `{"error":"Rate limited"}`, "", "", "Rate limited", true, nil},
		{429, `{}`, "", "", "refused without a reason", true, nil},
		{500, `{"error":"Internal error"}`, "", "", "Internal error", true, nil},
		{500, `{"status":"error","code":"010000","data":null,"error":"Generic server error"}`, "010000", "", "Generic", true, nil},
		{400, `{"errors":[{"error":"Missing required parameter.","param":"price"},{"error":"Missing required parameter.","param":"currency"}]}`, "", "price", "price: Missing required parameter.; currency: Missing required parameter.", false, nil},
		{400, `{"error":{"type":"invalidRequest","message":"bad"}}`, "", "", "invalidRequest: bad", false, nil},
		{404, `{"error":"Object not found"}`, "", "", "Object not found", false, bitpay.ErrNotFound},
		{404, `{"message":"no Route matched with those values"}`, "", "", "no Route", false, nil},
		{404, `{"data":null}`, "", "", "without a reason", false, nil},
		{400, `{"status":"error","code":"010002","error":"Invalid token"}`, "010002", "", "Invalid token", false, bitpay.ErrUnauthorized},
		{200, `{"status":"error","data":{}}`, "", "", "without a reason", false, nil},
		{200, `{"data":`, "", "", "not valid JSON", true, nil},
		{200, `[]`, "", "", "not as documented", false, nil},
		{200, `{"data":null}`, "", "", "not as documented", false, nil},
		{200, ``, "", "", "not valid JSON", true, nil},
	} {
		err := updated(t, always(c.status, c.body))
		var e *bitpay.Error
		require.ErrorAs(t, err, &e, c.body)
		require.Equal(t, c.code, e.Code, c.body)
		require.Equal(t, c.field, e.Field, c.body)
		require.Contains(t, e.Message, c.message, c.body)
		require.Equal(t, c.temporary, e.Temporary(), c.body)
		require.Equal(t, c.status, e.Status, c.body)
		require.Equal(t, c.is == bitpay.ErrNotFound, errors.Is(err, bitpay.ErrNotFound), c.body)
		require.Equal(t, c.is == bitpay.ErrUnauthorized, errors.Is(err, bitpay.ErrUnauthorized), c.body)
	}
}

func TestAProxysPageIsNeverTakenForBitPaysVerdict(t *testing.T) {
	for _, status := range []int{200, 403, 404, 502, 503} {
		s := &stub{answer: func(_ int, w http.ResponseWriter, _ *http.Request, _ string) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<html>Invalid token: not found</html>"))
		}}
		err := updated(t, s)
		var e *bitpay.Error
		require.ErrorAs(t, err, &e)
		require.True(t, e.Temporary(), status)
		require.NotErrorIs(t, err, bitpay.ErrNotFound, status)
		require.NotErrorIs(t, err, bitpay.ErrUnauthorized, status)
	}
}

func TestAnAnswerWithoutEndIsRefused(t *testing.T) {
	s := &stub{answer: func(_ int, w http.ResponseWriter, _ *http.Request, _ string) {
		reply(w, 200, `{"data":"`+strings.Repeat("x", 9<<20)+`"}`)
	}}
	err := updated(t, s)
	require.ErrorContains(t, err, "longer than")
	require.ErrorIs(t, err, bitpay.ErrTooLong)
	require.NotErrorIs(t, err, bitpay.ErrNotFound)
}

func FuzzErrorBody(f *testing.F) {
	f.Add(500, []byte(`{"error":"Invalid token `+token+`"}`))
	f.Add(400, []byte(`{"errors":[{"error":"x","param":"price"}]}`))
	f.Add(400, []byte(`{"error":{"type":"a","message":"b"},"code":10207}`))
	f.Add(200, []byte(`{"status":"error"}`))
	f.Fuzz(func(t *testing.T, status int, b []byte) {
		if status < 200 || status > 599 || status == 204 || status == 304 {
			return
		}
		err := updated(t, always(status, string(b)))
		if err == nil {
			return
		}
		var e *bitpay.Error
		if !errors.As(err, &e) {
			require.ErrorAs(t, err, new(*bitpay.MismatchError))
			return
		}
		require.NotContains(t, err.Error(), token)
		require.LessOrEqual(t, len(e.Message), 400)
		require.True(t, utf8.ValidString(e.Message))
		require.NotContains(t, err.Error(), "\n")
		require.False(t, errors.Is(err, bitpay.ErrNotFound) && e.Temporary())
	})
}
