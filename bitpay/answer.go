package bitpay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// maxAnswer bounds an answer, in bytes: a list of 100 invoices takes 2 MB.
const maxAnswer = 8 << 20

// read takes the data out of an answer. BitPay's status and body do not always
// agree, so both are looked at: a body that is an error is one under any status, and
// a status other than 2xx is an error with any body.
func read(ctx context.Context, op string, resp *http.Response, clean *strings.Replacer) (json.RawMessage, error) {
	e := &Error{Op: op, Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header.Get("Retry-After"))}
	e.temporary = true // until BitPay's API itself has spoken
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		e.Message = "redirect refused: BitPay's API does not redirect"
		return nil, e
	case err != nil || media != "application/json":
		e.Message = "answer is not JSON but " + tidy(strconv.Quote(media), clean)
		return nil, e
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, unanswered(ctx, e, "answer cut short", err, clean)
	}
	if len(body) > maxAnswer {
		e.Message = fmt.Sprintf("answer is longer than %d bytes: ask for less at a time", maxAnswer)
		e.temporary, e.tooLong = false, true
		return nil, e
	}
	if !json.Valid(body) {
		e.Message = "answer is not valid JSON"
		return nil, e
	}
	e.temporary = false
	return e.open(bytes.TrimSpace(body), clean)
}

// open takes the data out of a valid JSON body, or completes e.
func (e *Error) open(body []byte, clean *strings.Replacer) (json.RawMessage, error) {
	good := e.Status >= 200 && e.Status < 300
	var env struct {
		Status  json.RawMessage
		Code    json.RawMessage
		Error   json.RawMessage
		Errors  json.RawMessage
		Message json.RawMessage
		Data    json.RawMessage
		Success json.RawMessage
	}
	if body[0] == '{' {
		if err := json.Unmarshal(body, &env); err != nil {
			e.Message = "answer is not as documented"
			return nil, e
		}
	}
	failed := text(env.Status) == "error" || given(env.Error) || given(env.Errors)
	switch {
	case failed || !good:
		e.Code = code(env.Code)
		message := e.explain(env.Error, env.Errors)
		if message == "" {
			message = text(env.Message)
		}
		if message == "" {
			message = "refused without a reason"
		}
		e.Message = tidy(message, clean)
		e.Field = tidy(e.Field, clean)
		e.judge()
		return nil, e
	case len(env.Data) > 0:
		return env.Data, nil
	case len(env.Success) > 0:
		return env.Success, nil
	}
	return body, nil // some lists come bare
}

// explain reads the three shapes of BitPay's errors: a text, version 1's object of
// type and message, and a list of texts with their parameters.
func (e *Error) explain(one, many json.RawMessage) string {
	if s := text(one); s != "" {
		return s
	}
	var old struct{ Type, Message string }
	if json.Unmarshal(one, &old) == nil && old.Type+old.Message != "" {
		return strings.Trim(old.Type+": "+old.Message, ": ")
	}
	var list []struct{ Error, Message, Param string }
	if json.Unmarshal(many, &list) != nil {
		return ""
	}
	var said []string
	for _, item := range list {
		if e.Field == "" {
			e.Field = item.Param
		}
		said = append(said, strings.Trim(item.Param+": "+item.Error+item.Message, ": "))
	}
	return strings.Join(said, "; ")
}

// given reports whether a member is there and says something.
func given(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "false", `""`, "[]", "{}":
		return false
	}
	return true
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// code reads an error code: six digits, as a text or, with its leading zero lost,
// as a number.
func code(raw json.RawMessage) string {
	s := text(raw)
	if s == "" {
		s = string(raw)
	}
	n, err := strconv.ParseUint(s, 10, 20)
	if err != nil || n > 999999 {
		return ""
	}
	return fmt.Sprintf("%06d", n)
}

// retryAfter reads RFC 9110's header in either form; 0 if there is none.
func retryAfter(h string) time.Duration {
	if s, err := strconv.ParseUint(h, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(h); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// misread is the error of an answer whose shape is not the documented one.
func (c *Client) misread(op string, err error) *Error {
	return &Error{Op: op, Status: http.StatusOK, Message: tidy("answer is not as documented: "+err.Error(), c.cleaner())}
}

// one reads the data of an answer as one object.
func one[T any](c *Client, op string, data json.RawMessage) (T, error) {
	var v T
	if err := decodeValue(data, reflect.ValueOf(&v).Elem()); err != nil {
		var none T
		return none, c.misread(op, err)
	}
	return v, nil
}

// many reads the data of an answer as a list of objects. Those that cannot be read are
// left out and named by an *ElementsError.
func many[T any](c *Client, op string, data json.RawMessage) ([]T, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, c.misread(op, fmt.Errorf("not a list: %w", err))
	}
	list := make([]T, 0, len(all))
	var bad []Element
	for i, raw := range all {
		var v T
		if err := decodeValue(raw, reflect.ValueOf(&v).Elem()); err != nil {
			bad = append(bad, Element{Index: i, ID: c.elementID(raw), Err: c.misread(op, fmt.Errorf("element %d: %w", i, err))})
			continue
		}
		list = append(list, v)
	}
	if bad != nil {
		return list, &ElementsError{Op: op, Total: len(all), Unreadable: bad}
	}
	return list, nil
}

// elementID is the id of an object that could not be read, "" if that is odd too.
func (c *Client) elementID(raw json.RawMessage) string {
	var named struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(raw, &named) != nil || !idForm.MatchString(text(named.ID)) {
		return ""
	}
	return tidy(text(named.ID), c.cleaner())
}
