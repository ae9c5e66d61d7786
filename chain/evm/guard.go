package evm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// maxBody bounds one answer, after decompression. The largest blocks in use are
// below 10 MB of JSON, and answers hold at most [batchSize] of them.
const maxBody = 128 << 20

// maxRefusal bounds how much of a refusal is read.
const maxRefusal = 64 << 10

var errRedirect = errors.New("the node redirects; set its final URL")

// guard is a transport that turns what is not a JSON-RPC batch answer into
// errors of this package, and bounds the size of answers.
type guard struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (g guard) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := g.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		resp.Body.Close()
		return nil, errRedirect
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close()
		return nil, refusalOf(resp)
	}
	if resp.ContentLength > maxBody {
		resp.Body.Close()
		return nil, &tooWideError{reason: "answer above the size limit"}
	}
	r := bufio.NewReaderSize(&limited{r: resp.Body, left: maxBody}, 4096)
	first, err := firstByte(r)
	if err == nil && first == '[' {
		resp.Body = body{r, resp.Body}
		return resp, nil
	}
	defer resp.Body.Close()
	if first == '{' {
		return nil, refusalIn(r, http.StatusOK, 0)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return nil, errors.New("the answer is not JSON-RPC")
}

type body struct {
	io.Reader
	io.Closer
}

// firstByte skips white space and returns the byte that follows, unread.
func firstByte(r *bufio.Reader) (byte, error) {
	for {
		c, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c, r.UnreadByte()
		}
	}
}

// limited fails, rather than ends, when more than its limit is read.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, &tooWideError{reason: "answer above the size limit"}
	}
	n, err := l.r.Read(b[:min(int64(len(b)), l.left)])
	l.left -= int64(n)
	return n, err
}

// refusal is an answer that refuses a whole batch, by HTTP status or by one
// JSON-RPC error.
type refusal struct {
	status     int
	retryAfter time.Duration
	code       int
	message    string
}

func (e *refusal) Error() string {
	if e.message == "" {
		return "HTTP status " + strconv.Itoa(e.status)
	}
	return e.message
}

// ErrorCode returns the JSON-RPC code, 0 if there is none.
func (e *refusal) ErrorCode() int { return e.code }

func refusalOf(resp *http.Response) error {
	var wait time.Duration
	if s := resp.Header.Get("Retry-After"); s != "" {
		if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < 1<<20 {
			wait = time.Duration(n) * time.Second
		} else if at, err := http.ParseTime(s); err == nil {
			wait = max(0, time.Until(at))
		}
	}
	return refusalIn(resp.Body, resp.StatusCode, wait)
}

func refusalIn(r io.Reader, status int, wait time.Duration) error {
	out := &refusal{status: status, retryAfter: wait}
	b, err := io.ReadAll(io.LimitReader(r, maxRefusal))
	if err != nil {
		return out
	}
	b = bytes.TrimSpace(b)
	type answer struct {
		Error *struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	var one answer
	if len(b) > 0 && b[0] == '[' {
		var all []answer
		if json.Unmarshal(b, &all) == nil && len(all) > 0 {
			one = all[0]
		}
	} else if json.Unmarshal(b, &one) != nil {
		one = answer{}
	}
	if one.Error != nil {
		out.code, out.message = one.Error.Code, one.Error.Message
	}
	return out
}
