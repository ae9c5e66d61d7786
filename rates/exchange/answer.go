package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	maxBody        = 4 << 20
	maxCacheAge    = 5 // seconds
	requestTimeout = 5 * time.Second
	userAgent      = "cointill (+https://github.com/cointill/cointill)"
)

// answer is one body and the instants around it. Asked is what a price may claim
// as its instant: the venue looked at its book then or later.
type answer struct {
	body           []byte
	asked, arrived time.Time
}

// do sends one request and checks all that can be checked without knowing what
// was asked.
func (v *venue) do(ctx context.Context, path string, query url.Values) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+path+"?"+query.Encode(), nil)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Cache-Control", "no-cache")
	a := answer{asked: v.now()}
	resp, err := v.client.Do(req)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // without the long address; unavailable names the venue
		}
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }() // read to the end or given up
	if resp.StatusCode != http.StatusOK {
		return answer{}, badStatus(resp, v.now())
	}
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return answer{}, fmt.Errorf("content type %.40q is not json", resp.Header.Get("Content-Type"))
	}
	// A book has no time of its own: a cache on the way must not make it old.
	if age, err := strconv.ParseUint(resp.Header.Get("Age"), 10, 64); err == nil && age > maxCacheAge {
		return answer{}, fmt.Errorf("answer is %d s old: a cache lies between", age)
	}
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return answer{}, err
	}
	if len(a.body) > maxBody {
		return answer{}, fmt.Errorf("answer is longer than %d bytes", maxBody)
	}
	a.arrived = v.now()
	return a, nil
}
