package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxBody        = 4 << 20
	maxRefusal     = 64 << 10
	maxCacheAge    = 5 // seconds
	maxSkew        = time.Minute
	requestTimeout = 5 * time.Second
	userAgent      = "cointill (+https://github.com/cointill/cointill)"
)

var jsonTypes = []string{"application/json"}

// answer is one body and the instant before it was asked for, which is what a
// price may claim as its own: the venue looked at its book then or later.
type answer struct {
	body   []byte
	asked  time.Time
	symbol string // asked of; "" where the path does not say it
}

// do sends one request and checks all that can be checked without knowing what
// was asked.
func (c *client) do(ctx context.Context, e *endpoint, symbol string, query url.Values) (answer, error) {
	address := c.base + strings.ReplaceAll(e.path, "{symbol}", url.PathEscape(symbol))
	if len(query) > 0 { // some venues refuse even an empty query
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, err
	}
	types := e.types
	if len(types) == 0 {
		types = jsonTypes
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", strings.Join(types, ", "))
	req.Header.Set("Cache-Control", "no-cache")
	a := answer{asked: c.now(), symbol: symbol}
	resp, err := c.http.Do(req)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // without the long address; unavailable names the venue
		}
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }() // read to the end or given up
	kind, _, bad := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	typed := bad == nil && slices.Contains(types, kind)
	if resp.StatusCode != http.StatusOK {
		if e.refusal != nil && typed {
			body, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
			if err != nil {
				return answer{}, err
			}
			why := e.refusal(resp.StatusCode, body)
			if s := (*stay)(nil); errors.As(why, &s) && s.wait == 0 {
				s.wait = retryAfter(resp.Header.Get("Retry-After"), c.now())
			}
			if why != nil {
				return answer{}, why
			}
		}
		return answer{}, badStatus(resp, c.now())
	}
	if !typed {
		return answer{}, fmt.Errorf("content type %.40q is not %s", resp.Header.Get("Content-Type"), strings.Join(types, " or "))
	}
	// A book has no time of its own: a cache on the way must not make it old.
	if age, err := strconv.ParseUint(resp.Header.Get("Age"), 10, 64); err == nil && age > maxCacheAge && !e.dated {
		return answer{}, fmt.Errorf("answer is %d s old: a cache lies between", age)
	}
	if sent, err := http.ParseTime(resp.Header.Get("Date")); err == nil && !e.dated && a.asked.Sub(sent).Abs() > maxSkew {
		return answer{}, fmt.Errorf("answer is of %s: a cache lies between, or the clock of this machine is wrong", stamp(sent))
	}
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return answer{}, err
	}
	if len(a.body) > maxBody {
		return answer{}, fmt.Errorf("answer is longer than %d bytes", maxBody)
	}
	return a, nil
}

// parseRows reads a list and leaves out rows of another shape, which say nothing
// about the others.
func parseRows[T any](body []byte) ([]T, error) {
	raw, err := parseJSON[[]json.RawMessage](body)
	if err != nil {
		return nil, err
	}
	var out []T
	for _, r := range raw {
		var row T
		if json.Unmarshal(r, &row) == nil {
			out = append(out, row)
		}
	}
	return out, nil
}

// parseJSON reads a whole body as T; null and a truncated one are errShape.
func parseJSON[T any](body []byte) (T, error) {
	var out *T
	if err := json.Unmarshal(body, &out); err != nil {
		return *new(T), fmt.Errorf("%w: %w", errShape, err)
	}
	if out == nil {
		return *new(T), fmt.Errorf("%w: null", errShape)
	}
	return *out, nil
}
